"""The report's own job: after each release, never within the main one."""

from __future__ import annotations

import dagster as dg
import pytest

from pipelines.orchestration import private
from pipelines.orchestration.assembly import assemble
from pipelines.orchestration.code import report_code
from pipelines.orchestration.incidents import EVERYTHING
from pipelines.orchestration.report import REPORT, WRITE_REPORT, report_request
from pipelines.report.mark import write_mark
from pipelines.settings import Settings


def made_of(done: dg.ExecuteInProcessResult) -> dict[str, object]:
    """Read what a run says that it made of the report."""
    (made,) = done.asset_materializations_for_node(REPORT)
    return {key: value.value for key, value in made.metadata.items()}


@pytest.fixture
def own(night):
    """Give a small built warehouse with a site that is only said to be one."""
    own = night.settings
    own.report.mkdir()
    write_mark(own.report, own.current.resolve().name)
    return own


def note(instance, made_by: str) -> None:
    """Put on record that the report was written by this code."""
    instance.report_runless_asset_event(private.materialized(REPORT, {}, "any", made_by))


def test_the_main_job_waits_for_no_pages_and_notes_a_report_that_is_up_to_date(own):
    everything = assemble(own).resolve_job_def(EVERYTHING)
    with dg.DagsterInstance.ephemeral() as instance:
        # Nobody knows by which code this site was written: that it shows the current release is not enough.
        first = everything.execute_in_process(instance=instance)
        assert first.success and first.asset_materializations_for_node(REPORT) == []
        note(instance, report_code())
        second = everything.execute_in_process(instance=instance)
        assert made_of(second)["release"] == own.current.resolve().name and not made_of(second)["changed"]
        write_mark(own.report, "another")
        third = everything.execute_in_process(instance=instance)
        assert third.success and third.asset_materializations_for_node(REPORT) == []
    assert not (own.report / "data.html").exists()


def test_each_move_of_the_current_release_and_each_change_of_the_code_asks_for_the_report_once(own):
    """After a rollback too: an older release is asked for again."""
    with dg.DagsterInstance.ephemeral() as instance:

        def look():
            return report_request(own, instance)

        unknown = look()
        assert unknown.job_name == WRITE_REPORT and look().run_key == unknown.run_key
        note(instance, report_code())
        assert look() is None
        note(instance, "an older one")
        assert look() is not None
        note(instance, report_code())
        write_mark(own.report, "the-one-that-was-held-back")
        first = look()
        target = own.current.readlink()
        own.current.unlink()
        own.current.symlink_to(target)
        again = look()
        assert again.tags == first.tags and again.run_key != first.run_key


def test_the_job_writes_the_current_release(settings, report, tmp_path, few_pages):
    own = settings.replace(warehouse=tmp_path / "warehouse")
    own.warehouse.mkdir()
    own.releases.symlink_to(settings.releases)
    own.current.symlink_to(settings.current.readlink())
    with dg.DagsterInstance.ephemeral() as instance:
        done = assemble(own).resolve_job_def(WRITE_REPORT).execute_in_process(instance=instance)
    assert made_of(done)["release"] == settings.current.resolve().name and made_of(done)["changed"]
    assert (Settings(own.warehouse).report / "data.html").exists()
