"""Answer one query of anybody: it reads the warehouse and nothing else, and it ends.

The query runs in a process of its own. DuckDB's memory limit does not count every string and list,
and it notices an interruption only between rows; a process can be limited and stopped by the system,
and it ends with the one that asks, however that ends.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from .results import with_unique_names

# More is no question of a person: the parser takes a second for a text of a megabyte, and nothing can interrupt it.
LONGEST = 100_000
# Arrow does without numpy where that is not there, and the worker has no use for it: a third of its start is saved.
WORKER = "import sys; sys.modules['numpy'] = None; from {module} import main; main()"


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
    if len(sql) > LONGEST:
        raise QueryRefused(f"The query has {len(sql):,} characters; a question has at most {LONGEST:,}.")
    answer = _ask_worker({"folder": str(folder), "sql": sql, "memory_mb": limits.memory_mb}, limits.timeout_s)
    if answer is None:
        raise QueryStopped(
            f"The query was stopped after {limits.timeout_s:g} s. Ask for less (a filter, fewer joins), "
            "or allow more with --timeout SECONDS."
        )
    kind, _, content = answer.partition(b"\n")
    match kind:
        case b"table":
            return with_unique_names(pa.ipc.open_stream(content).read_all())
        case b"refused":
            raise QueryRefused(_plain(content.decode(), sql, folder))
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


def _ask_worker(question: dict[str, object], timeout_s: float) -> bytes | None:
    """Ask a process of its own and return what it answers; None where the time was over."""
    # -P: a file that happens to lie in the user's folder must not be taken for one of our modules.
    command = [sys.executable, "-P", "-c", WORKER.format(module=f"{__package__}.query_worker")]
    # By its folder, since a clone that is not installed is found from the folder that one stands in alone.
    places = [str(Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(places)}
    late = threading.Event()
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nowhere, env=environment) as worker:
        assert worker.stdin and worker.stdout

        def stop() -> None:
            late.set()
            worker.kill()

        clock = threading.Timer(timeout_s, stop)
        # A signal may come before anything is under way; the clock must not keep a process that ends.
        clock.daemon = True
        try:
            clock.start()
            # After one line the pipe stays open: the worker ends when it closes, with this process at the latest.
            with contextlib.suppress(BrokenPipeError):
                worker.stdin.write(json.dumps(question).encode() + b"\n")
                worker.stdin.flush()
            answer = worker.stdout.read()
        finally:
            clock.cancel()
            worker.kill()
    return None if late.is_set() else answer


def _plain(message: str, sql: str, folder: Path) -> str:
    """Say in plain words what the connection refuses; leave other errors as DuckDB words them."""
    from .hints import ask_instead, quotes_needed

    lowered = message.lower()
    if "disabled by configuration" in lowered or "has been locked" in lowered:
        return f"A query can read the warehouse and nothing else on this machine.\n{message}"
    if lowered.startswith("catalog error: table with name /") or "://" in lowered.split("does not exist")[0]:
        return f"A query reads the warehouse's tables, and no files or addresses.\n{message}"
    if "does not exist" in lowered:
        return f"{message}\nSee `burdenshare tables` for what there is, `burdenshare tables NAME` for columns."
    return ask_instead(folder, sql, message) + quotes_needed(sql, message) + message
