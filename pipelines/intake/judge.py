"""Judge a workbook's figures before it is taken, by the audits that every build runs.

The figures are judged alone, and beside the other editions and the revision that they replace; what fails with
this edition in it is the reason to refuse. One list of relations, one tolerance each, in
`warehouse/seeds/relations.csv`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd
import pyarrow as pa

from ..contracts.table import Check
from ..models.project import Project
from ..sources.catalogue import Sources
from ..sources.errors import Offender
from ..sources.observations import OBSERVATION_SCHEMA, to_arrow
from ..sources.observe import current_rows, observe_edition
from .bench import Bench

# No real break is as large: Bulgaria's aircraft contract of 2019 doubled its expenditure.
OUTLIER_TIMES, OUTLIERS_TOLD = 8, 3
CELLS_TOLD = 6


class Judge:
    """Judge one file after another by the same project and the same other editions, which are read once."""

    def __init__(self, project: Project, sources: Sources) -> None:
        self.bench = Bench(project, sources)
        held = {edition: observe_edition(sources, edition)[0] for edition in sources.editions.revisions}
        self.held = {edition: current_rows(table, sources.editions, edition) for edition, table in held.items()}

    def find_contradictions(self, editions: pa.Table, frame: pd.DataFrame, edition_id: str) -> list[Offender]:
        """Return what the audits of files find with these figures; empty where they may be taken.

        `editions` are the rows of `source_edition` as they would be with the file, `frame` its observations.
        One offender for each relation and row, with the cells of its worst year.
        """
        own = _as_submitted(frame, edition_id)
        others = pa.concat_tables([own, *(rows for edition, rows in self.held.items() if edition != edition_id)])
        before = self.held.get(edition_id, OBSERVATION_SCHEMA.empty_table())
        found = self.ask_alone(editions, frame, edition_id)
        found += self.bench.ask("beside", {"source_observation": others, "source_superseded": before})
        return _offenders([_of_edition(rows, edition_id) for _, rows in found])

    def ask_alone(self, editions: pa.Table, frame: pd.DataFrame, edition_id: str) -> list[tuple[Check, pd.DataFrame]]:
        """Return what each audit that looks at a file alone finds; rows as the audit's SQL lists them."""
        given = {"source_edition": editions, "source_observation": _as_submitted(frame, edition_id)}
        return self.bench.ask("alone", {**given, "source_superseded": OBSERVATION_SCHEMA.empty_table()})

    def moves(self, edition_id: str) -> pd.DataFrame:
        """Return what the figures that were judged last moved by much (`stg_nato_large_change`), the farthest first."""
        rows = self.bench.run("stg_nato_large_change")
        mine = (rows["edition_id"] == edition_id) | (rows["earlier_edition_id"] == edition_id)
        return rows[mine].sort_values("times_usual", ascending=False)


def _as_submitted(frame: pd.DataFrame, edition_id: str) -> pa.Table:
    return to_arrow(frame.assign(edition_id=edition_id, revision=2))


def _of_edition(rows: pd.DataFrame, edition_id: str) -> pd.DataFrame:
    """Pick what speaks of the file, and turn it to the file's side, with the other side named and its age told."""
    if "earlier_edition_id" not in rows:
        return rows[rows["edition_id"] == edition_id]
    mine = rows["edition_id"] == edition_id
    is_older = ~mine & (rows["earlier_edition_id"] == edition_id)
    turned = rows.rename(
        columns={
            "source_cells": "earlier_cells",
            "earlier_cells": "source_cells",
            "found": "expected",
            "expected": "found",
        }
    )
    both = [rows[mine].assign(beside=_words(rows[mine], "earlier_edition_id", "the older"))]
    both.append(turned[is_older].assign(beside=_words(turned[is_older], "edition_id", "the newer")))
    found = pd.concat(both, ignore_index=True)
    return found.assign(rule=found["rule"] + found["beside"])


def _words(rows: pd.DataFrame, other: str, age: str) -> list[str]:
    words = {"year": " in the year before", "revision": " in the revision that is held"}
    return [
        (f" (those of {row['origin']})" if isinstance(row["origin"], str) else "")
        + words.get(row["compared_with"], f" in {row[other]}, {age} of the two")
        for _, row in rows.iterrows()
    ]


def _offenders(findings: Sequence[pd.DataFrame]) -> list[Offender]:
    """Turn failing rows into words: each row of a table once for a rule, by its worst year, likeliest cells first."""
    blamed = Counter(
        cell for rows in findings for cells in rows["source_cells"].dropna() for cell in str(cells).split(", ")
    )
    found = []
    for rows in findings:
        for (rule, entity), group in rows.groupby(["rule", "entity_code"], sort=False):
            worst = group.iloc[0]
            cells = dict.fromkeys(cell for text in group["source_cells"].dropna() for cell in str(text).split(", "))
            place = ", ".join(sorted(cells, key=lambda cell: -blamed[cell])[:CELLS_TOLD]) or str(entity)
            more = f" (and {len(group) - 1} more of its years)" if len(group) > 1 else ""
            found.append(
                Offender(
                    place,
                    f"{_shown(worst, 'found')} for {entity} in {worst['year']}{more}",
                    f"{_shown(worst, 'expected')}: {rule}",
                )
            )
    return found


def _shown(row: pd.Series, name: str) -> str:
    """Write a figure of an audit's row with its unit, if it has one; a text as it stands."""
    value = row[name]
    if pd.isna(value):
        return "no figure"
    if isinstance(value, str):
        return value
    number = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.5g}"
    return f"{number} {row.get('unit', '')}".strip()


def outliers(frame: pd.DataFrame) -> list[str]:
    """Name the outliers of their rows: figures of at least eight times both years beside them, or an eighth.

    Where a sum is wrong it is the sum's cell that a relation names; this finds the part. Shares and rates
    may be far apart by nature and are left out. Figures are a frame of observations; worst first, in words.
    """
    amounts = frame[(frame["unit"] != "percent") & (frame["value"] > 0)].sort_values("period")
    row = [amounts[name] for name in ("measure", "unit", "price_basis", "entity_code", "repeats")]
    beside = [amounts.groupby(row, dropna=False)["value"].shift(step) for step in (1, -1)]
    ratios = pd.concat([amounts["value"] / other for other in beside], axis=1).astype(float)
    size = ratios.where(ratios >= 1, 1 / ratios).min(axis=1, skipna=False)
    same_way = (ratios > 1).all(axis=1) | (ratios < 1).all(axis=1)
    worst = size[same_way & (size >= OUTLIER_TIMES)].sort_values(ascending=False).index[:OUTLIERS_TOLD]
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
