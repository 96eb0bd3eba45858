"""Look at Dagster's files without Dagster, for `status`: where nothing is out of the ordinary, in a fifth of the time.

Beside `private` the one place that knows what Dagster does not promise to keep: how its SQLite files look. It judges
nothing. Where anything is unusual - PostgreSQL, settings of Dagster that somebody changed, a failed run, silence, a
schedule that is no plain time of day, files of another form - it says so by giving nothing, and Dagster is asked. A
test holds both to the same answer.
"""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ..settings import Settings
from .names import DAEMONS, EVERYTHING, HEARTBEAT_S, LOOK_S, NIGHTLY

RECENT_RUNS = 100
DAGSTER_YAML = "dagster.yaml"


@dataclass(frozen=True)
class Runs:
    """Hold what Dagster knows of runs and of the daemon: times as ISO 8601, problems as sentences."""

    last_run: dict[str, Any] | None
    in_progress: tuple[dict[str, Any], ...]
    failing: tuple[str, ...]
    failing_beside: tuple[str, ...]
    quiet: tuple[str, ...]
    daemon_is_alive: bool
    sensors_look: bool
    turned_off: frozenset[str]
    next_night: str | None


class _Unusual(Exception):
    """Say that this is for Dagster to judge."""


def glance(settings: Settings) -> Runs | None:
    """Read Dagster's files; None where something is unusual, or where there are none."""
    try:
        _require_usual(settings)
        with _opened(settings.dagster_home / "history" / "runs.db") as runs:
            finished, busy, beats = _finished(runs), _in_progress(runs), _heartbeats(runs)
            _require_no_silence(runs, settings)
        with _opened(settings.dagster_home / "schedules" / "schedules.db") as schedules:
            states = [json.loads(body) for (body,) in schedules.execute("select instigator_body from instigators")]
        off = frozenset(one["origin"]["job_name"] for one in states if _status(one) == "STOPPED")
        looked = max((_last_look(one) for one in states if _status(one) != "STOPPED"), default=0)
        return Runs(
            last_run=finished,
            in_progress=busy,
            failing=(),
            failing_beside=(),
            quiet=(),
            daemon_is_alive=all(time.time() - beats.get(name, 0) < HEARTBEAT_S for name in DAEMONS),
            sensors_look=time.time() - looked < LOOK_S,
            turned_off=off,
            next_night=None if NIGHTLY in off else _next_night(settings),
        )
    except (_Unusual, sqlite3.Error, OSError, ValueError, KeyError, TypeError):
        return None


def damaged_records(folder: Path) -> list[Path]:
    """Find the SQLite files of runs, events and schedules that are no databases any more: Dagster only falls over them.

    Those of single runs are left out: they hold the logs of a run alone.
    """
    names = ("history/runs.db", "history/runs/index.db", "schedules/schedules.db")
    return [path for name in names if (path := folder / name).is_file() and not _is_sound(path)]


def _is_sound(path: Path) -> bool:
    """Return whether SQLite can read a file of Dagster whole: it has no word for that of its own."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            return connection.execute("pragma quick_check(1)").fetchall() == [("ok",)]
    except sqlite3.OperationalError:
        # Locked, or not for us to read: nothing is known against it.
        return True
    except sqlite3.DatabaseError:
        return False


def _require_usual(settings: Settings) -> None:
    ours = files(__package__).joinpath(DAGSTER_YAML).read_bytes()
    if settings.postgres or (settings.dagster_home / DAGSTER_YAML).read_bytes() != ours:
        raise _Unusual
    if damaged_records(settings.dagster_home):
        raise _Unusual


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        yield connection


def _finished(runs: sqlite3.Connection) -> dict[str, Any] | None:
    """Describe the run that ended last; why one failed, and what heals it, is for Dagster to say."""
    found = runs.execute(
        "select run_id, pipeline_name, status, start_time, end_time from runs where status in ('SUCCESS', 'FAILURE') "
        f"order by id desc limit {RECENT_RUNS}"
    ).fetchall()
    if any(status == "FAILURE" for _, _, status, _, _ in found):
        raise _Unusual
    newest = max(found, key=lambda run: run[4] or 0, default=None)
    if newest is None:
        return None
    run_id, job, _, start, end = newest
    return {
        "id": run_id,
        "job": job,
        "result": "succeeded",
        "ended_at": datetime.fromtimestamp(end, UTC).isoformat(timespec="seconds") if end else None,
        "seconds": round((end or 0) - (start or end or 0), 1),
        "cause": None,
    }


def _in_progress(runs: sqlite3.Connection) -> tuple[dict[str, Any], ...]:
    found = runs.execute(
        "select run_id, pipeline_name, status from runs where status in ('QUEUED', 'STARTING', 'STARTED') "
        "order by id desc limit 20"
    ).fetchall()
    return tuple({"id": run_id, "job": job, "state": status.lower()} for run_id, job, status in reversed(found))


def _heartbeats(runs: sqlite3.Connection) -> dict[str, float]:
    found = runs.execute("select daemon_type, body from daemon_heartbeats").fetchall()
    return {name: json.loads(body)["timestamp"] for name, body in found}


def _require_no_silence(runs: sqlite3.Connection, settings: Settings) -> None:
    ended = runs.execute(
        "select end_time from runs where status = 'SUCCESS' and pipeline_name = ? order by id desc limit 10",
        [EVERYTHING],
    ).fetchall()
    newest = max((end or 0 for (end,) in ended), default=time.time())
    if time.time() - newest > settings.silence_hours * 3600:
        raise _Unusual


def _status(state: dict[str, Any]) -> str:
    name: str = state["status"]["__enum__"].removeprefix("InstigatorStatus.")
    return name


def _last_look(state: dict[str, Any]) -> float:
    data = state["job_specific_data"] or {}
    return (data.get("last_tick_timestamp") or 0) if data.get("__class__") == "SensorInstigatorData" else 0


def _next_night(settings: Settings) -> str:
    """Return the next time of a schedule that is one time of every day."""
    plain = re.fullmatch(r"([0-5]?\d) ([01]?\d|2[0-3]) \* \* \*", settings.schedule)
    if plain is None:
        raise _Unusual
    now = datetime.now(ZoneInfo(settings.timezone))
    tick = now.replace(hour=int(plain[2]), minute=int(plain[1]), second=0, microsecond=0)
    tick += timedelta(days=tick <= now)
    # An hour that the clock leaves out or has twice is for Dagster to count.
    if tick.utcoffset() != now.utcoffset():
        raise _Unusual
    return tick.isoformat()
