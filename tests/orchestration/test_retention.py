"""Dagster's records stay within their limit, and what an asset is now is never forgotten."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import dagster as dg
import pytest

from pipelines.orchestration import storage
from pipelines.orchestration.assets import RELEASE
from pipelines.orchestration.instance import open_instance
from pipelines.orchestration.observations import OBSERVATIONS
from pipelines.orchestration.retention import LATEST, tidy

RUNS = 16


@dg.asset(name="made_each_time", check_specs=[dg.AssetCheckSpec("is_there", asset="made_each_time")])
def _each_time():
    check = dg.AssetCheckResult(check_name="is_there", passed=True, metadata={"rows": "y" * 50_000})
    yield dg.MaterializeResult(metadata={"picture": "x" * 300_000}, check_results=[check])


@pytest.fixture(scope="module")
def after_many_runs(settings, report, tmp_path_factory):
    """Give a copy of the built warehouse with many runs of an asset that says much, and the ids of these runs."""
    folder = tmp_path_factory.mktemp("many") / "warehouse"
    own = settings.replace(warehouse=shutil.copytree(settings.warehouse, folder, symlinks=True))
    with open_instance(own) as instance:
        return own, [dg.materialize([_each_time], instance=instance).run_id for _ in range(RUNS)]


@pytest.fixture
def own(after_many_runs, tmp_path):
    """Give a copy of that, to be tidied."""
    many, ids = after_many_runs
    return many.replace(warehouse=shutil.copytree(many.warehouse, tmp_path / "warehouse", symlinks=True)), ids


def test_the_oldest_runs_go_first_with_all_that_is_kept_of_them_and_the_space_is_given_back(own, report):
    own, ids = own
    home, index = own.dagster_home, own.dagster_home / "history/runs/index.db"
    with open_instance(own) as instance:
        assert tidy(instance, own) == []
        before, size = storage.records_mb(instance, home), index.stat().st_size
        small = own.replace(records_mb=1)
        assert f"{RUNS - LATEST} old runs" in tidy(instance, small)[0]
        left = {run.run_id for run in instance.get_runs()}
        # The build is needed, since it made all tables, though it is the oldest and the largest.
        assert report.run_id in left and left & set(ids) == set(ids[-LATEST:])
        assert storage.records_mb(instance, home) < before - 6 * 0.3
        assert tidy(instance, small) == []
        with open_instance(own) as again:
            assert again.get_latest_materialization_event(dg.AssetKey(RELEASE)).run_id == report.run_id
            held = list((own.seeds / "figures").glob("*.csv"))
            assert len(again.get_materialized_partitions(dg.AssetKey(OBSERVATIONS))) == len(held)
            assert again.get_latest_materialization_event(dg.AssetKey("made_each_time")).run_id == ids[-1]
    assert index.stat().st_size < size - 6 * 300_000
    assert not [run_id for run_id in ids[:-LATEST] if list((home / "history/runs").glob(f"{run_id}*"))]
    with closing(sqlite3.connect(index)) as connection:
        for table in ("event_logs", "asset_check_executions"):
            assert not {run for (run,) in connection.execute(f"select run_id from {table}")} & set(ids[:-LATEST])


def test_what_is_not_over_stays(own):
    own, ids = own
    with open_instance(own) as instance:
        waiting = instance.create_run_for_job(_sleeper, status=dg.DagsterRunStatus.STARTED).run_id
        for _ in range(LATEST + 1):
            dg.materialize([_each_time], instance=instance)
        tidy(instance, own.replace(records_mb=1))
        assert instance.get_run_by_id(waiting) and not instance.get_run_by_id(ids[0])


@dg.job
def _sleeper() -> None:
    pass
