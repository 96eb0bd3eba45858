"""Ask the release, once, for what the pages show. Whoever needs a figure finds it here by its keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, ClassVar

import duckdb

from ..reading.explain import Lineage
from ..releases.description import tables_of
from . import wording

EUROPE_AND_CANADA, TOTAL, UNITED_STATES = "NATO_EUR_CAN", "NATO_TOTAL", "USA"
# The targets that the pages follow.
GDP, CORE, EQUIPMENT = "gdp_2", "core_3_5", "equipment_20"
# What an Ally is in an edition that has no row of it.
NOT_LISTED = "not_listed"
# Whose editions the report shows.
PUBLISHER = "NATO"
# What the origins of figures read, and what the pages do: the rest of a release, most of it, need not lie in memory.
READ_BY_ORIGINS = ("dim_edition", "dim_entity", "dim_target", "dim_unit")
READ = (
    *("compliance_by_basis", "compliance_count", "dim_ally", "dim_break", "dim_claim", "dim_edition", "dim_entity"),
    *("dim_group_member", "dim_target", "dim_unit", "fct_break_candidate", "fct_category", "fct_claim"),
    *("fct_concentration", "fct_contribution_share", "fct_deflator", "fct_discrepancy", "fct_figure_interval"),
    *("fct_growth", "fct_growth_contribution", "fct_large_change", "fct_long_history", "fct_observation"),
    *("fct_path_to_target", "fct_publisher_difference", "fct_publisher_warning", "fct_target_chance"),
    *("fct_target_compliance", "fct_uncheckable_relation", "growth_without_breaks", "near_target", "publisher_reasons"),
)


class Row(dict[str, Any]):
    """Hold one row of a table; it knows its table and grain, so that a figure can name its cell."""

    __slots__ = ("_keys", "grain", "table")
    _keys: str
    grain: list[str]
    table: str

    def cell(self, column: str) -> str:
        """Name a cell of the release: `fct_growth.real_growth_pct|nato-2026-07|POL|2025`, the keys as in the grain."""
        try:
            keys = self._keys
        except AttributeError:
            # Kept, since most cells of a row are named.
            keys = self._keys = "".join(f"|{self[key]}" for key in self.grain)
        return f"{self.table}.{column}{keys}"


class Facts(dict[tuple[Any, ...], Row]):
    """Hold the rows of a table by their grain; what the table does not have is a row without figures.

    A group may begin or end within an edition, and an Ally stand in some editions only: pages ask for
    every year of an edition, and show a dash where there is nothing. `Facts.get` gives None there.
    """

    # What a reader is told of a row that no edition lists, where a column is no figure.
    KNOWN: ClassVar[Mapping[str, Any]] = {
        "compliance_status": NOT_LISTED,
        "null_reason": "the edition does not list it",
    }

    def __init__(self, name: str, grain: list[str], columns: list[str], rows: list[Row]):
        super().__init__((tuple(row[key] for key in grain), row) for row in rows)
        self._name, self._grain, self._columns = name, grain, columns

    def __missing__(self, key: tuple[Any, ...]) -> Row:
        """Return a row that bears its key and no figure; it is not kept."""
        row = Row(dict.fromkeys(self._columns))
        row.update({name: value for name, value in self.KNOWN.items() if name in row})
        row.update(zip(self._grain, key, strict=True))
        row.table, row.grain = self._name, self._grain
        return row


class Names(dict[str, str]):
    """Hold names by code; a code that nobody named stands for itself."""

    def __missing__(self, code: str) -> str:
        """Return the code."""
        return code


class Release:
    """Read one release: its editions, newest first, and its tables by key.

    `manifest` tells the release's `id` and day, `lineage` its tables' grains, formulas and source cells.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, manifest: dict[str, Any], lineage: Lineage):
        self._connection = connection
        self._tables: dict[tuple[str, str], list[Row]] = {}
        self.manifest = manifest
        self.lineage = lineage

    def close(self) -> None:
        """Let go of all that was read, whoever still holds the release."""
        self._connection.close()
        self.__dict__.clear()

    def rows(self, sql: str, *parameters: object) -> list[Row]:
        """Run a query and return its rows."""
        found = self._connection.execute(sql, list(parameters))
        names = [column[0] for column in found.description or []]
        # Each text once: most are codes and ids, which DuckDB makes anew for every row.
        texts: dict[str, str] = {}
        return [
            Row(
                zip(
                    names,
                    [texts.setdefault(value, value) if type(value) is str else value for value in row],
                    strict=True,
                )
            )
            for row in iter(found.fetchone, None)
        ]

    def facts(self, name: str, where: str = "true") -> Facts:
        """Read a table or view by its grain, or only its rows of which a condition is true."""
        found = self._connection.execute(f"select * from {name} limit 0")
        columns = [column[0] for column in found.description or []]
        return Facts(name, self.lineage.models[name]["grain"], columns, self.table(name, where))

    def table(self, name: str, where: str = "true") -> list[Row]:
        """Return the rows of a table or view, in the order of its grain; all, or those of which a condition is true."""
        if (name, where) not in self._tables:
            grain = self.lineage.models[name]["grain"]
            rows = self.rows(f"from {name} where {where} order by {', '.join(grain)}")
            for row in rows:
                row.table, row.grain = name, grain
            self._tables[name, where] = rows
        return self._tables[name, where]

    @cached_property
    def editions(self) -> list[Row]:
        """List NATO's editions that we hold figures of, newest first, each with its `years` (year to is_estimate).

        The one place that chooses the report's editions and their order; other publishers' are no part of it.
        """
        found = self.rows(
            "from dim_edition where has_figures and upper(publisher) = ? order by published_on desc, edition_id desc",
            PUBLISHER,
        )
        years: dict[str, dict[int, bool]] = {edition["edition_id"]: {} for edition in found}
        for row in self.rows(
            "select edition_id, year, bool_or(is_estimate) as is_estimate from fct_growth group by all order by year"
        ):
            years.get(row["edition_id"], {})[row["year"]] = row["is_estimate"]
        for edition in found:
            edition["years"] = years[edition["edition_id"]]
        return found

    @cached_property
    def with_aggregates(self) -> set[str]:
        """Find the editions that give NATO's own total; of others a total is the sum of the Allies that they list."""
        found = self.rows("select distinct edition_id from fct_observation where entity_code = ?", TOTAL)
        return {row["edition_id"] for row in found}

    @cached_property
    def edition_names(self) -> dict[str, str]:
        """Name every edition, with figures or without, by its month; other publishers than NATO by name too."""
        found = self.rows("select edition_id, publisher, published_on from dim_edition")
        names = {}
        for row in found:
            whose = self.publisher_name(row)
            names[row["edition_id"]] = ("" if whose == PUBLISHER else f"{whose}, ") + f"{row['published_on']:%B %Y}"
        return names

    @cached_property
    def publisher_differences(self) -> list[Row]:
        """List the differences of every other publisher's shares of GDP from NATO's."""
        return [row for row in self.table("fct_publisher_difference") if row["measure"] == "defence_share_of_gdp"]

    @cached_property
    def publisher_names(self) -> dict[str, str]:
        """Name every publisher by its short name, as its editions bear it."""
        found = self.rows("select edition_id, publisher from dim_edition order by published_on")
        return {row["edition_id"].partition("-")[0]: self.publisher_name(row) for row in found}

    @staticmethod
    def publisher_name(edition: Row) -> str:
        """Write the name of an edition's publisher; the report's own is known by code or by name."""
        name = str(edition["publisher"])
        return PUBLISHER if name.upper() == PUBLISHER else name

    @cached_property
    def allies(self) -> list[Row]:
        """List the Allies by name."""
        return self.rows("from dim_ally order by strip_accents(ally_name)")

    @cached_property
    def names(self) -> dict[str, str]:
        """Name every entity; one that no table lists bears its code."""
        return Names({row["entity_code"]: row["entity_name"] for row in self.rows("from dim_entity")})

    @cached_property
    def units(self) -> dict[str, str]:
        """Name the units of observations in words."""
        return {row["unit"]: row["unit_name"] for row in self.rows("from dim_unit")}

    @cached_property
    def groups(self) -> dict[str, str]:
        """Name the groups that have or had members: European Allies and Canada first, the others by name."""
        found = self.rows(
            "from dim_entity where entity_code in (select group_code from dim_group_member) "
            "order by entity_code <> ?, entity_name",
            EUROPE_AND_CANADA,
        )
        return {row["entity_code"]: row["entity_name"] for row in found}

    @cached_property
    def breaks(self) -> list[dict[str, Any]]:
        """List the real breaks in the figures: entity, measure, year, and the reason."""
        return sorted(self.lineage.rows("seed_break"), key=lambda row: (row["year"], row["entity_code"]))

    @cached_property
    def broken_years(self) -> list[Row]:
        """Read `dim_break`: each broken year with its kind and who says so."""
        return self.table("dim_break")

    @cached_property
    def targets(self) -> dict[str, Row]:
        """Read the targets by id."""
        return {row["target_id"]: row for row in self.rows("from dim_target order by agreed_or_proposed_on, target_id")}

    @cached_property
    def growth(self) -> Facts:
        """Read `fct_growth` by edition, entity and year."""
        return self.facts("fct_growth")

    @cached_property
    def compliance(self) -> Facts:
        """Read `fct_target_compliance` by edition, entity, year and target."""
        return self.facts("fct_target_compliance")

    @cached_property
    def by_basis(self) -> Facts:
        """Read `compliance_by_basis` by edition, year, target and way of counting."""
        return self.facts("compliance_by_basis")

    @cached_property
    def chances(self) -> Facts:
        """Read `fct_target_chance` by edition, entity, year and target."""
        return self.facts("fct_target_chance")

    @cached_property
    def intervals(self) -> Facts:
        """Read `fct_figure_interval` of shares of GDP by edition, measure, unit, price basis, entity and year."""
        return self.facts("fct_figure_interval", "measure = 'defence_share_of_gdp'")

    @cached_property
    def near(self) -> Facts:
        """Read `near_target` by edition, entity, year and target."""
        return self.facts("near_target")

    @cached_property
    def deflators(self) -> Facts:
        """Read `fct_deflator` by edition, entity and year."""
        return self.facts("fct_deflator")

    @cached_property
    def counts(self) -> Facts:
        """Read `compliance_count` by edition, year and target."""
        return self.facts("compliance_count")

    @cached_property
    def shares(self) -> Facts:
        """Read `fct_contribution_share` by edition, entity, year and price basis."""
        return self.facts("fct_contribution_share")

    @cached_property
    def categories(self) -> Facts:
        """Read `fct_category` of groups by edition, entity, year, category and price basis."""
        return self.facts("fct_category", "entity_code in (select group_code from dim_group_member)")

    @cached_property
    def contributions(self) -> dict[tuple[str, str, int], list[Row]]:
        """Read `fct_growth_contribution` by edition, group and year, where a missing member leaves it decided."""
        found = self._lists("fct_growth_contribution", "edition_id", "group_code", "year")
        return {key: rows for key, rows in found.items() if any(row["contribution_pp"] is not None for row in rows)}

    @cached_property
    def paths(self) -> dict[tuple[str, str], list[Row]]:
        """Read `fct_path_to_target` by edition and target."""
        return self._lists("fct_path_to_target", "edition_id", "target_id")

    @cached_property
    def concentration(self) -> Facts:
        """Read `fct_concentration` by edition, year and price basis."""
        return self.facts("fct_concentration")

    @cached_property
    def claims(self) -> list[Row]:
        """List the claims, newest first."""
        return self.rows("from dim_claim order by published_on desc, claim_id")

    @cached_property
    def verdicts(self) -> dict[str, list[Row]]:
        """Read `fct_claim`, edition by edition, by claim."""
        return {claim: rows for (claim,), rows in self._lists("fct_claim", "claim_id").items()}

    @cached_property
    def tables(self) -> dict[str, str]:
        """List the release's tables, dimensions first, with what each is."""
        return {name: told["description"] for name, told in sorted(tables_of(self.manifest).items())}

    def _lists(self, table: str, *keys: str) -> dict[tuple[Any, ...], list[Row]]:
        found: dict[tuple[Any, ...], list[Row]] = {}
        for row in self.table(table):
            found.setdefault(tuple(row[key] for key in keys), []).append(row)
        return found

    def is_ally(self, entity_code: str) -> bool:
        """Return whether an entity is an Ally, not a group."""
        return any(ally["entity_code"] == entity_code for ally in self.allies)

    def edition_years(self) -> Iterator[tuple[Row, int, bool]]:
        """Go through every year of every edition, with whether it is an estimate."""
        for edition in self.editions:
            for year, is_estimate in edition["years"].items():
                yield edition, year, is_estimate

    @property
    def newest(self) -> Row:
        """Return NATO's newest edition."""
        return self.editions[0]

    def series(self, edition: Row, entity_code: str) -> list[Row]:
        """Return the rows of `fct_growth` of the years in which an edition lists an entity, in order."""
        keys = [(edition["edition_id"], entity_code, year) for year in edition["years"]]
        return [self.growth[key] for key in keys if key in self.growth]

    def edition_before(self, edition: Row) -> Row | None:
        """Return the edition with figures that came before another."""
        later = [other for other in self.editions if other["published_on"] < edition["published_on"]]
        return later[0] if later else None

    def basis_label(self, edition: Row, basis: str) -> str:
        """Describe a price basis: constant 2021 prices."""
        if basis == "current":
            return "current prices and exchange rates"
        base = edition["price_base_year"]
        return f"constant {base} prices and exchange rates" if base else "constant prices"

    @staticmethod
    def tables_held(edition: Row) -> list[str]:
        """List the numbers of the tables that we hold of an edition."""
        return (edition["tables_held"] or "").replace(" ", "").split(",")

    @classmethod
    def tables_of(cls, edition: Row, *numbers: str) -> str:
        """Name those of an edition's tables that we hold: Table 3, or Tables 2 and 3."""
        held = [number for number in numbers if number in cls.tables_held(edition)]
        return f"Table{'s' if len(held) > 1 else ''} {wording.join(held)}" if held else "of which we hold no such table"

    def source_line(self, edition: Row, tables: str) -> str:
        """Describe where a chart's figures come from."""
        name = f"{edition['edition_title']}, published {wording.day(edition['published_on'])}"
        return f"Source: {edition['credit']}, {name}, {tables}. Release {self.manifest['id'][:8]}."
