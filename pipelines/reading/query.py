"""Answer one query of anybody: it reads the warehouse and nothing else, and it ends.

The query runs in a process of its own. DuckDB's memory limit does not count every string and list,
and it notices an interruption only between rows; a process can be limited and stopped by the system.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.reading.results import with_unique_names

# MULTI is a PIVOT that has to look up its columns first.
ANSWERED = {"SELECT", "EXPLAIN", "MULTI", "PRAGMA"}


class QueryRefused(Exception):
    """Say why a query was not answered: not a question, beyond the warehouse, or wrong SQL."""


class QueryStopped(Exception):
    """Say that a query took more time or memory than it was given."""


@dataclass(frozen=True)
class Limits:
    """Bound a query: seconds until it is stopped, and megabytes for its work and for its result."""

    timeout_s: float = 60
    memory_mb: int = 1024


def run_query(folder: Path, sql: str, limits: Limits | None = None) -> pa.Table:
    """Answer one query from the release in `folder`.

    Columns of one name are told apart (`n`, `n_2`). Raises `QueryRefused` where it is not one question
    that the warehouse can answer, and `QueryStopped` where it exceeds its limits.
    """
    limits = limits or Limits()
    _require_question(sql)
    question = {"folder": str(folder), "sql": sql, "memory_mb": limits.memory_mb}
    # -P: a file that happens to lie in the user's folder must not be taken for one of our modules.
    command = [sys.executable, "-P", "-m", "pipelines.reading.query_worker"]
    try:
        worker = subprocess.run(
            command, input=json.dumps(question).encode(), capture_output=True, timeout=limits.timeout_s
        )
    except subprocess.TimeoutExpired:
        raise QueryStopped(
            f"The query was stopped after {limits.timeout_s:g} s. Ask for less (a filter, fewer joins), "
            "or allow more with --timeout SECONDS."
        ) from None
    kind, _, content = worker.stdout.partition(b"\n")
    match kind:
        case b"table":
            return with_unique_names(pa.ipc.open_stream(content).read_all())
        case b"refused":
            raise QueryRefused(_plain(content.decode(), sql))
        case b"too large":
            raise QueryStopped(
                f"The answer is larger than {limits.memory_mb:,} MB. Ask for fewer rows (limit, a filter, a sum), "
                "or allow more with --memory MB."
            )
        case _:
            # It said so itself, or the system ended it before it could.
            raise QueryStopped(
                f"The query needed more than {limits.memory_mb:,} MB and was stopped. Ask for less (a filter, "
                "fewer joins), or allow more with --memory MB."
            )


def _require_question(sql: str) -> None:
    try:
        kinds = [statement.type.name for statement in duckdb.extract_statements(sql)]
    except duckdb.Error as error:
        raise QueryRefused(str(error)) from error
    except ValueError:
        # DuckDB's own statements that its Python client has no name for, such as UPDATE EXTENSIONS.
        kinds = ["OTHER"]
    if len(kinds) != 1:
        raise QueryRefused(f'This holds {len(kinds)} statements; a query is one. Put it in quotes: query "select ...".')
    if kinds[0] not in ANSWERED:
        raise QueryRefused(
            f"This is no question ({kinds[0]}). The warehouse is open for reading only, and a query sees nothing "
            "else on this machine: ask with SELECT, and write the answer with --format and --output."
        )


def _plain(message: str, sql: str) -> str:
    """Say in plain words what the connection refuses; leave other errors as DuckDB words them."""
    lowered = message.lower()
    if "read-only" in lowered:
        return f"The warehouse is open for reading only; this query would change it.\n{message}"
    if "disabled by configuration" in lowered or "has been locked" in lowered:
        return f"A query can read the warehouse and nothing else on this machine.\n{message}"
    if lowered.startswith("catalog error: table with name /") or "://" in lowered.split("does not exist")[0]:
        return f"A query reads the warehouse's tables, and no files or addresses.\n{message}"
    if "does not exist" in lowered:
        return f"{message}\nSee `burdenshare tables` for what there is, `burdenshare tables NAME` for columns."
    # Only for a query that failed: it knows entities and their tables.
    from pipelines.reading.hints import quotes_needed

    return quotes_needed(sql, message) + message
