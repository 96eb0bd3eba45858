"""Tell how far the tables are from what somebody promised: no verdict, but where a reader may look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Protocol

from ..connection import open_release
from .scene import Scene
from .words import CATEGORIES, GDP, SPENDING

# Shares of GDP that are promised; another percentage may be of anything.
_SHARES = (2, 2.1, 2.25, 2.5, 2.7, 3, 3.5, 4, 4.5, 5)


class Edition(Protocol):
    """Hold what of an edition is asked here."""

    @property
    def edition_id(self) -> str:
        """Name the edition."""

    @property
    def published_on(self) -> date:
        """Tell the day on which it came out."""


def pledged(scene: Scene) -> list[tuple[str, float]]:
    """Return who is to come to which share of GDP, in percent; empty where a sentence says no such thing."""
    reached = scene.has(r"reach\w*|arriv\w+ at|hit|meet|get to|attain|see")
    if scene.has(CATEGORIES[0][1]) or not (reached or scene.has(GDP) or scene.targets or scene.has(SPENDING)):
        return []
    goals = [(start, value) for target, start, _, value in scene.targets if value and target != "equipment_20"]
    goals += [(n.start, n.value) for n in scene.numbers if n.unit == "%" and n.value in _SHARES]
    found = [(scene.who_at(start), value) for start, value in goals]
    return list(dict.fromkeys((code, value) for code, value in found if code and code != "BALTIC"))


def distances(
    release: Path, pledges: Sequence[tuple[str, float]], editions: Sequence[Edition], said_on: date | None
) -> list[str]:
    """Say for each pledge how far its maker stood from it by the tables of that day, and stands by the newest."""
    if not pledges:
        return []
    connection = open_release(release, names=["fct_reading", "dim_entity"])
    query = (
        "select entity_name, year, figure from fct_reading inner join dim_entity using (entity_code) "
        "where metric = 'defence_share_of_gdp' and is_plain_reading and edition_id = ? and entity_code = ? "
        "and (? is null or year <= ?) order by year desc limit 1"
    )
    out = [e for e in editions if said_on is not None and e.published_on <= said_on]
    chosen = [*((out[-1], said_on.year) for _ in [0] if out and said_on), (editions[-1], None)]
    told = []
    for code, goal in pledges:
        for edition, last in chosen:
            found = connection.execute(query, [edition.edition_id, code, last, last]).fetchall()
            told += [_distance(edition.edition_id, name, year, share, goal) for name, year, share in found]
    return list(dict.fromkeys(told))


def _distance(edition: str, name: str, year: int, share: float, goal: float) -> str:
    gap = round(goal - share, 2)
    where = f"{gap:.2f} points short of" if gap > 0 else "at" if gap == 0 else f"{-gap:.2f} points above"
    return f"{edition}: {name} stood at {share:.2f} % of GDP in {year}, {where} {goal:g} %"
