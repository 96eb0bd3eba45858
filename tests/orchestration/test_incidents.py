"""What is wrong is read from what Dagster remembers: real runs of small jobs on an instance of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import dagster as dg
import pytest
from dagster._core.events import EngineEventData
from dagster._core.remote_origin import (
    ManagedGrpcPythonEnvCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin

from pipelines.orchestration import incidents

HOUR = 3600


def run(instance: dg.DagsterInstance, name: str, error: Exception | None = None, **tags: str) -> dg.DagsterRun:
    """Run a job of one step that fails with the error, or succeeds."""

    @dg.op(name="archive")
    def step() -> None:
        if error:
            raise error

    @dg.job(name=name)
    def job() -> None:
        step()

    done = job.execute_in_process(instance=instance, raise_on_error=False, tags=tags)
    return instance.get_run_by_id(done.run_id)


def check_once(
    instance: dg.DagsterInstance, passed: bool, severity: dg.AssetCheckSeverity, name: str = "adds_up"
) -> dg.AssetCheckKey:
    """Materialize a table whose only check gives this result."""

    @dg.asset(check_specs=[dg.AssetCheckSpec(name, asset="fct_growth", blocking=True)])
    def fct_growth():
        yield dg.MaterializeResult(
            check_results=[
                dg.AssetCheckResult(
                    check_name=name,
                    passed=passed,
                    severity=severity,
                    metadata={
                        "failing rows": 3,
                        "expected": "shares add up to 100",
                        "what to do": "open the cell",
                        "first failing rows": dg.MetadataValue.md("| POL | 2024 | TABLE2!N27 |"),
                    },
                )
            ]
        )

    dg.materialize([fct_growth], instance=instance, raise_on_error=False)
    return dg.AssetCheckKey(dg.AssetKey("fct_growth"), name)


def test_a_failed_run_names_its_first_cause_the_step_and_the_page(instance, settings):
    failed = run(instance, "everything", ValueError("book.xlsx: cell N27 holds 'n/a'"))
    (incident,) = incidents.failed_runs(instance, settings)
    assert incident.title == "the run of everything failed at archive"
    assert incident.cause.strip() == "book.xlsx: cell N27 holds 'n/a'" and incident.asset == "archive"
    assert incident.link == f"{settings.ui_url}/runs/{failed.run_id}"


def test_the_same_failure_twice_is_one_incident(instance, settings):
    keys = set()
    for _ in range(2):
        run(instance, "everything", ValueError("the same"))
        keys |= {incident.key for incident in incidents.failed_runs(instance, settings)}
    assert len(keys) == 1


@pytest.mark.parametrize("healer", ["facts", "everything"])
def test_a_good_run_of_the_same_job_or_of_everything_heals(instance, settings, healer):
    run(instance, "facts", ValueError("wrong"))
    assert len(incidents.failed_runs(instance, settings)) == 1
    run(instance, "verify")
    assert len(incidents.failed_runs(instance, settings)) == 1
    run(instance, healer)
    assert incidents.failed_runs(instance, settings) == []


def started_by_the_daemon(instance, name: str, **tags: str) -> dg.DagsterRun:
    """Put a failed run on record that the daemon had started, so that Dagster can start it again."""
    loadable = ManagedGrpcPythonEnvCodeLocationOrigin(LoadableTargetOrigin(module_name="pipelines.definitions"))
    origin = RemoteJobOrigin(RemoteRepositoryOrigin(loadable, "__repository__"), name)
    job = dg.GraphDefinition(name).to_job()
    run = instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED, tags=tags, remote_job_origin=origin)
    instance.report_run_failed(run, "killed")
    return run


def test_a_run_that_is_tried_again_says_nothing_yet(instance, settings):
    started_by_the_daemon(instance, "everything", **{"dagster/will_retry": "true"})
    assert incidents.failed_runs(instance, settings) == []


def test_a_killed_build_of_the_command_line_is_told(instance, settings):
    """Dagster marks it as one to be tried again, and does not: it does not know where its code is."""
    run(instance, "everything", ValueError("killed"), **{"dagster/will_retry": "true"})
    assert len(incidents.failed_runs(instance, settings)) == 1


def test_a_run_that_is_tried_again_heals_nothing(instance, settings):
    run(instance, "everything", ValueError("a bad figure"))
    started_by_the_daemon(instance, "everything", **{"dagster/will_retry": "true"})
    (incident,) = incidents.failed_runs(instance, settings)
    assert incident.cause == "a bad figure"


def test_everything_heals_what_it_does_and_nothing_else(instance, settings):
    for job in ("facts", "backfill", "write_report", "verify"):
        run(instance, job, ValueError("wrong"))
    run(instance, "everything")
    assert {incident.subject for incident in incidents.failed_runs(instance, settings)} == {"write_report", "verify"}
    run(instance, "verify")
    assert {incident.subject for incident in incidents.failed_runs(instance, settings)} == {"write_report"}


def test_a_run_under_way_heals_no_check(instance, settings):
    """Dagster puts each check of a run on record when the run is made, long before it judges."""
    key = check_once(instance, passed=False, severity=dg.AssetCheckSeverity.WARN)
    (before,) = incidents.failed_checks(instance, [key], settings)

    @dg.asset(check_specs=[dg.AssetCheckSpec("adds_up", asset="fct_growth")])
    def fct_growth():
        yield dg.MaterializeResult()

    job = dg.Definitions(assets=[fct_growth]).resolve_implicit_global_asset_job_def()
    instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)
    latest = instance.event_log_storage.get_latest_asset_check_execution_by_key([key])[key]
    assert latest.status.value == "PLANNED"
    (still,) = incidents.failed_checks(instance, [key], settings)
    assert still.key == before.key and still.cause == before.cause


def test_a_check_that_warns_is_told_with_its_rows(instance, settings):
    key = check_once(instance, passed=False, severity=dg.AssetCheckSeverity.WARN)
    (incident,) = incidents.failed_checks(instance, [key], settings)
    assert incident.cause == "3 rows break the rule: shares add up to 100"
    assert "TABLE2!N27" in incident.offenders and incident.advice == "open the cell"
    check_once(instance, passed=True, severity=dg.AssetCheckSeverity.WARN)
    assert incidents.failed_checks(instance, [key], settings) == []


def test_a_check_that_stops_the_run_is_its_cause_and_is_not_told_twice(instance, settings):
    key = check_once(instance, passed=False, severity=dg.AssetCheckSeverity.ERROR)
    assert incidents.failed_checks(instance, [key], settings) == []
    cause = incidents.first_cause(instance, instance.get_runs()[0].run_id)
    assert (cause.asset, cause.check) == ("fct_growth", "adds_up") and "TABLE2!N27" in cause.offenders


def test_silence_is_counted_from_the_last_good_night(instance, settings):
    start = 1_000_000.0
    assert incidents.silence(instance, settings, since=start, now=start + 35 * HOUR) == []
    (never,) = incidents.silence(instance, settings, since=start, now=start + 37 * HOUR)
    assert never.cause == "None ever succeeded."
    run(instance, "everything")
    ended = incidents.last_success(instance).end_time
    run(instance, "everything", ValueError("wrong"))
    assert incidents.silence(instance, settings, since=0, now=ended + 35 * HOUR) == []
    (quiet,) = incidents.silence(instance, settings, since=0, now=ended + 37 * HOUR)
    assert quiet.title == "no successful night for 36 hours" and "UTC" in quiet.cause


def test_a_run_is_lost_when_its_process_is_gone(instance):
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    known = {}
    for pid in (process.pid, os.getpid()):
        known[pid] = instance.create_run_for_job(_sleeper, status=dg.DagsterRunStatus.STARTED)
        instance.report_engine_event("Started process", known[pid], EngineEventData({"pid": dg.MetadataValue.int(pid)}))
    assert incidents.lost_runs(instance) == []
    process.kill()
    process.wait()
    assert [(lost.run_id, pid) for lost, pid in incidents.lost_runs(instance)] == [
        (known[process.pid].run_id, process.pid)
    ]


def test_a_run_is_lost_when_another_process_has_its_number(instance):
    """After a restart numbers are given anew: a process that began after the run did not start it."""
    assert incidents._is_alive(os.getpid(), since=time.time())
    assert not incidents._is_alive(os.getpid(), since=time.time() - 10 * HOUR)
    assert incidents._is_alive(os.getpid(), since=None)


def test_a_run_of_another_machine_is_left_alone(instance):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    run = instance.create_run_for_job(
        _sleeper, status=dg.DagsterRunStatus.STARTED, tags={incidents.HOST: "another-machine"}
    )
    instance.report_engine_event("Started process", run, EngineEventData({"pid": dg.MetadataValue.int(gone.pid)}))
    assert incidents.lost_runs(instance) == []


def test_each_refused_file_is_an_incident_of_its_own(instance, settings):
    """One that lies in the inbox for weeks must not hide the next."""

    def refuse(*names: str) -> set[str]:
        @dg.asset(check_specs=[dg.AssetCheckSpec("no_file_is_refused", asset="archive")])
        def archive():
            result = dg.AssetCheckResult(
                check_name="no_file_is_refused",
                passed=False,
                severity=dg.AssetCheckSeverity.WARN,
                metadata={
                    incidents.SEPARATELY: dg.MetadataValue.json({name: f"{name} is bad" for name in names}),
                    incidents.COMMAND: f"burdenshare ingest inbox/{incidents.NAMED}",
                },
            )
            yield dg.MaterializeResult(check_results=[result])

        dg.materialize([archive], instance=instance)
        key = dg.AssetCheckKey(dg.AssetKey("archive"), "no_file_is_refused")
        found = incidents.failed_checks(instance, [key], settings)
        return {(one.subject, one.cause, one.command) for one in found}

    one = refuse("my notes.txt")
    both = refuse("my notes.txt", "def-exp-2027-en.xlsx")
    assert len(one) == 1 and one < both and len(both) == 2
    assert {command for *_, command in one} == {"burdenshare ingest inbox/'my notes.txt'"}


def test_damage_is_the_first_cause_of_the_run_that_falls_over_it_and_is_told_once(instance, settings):
    @dg.asset(check_specs=[dg.AssetCheckSpec(incidents.SOUND, asset="archive")])
    def archive():
        found = dg.AssetCheckResult(
            check_name=incidents.SOUND,
            passed=False,
            severity=dg.AssetCheckSeverity.WARN,
            description="raw/1897e2ea.xlsx is damaged",
        )
        yield dg.MaterializeResult(check_results=[found])

    @dg.asset(deps=[archive])
    def observations():
        raise ValueError("the archived file cannot be opened")

    key = dg.AssetCheckKey(dg.AssetKey("archive"), incidents.SOUND)
    dg.materialize([archive, observations], instance=instance, raise_on_error=False)
    found = [one for kind in incidents.find(instance, [key], settings, 0, 0).values() for one in kind]
    assert [one.title.partition(" failed")[2] for one in found] == [" at observations"]
    assert found[0].cause.splitlines() == ["raw/1897e2ea.xlsx is damaged", "the archived file cannot be opened"]
    # A run that went on made what was damaged anew: then the damage is told for itself.
    dg.materialize([archive], instance=instance)
    assert len(incidents.failed_checks(instance, [key], settings)) == 1


def test_a_refused_release_says_with_which_command_it_is_accepted(instance, settings):
    run(instance, "everything", ValueError('3 rows are lost; `burdenshare build --accept "reason"` if that is right'))
    (incident,) = incidents.failed_runs(instance, settings)
    assert incident.command == 'burdenshare build --accept "why it is right"'


def test_selected_assets_are_healed_by_themselves_alone(instance, settings):
    fails = {"a": True, "b": False}

    def materialise(name: str) -> None:
        @dg.asset(name=name)
        def asset() -> None:
            if fails[name]:
                raise ValueError("wrong")

        definitions = dg.Definitions(assets=[asset, dg.AssetSpec("c")])
        job = definitions.resolve_implicit_global_asset_job_def()
        job.execute_in_process(instance=instance, asset_selection=[dg.AssetKey(name)], raise_on_error=False)

    materialise("a")
    materialise("b")
    (incident,) = incidents.failed_runs(instance, settings)
    assert incident.title.startswith("the run of a failed")
    fails["a"] = False
    materialise("a")
    assert incidents.failed_runs(instance, settings) == []


@dg.job
def _sleeper() -> None:
    pass
