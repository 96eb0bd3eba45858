"""Measure the memory of the daemon and of what it starts, over seven days of looks and nights without changes.

    python -m benchmarks.daemon.week [--days 7] [--every 600]

The daemon's clock goes forward by so many seconds as soon as its sensors have looked, and stands still while a night
runs. A real week has a look of files every 30 seconds and one of runs every 60: with `--every 30` it takes hours here
too; else there are fewer, and the table says how many. Ends with 1 where the daemon grew by more than a tenth since
the second day: on the first it loads what it needs. A code server lives for a minute, and the next one takes its place.
"""

from __future__ import annotations

import argparse
import statistics
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg
from tabulate import tabulate

from pipelines.orchestration.names import EVERYTHING

from .program import Daemon, looks, running

HOUR = timedelta(hours=1)
NIGHT = 3
GROWN = 1.1


@dataclass
class Day:
    """Hold what was measured during a day: memory in MiB at each hour, and what was done until its end."""

    daemon: list[float] = field(default_factory=list)
    server: list[float] = field(default_factory=list)
    looks: int = 0
    servers: int = 0
    night_s: float = 0


def main() -> None:
    """Let the days pass, print a line for each, and judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--days", type=int, default=7)
    parser.add_argument("--every", type=int, default=600)
    told, days = parser.parse_args(), []
    with running(BURDENSHARE_SCHEDULE=f"0 {NIGHT} * * *", BURDENSHARE_TIMEZONE="UTC") as daemon:
        # The first night comes at the end of the first day.
        start = daemon.clock.now().replace(hour=NIGHT + 1, minute=0, second=0, microsecond=0) + timedelta(days=1)
        daemon.clock.move_to(start)
        daemon.start()
        for number in range(told.days):
            days.append(_pass(daemon, start + timedelta(days=number), told.every))
            print(f"day {number + 1}: {statistics.median(days[-1].daemon):.1f} MiB", flush=True)
    print(_table(days))
    if len(days) > 2:
        grown = statistics.median(days[-1].daemon) / statistics.median(days[1].daemon)
        raise SystemExit(grown > GROWN)


def _pass(daemon: Daemon, start: datetime, every: int) -> Day:
    """Let a day pass, and measure at the end of each of its hours."""
    day, seen, before, nights = Day(), set(), looks(daemon.settings), len(_nights(daemon))
    for hour in range(1, 25):
        while daemon.clock.now() < start + hour * HOUR:
            daemon.clock.move(min(every, (start + hour * HOUR - daemon.clock.now()).total_seconds()))
            daemon.let_look()
        if hour == 23:
            night = daemon.wait(lambda: _ended(daemon, nights), "the night did not come, or did not end", 600)
            day.night_s = night.end_time - night.start_time
        servers = _servers(daemon.pid)
        seen |= set(servers)
        day.daemon.append(_memory(daemon.pid))
        day.server.append(max((_memory(pid) for pid in servers), default=0))
    day.looks, day.servers = looks(daemon.settings) - before, len(seen)
    return day


def _nights(daemon: Daemon) -> list[dg.RunRecord]:
    return [record for record in daemon.runs() if record.dagster_run.job_name == EVERYTHING]


def _ended(daemon: Daemon, before: int) -> dg.RunRecord | None:
    """Return the run of this night once it has succeeded."""
    new = _nights(daemon)[before:]
    return new[0] if new and new[0].dagster_run.is_success else None


def _table(days: list[Day]) -> str:
    rows = [
        [
            number,
            *(round(statistics.median(part), 1) for part in (day.daemon, day.server)),
            day.looks,
            day.servers,
            round(day.night_s, 1),
        ]
        for number, day in enumerate(days, start=1)
    ]
    rows.append(["growth", *(round(rows[-1][column] - rows[0][column], 1) for column in (1, 2)), None, None, None])
    heads = ["day", "daemon MiB", "code server MiB", "looks", "code servers", "night s"]
    return tabulate(rows, heads)


def _memory(pid: int) -> float:
    """Return the MiB of a process that are resident; 0 where it is over."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")) / 1024


def _below(pid: int) -> list[int]:
    """Return the processes that a process started, and those that they did."""
    children = defaultdict(list)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")
        except OSError:
            continue
        children[int(rest.split()[1])].append(int(name.partition(" ")[0]))
    found, waiting = [], [pid]
    while waiting:
        found += children[waiting[-1]]
        waiting += children[waiting.pop()]
    return found


def _servers(pid: int) -> list[int]:
    """Return the code servers among them."""
    return [one for one in _below(pid) if b"\0grpc\0" in _command(one)]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


if __name__ == "__main__":
    main()
