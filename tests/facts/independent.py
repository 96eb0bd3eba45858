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
    def allies(self) -> pd.DataFrame:
        return pd.read_csv(self.seeds / "allies.csv", parse_dates=["accession_date"], index_col="entity_code")

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
        rows = pd.read_csv(self.seeds / "group_members.csv", parse_dates=["member_from", "member_to"])
        rows = rows[rows["group_code"] == group].set_index("entity_code").join(self.allies)
        came = rows[["member_from", "accession_date"]].max(axis=1).dt.year
        left = rows["member_to"].dt.year.fillna(9999)
        return set(rows.index[(came <= year) & (left > year) & rows["has_armed_forces"]])
