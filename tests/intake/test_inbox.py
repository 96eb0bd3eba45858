"""Files dropped into the inbox: taken, refused, and brought into every table by the next build."""

import os
import shutil
import time
from pathlib import Path

import pytest

from pipelines.intake.inbox import refused_files, report_path, take_inbox, waiting_files
from pipelines.orchestration.build import build
from pipelines.reading.current import open_warehouse
from pipelines.sources.archive import read_receipts


def drop(path, settings, name=None):
    """Copy a file into the inbox, as of a minute ago."""
    settings.inbox.mkdir(parents=True, exist_ok=True)
    target = settings.inbox / (name or path.name)
    shutil.copyfile(path, target)
    os.utime(target, (time.time() - 60,) * 2)
    return target


def test_a_good_file_is_archived_and_a_bad_one_stays_with_its_report(empty, project, workbooks, tmp_path):
    page = tmp_path / "def-exp-2027-en.xlsx"
    page.write_text("<html>Not found</html>")
    good, bad = drop(workbooks[2026], empty), drop(page, empty)
    handled = {file.name: file for file in take_inbox(empty, project)}
    assert handled[good.name].taken.outcome == "new revision" and not good.exists()
    assert bad.exists() and "does not open as a workbook" in report_path(bad).read_text()
    assert list(refused_files(empty)) == [bad.name]
    assert len(read_receipts(empty.raw)) == 1
    bad.unlink()
    take_inbox(empty, project)
    assert not report_path(bad).exists(), "a report goes with its file"


def test_what_is_still_being_copied_and_what_programs_keep_is_left_alone(empty, project, workbooks):
    path = drop(workbooks[2026], empty)
    os.utime(path)
    (empty.inbox / "~$def-exp-2026-en.xlsx").write_text("lock")
    (empty.inbox / ".DS_Store").write_text("")
    assert waiting_files(empty) == [path]
    assert take_inbox(empty, project) == [] and path.exists()


def test_other_files_are_refused_in_words(empty, project, tmp_path):
    report = tmp_path / "def-exp-2026-en.pdf"
    report.write_bytes(b"%PDF")
    path = drop(report, empty)
    take_inbox(empty, project)
    assert "expected an .xlsx workbook" in report_path(path).read_text()


@pytest.fixture(scope="module")
def night(settings, report, workbooks, tmp_path_factory):
    """Build a warehouse, drop a good and a bad file into its inbox, and build again."""

    mine = settings.replace(warehouse=tmp_path_factory.mktemp("night") / "warehouse")
    shutil.copytree(settings.warehouse, mine.warehouse, symlinks=True)
    before = mine.current.resolve()
    drop(workbooks[2024], mine)
    bad = drop(workbooks[2025], mine, "what is this.xlsx")
    return mine, before, bad, build(mine)


def test_the_next_build_takes_the_inbox_and_goes_on_without_what_it_refuses(night):
    mine, before, bad, built = night
    assert built.succeeded and built.published and built.checks_failed == 1
    assert [warning.split(" cannot")[0] for warning in built.warnings] == ["what is this.xlsx"]
    assert mine.current.resolve() != before and bad.exists() and report_path(bad).exists()
    rows = open_warehouse(mine.warehouse).execute(
        "select revision, tables_held, edition_title from dim_edition where edition_id = 'nato-2024-09'"
    )
    assert rows.fetchall() == [(1, "1,2,3,4,5,6,7,8a,8b", "Defence Expenditure of NATO Countries (2014-2024)")]


def test_no_other_edition_is_touched_by_a_new_one(night, release):
    mine, *_ = night
    query = "select * from fct_observation where edition_id <> 'nato-2024-09' order by all"
    assert open_warehouse(mine.warehouse).execute(query).fetchall() == release.execute(query).fetchall()


def test_the_editions_are_partitions_that_can_be_read_anew(night):
    import dagster as dg

    from pipelines.orchestration.archive import EDITION, OBSERVATIONS
    from pipelines.orchestration.assembly import assemble
    from pipelines.orchestration.instance import open_instance

    mine, *_ = night
    with open_instance(mine) as instance:
        editions = {"nato-2024-06", "nato-2024-09", "nato-2025-08", "nato-2026-07"}
        assert set(instance.get_dynamic_partitions(EDITION.name)) == editions
        assert instance.get_materialized_partitions(dg.AssetKey(OBSERVATIONS)) == editions
        path = mine.observations / "nato-2024-09.parquet"
        path.unlink()
        asset = assemble(mine).resolve_assets_def(OBSERVATIONS)
        assert dg.materialize([asset], partition_key="nato-2024-09", instance=instance).success
        assert path.exists()


def test_a_file_that_cannot_be_read_or_written_of_does_not_keep_the_others_out(empty, project):
    """A name out of an old archive, in no UTF-8; a folder; and a report of somebody's own hand."""
    empty.inbox.mkdir(parents=True)
    odd = Path(os.fsdecode(os.fsencode(empty.inbox) + b"/D\xe9penses.xlsx"))
    odd.write_bytes(b"no workbook")
    (empty.inbox / "folder").mkdir()
    (empty.inbox / "gone.xlsx").symlink_to(empty.inbox / "nowhere")
    (empty.inbox / "folder.refused.txt").write_bytes(b"\xe9")
    for path in (odd, empty.inbox / "folder"):
        os.utime(path, (0, 0))
    handled = {file.name: file.refusal for file in take_inbox(empty, project)}
    assert set(handled) >= {"D\\udce9penses.xlsx", "folder"} and all(handled.values())
    assert "a folder" in handled["folder"]
    assert "D\\udce9penses.xlsx" in refused_files(empty)
