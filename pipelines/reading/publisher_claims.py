"""Judge a statement by another publisher than NATO: by the newest edition of it that holds the figure."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from ..contracts.metrics import Metric
from .connection import open_release
from .entities import UnknownEntity, read_entities
from .sentences.answer import members_of
from .sentences.understand import Understood, understand
from .statements import NotAStatement, Statement, allowed
from .suggest import there_is_no

# What is shared: by metric the measure, its unit, what turns it into the statement's, and how it is written.
SHARED = {
    Metric.defence_share_of_gdp: ("defence_share_of_gdp", "percent", 1.0, "{:.{digits}f} %"),
    Metric.meets_target: ("defence_share_of_gdp", "percent", 1.0, "{:.{digits}f} %"),
    Metric.allies_meeting_target: ("defence_share_of_gdp", "percent", 1.0, "{:.{digits}f} %"),
    Metric.expenditure: ("defence_expenditure", "usd_m", 0.001, "{:,.{digits}f} billion US dollars at current prices"),
}
# What can be asked of another publisher's figures: whether one is right, whether it meets a target, how many do.
_KINDS = ("value", "meets", "count")
_FIGURES = """
select edition_id, entity_code, value, status, locator, is_member
from fct_publisher_figure
where publisher = $1 and year = $2 and measure = $3 and unit = $4 and published_on <= $5
    and (measure = 'defence_share_of_gdp' or price_basis = 'current')
qualify row_number() over (partition by entity_code order by published_on desc, edition_id desc) = 1
"""
# An edition, a verdict, and the sentence that says why.
Verdict = tuple[str, str, str]


def judge_by_publisher(
    release: Path, publisher: str, statement: Statement, said_on: date | None = None
) -> list[Verdict]:
    """Judge a statement by a publisher's newest edition that holds its year: edition, verdict, sentence.

    With the day on which it was said, by the newest of that day first, where that is another. Raises `NotAStatement`
    where the publisher, the entity or the metric is none of those that can be asked, or where no figure is held.
    """
    now = _judge(release, publisher.lower(), statement, date.max)
    if said_on is None:
        return [now]
    try:
        then = _judge(release, publisher.lower(), statement, said_on)
    except NotAStatement:
        then = (publisher.lower(), "cannot_tell", f"No edition that we hold was out on {said_on} and has the figure.")
    return [then] if then == now else [then, now]


def answer_by_publisher(
    release: Path, publisher: str, sentence: str, said_on: date | None = None
) -> tuple[Understood, list[tuple[Statement, list[Verdict]]]]:
    """Understand a sentence and judge each of its statements by a publisher.

    Raises `NotAStatement` where there is no such publisher, or it cannot judge one of them.
    """
    connection = open_release(release, names=("fct_publisher_figure",))
    _require_known(connection, publisher.lower())
    query = (
        "select max(year), max(year) filter (where published_on <= $2) from fct_publisher_figure where publisher = $1"
    )
    ((newest, of_that_day),) = connection.execute(query, [publisher.lower(), said_on or date.max]).fetchall()
    asked = understand(sentence, said_on, of_that_day or newest, members_of(release), by_publisher=True)
    return asked, [(one, judge_by_publisher(release, publisher, one, said_on)) for one in asked.statements]


def _judge(release: Path, publisher: str, statement: Statement, day: date) -> Verdict:
    connection = open_release(release, names=("dim_target", "dim_ally", "fct_publisher_figure"))
    _require_known(connection, publisher)
    if statement.metric not in SHARED or statement.kind not in _KINDS:
        shared = ", ".join(SHARED)
        raise NotAStatement(
            f"By a publisher can be judged: {shared}, one figure each; leave --publisher away for more."
        )
    measure, unit, scale, _ = SHARED[statement.metric]
    if measure == "defence_expenditure" and statement.price_basis == "constant":
        raise NotAStatement("Publishers' dollars are compared at current prices alone: --price-basis current.")
    found = connection.execute(_FIGURES, [publisher, statement.year, measure, unit, day])
    columns = [column[0] for column in found.description or ()]
    rows = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
    rows = [row | {"value": row["value"] * scale} for row in rows]
    threshold = _threshold(connection, statement)
    if statement.metric is Metric.allies_meeting_target:
        allies = {code for (code,) in connection.execute("select entity_code from dim_ally").fetchall()}
        return _count([row for row in rows if row["entity_code"] in allies], statement, threshold)
    try:
        names = read_entities(release)
        code = names.code(statement.scope, by_any_publisher=True)
    except UnknownEntity as error:
        raise NotAStatement(str(error)) from error
    mine = [row for row in rows if row["entity_code"] == code]
    if not mine:
        raise NotAStatement(
            f"{publisher} has no such figure of {names.listed(code)} in {statement.year} that may be shown."
        )
    return _figure(mine[0], statement, threshold)


def _require_known(connection: Any, publisher: str) -> None:
    known = [name for (name,) in connection.execute("select distinct publisher from fct_publisher_figure").fetchall()]
    if publisher not in known:
        raise NotAStatement(there_is_no("publisher", publisher, sorted(known)))


def _threshold(connection: Any, statement: Statement) -> float | None:
    if statement.metric not in (Metric.meets_target, Metric.allies_meeting_target):
        return None
    query = "select target_id, threshold_pct from dim_target where measure = 'defence_share_of_gdp'"
    targets = dict(connection.execute(f"{query} order by threshold_pct").fetchall())
    if statement.target_id not in targets:
        raise NotAStatement(f"A publisher's shares of GDP can be held against {', '.join(targets)}: --target gdp_2.")
    return float(targets[statement.target_id])


def _figure(row: dict[str, Any], statement: Statement, threshold: float | None) -> Verdict:
    found = float(row["value"]) if threshold is None else float(_meets(row, threshold))
    low, high = allowed(statement)
    written = SHARED[statement.metric][3].format(row["value"], digits=max(2, statement.decimals))
    status = "" if row["status"] == "outturn" else f", {row['status']}"
    against = "" if threshold is None else f"; {threshold:g} % is {'met' if found else 'not met'}"
    sentence = f"{written}{status} ({row['locator']}){against}."
    return row["edition_id"], "holds" if low - 1e-9 <= found <= high + 1e-9 else "differs", sentence


def _count(rows: list[dict[str, Any]], statement: Statement, threshold: float | None) -> Verdict:
    if not rows or threshold is None:
        raise NotAStatement(f"No share of GDP of {statement.year} is held of this publisher.")
    meeting = sorted(row["entity_code"] for row in rows if _meets(row, threshold))
    sentence = f"{len(meeting)} of {len(rows)} Allies with a figure at {threshold:g} % or more: {', '.join(meeting)}."
    edition = max(row["edition_id"] for row in rows)
    low, high = allowed(statement)
    return edition, "holds" if low <= len(meeting) <= high else "differs", sentence


def _meets(row: dict[str, Any], threshold: float) -> bool:
    """Count as NATO's readers do: by the share as it is printed with two decimals."""
    return bool(round(row["value"], 2) >= threshold)
