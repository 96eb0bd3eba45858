"""The report's own job: after each release, never within the main one."""

from __future__ import annotations

import shutil

import dagster as dg
import pytest

from pipelines.orchestration.assembly import assemble
from pipelines.orchestration.assets import RELEASE
from pipelines.orchestration.incidents import EVERYTHING
from pipelines.orchestration.report import REPORT, WRITE_REPORT
from pipelines.report.mark import write_mark
from pipelines.settings import Settings


@pytest.fixture(scope="module")
def definitions(settings):
    return assemble(settings)


def test_the_main_job_does_not_wait_for_pages(definitions):
    steps = definitions.resolve_job_def(EVERYTHING).asset_layer.selected_asset_keys
    assert dg.AssetKey(RELEASE) in steps and dg.AssetKey(REPORT) not in steps


def test_each_move_of_the_current_release_asks_for_its_report_once(settings, report, tmp_path):
    """After a rollback too: an older release is asked for again."""
    own = settings.replace(warehouse=shutil.copytree(settings.warehouse, tmp_path / "warehouse", symlinks=True))
    sensor = assemble(own).resolve_sensor_def("files")

    def look():
        asked = sensor(dg.build_sensor_context()).run_requests
        return asked[0] if asked else None

    first = look()
    assert first.job_name == WRITE_REPORT
    assert first.tags["release"] == own.current.resolve().name and look().run_key == first.run_key
    shutil.rmtree(own.report, ignore_errors=True)
    own.report.mkdir()
    write_mark(own.report, own.current.resolve().name)
    assert look() is None
    write_mark(own.report, "the-one-that-was-held-back")
    target = own.current.readlink()
    own.current.unlink()
    own.current.symlink_to(target)
    again = look()
    assert again.tags == first.tags and again.run_key != first.run_key


def test_the_job_writes_the_current_release(settings, report):
    with dg.DagsterInstance.ephemeral() as instance:
        done = assemble(settings).resolve_job_def(WRITE_REPORT).execute_in_process(instance=instance)
    (made,) = done.asset_materializations_for_node(REPORT)
    assert made.metadata["release"].value == settings.current.resolve().name
    assert (Settings(settings.warehouse).report / "index.html").exists()
