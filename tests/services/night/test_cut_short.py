"""A night that is cut short in any phase, and one that does not come, with the real daemon."""

from __future__ import annotations

import shutil
from functools import partial

import dagster as dg
import pytest

from pipelines.orchestration.instance import open_instance
from tests.services.night.conftest import newest
from tests.services.programs import Programs


def attempt_at(night: Programs, phase: str, besides: tuple[str, ...], root: dg.DagsterRun | None):
    """Give the run that has begun a step, if there is one: of the night that `root` began, where that is given."""
    run = newest(night, "everything", status=dg.DagsterRunStatus.STARTED, besides=besides)
    if run is None or (root and run.root_run_id != root.run_id):
        return None
    with open_instance(night.settings) as instance:
        steps = instance.get_run_step_stats(run.run_id, step_keys=[phase])
    return run if any(step.start_time for step in steps) else None


@pytest.mark.parametrize("phases", [("observations", "fct_growth"), ("release",)])
def test_a_night_that_is_cut_short_in_any_phase_is_made_good(night, phases):
    """Let the night come by the minute, cut the power in each phase in turn, and start the daemon again."""
    night.kill("daemon")
    # So that each phase has work: one that has none is over before it can be cut.
    for folder in (night.settings.tables, night.settings.releases):
        shutil.rmtree(folder, ignore_errors=True)
    with open_instance(night.settings) as instance:
        known = tuple(run.run_id for run in instance.get_runs(dg.RunsFilter(job_name="everything")))
    calm, first = dict(night.environment), None
    night.environment["BURDENSHARE_SCHEDULE"] = "* * * * *"
    night.start("daemon")
    for phase in phases:
        reached = partial(attempt_at, night, phase, known, first)
        cut = night.wait(reached, f"no night came to {phase}", seconds=900, every=0.05)
        night.kill("daemon")
        first, known = first or cut, (*known, cut.run_id)
        night.environment = calm
        night.start("daemon")

    def made_good():
        found = newest(night, "everything", status=dg.DagsterRunStatus.SUCCESS, besides=known)
        return found if found and found.root_run_id == first.run_id else None

    night.wait(made_good, "the night was not made good", seconds=900)
    with open_instance(night.settings) as instance:
        killed = instance.get_runs(dg.RunsFilter(run_ids=[*known[-len(phases) :]]))
    assert {run.status for run in killed} == {dg.DagsterRunStatus.FAILURE} and len(killed) == len(phases)
    assert night.run("verify").returncode == 0


def test_a_release_that_no_night_renews_is_overdue_and_the_next_build_heals_it(night):
    """With a window of a minute, the shortest that Dagster takes, as its daemon sees it."""
    night.kill("daemon")
    calm = dict(night.environment)
    night.environment["BURDENSHARE_SILENCE_HOURS"] = "0.016"
    night.start("daemon")

    def is_now(wanted: str) -> bool:
        with open_instance(night.settings) as instance:
            known = instance.get_freshness_state_records([dg.AssetKey("release"), dg.AssetKey("report")])
        return {key.to_user_string(): record.freshness_state.value for key, record in known.items()} == {
            "release": wanted,
            "report": wanted,
        }

    night.wait(lambda: is_now("FAIL"), "nobody saw that release and report are overdue", seconds=200)
    assert night.run("build").returncode == 0 and night.run("report").returncode == 0
    night.wait(lambda: is_now("PASS"), "nobody saw that they are fresh again", seconds=90)
    night.kill("daemon")
    night.environment = calm
    night.start("daemon")


def test_the_log_of_all_this_holds_no_colours_and_no_warning_that_nobody_can_act_on(night):
    log = night.log.read_text(encoding="utf-8")
    assert "\x1b" not in log and "Warning" not in log and "No cursor" not in log and "No heartbeat" not in log
