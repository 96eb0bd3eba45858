"""Choose what of a publisher's figures may be shown to others, by `warehouse/seeds/republication.csv`.

A publisher without a line there may be shown whole. The choice is made before anything is modelled, so that no table,
page, export or pushed release can hold more.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from .entities import Entities

REPUBLICATION = "republication.csv"


def select_shown(frame: pd.DataFrame, publisher: str, seeds: Path, entities: Entities) -> pd.DataFrame:
    """Return the observations of a publisher that may be shown to others."""
    rules = _rules(publisher, seeds)
    if not rules:
        return frame
    shown = pd.Series(data=False, index=frame.index)
    years = frame["period"].str[:4].astype(int)
    for rule in rules:
        members = {member.code for member in entities.memberships.get(rule["entity_code"], ())}
        mine = frame["entity_code"].isin(members or {rule["entity_code"]})
        mine &= (frame["measure"] == rule["measure"]) & (frame["unit"] == rule["unit"])
        shown |= mine & (years >= int(rule["shown_from"])) & ~frame["repeats"].astype(bool)
    return frame[shown].reset_index(drop=True)


def is_limited(publisher: str, seeds: Path) -> bool:
    """Tell whether only a part of a publisher's figures may be shown."""
    return bool(_rules(publisher, seeds))


def _rules(publisher: str, seeds: Path) -> list[dict[str, str]]:
    with (seeds / REPUBLICATION).open(encoding="utf-8", newline="") as file:
        return [rule for rule in csv.DictReader(file) if rule["publisher"] == publisher]
