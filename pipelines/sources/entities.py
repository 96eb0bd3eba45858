"""Tell who a printed label names: Allies, aggregates and currencies, from the seeds."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from pipelines.sources.text import fold


@dataclass(frozen=True)
class Ally:
    """Hold what a parser must know of an Ally: its code, accession year, and whether it has armed forces."""

    code: str
    name: str
    accession_year: int
    has_armed_forces: bool


@dataclass(frozen=True)
class Entities:
    """Hold every Ally and published aggregate, found by the folded names that NATO prints."""

    allies: dict[str, Ally]
    aggregates: tuple[str, ...]
    codes_by_name: dict[str, str]
    currencies: dict[tuple[str, str], str]

    def code(self, name: str) -> str | None:
        """Give the entity's code for a printed name, None where nobody bears it."""
        return self.codes_by_name.get(fold(name))

    def currency(self, code: str, name: str) -> str | None:
        """Give the ISO currency code for a printed currency (`Kroner`) of an Ally."""
        return self.currencies.get((code, fold(name)))

    @property
    def without_forces(self) -> set[str]:
        """Name the Allies without armed forces."""
        return {ally.code for ally in self.allies.values() if not ally.has_armed_forces}

    def expected(self, last_year: int, *, without_forces: bool, aggregates: bool) -> set[str]:
        """Give the codes that a block must list when the tables run to `last_year`."""
        allies = {
            ally.code
            for ally in self.allies.values()
            if ally.accession_year <= last_year and (ally.has_armed_forces or without_forces)
        }
        return allies | (set(self.aggregates) if aggregates else set())

    @classmethod
    def load(cls, seeds: Path) -> Entities:
        """Load `allies.csv`, `groups.csv`, `entities.csv` and `currencies.csv` from the seeds."""
        allies: dict[str, Ally] = {}
        names: dict[str, str] = {}
        for row in _rows(seeds / "allies.csv"):
            code = row["entity_code"]
            forces = row["has_armed_forces"] == "true"
            allies[code] = Ally(code, row["ally_name"], int(row["accession_date"][:4]), forces)
            names |= {fold(name): code for name in [row["ally_name"], *_split(row["other_names"])]}
        aggregates = [row for row in _rows(seeds / "groups.csv") if row["is_published"] == "true"]
        names |= {fold(n): r["entity_code"] for r in aggregates for n in [r["group_name"], *_split(r["other_names"])]}
        for row in _rows(seeds / "entities.csv"):
            names |= {fold(n): row["entity_code"] for n in [row["entity_name"], *_split(row["other_names"])]}
        currencies = {
            (row["entity_code"], fold(name)): row["currency_code"]
            for row in _rows(seeds / "currencies.csv")
            for name in _split(row["printed_names"])
        }
        return cls(allies, tuple(row["entity_code"] for row in aggregates), names, currencies)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split("|") if part.strip()]
