"""Files dropped into the inbox: taken, refused, and brought into every table by the next build."""

import os
import shutil
import time

import pytest

from pipelines.intake.inbox import refused_files, report_path, take_inbox, waiting_files, was_refused
from pipelines.intake.ingest import sources_of
from pipelines.sources.archive import read_receipts
from tests.intake.conftest import drop


def test_a_good_file_is_archived_and_a_bad_one_stays_with_its_report(empty, project, workbooks, tmp_path):
    page = tmp_path / "def-exp-2027-en.xlsx"
    page.write_text("<html>Not found</html>")
    good, bad = drop(workbooks[2026], empty), drop(page, empty)
    handled = {file.name: file for file in take_inbox(empty, project)}
    assert handled[good.name].taken.outcome == "new revision" and not good.exists()
    assert bad.exists() and "found a web page" in report_path(bad).read_text()
    assert list(refused_files(empty)) == [bad.name]
    assert len(read_receipts(empty.raw)) == 1
    bad.unlink()
    take_inbox(empty, project)
    assert not report_path(bad).exists(), "a report goes with its file"


def test_what_is_still_being_copied_and_what_programs_keep_is_left_alone(empty, project, workbooks, monkeypatch):
    path = drop(workbooks[2026], empty)
    whole = path.read_bytes()
    (empty.inbox / "~$def-exp-2026-en.xlsx").write_text("lock")
    (empty.inbox / ".DS_Store").write_text("")
    assert waiting_files(empty) == [path]
    path.write_bytes(whole[:1000])
    # While the inbox waits between its two looks, the copy goes on.
    monkeypatch.setattr("pipelines.intake.inbox.time.sleep", lambda _: path.write_bytes(whole[:2000]))
    assert take_inbox(empty, project) == [] and path.exists() and not report_path(path).exists()


@pytest.mark.parametrize("when", [-10 * 365 * 86400, 10 * 365 * 86400], ids=["old", "future"])
def test_a_file_s_time_decides_nothing(empty, project, workbooks, when):
    """A corrected file may be older than the report of the bad one, and a clock may be wrong."""
    path = drop(workbooks[2026], empty)
    whole = path.read_bytes()
    path.write_bytes(whole[:-500])
    os.utime(path, (time.time() + when,) * 2)
    take_inbox(empty, project)
    assert was_refused(path)
    path.write_bytes(whole)
    os.utime(path, (time.time() + when,) * 2)
    assert not was_refused(path)
    assert [file.taken.outcome for file in take_inbox(empty, project)] == ["new revision"]


def test_other_files_are_refused_by_what_they_are(empty, project):
    empty.inbox.mkdir(parents=True)
    contents = {
        "tables.csv": (b"Ally,2024\nPoland,4.12\n", "a text file, such as CSV"),
        "tables.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "before 2007 (.xls)"),
        "damaged.pdf": (b"%PDF-1.7 and no more", "a PDF that does not open"),
        "empty.xlsx": (b"", "an empty file"),
    }
    for name, (content, _) in contents.items():
        (empty.inbox / name).write_bytes(content)
    take_inbox(empty, project)
    reports = refused_files(empty)
    assert all(words in reports[name] for name, (_, words) in contents.items()), reports


def test_what_is_no_file_is_told_and_never_opened(empty, project, workbooks):
    empty.inbox.mkdir(parents=True)
    os.mkfifo(empty.inbox / "pipe.xlsx")
    (empty.inbox / "folder.xlsx").mkdir()
    (empty.inbox / "itself.xlsx").symlink_to("itself.xlsx")
    (empty.inbox / "nothing.xlsx").symlink_to("not-there.xlsx")
    (empty.inbox / "endless.xlsx").symlink_to("/dev/zero")
    long = drop(workbooks[2026], empty, f"{'ä' * 122}.xlsx")
    long.write_bytes(long.read_bytes()[:500])
    started = time.monotonic()
    handled = {file.name: file.refusal for file in take_inbox(empty, project)}
    assert time.monotonic() - started < 20
    words = {"pipe": "a named pipe", "folder": "a folder", "itself": "leads nowhere", "nothing": "leads nowhere"}
    words["endless"] = "a device"
    assert all(found in handled[f"{name}.xlsx"] for name, found in words.items()), handled
    assert len(refused_files(empty)) == 6, "a name of 250 bytes has its report too"
    # A second look refuses the same again, and takes no report for that of a file that is gone.
    assert len(take_inbox(empty, project)) == 6 and len(refused_files(empty)) == 6


def test_the_next_build_takes_the_inbox_and_goes_on_without_what_it_refuses(taken_in):
    built, bad = taken_in.built, taken_in.refused
    assert built.succeeded and built.published and built.checks_failed == 1
    assert [warning.split(" cannot")[0] for warning in built.warnings] == ["what is this.xlsx"]
    assert taken_in.settings.current.resolve() != taken_in.before and bad.exists() and report_path(bad).exists()
    rows = taken_in.release.execute(
        "select revision, tables_held, edition_title from dim_edition where edition_id = 'nato-2024-09'"
    )
    assert rows.fetchall() == [(1, "1,2,3,4,5,6,7,8a,8b", "Defence Expenditure of NATO Countries (2014-2024)")]


def test_no_other_edition_is_touched_by_a_new_one(taken_in, release):
    query = "select * from fct_observation where edition_id not in ('nato-2021-06', 'nato-2024-09', 'nato-2024-10')"
    assert (
        taken_in.release.execute(f"{query} order by all").fetchall()
        == release.execute(f"{query} order by all").fetchall()
    )


def test_the_editions_are_partitions_that_can_be_read_anew(taken_in, tmp_path):
    import dagster as dg

    from pipelines.orchestration.assembly import assemble
    from pipelines.orchestration.instance import open_instance
    from pipelines.orchestration.observations import EDITION, OBSERVATIONS

    whole = taken_in.settings
    mine = whole.replace(warehouse=shutil.copytree(whole.warehouse, tmp_path / "warehouse", symlinks=True))
    held = {figures.stem for figures in (mine.seeds / "figures").glob("*.csv")}
    assert {"nato-2019-06", "nato-2024-06", "nato-2025-08", "nato-2026-07", "sipri-2025"} < held
    with open_instance(mine) as instance:
        editions = {*sources_of(mine).editions.revisions}
        assert held | {"nato-2024-09", "nato-2024-10"} <= editions
        assert set(instance.get_dynamic_partitions(EDITION.name)) == editions
        # What came by hand was read then, before any run.
        assert instance.get_materialized_partitions(dg.AssetKey(OBSERVATIONS)) >= held | {"nato-2024-09"}
        path = mine.observations / "nato-2024-09.parquet"
        path.unlink()
        job = assemble(mine).resolve_implicit_global_asset_job_def()
        key = [dg.AssetKey(OBSERVATIONS)]
        assert job.execute_in_process(instance=instance, asset_selection=key, partition_key="nato-2024-09").success
        assert path.exists()
