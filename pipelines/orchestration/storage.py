"""Hold what we use of Dagster's storages and what it does not promise to keep: their engines, their files, their rows.

With `private` and `event_log` beside it this is all that an upgrade of Dagster can break.
"""

from __future__ import annotations

import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import dagster as dg
from alembic.config import Config
from alembic.script import ScriptDirectory
from dagster._core.instance.ref import InstanceRef
from dagster._core.remote_origin import (
    ManagedGrpcPythonEnvCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.storage import sqlite_storage
from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage
from dagster._core.storage.event_log.sqlite import sqlite_event_log
from dagster._core.storage.runs.sql_run_storage import SqlRunStorage
from dagster._core.storage.runs.sqlite import sqlite_run_storage
from dagster._core.storage.schedules.sqlite import sqlite_schedule_storage
from dagster._core.storage.sql import create_engine
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._record import copy
from dagster._serdes import serialize_value
from sqlalchemy import Connection, make_url, text
from sqlalchemy.event import listen
from sqlalchemy.pool import QueuePool

from .event_log import TogetherEventLog


# --- engines ----------------------------------------------------------------------------------
def keep_engines() -> None:
    """Let Dagster's SQLite storages keep one engine for each file, with its connection and the SQL that was compiled.

    They make a new one for every event otherwise, and with the last connection to a file SQLite also moves its log
    into it: together a fifth of a build. No more are kept than the files of a few runs: each run has its own.
    """
    for module in (sqlite_event_log, sqlite_run_storage, sqlite_schedule_storage):
        vars(module)["create_engine"] = _kept_engine
    # Each file is asked whether it is of the newest form, which stands in a hundred small files.
    ScriptDirectory.from_config = _migrations  # type: ignore[method-assign]  # it has no place to keep them


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


@contextmanager
def open_home(folder: Path) -> Iterator[dg.DagsterInstance]:
    """Open the instance of a folder: the public ways read DAGSTER_HOME, which belongs to the whole process."""
    keep_engines()
    vars(sqlite_storage)["SqliteEventLogStorage"] = TogetherEventLog
    # No component of ours keeps state, and what would store it takes two hundredths of a second to import.
    InstanceRef.defs_state_storage = None  # type: ignore[method-assign,assignment]  # Dagster has no setting for none
    try:
        with dg.DagsterInstance.from_config(str(folder)) as instance:
            try:
                yield instance
            finally:
                if isinstance(instance.event_log_storage, TogetherEventLog):
                    instance.event_log_storage.write()
    finally:
        _let_engines_go()


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
