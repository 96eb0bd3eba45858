"""A second way to every figure: pandas on the embedded figures, with none of the project's SQL."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import pandas as pd


class Independent:
    """Hold the embedded figures and who belongs where, as tables of years by entity."""

    def __init__(self, seeds: Path) -> None:
        self.seeds = seeds

    @cached_property
    def figures(self) -> pd.DataFrame:
        paths = sorted((self.seeds / "figures").glob("*.csv"))
        return pd.concat(
            pd.read_csv(path, dtype={"table_id": str, "marks": str, "cell": str}) for path in paths
        ).assign(year=lambda frame: frame["period"].astype(int))

    @cached_property
    def memberships(self) -> pd.DataFrame:
        return pd.read_csv(self.seeds / "memberships.csv", parse_dates=["member_from", "member_to"])

    def belonging(self, group: str, year: int) -> set[str]:
        """Name those who belong to a group by its own lines, from the year of joining on."""
        rows = self.memberships[self.memberships["group_code"] == group]
        left = rows["member_to"].dt.year.fillna(9999)
        return set(rows["entity_code"][(rows["member_from"].dt.year <= year) & (left > year)])

    def wide(self, edition: str, table: str, measure: str, basis: str = "constant") -> pd.DataFrame:
        """Give one block of a table: entities down, years across."""
        frame = self.figures
        chosen = frame[
            (frame["edition_id"] == edition)
            & (frame["table_id"] == table)
            & (frame["measure"] == measure)
            & (frame["price_basis"] == basis)
        ]
        return chosen.pivot(index="entity_code", columns="year", values="value")

    def spending(self, edition: str, basis: str = "constant") -> pd.DataFrame:
        return self.wide(edition, "2", "defence_expenditure", basis)

    def members(self, group: str, year: int) -> set[str]:
        """Name the Allies with armed forces that count in a group in a year."""
        allies = self.belonging("NATO", year) - {"ISL"}
        if group == "NATO_TOTAL":
            return allies
        if group == "NATO_EUR_CAN":
            return allies - {"USA"}
        return allies - {"USA", "CAN"} if group == "EUROPE" else allies & self.belonging(group, year)
