"""Answer one query in a process of its own; `query` starts it and can stop it at any time.

Reads a question as JSON from its input: folder, sql, memory_mb. Writes one line, and what belongs to
it: `table` and an Arrow stream, `refused` and why, `too large`, or `out of memory`.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.reading.connection import open_release
from pipelines.reading.results import as_arrow_keeps

BATCH_ROWS = 10_000
# What the process needs beside the query's own memory: DuckDB's threads, Arrow, the result on its way.
OVERHEAD_MB = 512


class _TooLarge(Exception):
    """Say that the answer outgrew the limit."""


def main() -> None:
    """Answer the question on standard input."""
    question = json.load(sys.stdin)
    _limit_process(question["memory_mb"])
    kind, content = _answer(Path(question["folder"]), question["sql"], question["memory_mb"])
    # One after the other: put together, a large answer would stand in memory once more.
    sys.stdout.buffer.write(kind.encode() + b"\n")
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
    # Whatever DuckDB still holds goes with the process.
    os._exit(0)


def _answer(folder: Path, sql: str, memory_mb: int) -> tuple[str, bytes | memoryview]:
    try:
        with open_release(folder, f"{memory_mb}MB") as connection:
            return "table", _read(connection, sql, memory_mb << 20)
    except (MemoryError, duckdb.OutOfMemoryException):
        return "out of memory", b""
    except _TooLarge:
        return "too large", b""
    # While rows stream, Arrow hands DuckDB's errors on as its own.
    except (duckdb.Error, OSError) as error:
        words = str(error)
        return ("out of memory", b"") if "Out of Memory" in words else ("refused", words.encode())


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
