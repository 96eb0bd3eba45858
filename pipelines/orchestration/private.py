"""Hold all that we use of Dagster and that Dagster does not promise to keep: an upgrade breaks here or nowhere.

`glance` beside it reads Dagster's files, and asks here where they are not as it knows them.

Each use says why it is needed. Nothing is judged here: what Dagster knows is handed on in plain terms.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
from alembic.config import Config
from alembic.script import ScriptDirectory
from dagster import DagsterEventType as Event
from dagster._core.definitions.metadata import RawMetadataValue
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition
from dagster._core.scheduler.instigation import InstigatorStatus, SensorInstigatorData
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus as CheckStatus
from dagster._core.storage.event_log.sqlite import sqlite_event_log
from dagster._core.storage.runs.sqlite import sqlite_run_storage
from dagster._core.storage.schedules.sqlite import sqlite_schedule_storage
from dagster._core.storage.sql import create_engine
from dagster._utils.schedules import get_next_cron_tick, is_valid_cron_schedule
from sqlalchemy import make_url
from sqlalchemy.event import listen
from sqlalchemy.pool import QueuePool

from .names import DAEMONS, HEARTBEAT_S, LOOK_S

# What assets and checks may tell: Dagster exports the functions that take it, and not its type.
Metadata = dict[str, RawMetadataValue]
# A job of assets is known by its selection until the graph is whole: `define_asset_job` returns a class that is hidden.
Job = dg.JobDefinition | UnresolvedAssetJobDefinition

# `dagster dev` starts the UI and the daemon together; a service that keeps the daemon alone has this program only.
DAEMON_PROGRAM = "dagster._daemon"
# A run of selected assets has no job of ours; Dagster marks the one that it makes up by its first letters.
MADE_UP_JOB = "__"


if TYPE_CHECKING:
    Materialized = dg.MaterializeResult[None]
else:
    # Dagster reads the annotation of a step, and takes this class with a type argument for several outputs.
    Materialized = dg.MaterializeResult


# --- the instance ----------------------------------------------------------------------------------
def keep_engines() -> None:
    """Let Dagster's SQLite storages keep one engine for each file, with its connection and the SQL that was compiled.

    They make a new one for every event otherwise, and with the last connection to a file SQLite also moves its log
    into it: together a fifth of a build. No more are kept than the files of a few runs: each run has its own.
    """
    for module in (sqlite_event_log, sqlite_run_storage, sqlite_schedule_storage):
        vars(module)["create_engine"] = _kept_engine
    # Each file is asked whether it is of the newest form, which stands in a hundred small files.
    ScriptDirectory.from_config = _migrations  # type: ignore[method-assign]  # there is no place to keep them


_read_migrations = ScriptDirectory.from_config
_MIGRATIONS: dict[str | None, ScriptDirectory] = {}


def _migrations(config: Config) -> ScriptDirectory:
    """Return the migrations of Dagster's storages, read once a process."""
    location = config.get_main_option("script_location")
    if location not in _MIGRATIONS:
        _MIGRATIONS[location] = _read_migrations(config)
    return _MIGRATIONS[location]


class _KeptPool(QueuePool):
    """Keep connections where Dagster disposes of an engine, as it does after every event."""

    def dispose(self) -> None:
        """Leave everything open."""

    def recreate(self) -> _KeptPool:
        """Stay the pool of the engine."""
        return self

    def let_go(self) -> None:
        """Close what is open and not in use."""
        super().dispose()


_ENGINES: dict[tuple[str, str], tuple[tuple[int, int], Any]] = {}
_MOST_ENGINES = 32
_engines_lock = threading.Lock()


def _kept_engine(url: str, **options: Any) -> Any:
    """Return the engine of a file, made the first time and where another file has taken its place."""
    key, file = (url, repr(options)), _identity(url)
    if file is None:
        return create_engine(url, **options)
    with _engines_lock:
        kept, engine = _ENGINES.get(key, (None, None))
        if engine is not None and kept == file:
            return engine
        if engine is not None or len(_ENGINES) >= _MOST_ENGINES:
            _ENGINES.pop(key if engine is not None else next(iter(_ENGINES)))[1].pool.let_go()
        engine = create_engine(url, **options | {"poolclass": _KeptPool, "pool_size": 1, "max_overflow": -1})
        listen(engine, "connect", _sync_seldom)
        _ENGINES[key] = file, engine
        return engine


def _sync_seldom(connection: sqlite3.Connection, _: object) -> None:
    """Leave it to SQLite when to wait for the disk: a power cut may take a run's last events, and damages none."""
    connection.execute("pragma synchronous = normal")


def _identity(url: str) -> tuple[int, int] | None:
    """Return device and inode of the file behind an address; None where it is still to be made."""
    try:
        found = Path(make_url(url).database or "").stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _let_engines_go() -> None:
    """Close every connection that is kept, so that SQLite puts its log into the files, and these may be moved."""
    with _engines_lock:
        while _ENGINES:
            _ENGINES.popitem()[1][1].pool.let_go()


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


@contextmanager
def open_home(folder: Path) -> Iterator[dg.DagsterInstance]:
    """Open the instance of a folder: the public ways read DAGSTER_HOME, which belongs to the whole process."""
    keep_engines()
    try:
        with dg.DagsterInstance.from_config(str(folder)) as instance:
            yield instance
    finally:
        _let_engines_go()


# --- schedules -------------------------------------------------------------------------------------
def is_schedule(text: str) -> bool:
    """Return whether Dagster can follow a schedule: it loads nothing at all where it cannot, and says so too late."""
    return is_valid_cron_schedule(text)


def next_tick(schedule: str, timezone: str) -> datetime:
    """Return the schedule's next time: the instance keeps only the ticks that were."""
    return get_next_cron_tick(schedule, datetime.now(UTC), timezone)


# --- tags ------------------------------------------------------------------------------------------
def origin_tags(code_location: str) -> dict[str, str]:
    """Return the tags by which the UI finds the job of a run that it did not start; it sets them itself otherwise."""
    return {".dagster/repository": f"__repository__@{code_location}"}


def schedule_tags(schedule: str) -> dict[str, str]:
    """Return the tags of the runs that a schedule started: the only mark that tells a night from a day's build."""
    return {"dagster/schedule_name": schedule}


def partition_of(run: dg.DagsterRun) -> str | None:
    """Return the partition that a run was started for: in a sensor there is no context that knows it."""
    return run.tags.get("dagster/partition")


def is_tried_again(run: dg.DagsterRun) -> bool:
    """Return whether the daemon will start a failed run again, in which case it is too early to tell anybody.

    Dagster marks a run of the command line as well, which it then cannot start: it does not know from where.
    """
    return run.tags.get("dagster/will_retry") == "true" and run.remote_job_origin is not None


def is_made_up(run: dg.DagsterRun) -> bool:
    """Return whether a person selected assets, for which Dagster made a job up."""
    return run.job_name.startswith(MADE_UP_JOB)


# --- events ----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class StepError:
    """Hold what a step raised: the step, and the innermost error with its class in front."""

    step: str
    message: str


def run_events(instance: dg.DagsterInstance, run_id: str, kinds: set[Event]) -> Iterator[dg.DagsterEvent]:
    """Yield a run's events of some kinds, the oldest first: the public interface gives those of assets only."""
    for entry in instance.all_logs(run_id, of_type=kinds):
        if entry.dagster_event is not None:
            yield entry.dagster_event


def step_error(event: dg.DagsterEvent) -> StepError:
    """Return what a failed step raised first: Dagster wraps it in errors of its own."""
    error = event.step_failure_data.error
    while error is not None and error.cause is not None:
        error = error.cause
    return StepError(event.step_key or "", error.message.strip() if error else "it failed without an error")


def evaluation_of(event: dg.DagsterEvent) -> dg.AssetCheckEvaluation:
    """Return what a check found, of an event that is a check's evaluation: a run's log has no typed reader."""
    return event.asset_check_evaluation_data


def process_of(instance: dg.DagsterInstance, run_id: str) -> int | None:
    """Return the number of a run's process, which Dagster tells in words to people only."""
    for event in reversed(list(run_events(instance, run_id, {Event.ENGINE_EVENT}))):
        if (number := event.engine_event_data.metadata.get("pid")) is not None:
            return int(str(number.value))
    return None


def event_of(record: logging.LogRecord) -> dg.DagsterEvent | None:
    """Return the event that a line of a run's log was written for: a listener in the same process has nothing else."""
    meta: Mapping[str, object] = getattr(record, "dagster_meta", {})
    event = meta.get("dagster_event")
    return event if isinstance(event, dg.DagsterEvent) else None


def step_count(job: dg.JobDefinition) -> int:
    """Return how many steps a job has, before any ran: a plan is public in the UI only."""
    return len(job.all_node_defs)


def mark_lost(instance: dg.DagsterInstance, run: dg.DagsterRun, message: str) -> None:
    """Mark a run as failed: Dagster's own monitor cannot see the processes of our launcher."""
    instance.report_run_failed(run, message)


# --- checks ----------------------------------------------------------------------------------------
_JUDGED = {CheckStatus.SUCCEEDED, CheckStatus.FAILED}


@dataclass(frozen=True)
class LastCheck:
    """Hold the last evaluation of a check, and the run that made it."""

    key: dg.AssetCheckKey
    run_id: str
    evaluation: dg.AssetCheckEvaluation


def last_checks(instance: dg.DagsterInstance, keys: Iterable[dg.AssetCheckKey]) -> list[LastCheck]:
    """Return the last evaluation of each check by name; the public interface gives those of one run at a time.

    A run that is planned or under way has not judged yet: what the last one found still stands.
    """
    storage, found = instance.event_log_storage, []
    latest = storage.get_latest_asset_check_execution_by_key(list(keys))
    for key, newest in sorted(latest.items(), key=lambda pair: pair[0].to_user_string()):
        record = newest
        if record.status not in _JUDGED:
            before = storage.get_asset_check_execution_history(key, limit=1, status=_JUDGED)
            if not before:
                continue
            record = before[0]
        if record.event is not None and record.event.dagster_event is not None:
            found.append(LastCheck(key, record.run_id, evaluation_of(record.event.dagster_event)))
    return found


def log_check(context: dg.OpExecutionContext, evaluation: dg.AssetCheckEvaluation) -> None:
    """Report a check from an op: Dagster takes it at run time, and its annotations do not say so."""
    context.log_event(evaluation)  # type: ignore[arg-type]  # the annotation knows three kinds of events, the code all


# --- the daemon ------------------------------------------------------------------------------------
def daemon_is_alive(instance: dg.DagsterInstance) -> bool:
    """Return whether all that starts runs has beaten lately; only the UI's page asks for it otherwise."""
    beats = instance.get_daemon_heartbeats()
    return all(name in beats and time.time() - beats[name].timestamp < HEARTBEAT_S for name in DAEMONS)


def sensors_look(instance: dg.DagsterInstance) -> bool:
    """Return whether a sensor has looked lately: a daemon lives on where it cannot load the project."""
    data = [state.instigator_data for state in instance.all_instigator_state() if state.is_running]
    ticks = [one.last_tick_timestamp or 0 for one in data if isinstance(one, SensorInstigatorData)]
    return time.time() - max(ticks, default=0) < LOOK_S


def turned_off(instance: dg.DagsterInstance) -> set[str]:
    """Return the names of the sensors and schedules that somebody turned off in the UI, which keeps it to itself."""
    states = instance.all_instigator_state()
    return {state.instigator_name for state in states if state.status is InstigatorStatus.STOPPED}
