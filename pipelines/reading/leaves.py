"""Follow many figures of a release at once, down to the published cells that they stand on.

From the top down it finds which rows of which columns the figures stand on, and asks each table's query once for all of
them; from the bottom up, which cells stand behind those rows. What no figure stands on is not followed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from graphlib import TopologicalSorter

from ..contracts.sql import quoted
from ..models.provenance import SUFFIX
from .explain import ROW_BITS, Lineage

# A query is told which keys of a column are wanted where they are no more than so many.
MOST_KEYS = 100
# A column of a table, and its wanted rows: by their keys, with `|` between them.
Wanted = Mapping[tuple[str, str], Collection[str]]


def find_leaves(lineage: Lineage, wanted: Wanted) -> Iterator[tuple[str, str, dict[str, list[int]]]]:
    """Find the leaves of figures: for each wanted column its table, its name, and by a row's keys its leaves.

    A row without a value has no leaves. `Lineage.meant` says what a leaf's number stands for, `Lineage.rows_at` what
    stands in its row.
    """
    descent = _Descent(lineage)
    for (table, column), keys in wanted.items():
        descent.ask(table, column, keys)
    graph = {table: entry.get("depends_on", []) for table, entry in lineage.models.items()}
    order = [*TopologicalSorter(graph).static_order()]
    for table in reversed(order):
        descent.split(table)
    for table in order:
        descent.gather(table)
    for table, column in wanted:
        yield table, column, descent.found(table, column)


class _Descent:
    """Keep, for each column on the way, which of its rows are needed, their parts, and in the end their leaves."""

    def __init__(self, lineage: Lineage) -> None:
        self._lineage, self._connection = lineage, lineage.connection
        self._needed: dict[str, list[str]] = {}
        self._traced: dict[tuple[str, str], list[int]] = {}

    def ask(self, table: str, column: str, keys: Collection[str]) -> None:
        """Begin with some rows of a column."""
        grain = self._keys(table)
        self._connection.execute(
            f"create temp table asked_{table}_{column} as select row__, concat_ws('|', {grain}) as keys "
            f"from numbered_{table} where keys in (select unnest(?))",
            [list(keys)],
        )
        self._need(table, column, f"select row__ from asked_{table}_{column}")

    def _keys(self, table: str) -> str:
        return ", ".join(f"cast({name} as varchar)" for name in self._lineage.model(table)["grain"])

    def _need(self, table: str, column: str, rows: str) -> None:
        """Remember that rows of a column are needed; those without a value went into nothing."""
        self._lineage.model(table)
        columns = self._needed.setdefault(table, [])
        if column not in columns:
            columns.append(column)
            self._connection.execute(f"create temp table need_{table}_{column} (row__ bigint)")
        self._connection.execute(
            f"insert into need_{table}_{column} select row__ from numbered_{table} where {column} is not null "
            f"and row__ in ({rows}) and row__ not in (from need_{table}_{column})"
        )

    def split(self, table: str) -> None:
        """Ask a table's query for the references of all its needed columns, and need the rows that they lead to."""
        columns = [column for column in self._needed.get(table, []) if column in self._lineage.traced(table)]
        if not columns:
            return
        grain = ", ".join(self._lineage.models[table]["grain"])
        references = ", ".join(f"{column}{SUFFIX}" for column in columns)
        rows = " union ".join(f"from need_{table}_{column}" for column in columns)
        self._connection.execute(
            f"create temp table wanted as select {grain}, row__ from numbered_{table} where row__ in ({rows})"
        )
        self._connection.execute(
            f"create temp table origins as select row__, {references} "
            f"from (select {grain}, {references} from rewritten_{table} where {self._narrowed(table)}) "
            f"inner join wanted using ({grain})"
        )
        self._connection.execute("drop table wanted")
        for column in columns:
            parts = f"parts_{table}_{column}"
            self._connection.execute(
                f"create temp table {parts} as select row__, origin >> {ROW_BITS} as child_column, "
                f"origin & {(1 << ROW_BITS) - 1} as child from (select row__, unnest(list_distinct({column}{SUFFIX})) "
                f"as origin from origins inner join need_{table}_{column} using (row__))"
            )
            found = self._connection.execute(f"select distinct child_column from {parts} order by all").fetchall()
            self._traced[table, column] = [number for (number,) in found]
            for number in self._traced[table, column]:
                child = f"select child from {parts} where child_column = {number}"
                self._need(*self._lineage.column(number), child)
        self._connection.execute("drop table origins")

    def _narrowed(self, table: str) -> str:
        """Write a condition on the keys of a table of which few rows are wanted, so that its query makes few others."""
        grain = self._lineage.models[table]["grain"]
        columns = ", ".join(f"list(distinct {name})" for name in grain)
        counted = f"(select count(*) from numbered_{table})"
        few, *found = self._connection.execute(f"select 2 * count(*) < {counted}, {columns} from wanted").fetchall()[0]
        if not few or not found[0]:
            return "true"
        keys = {name: values for name, values in zip(grain, found, strict=True) if len(values) <= MOST_KEYS}
        return " and ".join(["true", *(f"{name} in ({', '.join(map(quoted, keys[name]))})" for name in keys)])

    def gather(self, table: str) -> None:
        """Make the leaves of a table's needed rows, out of those of the columns that went into them."""
        for column in self._needed.get(table, []):
            if "sql" not in self._lineage.models[table]:
                number = self._lineage.number(table, column)
                found = [f"select row__, {number} + row__ as origin from need_{table}_{column}"]
            else:
                found = [self._through(table, column, number) for number in self._traced.get((table, column), [])]
            nothing = "select 0::bigint as row__, 0::bigint as origin where false"
            self._connection.execute(f"create temp table leaves_{table}_{column} as {' union '.join(found) or nothing}")
            self._connection.execute(f"drop table if exists parts_{table}_{column}")

    def _through(self, table: str, column: str, number: int) -> str:
        child_table, child_column = self._lineage.column(number)
        return (
            f"select parts.row__, leaf.origin from parts_{table}_{column} as parts "
            f"inner join leaves_{child_table}_{child_column} as leaf "
            f"on leaf.row__ = parts.child and parts.child_column = {number}"
        )

    def found(self, table: str, column: str) -> dict[str, list[int]]:
        """Return the leaves of the rows of a column that were asked for."""
        found = self._connection.execute(
            f"select keys, origins from asked_{table}_{column} inner join "
            f"(select row__, list(origin) as origins from leaves_{table}_{column} group by row__) using (row__) "
            "order by keys"
        ).fetchall()
        return dict(found)
