"""Ask the release, once, for what the pages show. Whoever needs a figure finds it here by its keys."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import duckdb

from pipelines.reading.explain import Lineage
from pipelines.report import wording

EUROPE_AND_CANADA, TOTAL, UNITED_STATES = "NATO_EUR_CAN", "NATO_TOTAL", "USA"


class Row(dict[str, Any]):
    """Hold one row of a table; it knows its table and grain, so that a figure can name its cell."""

    __slots__ = ("grain", "table")

    def cell(self, column: str) -> str:
        """Name a cell of the release: `fct_growth.real_growth_pct|nato-2026-07|POL|2025`, the keys as in the grain."""
        return "|".join([f"{self.table}.{column}", *(str(self[key]) for key in self.grain)])


class Release:
    """Read one release: its editions, newest first, and its tables by key.

    `manifest` tells the release's `id` and day, `lineage` its tables' grains, formulas and source cells.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, manifest: dict, lineage: Lineage):
        self._connection = connection
        self.manifest = manifest
        self.lineage = lineage

    def rows(self, sql: str, *parameters: object) -> list[Row]:
        """Run a query and give its rows."""
        found = self._connection.execute(sql, list(parameters))
        names = [column[0] for column in found.description]
        return [Row(zip(names, row, strict=True)) for row in found.fetchall()]

    def table(self, name: str) -> list[Row]:
        """Give all rows of a table or view, in the order of its grain."""
        grain = self.lineage.models[name]["grain"]
        rows = self.rows(f"from {name} order by {', '.join(grain)}")
        for row in rows:
            row.table, row.grain = name, grain
        return rows

    @cached_property
    def editions(self) -> list[Row]:
        """List NATO's editions that we hold figures of, newest first, each with its `years` (year to is_estimate)."""
        found = self.rows(
            "from dim_edition where has_figures and publisher = 'NATO' order by published_on desc, edition_id desc"
        )
        for edition in found:
            edition["years"] = {
                row["year"]: row["is_estimate"]
                for row in self.rows(
                    "select year, bool_or(is_estimate) as is_estimate from fct_growth "
                    "where edition_id = ? group by year order by year",
                    edition["edition_id"],
                )
            }
        return found

    @cached_property
    def edition_names(self) -> dict[str, str]:
        """Name every edition, with figures or without, by its month; other publishers than NATO by name too."""
        found = self.rows("select edition_id, publisher, published_on from dim_edition")
        return {
            row["edition_id"]: ("" if row["publisher"] == "NATO" else f"{row['publisher']}, ")
            + f"{row['published_on']:%B %Y}"
            for row in found
        }

    @cached_property
    def allies(self) -> list[Row]:
        """List the Allies by name."""
        return self.rows("from dim_ally order by strip_accents(ally_name)")

    @cached_property
    def names(self) -> dict[str, str]:
        """Name every entity."""
        return {row["entity_code"]: row["entity_name"] for row in self.rows("from dim_entity")}

    @cached_property
    def breaks(self) -> list[dict[str, Any]]:
        """List the real breaks in the figures: entity, measure, year, and the reason."""
        return sorted(self.lineage.rows("seed_break"), key=lambda row: (row["year"], row["entity_code"]))

    @cached_property
    def targets(self) -> dict[str, Row]:
        """Give the targets by id."""
        return {row["target_id"]: row for row in self.rows("from dim_target order by agreed_or_proposed_on, target_id")}

    @cached_property
    def growth(self) -> dict[tuple[str, str, int], Row]:
        """Give `fct_growth` by edition, entity and year."""
        return {(r["edition_id"], r["entity_code"], r["year"]): r for r in self.table("fct_growth")}

    @cached_property
    def compliance(self) -> dict[tuple[str, str, int, str], Row]:
        """Give `fct_target_compliance` by edition, entity, year and target."""
        return {
            (r["edition_id"], r["entity_code"], r["year"], r["target_id"]): r
            for r in self.table("fct_target_compliance")
        }

    @cached_property
    def counts(self) -> dict[tuple[str, int, str], Row]:
        """Give `compliance_count` by edition, year and target."""
        return {(r["edition_id"], r["year"], r["target_id"]): r for r in self.table("compliance_count")}

    @cached_property
    def shares(self) -> dict[tuple[str, str, int, str], Row]:
        """Give `fct_contribution_share` by edition, entity, year and price basis."""
        return {
            (r["edition_id"], r["entity_code"], r["year"], r["price_basis"]): r
            for r in self.table("fct_contribution_share")
        }

    @cached_property
    def contributions(self) -> dict[tuple[str, str, int], list[Row]]:
        """Give `fct_growth_contribution` by edition, group and year."""
        return self._lists("fct_growth_contribution", "edition_id", "group_code", "year")

    @cached_property
    def paths(self) -> dict[tuple[str, str], list[Row]]:
        """Give `fct_path_to_target` by edition and target."""
        return self._lists("fct_path_to_target", "edition_id", "target_id")

    @cached_property
    def concentration(self) -> dict[tuple[str, int, str], Row]:
        """Give `fct_concentration` by edition, year and price basis."""
        return {(r["edition_id"], r["year"], r["price_basis"]): r for r in self.table("fct_concentration")}

    @cached_property
    def claims(self) -> list[Row]:
        """List the claims, newest first."""
        return self.rows("from dim_claim order by published_on desc, claim_id")

    @cached_property
    def verdicts(self) -> dict[str, list[Row]]:
        """Give `fct_claim`, edition by edition, by claim."""
        return {claim: rows for (claim,), rows in self._lists("fct_claim", "claim_id").items()}

    @cached_property
    def tables(self) -> dict[str, str]:
        """Give the release's tables, dimensions first, with what each is."""
        found = self.rows("select table_name, comment from duckdb_tables() order by table_name")
        return {row["table_name"]: row["comment"] or "" for row in found}

    def _lists(self, table: str, *keys: str) -> dict[tuple, list[Row]]:
        found: dict[tuple, list[Row]] = {}
        for row in self.table(table):
            found.setdefault(tuple(row[key] for key in keys), []).append(row)
        return found

    def is_ally(self, entity_code: str) -> bool:
        """Tell an Ally from a group."""
        return any(ally["entity_code"] == entity_code for ally in self.allies)

    def edition_years(self) -> Iterator[tuple[Row, int, bool]]:
        """Go through every year of every edition, with whether it is an estimate."""
        for edition in self.editions:
            for year, is_estimate in edition["years"].items():
                yield edition, year, is_estimate

    @property
    def newest(self) -> Row:
        """Give the newest edition."""
        return self.editions[0]

    def edition_before(self, edition: Row) -> Row | None:
        """Give the edition with figures that came before another."""
        later = [other for other in self.editions if other["published_on"] < edition["published_on"]]
        return later[0] if later else None

    def basis_label(self, edition: Row, basis: str) -> str:
        """Say a price basis in words: constant 2021 prices."""
        if basis == "current":
            return "current prices and exchange rates"
        base = edition["price_base_year"]
        return f"constant {base} prices and exchange rates" if base else "constant prices"

    @staticmethod
    def tables_of(edition: Row, *numbers: str) -> str:
        """Name those of an edition's tables that we hold: Table 3, or Tables 2 and 3."""
        held = [number for number in numbers if number in (edition["tables_held"] or "").replace(" ", "").split(",")]
        return f"Table{'s' if len(held) > 1 else ''} {wording.join(held)}" if held else "of which we hold no such table"

    def source_line(self, edition: Row, tables: str) -> str:
        """Say where a chart's figures come from."""
        name = f"{edition['edition_title']}, published {wording.day(edition['published_on'])}"
        return f"Source: {edition['credit']}, {name}, {tables}. Release {self.manifest['id'][:8]}."
