"""`burdenshare status` says how the warehouse is, to people and to scripts."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
from dagster._core.remote_origin import (
    ManagedGrpcPythonEnvCodeLocationOrigin,
    RemoteInstigatorOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.scheduler.instigation import (
    InstigatorState,
    InstigatorStatus,
    InstigatorType,
    ScheduleInstigatorData,
    SensorInstigatorData,
)
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._daemon.types import DaemonHeartbeat
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.intake.inbox import report_path
from pipelines.intake.memory import Memory
from pipelines.orchestration.assembly import assemble
from pipelines.orchestration.glance import glance
from pipelines.orchestration.instance import open_instance, put_damaged_aside
from pipelines.orchestration.names import DAEMONS, NIGHTLY
from pipelines.orchestration.status import State, _ask_dagster, read_status
from pipelines.places import PROJECT
from pipelines.reading.current import current_release
from pipelines.releases.settled import is_settled
from tests.orchestration.test_incidents import run


@pytest.fixture
def own(settings, report, tmp_path):
    """Give a copy of the built warehouse that a test may change."""
    return settings.replace(warehouse=shutil.copytree(settings.warehouse, tmp_path / "warehouse", symlinks=True))


def ask(settings, *options: str):
    """Ask as a script does."""
    return CliRunner().invoke(app, ["--warehouse", str(settings.warehouse), "status", *options])


def test_a_good_warehouse_is_well(own, report):
    found = read_status(own, needs_daemon=False)
    assert found.is_well, found.problems
    assert found.last_run["id"] == report.run_id and found.last_run["result"] == "succeeded"
    assert found.release["id"] == current_release(own).name
    assert set(found.editions) == {path.stem for path in (own.seeds / "figures").glob("*.csv")}
    done = ask(own, "--no-daemon")
    assert done.exit_code == 0 and "All is well." in done.output
    machine = ask(own, "--no-daemon", "--json")
    assert machine.exit_code == 0
    answer = json.loads(machine.output)
    assert (
        answer["state"] == "well"
        and answer["is_well"] is True
        and answer["release"]["id"] == found.release["id"]
        and answer["next_night"]
    )


def test_without_the_daemon_no_night_comes(own):
    done = ask(own)
    assert done.exit_code == 2 and "the daemon is not running" in done.output


def test_a_refused_file_is_a_problem_and_a_waiting_one_is_not(own):
    own.inbox.mkdir(parents=True, exist_ok=True)
    book = own.inbox / "book.xlsx"
    book.write_bytes(b"no workbook")
    assert read_status(own, needs_daemon=False).inbox["waiting"] == ("book.xlsx",)
    assert ask(own, "--no-daemon").exit_code == 0
    report_path(book).parent.mkdir(parents=True, exist_ok=True)
    report_path(book).write_text("refused", encoding="utf-8")
    done = ask(own, "--no-daemon")
    assert done.exit_code == 1 and "book.xlsx in the inbox was refused" in done.output
    assert "1 warned" in done.output


def test_a_failed_run_is_a_problem_until_the_next_good_one(own):
    with open_instance(own) as instance:
        run(instance, "everything", ValueError("cell N27 holds 'n/a'"))
    done = ask(own, "--no-daemon", "--json")
    found = json.loads(done.output)
    assert done.exit_code == 2 and found["state"] == "failed"
    assert found["last_run"]["result"] == "failed" and "N27" in found["last_run"]["cause"]
    assert not found["is_well"] and "N27" in " ".join(found["problems"])
    with open_instance(own) as instance:
        run(instance, "everything")
    assert ask(own, "--no-daemon").exit_code == 0


def test_a_failed_report_and_a_damaged_table_keep_no_reader_from_the_release(own):
    with open_instance(own) as instance:
        run(instance, "write_report", ValueError("no room on the disk"))
    (own.tables / "fct_growth.parquet").write_bytes(b"no table")
    done = ask(own, "--no-daemon", "--json")
    found = json.loads(done.output)
    assert done.exit_code == 1 and found["state"] == "degraded" and found["failures"] == []
    assert len(found["warnings"]) == 2 and found["problems"] == found["warnings"]
    (own.current / "fct_growth.parquet").chmod(0o644)
    (own.current / "fct_growth.parquet").write_bytes(b"no table")
    done = ask(own, "--no-daemon")
    assert done.exit_code == 2 and "Failed: 3 things are wrong" in done.output


def test_a_publisher_without_a_new_edition_for_long_is_told_where_somebody_looks(own, monkeypatch):
    monkeypatch.setattr("pipelines.orchestration.status.DAYS", 1)
    monkeypatch.setattr("pipelines.intake.overdue.DAYS", 1)
    assert read_status(own, needs_daemon=False).is_well
    memory = Memory(datetime.now(UTC).isoformat(), {}, [{"url": "https://x", "outcome": "read", "words": "read"}])
    (own.warehouse / "fetch.json").write_text(json.dumps(asdict(memory)), encoding="utf-8")
    found = read_status(own, needs_daemon=False)
    (problem,) = found.problems
    assert "nato-2026-07 is the newest edition of NATO" in problem and found.state is State.degraded


def test_an_empty_warehouse_says_what_to_do(settings, tmp_path):
    (tmp_path / "none").mkdir()
    done = ask(settings.replace(warehouse=tmp_path / "none"), "--no-daemon")
    assert done.exit_code == 2 and "burdenshare build" in done.output


def test_to_look_makes_no_warehouse(settings, tmp_path):
    nowhere = settings.replace(warehouse=tmp_path / "mistyped")
    done = ask(nowhere, "--no-daemon")
    assert done.exit_code == 2 and "There is no warehouse at" in done.output and not nowhere.warehouse.exists()


def test_a_daemon_that_cannot_load_the_project_is_not_well(own):
    with open_instance(own) as instance:
        for name in DAEMONS:
            instance.add_daemon_heartbeat(DaemonHeartbeat(time.time(), name, "one", []))
    found = read_status(own)
    assert found.daemon_is_alive and any("cannot load the project" in problem for problem in found.problems)


def test_a_sensor_that_was_turned_off_is_told(own):
    definitions = assemble(own)
    with open_instance(own) as instance:
        for name in DAEMONS:
            instance.add_daemon_heartbeat(DaemonHeartbeat(time.time(), name, "one", []))
        for sensor, status in (("runs", InstigatorStatus.STOPPED), ("files", InstigatorStatus.RUNNING)):
            assert definitions.get_repository_def().get_sensor_def(sensor)
            origin, data = RemoteInstigatorOrigin(_repository(), sensor), SensorInstigatorData(time.time())
            instance.add_instigator_state(InstigatorState(origin, InstigatorType.SENSOR, status, data))
    found = read_status(own)
    (problem,) = found.problems
    assert "turned off" in problem and "runs" in problem and found.state is State.degraded


def _repository() -> RemoteRepositoryOrigin:
    loadable = ManagedGrpcPythonEnvCodeLocationOrigin(LoadableTargetOrigin(module_name="pipelines.definitions"))
    return RemoteRepositoryOrigin(loadable, "__repository__")


def test_a_glance_at_dagster_s_files_tells_what_dagster_tells(own):
    def told():
        return glance(own), _ask_dagster(own)

    seen, asked = told()
    assert seen == asked and seen.last_run and not seen.daemon_is_alive and seen.next_night
    with open_instance(own) as instance:
        instance.create_run_for_job(_sleeper, status=dg.DagsterRunStatus.STARTED)
        run(instance, "everything")
        for name in DAEMONS:
            instance.add_daemon_heartbeat(DaemonHeartbeat(time.time(), name, "one", []))
        for name, status, data in (
            ("runs", InstigatorStatus.RUNNING, SensorInstigatorData(last_tick_timestamp=time.time())),
            ("silence", InstigatorStatus.STOPPED, SensorInstigatorData()),
        ):
            origin = RemoteInstigatorOrigin(_repository(), name)
            instance.add_instigator_state(InstigatorState(origin, InstigatorType.SENSOR, status, data))
    seen, asked = told()
    assert seen == asked and seen.daemon_is_alive and seen.sensors_look and seen.in_progress
    assert seen.turned_off == {"silence"}
    with open_instance(own) as instance:
        origin = RemoteInstigatorOrigin(_repository(), NIGHTLY)
        data = ScheduleInstigatorData("30 3 * * *")
        instance.add_instigator_state(InstigatorState(origin, InstigatorType.SCHEDULE, InstigatorStatus.STOPPED, data))
    seen, asked = told()
    assert seen == asked and seen.next_night is None


@pytest.mark.parametrize("zone", ["UTC", "Europe/Brussels", "America/New_York", "Australia/Lord_Howe"])
def test_a_glance_counts_the_next_night_as_dagster_does(own, zone):
    for schedule in ("30 3 * * *", "0 0 * * *", "59 23 * * *"):
        changed = own.replace(schedule=schedule, timezone=zone)
        seen = glance(changed)
        assert seen is None or seen.next_night == _ask_dagster(changed).next_night


def test_a_glance_leaves_what_is_unusual_to_dagster(own):
    assert glance(own.replace(schedule="30 3 * * 1")) is None
    assert glance(own.replace(silence_hours=0)) is None
    with open_instance(own) as instance:
        run(instance, "everything", ValueError("cell N27 holds 'n/a'"))
    assert glance(own) is None
    shutil.rmtree(own.dagster_home)
    assert glance(own) is None


def test_looking_at_a_good_warehouse_takes_no_dagster(own):
    slow = "dagster", "pandas", "pyarrow", "openpyxl", "httpx"
    code = (
        "import sys; from pathlib import Path; from pipelines.settings import Settings; "
        "from pipelines.orchestration.status import read_status; "
        f"found = read_status(Settings(Path({str(own.warehouse)!r})), needs_daemon=False); "
        f"print(found.is_well, found.would_be_built, [name for name in {slow!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True {} []"


def test_what_a_build_would_make_is_told_when_anything_changed(own, tmp_path):
    assert is_settled(own) and read_status(own, needs_daemon=False).would_be_built == {}
    changed = own.replace(seeds=shutil.copytree(own.seeds, tmp_path / "seeds"))
    with (changed.seeds / "targets.csv").open("a", encoding="utf-8") as lines:
        lines.write('gdp_3,3 % of GDP,defence_share_of_gdp,3,proposed,2026-09-01,2030,true,"Proposal"\n')
    assert not is_settled(changed) and "seed_target" in read_status(changed, needs_daemon=False).would_be_built
    (own.tables / "fct_growth.parquet").unlink()
    assert not is_settled(own) and "fct_growth" in read_status(own, needs_daemon=False).would_be_built


def test_a_project_that_was_moved_or_copied_is_as_settled_as_it_was(own, tmp_path):
    moved = own.replace(
        sql=shutil.copytree(own.sql, tmp_path / "sql"), seeds=shutil.copytree(own.seeds, tmp_path / "seeds")
    )
    assert is_settled(own) and is_settled(moved)


def test_to_tell_what_a_build_would_make_takes_no_library_that_only_builds_need():
    code = (
        "import sys, pipelines.models.runner; print([n for n in ('pandas', 'pyarrow', 'tabulate') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_runs_and_what_could_not_be_sent_is_told(own):
    with open_instance(own) as instance:
        instance.create_run_for_job(_sleeper, status=dg.DagsterRunStatus.STARTED)
    folder = own.warehouse / "alerts"
    folder.mkdir(exist_ok=True)
    (folder / "failed_run.undelivered.txt").write_text("an alert waits to be sent: webhook", encoding="utf-8")
    done = ask(own, "--no-daemon")
    assert done.exit_code == 1
    assert "_sleeper started" in done.output and "an alert waits to be sent" in done.output


@dg.job
def _sleeper() -> None:
    pass


def test_records_of_runs_that_are_cut_short_are_told_and_put_aside_by_the_next_build(own):
    records = own.dagster_home / "history/runs/index.db"
    records.write_bytes(records.read_bytes()[: records.stat().st_size // 3])
    done = ask(own, "--no-daemon")
    told = " ".join(done.output.split())
    assert done.exit_code == 2 and "burdenshare build" in told and "index.db" in told
    (words,) = put_damaged_aside(own)
    assert "index.db.damaged" in words and records.with_name("index.db.damaged").exists()
    assert "burdenshare build" not in ask(own, "--no-daemon").output


def test_being_offline_alarms_nobody_and_being_cut_off_for_days_does(own):
    now = datetime.now(UTC)
    failed = [{"url": "https://x", "outcome": "failed", "words": "https://x: Name or service not known"}]
    for reached, well in ((None, True), (now - timedelta(hours=5), True), (now - timedelta(days=9), False)):
        memory = Memory(now.isoformat(), {}, failed, reached and reached.isoformat())
        (own.warehouse / "fetch.json").write_text(json.dumps(asdict(memory)), encoding="utf-8")
        done = ask(own, "--no-daemon")
        assert (done.exit_code == 0) is well, done.output
        assert ("as where a machine is offline" in done.output) is well


def test_a_second_ui_says_where_the_first_runs(own):
    program = (
        "import sys; from pathlib import Path; from pipelines.settings import Settings; "
        "from pipelines.orchestration.instance import claim_daemon; "
        "claim_daemon(Settings(Path(sys.argv[1])), 'http://127.0.0.1:3999'); print('up', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(own.warehouse)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout.readline() == "up\n"
        done = CliRunner().invoke(app, ["--warehouse", str(own.warehouse), "ui"])
        assert done.exit_code == 1 and "http://127.0.0.1:3999" in done.output and str(first.pid) in done.output
        first.stdin.close()
