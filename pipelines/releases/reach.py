"""Write, as SQL over the rows of two releases side by side, which rows the causes explain.

A row is held against what its columns refer to, before and after; a column's own name counts only where it
refers to no table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from ..contracts.sql import quoted
from .causes import EDITIONS, Cause, Lines


def domains_of(columns: Mapping[str, Sequence[str]], references: Mapping[str, str]) -> dict[str, list[str]]:
    """Group the expressions that stand for a table's columns by what these refer to."""
    found: dict[str, list[str]] = {}
    for column, expressions in columns.items():
        found.setdefault(references.get(column, column), []).extend(expressions)
    return found


def condition(
    connection: duckdb.DuckDBPyConnection,
    causes: Sequence[Cause],
    domains: Mapping[str, Sequence[str]],
    references: Mapping[str, str],
) -> str:
    """Write the condition that a row is explained by one of the causes; `false` where none can reach the table."""
    parts = [_by_editions([cause for cause in causes if cause.edition], domains.get(EDITIONS, ()))]
    tables = set(references.values())
    for number, cause in enumerate(causes):
        if cause.lines:
            parts.append(_by_lines(connection, f"lines_{number}", cause.lines, domains, tables))
    return " or ".join(part for part in parts if part) or "false"


def _by_editions(causes: Sequence[Cause], expressions: Sequence[str]) -> str:
    if not expressions:
        # Such a table can only follow from which edition is the newest, and from what that one says.
        return "true" if any(cause.is_newest for cause in causes) else ""
    parts = [_named(expressions, [cause.edition for cause in causes if cause.edition])] if causes else []
    for cause in causes:
        if all(cause.between):
            pair = " and ".join(f"({_named(expressions, names)})" for names in cause.between)
            parts.append(f"({pair})")
    return " or ".join(parts)


def _named(expressions: Sequence[str], names: Sequence[str]) -> str:
    """Write that one of the expressions is one of the names."""
    listed = ", ".join(map(quoted, names))
    return " or ".join(f"coalesce({expression} in ({listed}), false)" for expression in expressions)


def _by_lines(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    lines: Lines,
    domains: Mapping[str, Sequence[str]],
    tables: set[str],
) -> str:
    """Write that a row names all that one line is about, as far as the table has columns for it.

    For a part of a key that refers to a table there must be such columns; for a year or a measure need not.
    """
    pointing = [domain for domain in lines.domains if domain in tables] or [lines.domains[0]]
    if any(domain not in domains for domain in pointing):
        return ""
    shared = [number for number, domain in enumerate(lines.domains) if domain in domains]
    columns = [f"part_{number}" for number in range(len(lines.domains))]
    connection.execute(f"create or replace temp table {name} ({', '.join(f'{c} varchar' for c in columns)})")
    connection.executemany(f"insert into {name} values ({', '.join('?' for _ in columns)})", list(lines.keys))
    # Parts that refer to the same table, a group and its member, are one question: the row names either.
    asked: dict[str, list[str]] = {}
    for number in shared:
        asked.setdefault(lines.domains[number], []).append(columns[number])
    wanted = " and ".join(
        "("
        + " or ".join(
            f"coalesce(cast({expression} as varchar) = {name}.{part}, false)"
            for part in parts
            for expression in domains[domain]
        )
        + ")"
        for domain, parts in asked.items()
    )
    return f"exists (select 1 from {name} where {wanted})"
