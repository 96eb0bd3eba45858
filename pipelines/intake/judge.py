"""Judge a workbook's figures before it is taken, by the audits that every build runs.

The figures are put beside the other editions in a folder of their own, the models that the audits ask
are run there, and what fails with this edition in it is the reason to refuse. One list of relations,
one tolerance each, in `warehouse/seeds/relations.csv`.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import pyarrow as pa

from pipelines.contracts.table import Check
from pipelines.models.project import Project, Source
from pipelines.models.runner import load_source, run_model
from pipelines.models.tables import connect, register
from pipelines.models.trees import table_names
from pipelines.sources.errors import Offender
from pipelines.sources.tables import Places, read_source

# No real break is as large: Bulgaria's aircraft contract of 2019 doubled its expenditure.
LEAP, LEAPS_TOLD = 8, 3


def find_contradictions(
    project: Project, places: Places, editions: pa.Table, observations: pa.Table, edition_id: str
) -> list[Offender]:
    """Give what the audits of a file find with this edition among the others; empty where it may be taken.

    `editions` and `observations` are the rows of `source_edition` and `source_observation` as they would
    be with the file. One offender for each relation and row, with the cells of its worst year.
    """
    audits = [audit for audit in project.audits.values() if audit.judges_files]
    given = {"source_edition": editions, "source_observation": observations}
    with tempfile.TemporaryDirectory(prefix="burdenshare-") as folder:
        tables = Path(folder)
        for name in _needed(project, audits):
            table = project.table(name)
            if isinstance(table, Source):
                rows = given[name] if name in given else read_source(table.file, table.reader, places)
                load_source(project, name, rows, tables)
            else:
                run_model(project, name, tables)
        connection = connect()
        register(connection, tables, _needed(project, audits))
        failing = [connection.execute(audit.sql).df() for audit in audits]
    return [offender for rows in failing for offender in _offenders(rows, edition_id)]


def _needed(project: Project, audits: Iterable[Check]) -> list[str]:
    """Name the tables that audits ask, with all that those are made of, in the order of building."""
    needed: set[str] = set()
    waiting = {name for audit in audits for name in table_names(audit.sql)}
    while waiting:
        name = waiting.pop()
        needed.add(name)
        if name in project.models:
            waiting |= set(project.models[name].depends_on) - needed
    return [name for name in project.order if name in needed]


def _offenders(rows: pd.DataFrame, edition_id: str) -> list[Offender]:
    """Turn failing rows into words: each row of a table once for each rule, by its worst year."""
    beside = rows["earlier_edition_id"] if "earlier_edition_id" in rows else pd.Series([None] * len(rows))
    rows = rows[(rows["edition_id"] == edition_id) | (beside == edition_id)]
    found = []
    for (rule, entity), group in rows.groupby(["rule", "entity_code"], sort=False):
        worst = group.iloc[0]
        more = f" (and {len(group) - 1} more of its years)" if len(group) > 1 else ""
        found.append(
            Offender(
                worst["source_cells"] or entity,
                f"{_shown(worst, 'found')} for {entity} in {worst['year']}{more}",
                f"{_shown(worst, 'expected')}: {rule}",
            )
        )
    return found


def _shown(row: pd.Series, name: str) -> str:
    """Write a figure of an audit's row with its unit, if it has one; a text as it stands."""
    value = row[name]
    if isinstance(value, str):
        return value
    number = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.5g}"
    return f"{number} {row.get('unit', '')}".strip()


def leaps(frame: pd.DataFrame) -> list[str]:
    """Name the figures that leap out of their row: at least eight times both years beside them, or an eighth.

    Where a sum is wrong it is the sum's cell that a relation names; this finds the part. Shares and rates
    may leap by nature and are left out. Figures are a frame of observations; worst first, in words.
    """
    amounts = frame[(frame["unit"] != "percent") & (frame["value"] > 0)].sort_values("period")
    row = [amounts[name] for name in ("measure", "unit", "price_basis", "entity_code", "repeats")]
    beside = [amounts.groupby(row, dropna=False)["value"].shift(step) for step in (1, -1)]
    ratios = pd.concat([amounts["value"] / other for other in beside], axis=1).astype(float)
    size = ratios.where(ratios >= 1, 1 / ratios).min(axis=1, skipna=False)
    same_way = (ratios > 1).all(axis=1) | (ratios < 1).all(axis=1)
    worst = size[same_way & (size >= LEAP)].sort_values(ascending=False).index[:LEAPS_TOLD]
    return [_told(amounts.loc[place], *(other[place] for other in beside)) for place in worst]


def _told(figure: pd.Series, before: float, after: float) -> str:
    return (
        f"{figure['locator']} ({figure['value']:,.0f} for {figure['entity_code']} in {figure['period']}, "
        f"beside {before:,.0f} and {after:,.0f})"
    )


def likely_table(offenders: list[Offender]) -> str | None:
    """Name the table that most of the contradictions share, since that is where to look first."""
    counts = Counter(
        sheet
        for offender in offenders
        for sheet in {place.split("!")[0].strip() for place in offender.place.split(",")}
    )
    ranked = counts.most_common(2)
    if not ranked or ranked[0][1] < 2 or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
        return None
    return ranked[0][0]
