"""The main job runs on the instance that the UI shows, and says what went wrong when it fails."""

import shutil

import dagster as dg
import pytest

from pipelines.intake.memory import read_memory
from pipelines.orchestration import private, storage
from pipelines.orchestration.assembly import assemble
from pipelines.orchestration.build import build
from pipelines.orchestration.code import report_code
from pipelines.orchestration.incidents import EVERYTHING
from pipelines.orchestration.instance import CODE_LOCATION, open_instance
from pipelines.orchestration.names import PUNCTUAL, REFUSED, SOUND, WEB
from pipelines.orchestration.news import BECAUSE
from pipelines.orchestration.unchanged import nothing_to_do
from pipelines.reading.current import current_release
from pipelines.report.mark import write_mark
from tests.orchestration.test_incidents import run


def test_the_run_is_there_to_look_at(settings, report, release):
    with open_instance(settings) as instance:
        run = instance.get_run_by_id(report.run_id)
        assert run.job_name == EVERYTHING and run.is_success
        # By this the timeline knows to which code location it belongs: to that by which a command loads the code.
        location = run.remote_job_origin.repository_origin.code_location_origin.location_name
        assert location == CODE_LOCATION.replace("pipelines", "burdenshare") == "burdenshare.definitions"
        event = instance.get_latest_materialization_event(dg.AssetKey("fct_growth"))
        metadata = event.asset_materialization.metadata
    assert [(metadata["dagster/row_count"].value,)] == release.execute("select count(*) from fct_growth").fetchall()
    assert "NATO_EUR_CAN" in metadata["preview"].value or "ALB" in metadata["preview"].value


def test_every_table_is_an_asset_with_its_dependencies(settings, project):
    definitions = assemble(settings)
    graph = definitions.resolve_asset_graph()
    assert {key.to_user_string() for key in graph.get_all_asset_keys()} == {
        *project.order,
        "archive",
        "observations",
        "release",
        "report",
    }
    for name in project.order:
        node = graph.get(dg.AssetKey(name))
        above = {key.to_user_string() for key in node.parent_keys}
        assert above - {"archive", "observations"} == set(project.needs(name))
        assert node.description and node.metadata["dagster/column_schema"] and node.group_name
        checks = graph.get_check_keys_for_assets({dg.AssetKey(name)})
        assert {key.name for key in checks} == {check.name for check in project.checks(name)}


def test_the_ui_can_load_all_that_is_defined(settings):
    """Names of jobs, assets and ops may not collide: the UI and the daemon would show and run nothing."""
    repository = assemble(settings).get_repository_def()
    repository.load_all_definitions()
    jobs = {job.name for job in repository.get_all_jobs() if not job.name.startswith("__")}
    assert jobs == {EVERYTHING, "facts", "backfill", "verify", "write_report"}


def test_the_night_is_scheduled(settings):
    nightly = assemble(settings).resolve_schedule_def("nightly")
    assert nightly.job_name == EVERYTHING
    assert nightly.default_status is dg.DefaultScheduleStatus.RUNNING


def test_dagster_does_not_phone_home(settings, report):
    assert "telemetry:\n  enabled: false" in (settings.dagster_home / "dagster.yaml").read_text(encoding="utf-8")


def test_a_failing_check_publishes_nothing(night):
    before = current_release(night.settings)
    content = (before / "warehouse.duckdb").read_bytes()
    night.seed(1, {("a", 2023): (-100.0, 1.99)})
    failed = build(night.settings)
    assert not failed.succeeded and not failed.published and failed.checks_failed >= 1
    assert "the rule '" in failed.failure and "What to do" in failed.failure
    assert current_release(night.settings) == before and (before / "warehouse.duckdb").read_bytes() == content


def test_the_night_goes_on_when_the_site_is_gone_and_what_asks_no_web_heals_no_failure_of_it(night):
    down = night.settings.replace(topic_page="http://127.0.0.1:9/nobody-listens", allow_loopback=True, fetch_attempts=1)
    failed = build(down, fetch=True)
    assert failed.succeeded and not failed.published and failed.checks_failed == 1
    assert any("nobody-listens" in warning for warning in failed.warnings)
    assert read_memory(down).findings[0]["outcome"] == "failed"
    assert any("nobody-listens" in warning for warning in build(down).warnings)


def materialise(settings, *names: str) -> dg.ExecuteInProcessResult:
    """Do what the UI does when a person selects assets and materialises them."""
    keys = [dg.AssetKey(name) for name in names]
    with open_instance(settings) as instance:
        job = assemble(settings).resolve_implicit_global_asset_job_def()
        return job.execute_in_process(instance=instance, asset_selection=keys, raise_on_error=False)


def test_one_asset_alone_changes_its_own_table_and_no_release(night):
    own = night.settings
    before = current_release(own)
    tables = {path.name: path.read_bytes() for path in own.tables.glob("*.parquet")}
    night.seed(2)
    assert materialise(own, "fct_value").success
    assert {path.name: path.read_bytes() for path in own.tables.glob("*.parquet")} == tables
    # A source read alone, with other figures than the tables below it were made of ...
    assert materialise(own, "archive", "seed_value").success
    changed = {p.name for p in own.tables.glob("*.parquet") if p.read_bytes() != tables[p.name]}
    assert changed == {"seed_value.parquet"} and current_release(own) == before
    # ... is no release: its tables do not belong together.
    refused = materialise(own, "release")
    assert not refused.success and current_release(own) == before
    error = refused.get_step_failure_events()[0].step_failure_data.error
    assert "fct_value is older than its SQL or its inputs" in error.cause.message


def test_one_engine_is_kept_for_each_of_dagster_s_files_as_long_as_the_instance_is_open(settings, report):
    index = settings.dagster_home / "history/runs/index.db"
    with open_instance(settings) as instance:
        for _ in range(3):
            assert instance.get_latest_materialization_event(dg.AssetKey("fct_growth"))
        kept = [url for url, _ in storage._ENGINES if url.endswith("index.db")]
        # Its connection is open still: SQLite has a log beside the file.
        assert len(kept) == 1 and index.with_name("index.db-wal").exists()
    assert not storage._ENGINES and not index.with_name("index.db-wal").exists()


def test_a_file_that_took_the_place_of_another_has_an_engine_of_its_own(settings, report, tmp_path):
    home = shutil.copytree(settings.dagster_home, tmp_path / "dagster")
    own = settings.replace(warehouse=tmp_path)
    key = dg.AssetKey("fct_growth")
    with open_instance(own) as instance:
        assert instance.get_latest_materialization_event(key)
        shutil.rmtree(home / "history" / "runs")
        shutil.copytree(settings.dagster_home / "history" / "runs", home / "history" / "runs")
        instance.wipe_assets([key])
        assert instance.get_latest_materialization_event(key) is None
    with open_instance(settings) as instance:
        assert instance.get_latest_materialization_event(key)


def test_a_terminal_gets_what_one_can_act_on_and_the_run_s_page_everything(night, capfd):
    ran = materialise(night.settings, "archive", "release")
    said = capfd.readouterr()
    assert "DEBUG" not in said.out + said.err and "STEP_SUCCESS" not in said.out + said.err
    with open_instance(night.settings) as instance:
        log = instance.all_logs(ran.run_id)
    kinds = [entry.dagster_event.event_type_value for entry in log if entry.dagster_event]
    assert "STEP_START" in kinds and "ASSET_MATERIALIZATION" in kinds
    # What a step says in words is on the run's page and in the terminal.
    (words,) = [entry.user_message for entry in log if entry.user_message.startswith("release ")]
    assert words in said.out + said.err


def test_a_build_that_finds_nothing_to_do_says_so_in_one_short_run(night, prepared_night):
    own, report = night.settings, prepared_night[1]
    # A report of its release, that a run made: what a report takes is seconds.
    own.report.mkdir()
    write_mark(own.report, current_release(own).name)
    told = {"release": current_release(own).name}
    with open_instance(own) as instance:
        instance.report_runless_asset_event(private.materialized("report", told, "any", report_code()))
    again = build(own)
    assert again.succeeded and not again.published and again.changes == ("nothing changed, nothing published",)
    assert (again.checks_passed, again.checks_failed) == (report.checks_passed, report.checks_failed)
    with open_instance(own) as instance:
        run = instance.get_run_by_id(again.run_id)
        assert run.job_name == EVERYTHING and run.is_success
        made = {
            name: instance.get_latest_materialization_event(dg.AssetKey(name))
            for name in ("release", "report", "fct_value")
        }
        # Freshness counts from now; what was built keeps the run that built it, with all that it told.
        assert made["release"].run_id == made["report"].run_id == again.run_id
        assert made["fct_value"].run_id == report.run_id
        told = made["release"].asset_materialization
        assert told.metadata["release"].value == current_release(own).name and told.metadata["changed"].value is False
        whole = instance.fetch_materializations(dg.AssetKey("release"), limit=2).records[1].asset_materialization
        assert told.tags == whole.tags and any("input_data_version" in tag for tag in told.tags)


@pytest.mark.parametrize("what", ["a seed", "a table", "a release", "an inbox", "no inbox", "a link"])
def test_whatever_is_not_as_it_was_is_for_the_whole_job(settings, report, tmp_path, what):
    own = settings.replace(warehouse=shutil.copytree(settings.warehouse, tmp_path / "warehouse", symlinks=True))
    assert nothing_to_do(own) == current_release(own).name
    if what == "a seed":
        own = own.replace(seeds=shutil.copytree(own.seeds, tmp_path / "seeds"))
        (own.seeds / "claims.csv").open("a").write("\n")
    elif what == "a table":
        (own.tables / "fct_growth.parquet").write_bytes(b"other")
    elif what == "a release":
        damaged_file = current_release(own) / "warehouse.duckdb"
        damaged_file.chmod(0o644)
        damaged_file.write_bytes(b"other")
    elif what == "an inbox":
        (own.inbox / "file.xlsx").write_bytes(b"new")
    elif what == "no inbox":
        own.inbox.rmdir()
    else:
        own.current.unlink()
    assert nothing_to_do(own) is None


def lying_in(warehouse) -> dict[str, int]:
    """Tell when each file was last written, but for Dagster's own."""
    files = (path for path in warehouse.rglob("*") if path.is_file() and "dagster" not in path.parts)
    return {str(path): path.stat().st_mtime_ns for path in files}


def asked_by_night(settings, instance) -> dg.RunRequest:
    """Let the schedule ask for its run."""
    nightly = assemble(settings).resolve_schedule_def("nightly")
    (request,) = nightly.evaluate_tick(dg.build_schedule_context(instance=instance)).run_requests
    return request


def test_a_night_with_nothing_to_build_judges_the_archive_and_notes_that_all_is_fresh(night):
    own = night.settings.replace(topic_page=None)
    # The second comes after a night of its own kind.
    for _ in range(2):
        with open_instance(own) as instance:
            before = lying_in(own.warehouse)
            asked = asked_by_night(own, instance)
            assert lying_in(own.warehouse) == before
            assert asked.tags[BECAUSE].endswith(current_release(own).name)
            assert [key.to_user_string() for key in asked.asset_selection] == ["archive", "release", "report"]
            job = assemble(own).resolve_job_def(EVERYTHING)
            ran = job.execute_in_process(
                instance=instance, asset_selection=asked.asset_selection, run_config=asked.run_config
            )
            assert ran.success and ran.dagster_run.job_name == EVERYTHING
            assert instance.get_latest_materialization_event(dg.AssetKey("release")).run_id == ran.run_id
            assert {check.check_name for check in ran.get_asset_check_evaluations()} == {REFUSED, SOUND, WEB, PUNCTUAL}
    assert not build(own).published


@pytest.mark.parametrize("what", ["a figure", "an edition", "the site", "the last run", "the ledger", "an error"])
def test_any_other_night_is_the_whole_job(night, what, hook, monkeypatch):
    own = night.settings.replace(topic_page=None)
    if what == "a figure":
        night.seed(2)
    elif what == "an edition":
        hook.pages = {"/secret-part": b'<a href="/def-exp-2027-en.xlsx">Tables</a>', "/def-exp-2027-en.xlsx": b"PK one"}
        own = own.replace(topic_page=hook.url, allow_loopback=True)
    elif what == "the site":
        own = own.replace(topic_page="http://127.0.0.1:9/nobody-listens", allow_loopback=True)
    elif what == "the last run":
        with open_instance(own) as instance:
            run(instance, EVERYTHING, ValueError("wrong"))
    elif what == "an error":
        monkeypatch.setattr("pipelines.orchestration.night.looked", fail_to_look)
    else:
        (own.tables / "ledger.json").write_text("{", encoding="utf-8")
    with open_instance(own) as instance:
        asked = asked_by_night(own, instance)
    assert asked.asset_selection is None and asked.run_config["ops"]["archive"]["config"] == {"fetch": True}


def fail_to_look(settings) -> None:
    """Fail as nobody foresaw."""
    raise RuntimeError("the look failed")


def test_a_seed_that_cannot_be_read_is_told_in_our_words_and_not_in_a_library_s(night):
    with (night.settings.seeds / "things.csv").open("a", encoding="utf-8") as lines:
        lines.write("a,b,c,d,e,f,g,h\n")
    found = build(night.settings)
    assert not found.succeeded
    assert (
        "things.csv, line " in found.failure and "What to do: put a value that holds a comma in quotes" in found.failure
    )
