"""Answer one query of anybody: it reads the warehouse and nothing else, and it ends.

The query runs in a process of its own. DuckDB's memory limit does not count every string and list,
and it notices an interruption only between rows; a process can be limited and stopped by the system.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.releases.reader import open_release

# MULTI is a PIVOT that has to look up its columns first.
ANSWERED = {"SELECT", "EXPLAIN", "MULTI", "PRAGMA"}
BATCH_ROWS = 10_000
# What the process needs beside the query's own memory: DuckDB's threads, Arrow, the result on its way.
OVERHEAD_MB = 512


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

    Raises `QueryRefused` where it is not one question that the warehouse can answer, and
    `QueryStopped` where it exceeds its limits.
    """
    limits = limits or Limits()
    _require_question(sql)
    # Forking is quick; where it is not safe (macOS) a fresh process costs a second.
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    ours, theirs = context.Pipe(duplex=False)
    worker = context.Process(target=_answer, args=(theirs, folder, sql, limits.memory_mb), daemon=True)
    worker.start()
    theirs.close()
    try:
        if not ours.poll(limits.timeout_s):
            raise QueryStopped(
                f"The query was stopped after {limits.timeout_s:g} s. Ask for less (a filter, fewer joins), "
                "or allow more with --timeout SECONDS."
            )
        kind, content = ours.recv()
    except EOFError:
        raise QueryStopped(_out_of_memory(limits.memory_mb)) from None
    finally:
        worker.kill()
        worker.join()
    if kind == "refused":
        raise QueryRefused(content)
    if kind == "stopped":
        raise QueryStopped(content)
    return pa.ipc.open_stream(content).read_all()


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


def _answer(pipe: Connection, folder: Path, sql: str, memory_mb: int) -> None:
    """Run in the worker: send ("table", bytes), ("refused", words) or ("stopped", words)."""
    # A process that is out of memory may say so in DuckDB's words; the reader gets ours.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    _limit_process(memory_mb)
    try:
        with open_release(folder, f"{memory_mb}MB") as connection:
            answer = ("table", _read(connection, sql, memory_mb))
    except (MemoryError, duckdb.OutOfMemoryException):
        answer = ("stopped", _out_of_memory(memory_mb))
    except QueryStopped as error:
        answer = ("stopped", str(error))
    except (duckdb.Error, OSError) as error:
        message = str(error)
        answer = ("stopped", _out_of_memory(memory_mb)) if "Out of Memory" in message else ("refused", _plain(message))
    pipe.send(answer)


def _read(connection: duckdb.DuckDBPyConnection, sql: str, memory_mb: int) -> bytes:
    connection.execute(sql)
    reader = connection.to_arrow_reader(BATCH_ROWS)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, reader.schema) as writer:
        for batch in reader:
            writer.write_batch(batch)
            if sink.tell() > memory_mb << 20:
                raise QueryStopped(
                    f"The answer is larger than {memory_mb:,} MB. Ask for fewer rows (limit, a filter, a sum), "
                    "or allow more with --memory MB."
                )
    return sink.getvalue().to_pybytes()


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


def _out_of_memory(memory_mb: int) -> str:
    return (
        f"The query needed more than {memory_mb:,} MB and was stopped. Ask for less (a filter, fewer joins), "
        "or allow more with --memory MB."
    )


def _plain(message: str) -> str:
    """Say in plain words what the reader's door refuses; leave other errors as DuckDB words them."""
    lowered = message.lower()
    if "read-only" in lowered:
        return f"The warehouse is open for reading only; this query would change it.\n{message}"
    if "disabled by configuration" in lowered or "has been locked" in lowered:
        return f"A query can read the warehouse and nothing else on this machine.\n{message}"
    if "does not exist" in lowered:
        return f"{message}\nSee `burdenshare tables` for what there is, `burdenshare tables NAME` for columns."
    return message
