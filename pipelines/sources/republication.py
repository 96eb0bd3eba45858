"""Choose what of a publisher's figures may be shown to others, by `warehouse/seeds/republication.csv`.

A publisher without a line there may be shown whole. The choice is made before anything is modelled, so that no table,
page, export or pushed release can hold more.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from .entities import Entities

REPUBLICATION = "republication.csv"


def select_shown(table: pa.Table, publisher: str, seeds: Path, entities: Entities) -> pa.Table:
    """Return the observations of a publisher that may be shown to others."""
    rules = _rules(publisher, seeds)
    if not rules:
        return table
    year = pc.utf8_slice_codeunits(pc.field("period"), 0, 4).cast(pa.int32())
    shown = pc.scalar(False)
    for rule in rules:
        members = sorted({member.code for member in entities.memberships.get(rule["entity_code"], ())})
        mine = pc.field("entity_code").isin(members or [rule["entity_code"]])
        mine &= (pc.field("measure") == rule["measure"]) & (pc.field("unit") == rule["unit"])
        shown |= mine & (year >= int(rule["shown_from"]))
    return table.filter(shown & ~pc.field("repeats"))


def is_limited(publisher: str, seeds: Path) -> bool:
    """Tell whether only a part of a publisher's figures may be shown."""
    return bool(_rules(publisher, seeds))


def _rules(publisher: str, seeds: Path) -> list[dict[str, str]]:
    with (seeds / REPUBLICATION).open(encoding="utf-8", newline="") as file:
        return [rule for rule in csv.DictReader(file) if rule["publisher"] == publisher]
