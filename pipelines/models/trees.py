"""Parse and qualify queries, for everything that SQL tells of itself.

Dependencies, lineage of columns, formulas and provenance all read the same trees; what they find is
kept by the query's text. Whoever changes a tree changes a copy.
"""

from __future__ import annotations

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


@lru_cache(AT_HAND)
def parsed(sql: str) -> exp.Query:
    """Parse a DuckDB query; the tree is shared.

    Raises `NotAQuery` where the text is anything but one query.
    """
    return _parse(sql)


def _parse(sql: str) -> exp.Query:
    try:
        tree = sqlglot.parse_one(sql, dialect="duckdb")
    except sqlglot.ParseError as error:
        raise NotAQuery(f"is not SQL that can be read: {error.errors[0]['description']}, {_place(error)}") from error
    if not isinstance(tree, exp.Query):
        raise NotAQuery(f"is not one SELECT but {tree.key.upper()}")
    return tree


def _place(error: sqlglot.ParseError) -> str:
    return f"line {error.errors[0]['line']} of the query, near {error.errors[0]['highlight']!r}"


@lru_cache(KEPT)
def table_names(sql: str) -> frozenset[str]:
    """Name the tables that a query reads, without its own CTEs."""
    tree = parsed(sql)
    local = {cte.alias for cte in tree.find_all(exp.CTE)}
    return frozenset({table.name for table in tree.find_all(exp.Table) if table.name} - local)


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
    return qualify(_parse(sql), schema=schema, dialect="duckdb", quote_identifiers=False, identify=False)
