"""The report's own job: after each release, never within the main one."""

from __future__ import annotations

import dagster as dg
import pytest

from pipelines.orchestration.assembly import EVERYTHING, assemble
from pipelines.orchestration.assets import RELEASE
from pipelines.orchestration.report import REPORT, WRITE_REPORT
from pipelines.settings import Settings


@pytest.fixture(scope="module")
def definitions(settings):
    return assemble(settings)


def test_the_main_job_does_not_wait_for_pages(definitions):
    steps = definitions.resolve_job_def(EVERYTHING).asset_layer.selected_asset_keys
    assert dg.AssetKey(RELEASE) in steps and dg.AssetKey(REPORT) not in steps


def test_each_release_asks_for_its_report_once(definitions, settings, report):
    sensor = definitions.resolve_sensor_def("report_after_release")
    assert sensor.default_status == dg.DefaultSensorStatus.RUNNING
    with dg.instance_for_test() as instance:
        for release in ("first", "second"):
            event = dg.AssetMaterialization(RELEASE, metadata={"release": release})
            instance.report_runless_asset_event(event)
        context = dg.build_sensor_context(instance=instance, definitions=definitions)
        (asked,) = sensor.evaluate_tick(context).run_requests
        assert (asked.run_key, asked.tags["release"]) == ("report-second", "second")
        # The same news is not told twice.
        again = dg.build_sensor_context(instance=instance, definitions=definitions, cursor=context.cursor)
        assert not sensor.evaluate_tick(again).run_requests


def test_the_job_writes_the_current_release(settings, report):
    with dg.DagsterInstance.ephemeral() as instance:
        done = assemble(settings).resolve_job_def(WRITE_REPORT).execute_in_process(instance=instance)
    (made,) = done.asset_materializations_for_node(REPORT)
    assert made.metadata["release"].value == settings.current.resolve().name
    assert (Settings(settings.warehouse).report / "index.html").exists()
