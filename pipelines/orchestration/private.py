"""Hold all that we use of Dagster and that Dagster does not promise to keep: an upgrade breaks here or nowhere.

`glance` beside it reads Dagster's files, and asks here where they are not as it knows them.

Each use says why it is needed. Nothing is judged here: what Dagster knows is handed on in plain terms.
"""

from __future__ import annotations

import logging
import sqlite3
import sys
import time
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster import DagsterEventType as Event
from dagster._core.definitions.metadata import RawMetadataValue
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition
from dagster._core.remote_origin import (
    ManagedGrpcPythonEnvCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.scheduler.instigation import InstigatorStatus, SensorInstigatorData
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus as CheckStatus
from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage
from dagster._core.storage.event_log.sqlite import sqlite_event_log
from dagster._core.storage.runs.sql_run_storage import SqlRunStorage
from dagster._core.storage.runs.sqlite import sqlite_run_storage
from dagster._core.storage.schedules.sqlite import sqlite_schedule_storage
from dagster._core.storage.sql import create_engine
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._record import copy
from dagster._serdes import serialize_value
from dagster._utils.schedules import get_next_cron_tick, is_valid_cron_schedule
from sqlalchemy import Connection, text

from .names import DAEMONS, HEARTBEAT_S, LOOK_S

# What assets and checks may tell: Dagster exports the functions that take it, and not its type.
Metadata = dict[str, RawMetadataValue]
# A job of assets is known by its selection until the graph is whole: `define_asset_job` returns a class that is hidden.
Job = dg.JobDefinition | UnresolvedAssetJobDefinition

# `dagster dev` starts the UI and the daemon together; a service that keeps the daemon alone has this program only.
DAEMON_PROGRAM = "dagster._daemon"
# `dagster dev` warns at each start that `dg dev` is to take its place, which wants a package more.
DEV_WARNING = "ignore:Function `dev_command` is superseded"
# A run of selected assets has no job of ours; Dagster marks the one that it makes up by its first letters.
MADE_UP_JOB = "__"


if TYPE_CHECKING:
    Materialized = dg.MaterializeResult[None]
else:
    # Dagster reads the annotation of a step, and takes this class with a type argument for several outputs.
    Materialized = dg.MaterializeResult


# --- the instance ----------------------------------------------------------------------------------
def keep_engines() -> None:
    """Let Dagster's SQLite storages keep one engine for each file, and with it the SQL that was compiled.

    They make a new one for every event otherwise, which takes a tenth of a build. Connections are not kept, and
    no more engines than the files of a few runs: each run has its own.
    """
    for module in (sqlite_event_log, sqlite_run_storage, sqlite_schedule_storage):
        vars(module)["create_engine"] = _kept_engine


_ENGINES: dict[tuple[str, str], Any] = {}
_MOST_ENGINES = 32


def _kept_engine(url: str, **options: Any) -> Any:
    """Return the engine of a file, made the first time; Dagster has no place to keep it."""
    key = url, repr(options)
    if key not in _ENGINES:
        if len(_ENGINES) == _MOST_ENGINES:
            _ENGINES.pop(next(iter(_ENGINES)))
        _ENGINES[key] = create_engine(url, **options)
    return _ENGINES[key]


def damaged_records(folder: Path) -> list[Path]:
    """Find the SQLite files of runs, events and schedules that are no databases any more: Dagster only falls over them.

    Those of single runs are left out: they hold the logs of a run alone.
    """
    return [path for name in _DATABASES if (path := folder / name).is_file() and not _is_sound(path)]


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


def open_home(folder: Path) -> dg.DagsterInstance:
    """Open the instance of a folder: the public ways read DAGSTER_HOME, which belongs to the whole process."""
    keep_engines()
    return dg.DagsterInstance.from_config(str(folder))


def begin_events(instance: dg.DagsterInstance) -> None:
    """Let the daemon's reader of events begin with the next one, as it does anyhow with a warning for nobody."""
    keys = {f"EVENT_LOG_CONSUMER_CURSOR-{kind.value}" for kind in (Event.RUN_SUCCESS, Event.RUN_FAILURE)}
    if new := keys - set(instance.daemon_cursor_storage.get_cursor_values(keys)):
        newest = instance.event_log_storage.get_maximum_record_id() or 0
        instance.daemon_cursor_storage.set_cursor_values(dict.fromkeys(new, str(newest)))


# --- records ---------------------------------------------------------------------------------------
_DATABASES = ("history/runs.db", "history/runs/index.db", "schedules/schedules.db")
# What an event takes in PostgreSQL, with its indexes: a database there does not become smaller by what is deleted.
_EVENT_MB = 0.008
# The runs that made an asset, or a partition of it, what it is, and those that judged it last.
_NEEDED = (
    "select run_id from event_logs where id in (select max(id) from event_logs where asset_key is not null and "
    "dagster_event_type = 'ASSET_MATERIALIZATION' group by asset_key, partition)",
    "select run_id from asset_check_executions where id in (select max(id) from asset_check_executions where "
    "execution_status in ('SUCCEEDED', 'FAILED') group by asset_key, check_name)",
)


def records_mb(instance: dg.DagsterInstance, folder: Path) -> float:
    """Return the megabytes that runs, events and ticks take; Dagster has no word for that.

    Pages of a SQLite file that are free for what comes next do not count.
    """
    if not (folder / _DATABASES[0]).exists():
        with _events(instance) as connection:
            return int(connection.execute(text("select count(*) from event_logs")).scalar_one()) * _EVENT_MB
    size = sum(path.stat().st_size for path in (folder / "history" / "runs").glob("*.db") if path.name != "index.db")
    return (size + sum(_used(folder / name)[0] for name in _DATABASES if (folder / name).exists())) / 1e6


def needed_runs(instance: dg.DagsterInstance) -> set[str]:
    """Return the runs to which the present state of assets and checks goes back: Dagster would forget it with them."""
    with _events(instance) as connection:
        return {str(run_id) for sql in _NEEDED for (run_id,) in connection.execute(text(sql))}


def forget_run(instance: dg.DagsterInstance, folder: Path, run_id: str) -> None:
    """Delete a run with all its events: Dagster leaves the results of checks behind, and the file of the run's log."""
    instance.delete_run(run_id)
    with _events(instance) as connection:
        connection.execute(text("delete from asset_check_executions where run_id = :run"), {"run": run_id})
    for ending in ("", "-wal", "-shm"):
        (folder / "history" / "runs" / f"{run_id}.db{ending}").unlink(missing_ok=True)


def give_space_back(folder: Path) -> None:
    """Shrink SQLite files of which a tenth is free; one that somebody uses just then waits for the next time."""
    for path in (folder / name for name in _DATABASES if (folder / name).exists()):
        used, free = _used(path)
        if free > used / 10:
            with suppress(sqlite3.OperationalError), closing(sqlite3.connect(path, timeout=5)) as connection:
                connection.execute("vacuum")
                connection.execute("pragma wal_checkpoint(truncate)")


def _used(path: Path) -> tuple[int, int]:
    """Return how many bytes of a SQLite file are used, and how many are free."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        page, pages, free = (
            connection.execute(f"pragma {name}").fetchone()[0] for name in ("page_size", "page_count", "freelist_count")
        )
    return page * (pages - free), page * free


def _events(instance: dg.DagsterInstance) -> AbstractContextManager[Connection]:
    """Open the database of events, where what Dagster has no question for is asked in SQL."""
    storage = instance.event_log_storage
    # PostgreSQL's and SQLite's have it; what keeps everything in memory is for tests.
    assert isinstance(storage, SqlEventLogStorage), storage
    return storage.index_connection()


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


def show_in_timeline(instance: dg.DagsterInstance, run_id: str, code_location: str) -> None:
    """Say of a run that ended well from which code it came: the UI's timeline leaves out runs without that.

    One that failed goes without: the daemon would start it again, and it was a person's to start.
    """
    run, storage = instance.get_run_by_id(run_id), instance.run_storage
    if run is None or not run.is_success or not isinstance(storage, SqlRunStorage):
        return
    target = LoadableTargetOrigin(executable_path=sys.executable, module_name=code_location)
    location = ManagedGrpcPythonEnvCodeLocationOrigin(target, location_name=code_location)
    origin = RemoteJobOrigin(RemoteRepositoryOrigin(location, "__repository__"), run.job_name)
    body = serialize_value(copy(run, remote_job_origin=origin))
    with storage.connect() as connection:
        connection.execute(text("update runs set run_body = :body where run_id = :run"), {"body": body, "run": run_id})


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


def materialized(
    asset: str, metadata: Metadata, data_version: str, code_version: str, partition: str | None = None
) -> dg.AssetMaterialization:
    """Return the event that an asset was made, with its versions: Dagster adds them to what a step returns alone.

    That is one event, of all partitions of its run; and what people do by hand is no step.
    """
    tags = {"dagster/data_version": data_version, "dagster/code_version": code_version}
    return dg.AssetMaterialization(asset, partition=partition, metadata=metadata, tags=tags)


def code_of_materialization(entry: dg.EventLogEntry) -> str | None:
    """Return the code version by which an asset was made; Dagster keeps it in a tag of the event."""
    made = entry.asset_materialization
    return (made.tags or {}).get("dagster/code_version") if made else None


@contextmanager
def told_of_beta() -> Iterator[None]:
    """Define what Dagster calls beta without its warning at every start, which no reader of a terminal can act on."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)
        yield


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
