"""The graph tells the truth: what reads what, by which code, and what happened, also beside the runs."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import dagster as dg
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.orchestration import code
from pipelines.orchestration.archive import ARCHIVE
from pipelines.orchestration.assembly import assemble
from pipelines.orchestration.assets import RELEASE
from pipelines.orchestration.instance import open_instance, prepare_home
from pipelines.orchestration.names import EVERYTHING
from pipelines.orchestration.observations import OBSERVATIONS
from pipelines.orchestration.report import REPORT
from pipelines.releases import catalog
from tests.building import publish_tables


def parents(graph, name: str) -> set[str]:
    """Name the assets right above one."""
    return {key.to_user_string() for key in graph.get(dg.AssetKey(name)).parent_keys}


def test_the_observations_stand_between_the_archive_and_what_reads_them(settings):
    graph = assemble(settings).resolve_asset_graph()
    assert parents(graph, OBSERVATIONS) == {ARCHIVE}
    assert parents(graph, "source_observation") == parents(graph, "source_superseded") == {OBSERVATIONS}
    assert parents(graph, "source_edition") == parents(graph, "source_revision") == {ARCHIVE}
    assert parents(graph, "seed_target") == set()
    assert RELEASE in parents(graph, REPORT)


def test_each_edition_is_materialized_by_the_step_that_reads_it(settings, report):
    with open_instance(settings) as instance:
        wanted = dg.AssetRecordsFilter(asset_key=dg.AssetKey(OBSERVATIONS))
        events = [one.event_log_entry for one in instance.fetch_materializations(wanted, limit=50).records]
    of_run = [event for event in events if event.run_id == report.run_id]
    assert {event.dagster_event.step_key for event in of_run} == {OBSERVATIONS}
    read = {event.asset_materialization.partition: event.asset_materialization for event in of_run}
    editions = {path.stem for path in (settings.seeds / "figures").glob("*.csv")}
    assert editions > {"nato-2026-07", "sipri-2025"} and set(read) == {*editions, None}
    for edition in editions:
        assert read[edition].metadata["dagster/row_count"].value > 100
        assert read[edition].tags["dagster/code_version"] == code.observation_code(settings)
    assert len({read[edition].tags["dagster/data_version"] for edition in editions}) == len(editions)


@pytest.fixture
def stale(settings, report, monkeypatch):
    """Tell which assets Dagster would show as stale for their code, if a file of the package were another."""

    def ask(changed: str) -> set[str]:
        whole = code.sha256_of
        monkeypatch.setattr(code, "sha256_of", lambda path: "another" if path.match(changed) else whole(path))
        code.code_of.cache_clear()
        with open_instance(settings) as instance:
            graph = assemble(settings).resolve_asset_graph()
            found = set()
            for key in graph.get_all_asset_keys():
                event = instance.get_latest_materialization_event(key)
                made = event.asset_materialization.tags["dagster/code_version"] if event else None
                found |= {key.to_user_string()} if made not in (None, graph.get(key).code_version) else set()
        monkeypatch.undo()
        code.code_of.cache_clear()
        return found

    return ask


def test_each_asset_is_stale_when_what_computes_it_has_changed(settings, stale):
    every = assemble(settings).resolve_asset_graph()
    assert all(every.get(key).code_version for key in every.get_all_asset_keys())
    assert stale("nothing at all") == set()
    read = {OBSERVATIONS, "source_observation", "source_superseded", "source_edition", "source_revision"}
    assert stale("sources/nato/sheet.py") == {ARCHIVE, *read}
    assert stale("seeds/entity_names.csv") == {OBSERVATIONS}
    assert stale("intake/judge.py") == {ARCHIVE}
    assert stale("sql/views/*.sql") == stale("releases/compose.py") == {RELEASE}


def test_the_report_is_stale_when_a_template_has_changed(monkeypatch):
    before, whole = code.report_code(), code.sha256_of
    monkeypatch.setattr(code, "sha256_of", lambda path: "another" if path.name == "base.html" else whole(path))
    code.code_of.cache_clear()
    assert code.report_code() != before
    monkeypatch.undo()
    code.code_of.cache_clear()
    assert code.report_code() == before


def test_a_model_is_stale_when_its_sql_or_its_promise_has_changed(project):
    growth, share = project.table("fct_growth"), project.table("fct_contribution_share")
    marks = {
        code.table_code(growth),
        code.table_code(type(growth)(**{**vars(growth), "sql": f"{growth.sql} -- "})),
        code.table_code(type(growth)(**{**vars(growth), "contract": share.contract})),
    }
    assert len(marks) == 3


def test_everything_for_one_edition_reads_that_one_anew(night):
    own = night.settings
    kept = {path.name: path.stat().st_mtime_ns for path in own.observations.glob("*.parquet")}
    with open_instance(own) as instance:
        job = assemble(own).resolve_job_def(EVERYTHING)
        done = job.execute_in_process(instance=instance, partition_key="nato-2024-06", raise_on_error=False)
    assert done.success
    changed = {path.name for path in own.observations.glob("*.parquet") if path.stat().st_mtime_ns != kept[path.name]}
    assert changed == {"nato-2024-06.parquet"}
    (made,) = done.asset_materializations_for_node(OBSERVATIONS)
    assert made.partition == "nato-2024-06"


def test_a_rollback_is_an_event_of_the_release(night):
    own = night.settings
    first = catalog.current_id(own)
    night.seed(2)
    second = publish_tables(own).id
    assert first != second == catalog.current_id(own)
    done = CliRunner().invoke(app, ["--warehouse", str(own.warehouse), "rollback", "--reason", "a wrong target"])
    assert done.exit_code == 0, done.output
    with open_instance(own) as instance:
        made = instance.get_latest_materialization_event(dg.AssetKey(RELEASE)).asset_materialization
    told = {key: value.value for key, value in made.metadata.items() if key != "folder"}
    assert told == {"release": first, "rolled back from": second, "reason": "a wrong target"}
    assert made.tags["dagster/data_version"] == first


def test_what_readers_see_is_overdue_when_no_night_came(settings):
    graph = assemble(settings.replace(silence_hours=48)).resolve_asset_graph()
    windows = {name: graph.get(dg.AssetKey(name)).freshness_policy.fail_window for name in (RELEASE, REPORT)}
    assert {window.to_timedelta() for window in windows.values()} == {timedelta(hours=48)}
    editions = graph.get(dg.AssetKey(OBSERVATIONS)).freshness_policy
    assert editions.warn_window.to_timedelta() < editions.fail_window.to_timedelta() == timedelta(days=400)
    # Dagster refuses less than a minute, and then loads nothing at all.
    assert assemble(settings.replace(silence_hours=0)).resolve_asset_graph().get(dg.AssetKey(RELEASE))


def test_dagster_s_settings_that_we_wrote_before_are_written_anew_and_those_of_a_person_are_not(settings, tmp_path):
    own = settings.replace(warehouse=tmp_path / "warehouse")
    own.dagster_home.mkdir(parents=True)
    ours, theirs = "telemetry:\n  enabled: false\n", "telemetry:\n  enabled: true\n"
    target = own.dagster_home / "dagster.yaml"
    for text, stays in ((ours, False), (theirs, True)):
        target.write_text(text, encoding="utf-8")
        prepare_home(own, earlier={hashlib.sha256(ours.encode()).hexdigest()})
        assert (target.read_text(encoding="utf-8") == text) is stays
    with open_instance(settings) as instance:
        assert (
            instance.freshness_enabled and instance.get_concurrency_config().run_queue_config.max_concurrent_runs == 1
        )
