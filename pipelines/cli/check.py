"""The command that checks a new statement: a sentence, an article, or flags."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.markup import escape

from ..contracts.metrics import Metric
from .output import console, fail
from .output.export import Format, FormatOption, OutputOption, choose_format, write_result
from .statements import complete_scope, complete_target, print_answer, print_answer_by_publisher, print_verdicts

if TYPE_CHECKING:
    from ..reading.statements import Statement


def check(
    context: typer.Context,
    sentence: Annotated[
        str | None, typer.Argument(help="An English sentence; - reads an article from standard input.")
    ] = None,
    said_on: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], metavar="DATE", help="The day on which it was said: as known then, and now."
        ),
    ] = None,
    article: Annotated[
        Path | None, typer.Option("--file", metavar="FILE", help="A text: every sentence in it that can be checked.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One object a sentence, for programs.")] = False,
    metric: Annotated[
        Metric | None, typer.Option(metavar="METRIC", help=f"What it measures: {', '.join(Metric)}.")
    ] = None,
    scope: Annotated[
        str | None,
        typer.Option(
            help="Whom it speaks of, by code or name: POL, Poland, UK, NATO_EUR_CAN, NATO_TOTAL, EUROPE, EU_ALLIES.",
            autocompletion=complete_scope,
        ),
    ] = None,
    year: Annotated[int | None, typer.Option(help="The year that it speaks of.")] = None,
    value: Annotated[
        str | None,
        typer.Option(help="The figure as stated (19.4, 22, 1.6 trillion, yes); its digits say how it was rounded."),
    ] = None,
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
    base_year: Annotated[int | None, typer.Option(help="The base year of constant prices, where it names one.")] = None,
    publisher: Annotated[
        str | None,
        typer.Option(help="Judge by the newest edition of another publisher: sipri, eda, worldbank."),
    ] = None,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Check a sentence, an article, or a statement by flags, against the editions of NATO's tables.

    A sentence is answered with what was understood, as known on the day, and as known now; what is not
    understood is said. By flags every edition that covers the year judges: shares and growth in percent,
    expenditure in billion US dollars, counts in Allies; a statement on one Ally's target is yes or no.

    Examples:

      burdenshare check "Poland spends 4.7 % of GDP on defence, the highest in NATO" --said-on 2025-08-30

      burdenshare check - --said-on 2025-08-30 < article.txt

      burdenshare check --metric real_growth --scope NATO_EUR_CAN --year 2024 --value 19.4

      burdenshare check --metric allies_meeting_target --scope NATO_TOTAL --year 2024 --target gdp_2 --value 22

      burdenshare check --metric expenditure --scope USA --year 2024 --value 968 --price-basis current

      burdenshare check "Russia spent 7.1 % of GDP on its military in 2024" --publisher sipri
    """
    day = said_on.date() if said_on else None
    if sentence is not None and not sentence.strip():
        raise fail("The sentence is empty; put it in quotation marks, single ones where it has a $.", 2)
    if publisher and (article or sentence == "-" or as_json or form or output):
        raise fail("--publisher judges one sentence, or flags, on the screen; leave it away for the rest.", 2)
    if sentence is not None or article is not None:
        if metric is not None:
            raise fail("Give a sentence or flags, not both.", 2)
        if publisher is None or sentence is None:
            _check_text(context, sentence, article, day, as_json)
        else:
            _check_sentence_by_publisher(context, sentence, publisher, day)
        return
    if metric is None or scope is None or year is None or value is None:
        raise fail(
            'Give a sentence, as in `burdenshare check "Poland spends 4.7 % of GDP on defence"`, or all of '
            "--metric, --scope, --year and --value.",
            2,
        )
    from ..reading.claims import NotAStatement, Statement, parse_value

    try:
        figure, decimals = parse_value(value, metric)
    except NotAStatement as error:
        raise fail(str(error)) from error
    statement = Statement(metric, scope, year, figure, decimals, target, price_basis, price_base_year=base_year)
    if publisher is not None:
        _check_by_publisher(context, statement, publisher, day)
        return
    if day is not None or as_json:
        _check_flags(context, statement, day, as_json, f"{metric} of {scope} in {year}: {value}")
        return
    _check_by_editions(context, statement, value, form, output)


def _check_by_editions(
    context: typer.Context, statement: Statement, value: str, form: Format | None, output: Path | None
) -> None:
    from ..reading.claims import NotAStatement, judge
    from ..reading.current import NoRelease, current_release
    from ..reading.entities import read_entities
    from ..reading.explain import CannotExplain

    form = choose_format(form, output)
    try:
        release = current_release(context.obj)
        verdicts = judge(context.obj, statement)
    except (NotAStatement, NoRelease, CannotExplain) as error:
        raise fail(str(error)) from error
    entities = read_entities(release)
    metric = statement.metric.value
    asked = f"{metric} of {entities.listed(entities.code(statement.scope))} in {statement.year}: {value}"
    if form is not Format.table or output is not None:
        write_result(verdicts, form, output, release=release, asked=asked)
        return
    rows = verdicts.select(["edition_id", "verdict", "sentence"]).to_pylist()
    console.print(f"[bold]{metric}[/]{escape(asked.removeprefix(metric))}", highlight=False)
    print_verdicts([(row["edition_id"], row["verdict"], row["sentence"]) for row in rows])


def _check_by_publisher(context: typer.Context, statement: Statement, publisher: str, day: date | None) -> None:
    from ..reading.current import NoRelease, current_release
    from ..reading.publisher_claims import judge_by_publisher
    from ..reading.statements import NotAStatement

    try:
        print_verdicts(judge_by_publisher(current_release(context.obj), publisher, statement, day))
    except (NotAStatement, NoRelease) as error:
        raise fail(str(error)) from error


def _check_sentence_by_publisher(context: typer.Context, sentence: str, publisher: str, day: date | None) -> None:
    from ..reading.current import NoRelease, current_release
    from ..reading.publisher_claims import answer_by_publisher
    from ..reading.statements import NotAStatement

    try:
        asked, judged = answer_by_publisher(current_release(context.obj), publisher, sentence, day)
    except (NotAStatement, NoRelease) as error:
        raise fail(str(error)) from error
    print_answer_by_publisher(asked, judged)


def _check_flags(context: typer.Context, statement: Statement, day: Any, as_json: bool, asked: str) -> None:
    from ..reading.current import NoRelease, current_release
    from ..reading.explain import CannotExplain
    from ..reading.sentences.answer import judge_statements
    from ..reading.sentences.understand import Understood

    try:
        found = judge_statements(
            current_release(context.obj), Understood(asked, day, statements=[statement]), [statement]
        )
    except (NoRelease, CannotExplain) as error:
        raise fail(str(error)) from error
    if found.understood.abstained:
        raise fail(found.understood.not_understood[-1])
    _show(found.record, as_json)


def _check_text(context: typer.Context, sentence: str | None, article: Path | None, day: Any, as_json: bool) -> None:
    from ..reading.current import NoRelease, current_release
    from ..reading.explain import CannotExplain
    from ..reading.sentences.answer import answer, answers
    from ..reading.sentences.article import sentences_of

    try:
        release = current_release(context.obj)
        if sentence is not None and sentence != "-":
            _show(answer(release, sentence, day).record, as_json)
            return
        text = sys.stdin.read() if article is None else article.read_text(encoding="utf-8")
        found = 0
        places = list(sentences_of(text))
        for place, told in zip(places, answers(release, [(place.text, day) for place in places]), strict=True):
            record = told.record
            if record["abstained"]:
                continue
            found += 1
            record |= {"line": place.line, "column": place.column}
            if not as_json:
                console.print(f"\n[dim]line {place.line}, column {place.column}[/]", highlight=False)
            _show(record, as_json)
    except (NoRelease, CannotExplain) as error:
        raise fail(str(error)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise fail(f"{article}: cannot be read as text ({error}).") from error
    if not found and not as_json:
        console.print("No sentence in it that the tables can decide.")


def _show(record: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(record, ensure_ascii=False))
    else:
        print_answer(record)
