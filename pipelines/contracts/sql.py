"""Quote values for SQL: the one place that does."""

from __future__ import annotations


def quoted(value: object) -> str:
    """Quote a text, or the text of a path, as an SQL literal."""
    return "'" + str(value).replace("'", "''") + "'"
