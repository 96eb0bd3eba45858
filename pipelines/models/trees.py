"""Parse and qualify queries, for everything that SQL tells of itself.

What is found is kept by the query's text. Lineage of columns, formulas and provenance read the same
qualified trees; whoever changes one changes a copy.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.optimizer.qualify import qualify

# For each table that a query reads, its columns with their types.
Schema = dict[str, dict[str, str]]
# The same, in a form that results can be kept by.
FrozenSchema = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]

# Several times what `sql/` and a release hold, so that a long-lived process forgets old releases.
KEPT = 512
# A tree takes a hundred times the memory of its text, and is asked for a few times in a row: only the last are kept.
AT_HAND = 4


class NotAQuery(ValueError):
    """Say that a text is no single SELECT, and where it goes wrong."""


@dataclass(frozen=True)
class Outline:
    """Hold what a query gives and reads: the names of its columns, whether a star is among them, and its tables.

    Its own CTEs are no tables.
    """

    columns: tuple[str, ...]
    has_star: bool
    tables: frozenset[str]


@lru_cache(KEPT)
def outline(sql: str) -> Outline:
    """Tell what a query gives and reads; raises `NotAQuery` where the text is anything but one query."""
    tree = parse(sql)
    local = {cte.alias for cte in tree.find_all(exp.CTE)}
    tables = {table.name for table in tree.find_all(exp.Table) if table.name}
    has_star = any(isinstance(part, exp.Star) for part in tree.selects)
    return Outline(tuple(tree.named_selects), has_star, frozenset(tables - local))


def table_names(sql: str) -> frozenset[str]:
    """Name the tables that a query reads, without its own CTEs."""
    return outline(sql).tables


def parse(sql: str) -> exp.Query:
    """Parse a DuckDB query into a tree of the caller's own.

    Raises `NotAQuery` where the text is anything but one query.
    """
    try:
        tree = sqlglot.parse_one(sql, dialect="duckdb")
    except sqlglot.ParseError as error:
        raise NotAQuery(f"is not SQL that can be read: {error.errors[0]['description']}, {_place(error)}") from error
    if not isinstance(tree, exp.Query):
        raise NotAQuery(f"is not one SELECT but {tree.key.upper()}")
    return tree


def _place(error: sqlglot.ParseError) -> str:
    return f"line {error.errors[0]['line']} of the query, near {error.errors[0]['highlight']!r}"


def qualified(sql: str, schema: Schema) -> exp.Query:
    """Return the tree of a query with every column under its table and every star spelt out; it is shared.

    `schema` gives the columns of each table that it reads, with their types.
    """
    return _qualified(sql, frozen(schema))


def frozen(schema: Schema) -> FrozenSchema:
    """Give a schema in a form that results can be kept by."""
    return tuple((table, tuple(columns.items())) for table, columns in schema.items())


def thawed(schema: FrozenSchema) -> Schema:
    """Give a frozen schema as it was."""
    return {table: dict(columns) for table, columns in schema}


@lru_cache(AT_HAND)
def _qualified(sql: str, columns: FrozenSchema) -> exp.Query:
    schema: dict[str, object] = dict(thawed(columns))
    return qualify(parse(sql), schema=schema, dialect="duckdb", quote_identifiers=False, identify=False)
