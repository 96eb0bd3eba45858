"""Answer one query in a process of its own; `query` starts it and can stop it at any time.

Reads a question as a line of JSON from its input: folder, sql, memory_mb. Writes one line, and what belongs to
it: `table` and an Arrow stream, `refused` and why, `too large`, or `out of memory`. It ends when its input does.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from pathlib import Path

import duckdb
import pyarrow as pa

from .connection import ASKS, UnreadableRelease, open_contents, require_contents
from .contents import Contents
from .results import as_arrow_keeps

BATCH_ROWS = 10_000
# What the process needs beside the query's own memory: DuckDB's threads, Arrow, the result on its way.
OVERHEAD_MB = 512


class _TooLarge(Exception):
    """Say that the answer outgrew the limit."""


class _NoQuestion(Exception):
    """Say that what was asked is not one question."""


def main() -> None:
    """Answer the question on standard input."""
    question = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_input, daemon=True).start()
    _limit_process(question["memory_mb"])
    folder = Path(question["folder"])
    # Files are known by their place in the warehouse, so that no error tells where on the machine that lies.
    os.chdir(folder.parent)
    kind, content = answer(Path(folder.name), question["sql"], question["memory_mb"])
    # One after the other: put together, a large answer would stand in memory once more.
    sys.stdout.buffer.write(kind.encode() + b"\n")
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
    # Whatever DuckDB still holds goes with the process.
    os._exit(0)


def _end_with_input() -> None:
    """Wait for the end of the input: whoever asked has the answer by then, or is there no more."""
    sys.stdin.buffer.read()
    os._exit(1)


def answer(folder: Path, sql: str, memory_mb: int) -> tuple[str, bytes | memoryview]:
    """Answer a query from a release's folder: `table` with an Arrow stream, or why not."""
    try:
        _require_question(sql)
        contents = require_contents(folder)
        try:
            return "table", _ask(contents, sql, memory_mb, contents.named_in(sql))
        except duckdb.CatalogException:
            # A name put together within the query, or a wrong one, which is answered with the like of it.
            return "table", _ask(contents, sql, memory_mb, None)
    except (MemoryError, duckdb.OutOfMemoryException):
        return "out of memory", b""
    except _TooLarge:
        return "too large", b""
    # While rows stream, Arrow hands DuckDB's errors on as its own.
    except (_NoQuestion, UnreadableRelease, duckdb.Error, OSError) as error:
        words = str(error)
        return ("out of memory", b"") if "Out of Memory" in words else ("refused", words.encode())


def _require_question(sql: str) -> None:
    try:
        kinds = [statement.type.name for statement in duckdb.extract_statements(sql)]
    except ValueError:
        # DuckDB's own statements that its Python client has no name for, such as UPDATE EXTENSIONS.
        kinds = ["OTHER"]
    if len(kinds) != 1:
        raise _NoQuestion(f'This holds {len(kinds)} statements; a query is one. Put it in quotes: query "select ...".')
    if kinds[0] not in ASKS:
        raise _NoQuestion(
            f"This is no question ({kinds[0]}). The warehouse is open for reading only, and a query sees nothing "
            "else on this machine: ask with SELECT, and write the answer with --format and --output."
        )


def _ask(contents: Contents, sql: str, memory_mb: int, names: set[str] | None) -> memoryview:
    with open_contents(contents, f"{memory_mb}MB", names) as connection:
        return _read(connection, sql, memory_mb << 20)


def _read(connection: duckdb.DuckDBPyConnection, sql: str, most_bytes: int) -> memoryview:
    reader = as_arrow_keeps(connection.sql(sql)).to_arrow_reader(BATCH_ROWS)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, reader.schema) as writer:
        for batch in reader:
            # Before writing: the sink doubles its memory when it grows, which the process may not be allowed.
            if sink.tell() + batch.nbytes > most_bytes:
                raise _TooLarge
            writer.write_batch(batch)
    return memoryview(sink.getvalue())


def _limit_process(memory_mb: int) -> None:
    """Let the system refuse memory beyond twice the limit; where it has no such means, DuckDB's own limit stays."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        most = (_used_mb() + 2 * memory_mb + OVERHEAD_MB) << 20
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _used_mb() -> int:
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmData"):
                return int(line.split()[1]) >> 10
    return 0


if __name__ == "__main__":
    main()
