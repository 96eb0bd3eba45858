"""The command that checks a new statement."""

from __future__ import annotations

from typing import Annotated, Literal

import typer
from rich.markup import escape

from ..contracts.metrics import Metric
from .output import console, fail
from .output.export import Format, FormatOption, OutputOption, choose_format, write_result
from .statements import complete_scope, complete_target, print_verdicts


def check(
    context: typer.Context,
    metric: Annotated[Metric, typer.Option(metavar="METRIC", help=f"What it measures: {', '.join(Metric)}.")],
    scope: Annotated[
        str,
        typer.Option(
            help="Whom it speaks of, by code or name: POL, Poland, UK, NATO_EUR_CAN, NATO_TOTAL, EUROPE, EU_ALLIES.",
            autocompletion=complete_scope,
        ),
    ],
    year: Annotated[int, typer.Option(help="The year that it speaks of.")],
    value: Annotated[
        str,
        typer.Option(help="The figure as stated (19.4, 22, yes); its decimals say how it was rounded."),
    ],
    target: Annotated[
        str | None,
        typer.Option(
            help="The target, for allies_meeting_target and meets_target: gdp_2, equipment_20, core_3_5, ...",
            autocompletion=complete_target,
        ),
    ] = None,
    price_basis: Annotated[
        Literal["current", "constant"] | None,
        typer.Option(metavar="PRICES", help="current or constant, where the statement names its prices."),
    ] = None,
    publisher: Annotated[
        str | None,
        typer.Option(help="Judge by the newest edition of another publisher: sipri, eda, worldbank."),
    ] = None,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Check a statement against every edition that covers its year.

    Shares and growth are in percent, expenditure in billion US dollars, counts in Allies; a statement
    on one Ally's target is yes or no.

    Examples:

      burdenshare check --metric real_growth --scope NATO_EUR_CAN --year 2024 --value 19.4

      burdenshare check --metric allies_meeting_target --scope NATO_TOTAL --year 2024 --target gdp_2 --value 22

      burdenshare check --metric expenditure --scope USA --year 2024 --value 968 --price-basis current
    """
    from ..reading.claims import NotAStatement, Statement, judge, parse_value
    from ..reading.current import NoRelease, current_release
    from ..reading.entities import read_entities
    from ..reading.explain import CannotExplain
    from ..reading.publisher_claims import judge_by_publisher

    form = choose_format(form, output)
    try:
        figure, decimals = parse_value(value)
        release = current_release(context.obj)
        statement = Statement(metric, scope, year, figure, decimals, target, price_basis)
        if publisher is not None:
            print_verdicts(judge_by_publisher(release, publisher, statement))
            return
        verdicts = judge(context.obj, statement)
    except (NotAStatement, NoRelease, CannotExplain) as error:
        raise fail(str(error)) from error
    entities = read_entities(release)
    asked = f"{metric} of {entities.listed(entities.code(scope))} in {year}: {value}"
    if form is not Format.table or output is not None:
        write_result(verdicts, form, output, release=release, asked=asked)
        return
    rows = verdicts.select(["edition_id", "verdict", "sentence"]).to_pylist()
    console.print(f"[bold]{metric.value}[/]{escape(asked.removeprefix(metric))}", highlight=False)
    print_verdicts([(row["edition_id"], row["verdict"], row["sentence"]) for row in rows])
