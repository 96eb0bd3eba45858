"""Find the figures that a measure, an entity and keys mean: rows of one table, and of them one column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..reading.explain import TableEntry
from ..reading.suggest import there_is_no
from .release import OpenRelease, Row

# What readers say is a measure of its own; every other column is one by its name.
OBSERVED = "fct_observation"
WHO = ("entity_code", "group_code")
# Keys that a question need not name: whose figure, and how it was printed.
GIVEN = ("edition_id", "publisher", "period", "repeats", "year", *WHO)
# Tables in which a figure stands beside another purpose, and which a bare name does not mean.
BESIDE = ("fct_superseded_observation", "fct_compliance_flip", "fct_target_chance", "fct_path_to_target")
NO_PRICES = "no prices"


class NotAnswered(Exception):
    """Say what a question lacks or names wrongly, and what there is."""


@dataclass(frozen=True)
class Measure:
    """Hold a figure's table and column, what else names its row, and its unit and meaning."""

    table: str
    column: str
    keys: tuple[str, ...]
    fixed: Mapping[str, str]
    unit: str | None
    meaning: str

    @property
    def name(self) -> str:
        """Name it so that `find_measure` finds it."""
        return self.fixed.get("measure") or f"{self.table}.{self.column}"


def measures(release: OpenRelease) -> dict[str, Measure]:
    """List every figure by edition and year, by name: observed measures by their own, others by `table.column`."""
    found = {}
    for row in release.rows("from dim_measure order by measure"):
        grain = release.models[OBSERVED]["grain"]
        keys = tuple(key for key in grain if key not in (*GIVEN, "measure"))
        meaning = f"{row['measure_name']}, as published. {row['description']}"
        found[row["measure"]] = Measure(OBSERVED, "value", keys, {"measure": row["measure"]}, None, meaning)
    for table, entry in release.models.items():
        if table == OBSERVED or table.startswith("latest_") or not {"edition_id", "year"} <= {*entry["grain"]}:
            continue
        keys = tuple(key for key in entry["grain"] if key not in GIVEN)
        for name, column in entry["columns"].items():
            if column["type"] in _KINDS and name not in (*entry["grain"], *_FLAGS) and not _is_bound(name, entry):
                found[f"{table}.{name}"] = Measure(table, name, keys, {}, column["unit"], column["description"])
    return found


_KINDS = ("DOUBLE", "BIGINT", "BOOLEAN")
_FLAGS = ("is_estimate", "is_member")


def _is_bound(name: str, entry: TableEntry) -> bool:
    """Tell whether a column is the least or the most of another, which goes with that one."""
    return name.endswith(("_low", "_high")) and name.rpartition("_")[0] in entry["columns"]


def find_measure(release: OpenRelease, text: str) -> Measure:
    """Find a measure by name: `gdp`, `fct_growth.real_growth_pct`, or a column alone where one table is meant.

    Raises `NotAnswered` with what there is instead.
    """
    known = measures(release)
    wanted = text.strip()
    if wanted in known:
        return known[wanted]
    named = [measure for measure in known.values() if measure.column == wanted and measure.table not in BESIDE]
    # Views show again what facts have.
    named = [measure for measure in named if measure.table.startswith("fct_")] or named
    if len(named) == 1:
        return named[0]
    if named:
        raise NotAnswered(f"{wanted} stands in several tables; name one: {', '.join(m.name for m in named)}.")
    words = {name: [measure.column] for name, measure in known.items()}
    raise NotAnswered(f"{there_is_no('measure', wanted, words)} The tool `search` finds measures by words.")


def find_rows(
    release: OpenRelease, measure: Measure, entity: str | None, keys: Mapping[str, Any], year: int | None
) -> list[Row]:
    """Return a measure's rows for one entity and one set of keys, by edition (the oldest first) and year.

    Rows whose figure is missing are left out. Raises `NotAnswered` where keys are missing or name nothing.
    """
    entry = release.models[measure.table]
    # Other publishers measure the same by other definitions: a figure without a publisher is NATO's.
    wanted: dict[str, Any] = {**measure.fixed} | ({"publisher": "nato"} if measure.table == OBSERVED else {})
    who = next((name for name in WHO if name in entry["grain"]), None)
    if who is not None:
        if entity is None:
            raise NotAnswered(f"{measure.name} is a figure of somebody: name an entity, such as Poland or NATO_TOTAL.")
        wanted[who] = release.entities.code(entity)
    strange = [key for key in keys if key not in measure.keys]
    if strange:
        names = ", ".join(measure.keys) or "none"
        raise NotAnswered(f"{measure.name} has no key {', '.join(strange)}; its keys: {names}.")
    wanted |= {key: value for key, value in keys.items() if value is not None}
    where = " and ".join(f"cast(fact.{name} as varchar) = ?" for name in wanted) or "true"
    own = "and not repeats" if "repeats" in entry["grain"] else ""
    found = release.rows(
        f"select fact.* from {measure.table} as fact inner join dim_edition as editions using (edition_id) "
        f"where {where} {own} order by editions.published_on, fact.edition_id, fact.year",
        *(str(value) for value in wanted.values()),
    )
    if not found:
        raise NotAnswered(_none(release, measure, wanted))
    _require_one(measure, found, wanted)
    return [row for row in found if row[measure.column] is not None and year in (None, row["year"])]


def _require_one(measure: Measure, rows: list[Row], wanted: Mapping[str, Any]) -> None:
    """Raise `NotAnswered` where a key is missing on which the figure depends."""
    for key in measure.keys:
        values = sorted({str(row[key]) for row in rows})
        if key not in wanted and len(values) > 1:
            how = f"prices={values[0]!r}" if key == "price_basis" else f"keys={{'{key}': '{values[-1]}'}}"
            raise NotAnswered(f"{measure.name} needs {key}, one of {', '.join(values)}: {how}.")


def _none(release: OpenRelease, measure: Measure, wanted: Mapping[str, Any]) -> str:
    """Say which of the keys names nothing that the table has."""
    for key, value in wanted.items():
        query = f"select distinct cast({key} as varchar) as word from {measure.table} order by 1"
        words = [row["word"] for row in release.rows(query)]
        if str(value) not in words:
            return there_is_no(key, str(value), words)
    return f"{measure.table} has no row with {', '.join(f'{key} {value}' for key, value in wanted.items())}."


def status_of(release: OpenRelease, row: Row) -> str:
    """Tell whether a row is of what happened or an estimate, in the publisher's word where it is known.

    What is made of many, such as a count of Allies, is an estimate where the edition estimates one of them.
    """
    if row.get("status"):
        return str(row["status"])
    marked = row.get("is_estimate")
    if marked is None:
        marks = "select bool_or(is_estimate) as any_is from fct_growth where edition_id = ? and year = ?"
        marked = release.rows(marks, row["edition_id"], row["year"])[0]["any_is"]
    return "estimate" if marked else "outturn"


def unit_of(measure: Measure, row: Row) -> str:
    """Name a figure's unit: of what is observed, the row's own."""
    unit = measure.unit or row.get("unit") or ("yes or no" if isinstance(row[measure.column], bool) else "number")
    return _UNITS.get(unit, unit)


_UNITS = {
    "usd_m": "million US dollars",
    "lcu_m": "million of national currency",
    "usd": "US dollars",
    "usd_thousand": "thousand US dollars",
}


def prices_of(release: OpenRelease, measure: Measure, row: Row) -> str:
    """Name the prices that a figure is in: its own key, or those of the published figures that it was made of."""
    basis = row.get("price_basis") or _bases_behind(release, measure, row)
    if basis == "constant":
        base = row.get("price_base_year") or release.editions[row["edition_id"]]["price_base_year"]
        return f"constant prices of {base}" if base else "constant prices"
    return {"current": "current prices", "none": NO_PRICES, "": NO_PRICES}.get(basis, f"{basis} prices")


def _bases_behind(release: OpenRelease, measure: Measure, row: Row) -> str:
    traced = release.lineage.explain(measure.table, keys_of(release, measure, row), measure.column)
    bases = {str(leaf.keys["price_basis"]) for leaf in traced.leaves() if "price_basis" in leaf.keys}
    return " and ".join(sorted(bases - {"none"})) or "none"


def keys_of(release: OpenRelease, measure: Measure, row: Row) -> tuple[str, ...]:
    """Write the keys of a row as the lineage compares them: as DuckDB casts them to text."""
    values = [row[key] for key in release.models[measure.table]["grain"]]
    return tuple(str(value).lower() if isinstance(value, bool) else str(value) for value in values)
