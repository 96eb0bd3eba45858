"""Commands about public statements: how the known ones stand, and whether a new one holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import duckdb
import pyarrow as pa
import typer

from pipelines.cli.output import Format, console, fail, print_table, write_result
from pipelines.reading.claims import Metric, NotAStatement, Statement, judge, parse_value
from pipelines.reading.current import NoRelease, open_warehouse
from pipelines.reading.explain import CannotExplain
from pipelines.settings import Settings


def _complete(query: str, incomplete: str) -> list[tuple[str, str]]:
    """Offer values of the current release to the shell; nothing where there is no release."""
    try:
        rows = open_warehouse(Settings.from_environment().warehouse).execute(query).fetchall()
    except (NoRelease, duckdb.Error, ValueError):
        return []
    return [(value, words) for value, words in rows if value.lower().startswith(incomplete.lower())]


def complete_scope(incomplete: str) -> list[tuple[str, str]]:
    """Offer Allies and groups."""
    return _complete("select entity_code, entity_name from dim_entity order by 1", incomplete)


def complete_target(incomplete: str) -> list[tuple[str, str]]:
    """Offer targets."""
    return _complete("select target_id, target_name from dim_target order by 1", incomplete)


def complete_claim(incomplete: str) -> list[tuple[str, str]]:
    """Offer claims."""
    return _complete("select claim_id, statement from dim_claim order by 1", incomplete)


def claims(
    context: typer.Context,
    claim: Annotated[
        str | None, typer.Argument(help="A claim, to read its verdicts in words.", autocompletion=complete_claim)
    ] = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="How to print the verdicts.")] = Format.table,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write to.")] = None,
) -> None:
    """Show how the known public claims stand by each edition, or one of them in words."""
    try:
        connection = open_warehouse(context.obj.warehouse)
    except NoRelease as error:
        raise fail(str(error)) from error
    known = [row[0] for row in connection.execute("select claim_id from dim_claim order by 1").fetchall()]
    if claim is not None and claim not in known:
        raise fail(f"There is no claim {claim!r}. There are: {', '.join(known)}.")
    if form is not Format.table or output is not None:
        query = "select * from fct_claim where claim_id = coalesce(?, claim_id) order by claim_id, edition_id"
        write_result(connection.sql(query, params=[claim]).to_arrow_table(), form, output, len(known) * 10)
    elif claim is None:
        table = _overview(connection)
        print_table(table, table.num_rows)
        console.print("Read one in words with [bold]burdenshare claims CLAIM[/].")
    else:
        _print_claim(connection, claim)


def _overview(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """Set claims against the editions that we hold: the verdict, and the figure behind it."""
    editions = connection.execute(
        "select edition_id from dim_edition where has_figures order by published_on"
    ).fetchall()
    figure = (
        "case unit when 'count' then figure_value::bigint::varchar when 'boolean' then null "
        "else round(figure_value, decimals + 1)::varchar end"
    )
    verdicts = ", ".join(
        f"max(replace(verdict, '_', ' ') || coalesce(': ' || {figure}, '')) filter (edition_id = '{edition}') "
        f'as "{edition}"'
        for (edition,) in editions
    )
    return connection.sql(
        f"select claim_id, any_value(statement) as statement, any_value(claimed_value) as claimed, {verdicts} "
        "from fct_claim inner join (select claim_id, statement, published_on, decimals from dim_claim) "
        "using (claim_id) group by claim_id order by any_value(published_on), claim_id"
    ).to_arrow_table()


def _print_claim(connection: duckdb.DuckDBPyConnection, claim: str) -> None:
    statement, publisher, day, value, unit, source = connection.execute(
        "select statement, publisher, published_on, value, unit, source from dim_claim where claim_id = ?", [claim]
    ).fetchall()[0]
    console.print(f"[bold]{statement}[/]: {value:g} {unit} ({publisher}, {day})", highlight=False)
    console.print(f"Source: {source}", highlight=False, style="dim")
    rows = connection.execute(
        "select edition_id, verdict, sentence from fct_claim where claim_id = ? order by edition_id", [claim]
    ).fetchall()
    _print_verdicts(rows)


def _print_verdicts(rows: list[tuple[str, str, str]]) -> None:
    for edition, verdict, sentence in rows:
        style = {"holds": "green", "differs": "red"}.get(verdict, "yellow")
        console.print(f"\n[bold]{edition}[/]  [{style}]{verdict.replace('_', ' ')}[/]", highlight=False)
        console.print(f"  {sentence}", highlight=False, markup=False)


def check(
    context: typer.Context,
    metric: Annotated[Metric, typer.Option(help="What the statement measures.")],
    scope: Annotated[
        str,
        typer.Option(
            help="Whom it speaks of: an Ally (POL, USA, ...), NATO_EUR_CAN, NATO_TOTAL, EUROPE, EU_ALLIES.",
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
        Literal["current", "constant"] | None, typer.Option(help="The prices, where the statement names them.")
    ] = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="How to print the verdicts.")] = Format.table,
) -> None:
    """Check a statement against every edition that covers its year.

    Shares and growth are in percent, expenditure in billion US dollars, counts in Allies; a statement
    on one Ally's target is yes or no.

    Examples:

      burdenshare check --metric real_growth --scope NATO_EUR_CAN --year 2024 --value 19.4

      burdenshare check --metric allies_meeting_target --scope NATO_TOTAL --year 2024 --target gdp_2 --value 22

      burdenshare check --metric expenditure --scope USA --year 2024 --value 968 --price-basis current
    """
    try:
        figure, decimals = parse_value(value)
        verdicts = judge(context.obj, Statement(metric, scope, year, figure, decimals, target, price_basis))
    except (NotAStatement, NoRelease, CannotExplain) as error:
        raise fail(str(error)) from error
    if form is not Format.table:
        write_result(verdicts, form, None, verdicts.num_rows)
        return
    rows = verdicts.select(["edition_id", "verdict", "sentence"]).to_pylist()
    console.print(f"[bold]{metric.value}[/] of {scope} in {year}: {value}", highlight=False)
    _print_verdicts([tuple(row.values()) for row in rows])
