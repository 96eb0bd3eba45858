"""Measure how much processor time a command takes before it answers, against a DuckDB one-liner in Python.

    python benchmarks/commands.py            the commands with a limit; exit code 1 where one is slower
    python benchmarks/commands.py --runs 9   more runs of each; the fastest counts

A machine that is busy or slow is so for both, in one run: what counts is how many times the one-liner a command
takes. Needs a warehouse with a release, `make run` makes one.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
from pathlib import Path

ONE_LINER = "import duckdb, sys; print(duckdb.connect(sys.argv[1], read_only=True).execute('select 1').fetchall())"
# How many times the one-liner each may take.
LIMITS = {("--help",): 3, ("query", "select 1"): 4, ("status",): 6}


def processor_s(command: list[str], runs: int) -> float:
    """Run a command several times and return the least processor time, in seconds, of it and what it started.

    The first run is not counted: it compiles. What a command answers is of no account, but it must start.
    """
    # Where Python keeps no compiled modules, each run would compile all of them.
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    taken = []
    for _ in range(runs + 1):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, capture_output=True, env=environ)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(taken[1:])


def measure(program: list[str], database: Path, runs: int) -> dict[tuple[str, ...], float]:
    """Return for each command how many times the one-liner it takes."""
    one = processor_s([sys.executable, "-c", ONE_LINER, str(database)], runs)
    return {command: processor_s([*program, *command], runs) / one for command in LIMITS}


def main() -> int:
    """Print a line for each command; return 1 where one takes more than its limit."""
    parser = argparse.ArgumentParser(description="How long commands take before they answer.")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--warehouse", type=Path, default=Path("warehouse"))
    given = parser.parse_args()
    program = [str(Path(sys.executable).with_name("burdenshare")), "--warehouse", str(given.warehouse)]
    slow = 0
    for command, times in measure(program, given.warehouse / "current/warehouse.duckdb", given.runs).items():
        slow += times > LIMITS[command]
        print(f"{' '.join(command):<16}{times:5.1f} times a DuckDB one-liner, at most {LIMITS[command]}")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
