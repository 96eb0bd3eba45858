"""Write a run's events together, and remember what it made: for runs of this process, on Dagster's SQLite files.

Dagster writes each event by itself, into two files, and reads each asset's last event anew for whatever stands on it:
together a fifth of a build. Like `private` and `storage`, this holds what Dagster does not promise to keep.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import dagster as dg
from dagster import DagsterEventType as Event
from dagster._core.events import ASSET_CHECK_EVENTS, ASSET_EVENTS, EVENT_TYPE_TO_PIPELINE_RUN_STATUS
from dagster._core.storage.event_log.base import AssetRecord
from dagster._core.storage.event_log.schema import AssetKeyTable, SqlEventLogStorageTable
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.sqlalchemy_compat import db_fetch_mappings, db_select
from sqlalchemy import Connection
from sqlalchemy.dialects.sqlite import insert

# What tells that something is planned or over waits for the next event that tells of a beginning or of a table made: a
# process that is killed in between loses no more than how its last step ended.
_WAITING = {
    Event.ASSET_CHECK_EVALUATION,
    Event.ASSET_CHECK_EVALUATION_PLANNED,
    Event.ASSET_MATERIALIZATION_PLANNED,
    Event.STEP_OUTPUT,
    Event.STEP_SUCCESS,
}
# Events of assets, of their checks and of whole runs stand in the file of all runs too.
_IN_INDEX = ASSET_EVENTS | ASSET_CHECK_EVENTS | set(EVENT_TYPE_TO_PIPELINE_RUN_STATUS)
_OF_ASSET = [AssetKeyTable.c[name] for name in ("id", "asset_key", "last_run_id", "asset_details")]


class TogetherEventLog(SqliteEventLogStorage):
    """Hold events until one comes that somebody may wait for, and write them in one transaction a file.

    Whoever reads through this object finds all of them written.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self._waiting: list[dg.EventLogEntry] = []
        # Set while events are written: the connection to the file of all runs, with its transaction.
        self._index: Connection | None = None
        self._turn = threading.RLock()
        self._made: dict[dg.AssetKey, AssetRecord] = {}
        self._tables: set[str] = set()
        super().__init__(*arguments, **named)

    def store_event(self, event: dg.EventLogEntry) -> None:
        """Take an event, and write all that wait unless this one may wait too."""
        with self._turn:
            self._waiting.append(event)
            if event.dagster_event is None or event.dagster_event.event_type not in _WAITING:
                self.write()

    def write(self) -> None:
        """Write what waits."""
        with self._turn:
            events, self._waiting = self._waiting, []
            # In their order, so that each run's events lie as they came.
            for run_id in dict.fromkeys(event.run_id for event in events):
                self._write([event for event in events if event.run_id == run_id])

    def _write(self, events: list[dg.EventLogEntry]) -> None:
        rows = [self._event_to_row(event) for event in events]
        with super()._connect(events[0].run_id) as connection:
            connection.execute(SqlEventLogStorageTable.insert(), rows)
        mirrored = [(event, row) for event, row in zip(events, rows, strict=True) if _kind(event) in _IN_INDEX]
        if not mirrored:
            return
        with super()._connect("index") as connection:
            self._index = connection
            try:
                for event, row in mirrored:
                    self._mirror(connection, event, row)
            finally:
                self._index = None

    def _mirror(self, connection: Connection, event: dg.EventLogEntry, row: dict[str, Any]) -> None:
        (event_id,) = connection.execute(SqlEventLogStorageTable.insert(), row).inserted_primary_key or (0,)
        if _kind(event) in ASSET_EVENTS:
            self._store_asset_event_tags(connection, [event], [event_id])
            self._store_asset_event(connection, event, event_id)
        elif _kind(event) in ASSET_CHECK_EVENTS:
            self.store_asset_check_event(event, event_id)

    def _store_asset_event(self, conn: Connection, event: dg.EventLogEntry, event_id: int) -> None:
        """Enter an asset's newest event in one statement, where Dagster tries one and then another."""
        key, values = event.get_dagster_event().asset_key, self._get_asset_entry_values(event, event_id, True)
        if key is None or not values:
            return
        entered = insert(AssetKeyTable).values(asset_key=key.to_string(), **values)
        conn.execute(entered.on_conflict_do_update(index_elements=["asset_key"], set_=values))
        self._made.pop(key, None)
        if _kind(event) is Event.ASSET_MATERIALIZATION:
            row = db_fetch_mappings(conn, db_select(_OF_ASSET).where(AssetKeyTable.c.asset_key == key.to_string()))[0]
            record = dg.EventLogRecord(storage_id=event_id, event_log_entry=event)
            self._made[key] = self._construct_asset_record_from_row(row, record, False)

    def get_asset_records(self, asset_keys: Sequence[dg.AssetKey] | None = None) -> Sequence[AssetRecord]:
        """Give what is known of assets; what this process made itself, it need not read.

        It alone makes tables meanwhile: it holds the warehouse's writing lock.
        """
        if asset_keys is None:
            return super().get_asset_records()
        with self._turn:
            self.write()
            known = [self._made[key] for key in asset_keys if key in self._made]
        others = [key for key in asset_keys if key not in self._made]
        return [*known, *(super().get_asset_records(others) if others else [])]

    def has_table(self, table_name: str) -> bool:
        """Ask for a table once: those of an open file do not go away."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._turn:
            if self._index is not None and shard == "index":
                yield self._index
                return
            self.write()
        with super()._connect(shard) as connection:
            yield connection


def _kind(event: dg.EventLogEntry) -> Event | None:
    """Return what an event tells of; None where it is a line of a log alone."""
    return event.dagster_event.event_type if event.dagster_event else None
