"""Groups over time: what a group's growth is as published, of the same members, and as the sum of each year's."""

from __future__ import annotations

from typing import Any

from .. import wording
from ..content import Cells, Column, Figure, Table, Words, phrase
from ..release import Release, Row
from .common import by

# Readings of a group that lie closer together need no sentence.
WORTH_SAYING_PP = 0.5


def over_time(release: Release, edition: Row, year: int, is_estimate: bool) -> dict[str, Any]:
    """List each group's growth from its first year of an edition to a year, its plain reading first."""
    found = [release.growth.get((edition["edition_id"], code, year)) for code in release.groups]
    rows = [row for row in found if row]
    return {
        "sentence": _sentence(release, edition, year, is_estimate, rows),
        "table": _table(release, edition, year, is_estimate, rows),
    }


def _sentence(release: Release, edition: Row, year: int, is_estimate: bool, rows: list[Row]) -> Words:
    """Tell of the group whose members changed its growth most."""
    moved = [row for row in rows if _moved_by_members(row) >= WORTH_SAYING_PP]
    if not moved:
        return []
    row = max(moved, key=_moved_by_members)
    first = first_year(release, edition, row["entity_code"])
    does = "is estimated to change" if is_estimate else "changed"
    return phrase(
        f"{by(release, edition)} real spending of {release.names[row['entity_code']]} {does} by {{fair}} "
        f"from {first} to {wording.year_label(year, is_estimate)} like for like, that is, of the members of both "
        "years; the sum of each year's members, which joining and leaving change too, gives {summed}.",
        fair=Cells(row).pct("cumulative_like_for_like_growth_pct", 1, sign=True),
        summed=Cells(row).pct("cumulative_real_growth_pct", 1, sign=True),
    )


def _moved_by_members(row: Row) -> float:
    fair, summed = row["cumulative_like_for_like_growth_pct"], row["cumulative_real_growth_pct"]
    return 0.0 if fair is None or summed is None else float(abs(fair - summed))


def first_year(release: Release, edition: Row, code: str) -> int:
    """Return the first year in which an edition has a group, from which its growth counts."""
    return int(release.series(edition, code)[0]["year"])


def _table(release: Release, edition: Row, year: int, is_estimate: bool, rows: list[Row]) -> Table:
    label, begin = wording.year_label(year, is_estimate), min(edition["years"])
    return Table(
        f"Groups from {begin} to {label}, {release.edition_names[edition['edition_id']]}",
        [
            Column("Group", numeric=False),
            Column("Read", numeric=False, help="What the plain reading is"),
            Column("Real growth", "%, plain reading"),
            Column("A year", "%, plain reading"),
            Column("Like for like", "%"),
            Column("A year", "%, like for like"),
            Column("Sum of each year's members", "%"),
            Column("A year", "%, sums"),
            Column(f"GDP in {label}", "%, plain reading"),
            Column(f"GDP in {label}", "%, like for like"),
            Column(f"GDP in {label}", "%, sums"),
        ],
        [
            [
                Figure(_name(release, edition, row["entity_code"], begin)),
                Figure(row["growth_basis"] or wording.NOTHING),
                *(
                    Cells(row).pct(f"{column}_pct", 1)
                    for column in (
                        "cumulative_growth",
                        "average_growth",
                        "cumulative_like_for_like_growth",
                        "average_like_for_like_growth",
                        "cumulative_real_growth",
                        "average_real_growth",
                    )
                ),
                *(
                    Cells(row).pct(f"{column}_pct")
                    for column in ("gdp_growth", "gdp_like_for_like_growth", "gdp_real_growth")
                ),
            ]
            for row in rows
        ],
        note="Like for like: the members of the first and the last year, in both. What NATO publishes of its "
        "aggregates is read as published, and groups that we add up like for like. GDP: real growth on the year "
        f"before. At {release.basis_label(edition, 'constant')}.",
    )


def _name(release: Release, edition: Row, code: str, begin: int) -> str:
    first = first_year(release, edition, code)
    return release.names[code] + (f", from {first}" if first > begin else "")
