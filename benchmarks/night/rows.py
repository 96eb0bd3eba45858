"""Compare the rows that others made of a plan with ours: as many, and with equal hashes."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb


def compare(plan: Path, ours: str, other: str, attached: Path | None = None) -> str:
    """Say how many tables have the same rows; `ours` and `other` name a table's rows by its `{name}`.

    Numbers are compared to six decimals: in what order they were added is no difference.
    """
    tables = json.loads(plan.read_text(encoding="utf-8"))["tables"]
    with duckdb.connect() as connection:
        if attached:
            connection.execute(f"attach '{attached}' as warehouse (read_only)")
        unlike = [
            table["name"]
            for table in tables
            if _mark(connection, ours.format(**table), table["columns"])
            != _mark(connection, other.format(**table), table["columns"])
        ]
    if unlike:
        return f"{len(unlike)} tables differ: {', '.join(unlike)}"
    return f"all {len(tables)} tables are as ours"


def _mark(connection: duckdb.DuckDBPyConnection, rows: str, columns: dict[str, str]) -> tuple[object, ...]:
    listed = ", ".join(
        f"round({name}, 6) + 0.0" if kind == "DOUBLE" else f"cast({name} as varchar)" for name, kind in columns.items()
    )
    return connection.execute(f"select count(*), sum(hash({listed})) from {rows}").fetchall()[0]
