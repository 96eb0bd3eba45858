"""Tell where a figure of a release comes from: a tree down to the published cells.

A release carries what this needs: the SQL of every model and view (`lineage/models.json`) and the
tables that readers do not see (`lineage/*.parquet`). Nothing here is typed by hand; `provenance`
rewrites the models so that they say themselves which rows each figure was computed from.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NotRequired, TypedDict, cast

import duckdb

from ..contracts.sql import quoted
from ..files.whole import read_object
from ..models.formula import read_formulas
from ..models.provenance import SUFFIX, with_companions
from ..models.tables import table_path
from ..releases.names import LINEAGE, MODELS
from .entities import EntityNames, read_entities
from .suggest import there_is_no

FEW = 4
# A reference is the number of a table's column, and in its lower bits that of a row.
ROW_BITS = 40

# One row of a table: value by column, as DuckDB returns them.
_Row = dict[str, Any]
# A published cell behind a figure: its table, column, and place in `Lineage.rows`.
Leaf = tuple[str, str, int]


class ColumnEntry(TypedDict):
    """Name what `models.json` tells of a column."""

    type: str
    unit: str | None
    description: str


class TableEntry(TypedDict):
    """Name what `models.json` tells of a table or view: a source has its `file`, anything else its SQL and inputs."""

    grain: list[str]
    columns: dict[str, ColumnEntry]
    file: NotRequired[str | None]
    sql: NotRequired[str]
    depends_on: NotRequired[list[str]]


class CannotExplain(Exception):
    """Say which table, key or column there is not, and which there are."""


@dataclass(frozen=True)
class Origin:
    """Say where a figure stood: the cell of a workbook, the row of a transcription, or the line of a seed."""

    file: str | None
    sha256: str | None = None
    source_kind: str | None = None
    table_id: str | None = None
    block: str | None = None
    label: str | None = None
    header: str | None = None
    cell: str | None = None


@dataclass(frozen=True)
class Figure:
    """Hold one value of one table: what it is, how it was computed, and from which figures.

    `formula` is the result's line and then its steps; `children` are the values that went into it,
    empty at the leaves, which have an `origin` instead.
    """

    table: str
    column: str
    keys: dict[str, object]
    value: object
    unit: str | None
    description: str
    formula: tuple[str, ...]
    children: tuple[Figure, ...]
    origin: Origin | None

    def leaves(self) -> Iterator[Figure]:
        """Return the figures with an origin, each once, in the order in which they are used."""
        seen = set()
        for leaf in self._walk():
            place = (leaf.table, leaf.column, *leaf.keys.values())
            if place not in seen:
                seen.add(place)
                yield leaf

    def _walk(self) -> Iterator[Figure]:
        if self.origin is not None:
            yield self
        for child in self.children:
            yield from child._walk()


def read_models(release: Path) -> dict[str, TableEntry]:
    """Read what a release says of its tables and views: grain, columns, and for a model its SQL and inputs.

    Raises `CannotExplain` where a release carries no lineage, `DamagedFile` where that is damaged.
    """
    path = release / LINEAGE / MODELS
    if not path.exists():
        raise CannotExplain(f"The release {release.name} carries no lineage; build once more to publish one that does.")
    return cast("dict[str, TableEntry]", read_object(path))


@dataclass
class Lineage:
    """Explain figures of one release; what has been worked out is kept, so that many are cheap.

    `release` is the release's folder. Raises `CannotExplain` where it carries no lineage.
    """

    release: Path
    models: dict[str, TableEntry] = field(init=False)
    connection: duckdb.DuckDBPyConnection = field(init=False, repr=False)
    _ready: set[str] = field(init=False, default_factory=set, repr=False)
    _numbers: dict[tuple[str, str], int] = field(init=False, default_factory=dict, repr=False)
    _columns: list[tuple[str, str]] = field(init=False, default_factory=list, repr=False)
    _figures: dict[Leaf, Figure] = field(init=False, default_factory=dict, repr=False)
    _formulas: dict[str, Mapping[str, tuple[str, ...]]] = field(init=False, default_factory=dict, repr=False)
    _traced: dict[str, frozenset[str]] = field(init=False, default_factory=dict, repr=False)
    _editions: dict[str, _Row] = field(init=False, default_factory=dict, repr=False)
    _rows: dict[tuple[str, int], _Row] = field(init=False, default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.models = read_models(self.release)
        # A database of its own: views made here must not meet those of a build in this process.
        self.connection = duckdb.connect(config={"threads": 1})
        for name in self.models:
            if (path := self._file(name)) is not None:
                self._register(name, path)

    def _file(self, table: str) -> Path | None:
        """Find a table's Parquet file, among what readers see or beside it; None for a view."""
        places = (table_path(self.release, table), table_path(self.release / LINEAGE, table))
        return next((path for path in places if path.exists()), None)

    def _register(self, name: str, path: Path) -> None:
        """Make a table readable twice: with its rows numbered, and with a reference beside every value."""
        model = self.models[name]
        self.connection.execute(
            f"create view numbered_{name} as select * rename (file_row_number as row__) "
            f"from read_parquet({quoted(path)}, file_row_number = true)"
        )
        references = [
            f"[{self.number(name, c)} + row__] as {c}{SUFFIX}" for c in model["columns"] if c not in model["grain"]
        ]
        listed = ", ".join(["* exclude (row__)", *references])
        self.connection.execute(f"create view {name} as select {listed} from numbered_{name}")

    def number(self, table: str, column: str) -> int:
        """Return the number of a table's column, as it stands in the upper bits of a reference."""
        if (table, column) not in self._numbers:
            self._numbers[table, column] = len(self._columns)
            self._columns.append((table, column))
        return self._numbers[table, column] << ROW_BITS

    def column(self, number: int) -> tuple[str, str]:
        """Return the table and the column that have a number."""
        return self._columns[number]

    def meant(self, reference: int) -> Leaf:
        """Return the table, the column and the row that a reference stands for."""
        return (*self.column(reference >> ROW_BITS), reference & ((1 << ROW_BITS) - 1))

    def explain(self, table: str, keys: tuple[str, ...], column: str) -> Figure:
        """Return the tree of one value: the row of `table` whose grain has these keys, as text, in order.

        Raises `CannotExplain` where there is no such table, row or column.
        """
        row = self.find_row(table, keys)
        if column not in self.models[table]["columns"]:
            raise CannotExplain(there_is_no(f"column of {table}", column, self.models[table]["columns"]))
        return self._figure((table, column, row))

    def figure_columns(self, table: str) -> list[str]:
        """Name the columns of a table that hold figures rather than keys, flags and words."""
        model = self.model(table)
        return [
            name
            for name, column in model["columns"].items()
            if name not in model["grain"] and (column["type"] == "DOUBLE" or column["type"] == "BIGINT")
        ]

    def find_row(self, table: str, keys: tuple[str, ...]) -> int:
        """Find the number of the row with these keys; raises `CannotExplain` with what there is instead."""
        model = self.model(table)
        grain = model["grain"]
        if len(keys) != len(grain):
            raise CannotExplain(f"A row of {table} is named by {' '.join(grain).upper()}; {len(keys)} keys were given.")
        keys = tuple(self._key(name, key) for name, key in zip(grain, keys, strict=True))
        where = " and ".join(f"cast({name} as varchar) = ?" for name in grain)
        found = self.connection.execute(f"select row__ from numbered_{table} where {where}", list(keys)).fetchall()
        if found:
            return int(found[0][0])
        raise CannotExplain(f"{table} has no row {' '.join(keys)}. " + self._nearest(table, grain, keys))

    @cached_property
    def entities(self) -> EntityNames:
        """Tell who is who in the release."""
        return read_entities(self.release)

    def _key(self, column: str, key: str) -> str:
        """Put the code in the place of an entity's name."""
        return (self.entities.find(key) or key) if column == "entity_code" else key

    def _nearest(self, table: str, grain: list[str], keys: tuple[str, ...]) -> str:
        """Name the first key that nothing matches, with what stands in its place."""
        for last, name in enumerate(grain):
            where = " and ".join(["true", *(f"cast({column} as varchar) = ?" for column in grain[:last])])
            query = f"select distinct cast({name} as varchar) from numbered_{table} where {where} order by 1"
            there = [value for (value,) in self.connection.execute(query, list(keys[:last])).fetchall()]
            if keys[last] not in there:
                listed = map(self.entities.listed, there) if name == "entity_code" else there
                return f"{name} is one of {', '.join(listed)}."
        return ""

    def traced(self, table: str) -> frozenset[str]:
        """Name the columns of a table whose values know what they were made of; a source's know nothing."""
        self.model(table)
        return self._traced.get(table, frozenset())

    def formula(self, table: str, column: str) -> tuple[str, ...]:
        """Return a column's formula, the result's line first; of one that is only handed on, where it was made."""
        self.model(table)
        lines = self._formulas.get(table, {}).get(column, ())
        maker, _, made = lines[0].partition(".") if len(lines) == 1 else ("", "", "")
        return (self.formula(maker, made) or lines) if maker in self.models else lines

    def rows(self, table: str) -> list[_Row]:
        """Return the rows of a source in the order of their numbers."""
        names = list(self.model(table)["columns"])
        found = self.connection.execute(f"select {', '.join(names)} from numbered_{table} order by row__").fetchall()
        return [dict(zip(names, row, strict=True)) for row in found]

    def rows_at(self, table: str, columns: Sequence[str], numbers: Collection[int]) -> dict[int, _Row]:
        """Return columns of some rows of a source, by their numbers."""
        query = f"select row__, {', '.join(columns)} from numbered_{table} where row__ in (select unnest(?))"
        found = self.connection.execute(query, [list(numbers)]).fetchall()
        return {number: dict(zip(columns, row, strict=True)) for number, *row in found}

    def _origins(self, table: str, column: str) -> str:
        """Write the query of a column's references, by row; its neighbours follow for nothing."""
        grain = ", ".join(self.models[table]["grain"])
        return (
            f"select row__, {column}{SUFFIX} as origins from (select {grain}, {column}{SUFFIX} from rewritten_{table}) "
            f"inner join (select {grain}, row__ from numbered_{table}) using ({grain})"
        )

    def model(self, table: str) -> TableEntry:
        """Return what is known of a table, made ready to be asked; raises `CannotExplain` where there is none."""
        if table not in self.models:
            raise CannotExplain(there_is_no("table", table, sorted(self.models)))
        if table not in self._ready:
            self._prepare(table)
            self._ready.add(table)
        return self.models[table]

    def _prepare(self, table: str) -> None:
        """Make the rewritten form of a model or view readable, and read its formulas."""
        model = self.models[table]
        if "sql" not in model:
            return
        inputs = {name: self.models[name] for name in model["depends_on"]}
        schema = {name: {c: spec["type"] for c, spec in entry["columns"].items()} for name, entry in inputs.items()}
        keys = {name: tuple(entry["grain"]) for name, entry in inputs.items()}
        sql, self._traced[table] = with_companions(model["sql"], schema, keys)
        self._formulas[table] = read_formulas(model["sql"], schema)
        self.connection.execute(f"create view rewritten_{table} as {sql}")
        if self._file(table) is None:
            columns = ", ".join(model["columns"])
            numbers = f"row_number() over (order by {', '.join(model['grain'])}) - 1 as row__"
            rows = f"select {columns}, {numbers} from rewritten_{table}"
            self.connection.execute(f"create temp table numbered_{table} as {rows}")

    def _figure(self, reference: Leaf) -> Figure:
        if reference not in self._figures:
            self._figures[reference] = self._build(*reference)
        return self._figures[reference]

    def _build(self, table: str, column: str, row: int) -> Figure:
        model = self.model(table)
        grain = model["grain"]
        known = self._row(table, row)
        spec, value = model["columns"][column], known[column]
        references = self._references(table, column, row) if "sql" in model else []
        self._read_rows(references)
        children = [self._figure(name) for name in references]
        if value is not None:
            # What is missing did not go into a figure that is there.
            children = [child for child in children if child.value is not None]
        return Figure(
            table=table,
            column=column,
            keys={name: known[name] for name in grain},
            value=value,
            unit=spec["unit"] or (known.get("unit") if column == "value" else None),
            description=spec["description"],
            formula=self._formulas.get(table, {}).get(column, ()),
            children=tuple(_in_order(children)),
            origin=None if "sql" in model else self._origin(table, row),
        )

    def _references(self, table: str, column: str, row: int) -> list[Leaf]:
        if column not in self._traced[table]:
            return []
        # Only the asked column is worked out, for all rows at once: its neighbours follow for nothing.
        cache = f"from_{table}_{column}"
        if cache not in self._ready:
            self.connection.execute(f"create temp table {cache} as {self._origins(table, column)}")
            self._ready.add(cache)
        found = self.connection.execute(f"select origins from {cache} where row__ = {row}").fetchall()
        return [self.meant(origin) for origin in dict.fromkeys(found[0][0] or [])] if found else []

    def _origin(self, table: str, row: int) -> Origin:
        if self.models[table]["file"]:
            return Origin(file=f"warehouse/seeds/{self.models[table]['file']}", source_kind="seed")
        known = self._row(table, row)
        edition = self._edition(known["edition_id"])
        fields = ("source_kind", "table_id", "block", "label", "header", "cell")
        return Origin(edition.get("source_file"), edition.get("source_sha256"), *(known.get(name) for name in fields))

    def _edition(self, edition_id: str) -> _Row:
        if edition_id not in self._editions:
            query = "select row__ from numbered_source_edition where edition_id = ?"
            found = self.connection.execute(query, [edition_id]).fetchall()
            self._editions[edition_id] = self._row("source_edition", found[0][0]) if found else {}
        return self._editions[edition_id]

    def _row(self, table: str, row: int) -> _Row:
        self._read_rows([(table, "", row)])
        return self._rows[table, row]

    def _read_rows(self, leaves: Collection[Leaf]) -> None:
        """Read the rows that figures stand in and that were not read before: one question for each table."""
        missing: dict[str, set[int]] = {}
        for table, _, row in leaves:
            if (table, row) not in self._rows:
                missing.setdefault(table, set()).add(row)
        for table, numbers in missing.items():
            rows = self.rows_at(table, list(self.model(table)["columns"]), numbers)
            self._rows |= {(table, number): row for number, row in rows.items()}


def _in_order(children: list[Figure]) -> list[Figure]:
    """Keep the order of the formula for a few; sort many, which SQL gathers in no order, by table and key."""
    if len(children) <= FEW:
        return children
    return sorted(children, key=lambda child: (child.table, child.column, *map(str, child.keys.values())))
