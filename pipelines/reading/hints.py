"""Say what a query probably meant, where it found nothing or was refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from ..releases.description import read_manifest_of, tables_of, withdrawn_from
from .connection import open_release
from .entities import read_entities
from .suggest import resembling

if TYPE_CHECKING:
    import duckdb

# What readers call the values of these columns.
WORDS = {"edition_id": "editions", "entity_code": "entities", "target_id": "targets", "claim_id": "claims"}
# More values than this are no list that a person reads.
MOST_LISTED = 60


# What DuckDB says of a name that is none of the columns, alone or behind a table's.
NO_COLUMN = re.compile(r'(?:Referenced column|does not have a column named) "([^"]+)"')


def ask_instead(release: Path, sql: str, message: str) -> str:
    """Say what to ask instead of a column that a table of the query had once, where DuckDB found none of its name."""
    missing = NO_COLUMN.search(message)
    if missing is None:
        return ""
    for name, table in tables_of(read_manifest_of(release)).items():
        instead = withdrawn_from(table).get(missing[1].lower())
        if instead and re.search(rf"\b{name}\b", sql, re.IGNORECASE):
            return f"{name} has no {missing[1]} any longer: ask {instead}.\n"
    return ""


def quotes_needed(sql: str, message: str) -> str:
    """Say that texts stand in quotes, where DuckDB found no column of a name that a column is compared with."""
    missing = NO_COLUMN.search(message)
    if missing is None:
        return ""
    word = re.escape(missing[1])
    comparison = r"(\w+)\s*(?:=|<>|!=|\blike\b|\bin\s*\([^()]*?)\s*"
    compared = re.search(rf'{comparison}"?{word}"?(?![\w.(])', sql, re.IGNORECASE)
    if compared is None:
        return ""
    return f"A text stands in single quotes: {compared[1]} = '{missing[1]}'.\n"


def why_no_rows(release: Path, sql: str) -> str:
    """Say which value that a query asks for does not exist, and which do; empty where all of them exist."""
    from sqlglot import exp, parse_one
    from sqlglot.errors import SqlglotError

    try:
        tree = parse_one(sql, dialect="duckdb")
    except SqlglotError:
        return ""
    tables = dict.fromkeys(table.name for table in tree.find_all(exp.Table))
    with open_release(release, names=tables) as connection:
        for column, wanted in _texts_asked_for(tree):
            known = _values(connection, column, list(tables))
            if known and wanted not in known:
                return _there_are(release, column, wanted, known)
    return ""


def _texts_asked_for(tree: object) -> list[tuple[str, str]]:
    """List each column that is compared with a text, and the text."""
    from sqlglot import exp

    assert isinstance(tree, exp.Expression)
    pairs = [(node.this, node.expression) for node in tree.find_all(exp.EQ)]
    pairs += [(value, column) for column, value in pairs]
    pairs += [(node.this, value) for node in tree.find_all(exp.In) for value in node.expressions]
    return [
        (column.name, value.name)
        for column, value in pairs
        if isinstance(column, exp.Column) and isinstance(value, exp.Literal) and value.is_string
    ]


def _values(connection: duckdb.DuckDBPyConnection, column: str, tables: list[str]) -> list[str]:
    """List the values of a column in the first of the tables that has it as text."""
    found = connection.execute(
        "select table_name from duckdb_columns() where column_name = ? and data_type = 'VARCHAR' "
        "and list_contains(?, table_name) order by list_position(?, table_name)",
        [column.lower(), tables, tables],
    ).fetchall()
    if not found:
        return []
    query = f'select distinct "{column}" from "{found[0][0]}" where "{column}" is not null order by 1'
    return [value for (value,) in connection.execute(query).fetchall()]


def _there_are(release: Path, column: str, wanted: str, known: list[str]) -> str:
    shown = known
    if column == "entity_code":
        entities = read_entities(release)
        meant = entities.find(wanted)
        if meant in known:
            return f"{wanted!r} is {meant} here: entity_code = '{meant}'"
        shown = [entities.listed(code) for code in known]
    if len(shown) > MOST_LISTED:
        shown = resembling(wanted, known)
    if not shown:
        return f"no {column} is {wanted!r}"
    kind = WORDS.get(column, f"values of {column}")
    return f"these {kind} exist: {', '.join(shown)} ({wanted!r} is none of them)"
