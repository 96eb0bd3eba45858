"""What a run's events leave in Dagster's files is what Dagster itself would have left."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import dagster as dg
import pytest
from dagster import DagsterEventType as Event
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage

from pipelines.orchestration.event_log import TogetherEventLog
from pipelines.orchestration.instance import open_instance

# What says when a row was written, and not what.
WRITTEN = {"create_timestamp", "migration_completed"}


@pytest.fixture(scope="session")
def events(settings, report):
    """Give the events of the shared build, in their order."""
    with open_instance(settings) as instance:
        return instance.all_logs(report.run_id)


def told(folder: Path) -> dict[str, dict[str, list]]:
    """Read every table of every file, each row as its columns and values, in order."""
    found = {}
    for path in sorted(folder.glob("*.db")):
        with sqlite3.connect(path) as connection:
            connection.row_factory = sqlite3.Row
            tables = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")]
            found[path.name] = {
                table: [
                    {name: row[name] for name in row.keys() if name not in WRITTEN}  # noqa: SIM118  (a row is no dict)
                    for row in connection.execute(f"select * from {table} order by rowid")
                ]
                for table in tables
            }
    return found


def test_events_written_together_are_those_that_dagster_writes_one_by_one(events, tmp_path):
    logs = (SqliteEventLogStorage(str(tmp_path / "theirs")), TogetherEventLog(str(tmp_path / "ours")))
    with dg.DagsterInstance.ephemeral() as instance:
        for log in logs:
            log.register_instance(instance)
            # For two runs, since an asset's second event replaces what its first one entered.
            for event in [*events, *(event._replace(run_id="the next one") for event in events)]:
                log.store_event(event)
    theirs, ours = told(tmp_path / "theirs"), told(tmp_path / "ours")
    assert {name: list(tables) for name, tables in ours.items()} == {
        name: list(tables) for name, tables in theirs.items()
    }
    assert len(theirs["index.db"]["asset_keys"]) > 90 and len(theirs["index.db"]["asset_check_executions"]) > 90
    for name, tables in theirs.items():
        for table, rows in tables.items():
            assert ours[name][table] == rows, (name, table)


def test_what_is_remembered_of_assets_is_what_a_reader_finds(events, tmp_path):
    keys = [dg.AssetKey("fct_growth"), dg.AssetKey("release"), dg.AssetKey("archive")]
    log = TogetherEventLog(str(tmp_path))
    for event in events:
        log.store_event(event)
    remembered = {record.asset_entry.asset_key: record for record in log.get_asset_records(keys)}
    read = {record.asset_entry.asset_key: record for record in TogetherEventLog(str(tmp_path)).get_asset_records(keys)}
    assert set(read) == set(keys)
    assert remembered == read


def test_who_looks_at_a_run_under_way_sees_the_step_that_has_begun(events, tmp_path):
    log = TogetherEventLog(str(tmp_path))
    for event in events:
        log.store_event(event)
        kind = event.dagster_event.event_type if event.dagster_event else None
        if kind in (None, Event.STEP_START, Event.ASSET_MATERIALIZATION, Event.RUN_SUCCESS, Event.STEP_FAILURE):
            with sqlite3.connect(tmp_path / f"{event.run_id}.db") as connection:
                (newest,) = connection.execute(
                    "select dagster_event_type from event_logs order by id desc limit 1"
                ).fetchone()
            assert newest == (kind.value if kind else None)
