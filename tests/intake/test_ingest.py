"""Workbooks that are taken in: what edition they are, which revision, and in whatever order they come."""

import shutil
from datetime import date, datetime
from itertools import permutations

import openpyxl
import pytest

from pipelines.intake.ingest import Withdrawn, ingest, sources_of
from pipelines.sources.archive import read_receipts, stored_file, withdrawn_folder
from pipelines.sources.errors import SourceError
from pipelines.sources.observe import observe_edition
from pipelines.sources.tables import read_source
from tests.workbooks import modern_workbook, save


def dated(book: openpyxl.Workbook, path, day: str):
    """Save a workbook that says it was last changed on a day."""
    save(book, path)
    changed = openpyxl.load_workbook(path)
    # The writer stamps the present time, unless told otherwise.
    changed.properties.modified = datetime.fromisoformat(day)
    writer = openpyxl.writer.excel.ExcelWriter(
        changed, openpyxl.writer.excel.ZipFile(path, "w", openpyxl.writer.excel.ZIP_DEFLATED)
    )
    writer.save()
    return path


def test_a_workbook_of_an_unknown_edition_is_a_new_one(empty, project, workbooks):
    taken = ingest(workbooks[2024], empty, project)
    receipt = taken.receipt
    assert (taken.outcome, receipt.edition_id, receipt.published_on) == (
        "new edition",
        "nato-2024-09",
        date(2024, 9, 10),
    )
    assert (receipt.first_year, receipt.last_year, receipt.price_base_year, receipt.figures) == (2014, 2024, 2015, 5501)
    assert stored_file(empty.raw, receipt).read_bytes() == workbooks[2024].read_bytes()
    described = sources_of(empty).editions.declared["nato-2024-09"]
    assert described.title == "Defence Expenditure of NATO Countries (2014-2024)"


def test_a_workbook_outranks_the_transcription_of_its_edition(empty, project, workbooks, figures):
    taken = ingest(workbooks[2025], empty, project)
    assert (taken.outcome, taken.receipt.edition_id, taken.revision) == ("new revision", "nato-2025-08", 2)
    sources = sources_of(empty)
    assert [r.source_kind for r in sources.editions.revisions["nato-2025-08"]] == ["transcription", "workbook"]
    table, was_read = observe_edition(sources, "nato-2025-08")
    assert was_read and len(table) == 2 * len(figures[2025])
    current = read_source(None, "observations", sources_of(empty)).to_pandas().query("edition_id == 'nato-2025-08'")
    assert set(current["source_kind"]) == {"workbook"} and current["cell"].notna().all()
    replaced = read_source(None, "superseded", sources_of(empty)).to_pandas()
    assert set(replaced["source_kind"]) == {"transcription"} and len(replaced) == len(figures[2025])


def test_the_same_file_and_a_re_saved_one_change_nothing(empty, project, workbooks, tmp_path):
    ingest(workbooks[2024], empty, project)
    before = read_source(None, "observations", sources_of(empty)), read_source(None, "editions", sources_of(empty))
    copy = shutil.copy(workbooks[2024], tmp_path / "copy of it.xlsx")
    assert ingest(tmp_path / copy, empty, project).outcome == "known file"
    re_saved = dated(openpyxl.load_workbook(workbooks[2024]), tmp_path / "re-saved.xlsx", "2030-01-01")
    assert re_saved.read_bytes() != workbooks[2024].read_bytes()
    assert ingest(re_saved, empty, project).outcome == "equal cells"
    assert len(read_receipts(empty.raw)) == 2
    after = read_source(None, "observations", sources_of(empty)), read_source(None, "editions", sources_of(empty))
    assert before == after


def test_nato_s_own_file_is_the_edition_that_is_embedded(empty, project, originals):
    taken = ingest(originals / "2024-06" / "240617-def-exp-2024-TABLES-en.xlsx", empty, project)
    assert (taken.outcome, taken.receipt.edition_id, taken.revision) == ("equal cells", "nato-2024-06", 1)
    assert taken.receipt.figures == 5501


def test_revisions_go_by_the_document_s_date_and_not_by_arrival(empty, observed, project, figures, workbooks, tmp_path):
    later = figures[2025].copy()
    poland = (later["entity_code"] == "POL") & (later["measure"] == "defence_share_of_gdp") & (later["year"] == 2024)
    later.loc[poland, "value"] += 0.01
    files = [
        dated(modern_workbook(figures[2025], core=False), tmp_path / "a" / "def-exp-2025-en.xlsx", "2025-08-27"),
        dated(modern_workbook(later, core=False), tmp_path / "b" / "def-exp-2025-en.xlsx", "2025-09-30"),
        workbooks[2026],
    ]
    found = []
    for order in list(permutations(files))[::2]:
        shutil.rmtree(empty.warehouse)
        shutil.copytree(observed.tables, empty.tables)
        outcomes = [ingest(path, empty, project).outcome for path in order]
        assert set(outcomes) <= {"new revision", "older revision"}
        readers = ("editions", "revisions", "observations", "superseded")
        found.append([read_source(None, reader, sources_of(empty)) for reader in readers])
    assert all(tables == found[0] for tables in found)
    current = (
        found[0][2].to_pandas().query("edition_id == 'nato-2025-08' and entity_code == 'POL' and period == '2024'")
    )
    assert current.query("measure == 'defence_share_of_gdp'")["value"].item() == pytest.approx(
        later.loc[poland, "value"]
    )


@pytest.mark.parametrize(
    ("name", "options", "edition"),
    [
        ("tables.xlsx", {"edition_id": "nato-2024-09", "published": date(2024, 9, 10)}, "nato-2024-09"),
        ("tables.xlsx", {"published": date(2024, 11, 5)}, "nato-2024-11"),
        ("tables.xlsx", {"edition_id": "nato-2024-06"}, "nato-2024-06"),
        ("241105-def-exp-2024-TABLES-en.xlsx", {}, "nato-2024-11"),
    ],
)
def test_the_name_or_an_option_tells_the_edition(empty, project, workbooks, tmp_path, name, options, edition):
    path = shutil.copy(workbooks[2024], tmp_path / name)
    assert ingest(tmp_path / path, empty, project, **options).receipt.edition_id == edition


def test_the_date_of_the_document_tells_the_edition_where_the_name_does_not(empty, project, figures, tmp_path):
    path = dated(modern_workbook(figures[2024]), tmp_path / "download.xlsx", "2024-06-14")
    assert ingest(path, empty, project).receipt.edition_id == "nato-2024-06"


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("tables.xlsx", {}, ["tables for 2014 to 2024, constant 2015 prices", "--edition nato-2024-06", "--published"]),
        ("tables.xlsx", {"edition_id": "nato-2024-10"}, ["--published 2024-10-DD"]),
        ("tables.xlsx", {"edition_id": "June"}, ["an id such as nato-2027-06"]),
        ("tables.xlsx", {"edition_id": "nato-2025-08"}, ["2014 to 2025, by the registry", "2021, by the registry"]),
        (
            "tables.xlsx",
            {"edition_id": "nato-2024-06", "published": date(2024, 6, 18)},
            ["2024-06-17, by the registry"],
        ),
        ("tables.xlsx", {"edition_id": "nato-2024-10", "published": date(2024, 9, 1)}, ["a day in 2024-10"]),
        ("tables.xlsx", {"edition_id": "nato-2017-06", "published": date(2017, 6, 1)}, ["a publication of 2024"]),
        ("tables.xlsx", {"tables": ["2", "9"]}, ["--tables", "8a, 8b"]),
    ],
)
def test_what_is_missing_or_wrong_is_named(empty, project, workbooks, tmp_path, name, options, words):
    path = shutil.copy(workbooks[2024], tmp_path / name)
    with pytest.raises(SourceError) as refusal:
        ingest(tmp_path / path, empty, project, **options)
    assert all(word in str(refusal.value) for word in words), str(refusal.value)
    assert not empty.raw.exists()


def test_a_workbook_holds_nine_tables_unless_somebody_says_otherwise(empty, project, figures, tmp_path):
    fewer = figures[2024][figures[2024]["table_id"].isin(["2", "3", "7"])]
    path = save(modern_workbook(fewer), tmp_path / "240910-def-exp-2024-TABLES-en.xlsx")
    with pytest.raises(SourceError, match="no sheet with the title of Table 1") as refusal:
        ingest(path, empty, project)
    assert "--tables 2,3,7" in str(refusal.value) and len(refusal.value.offenders) == 6
    assert ingest(path, empty, project, tables=["2", "3", "7"]).receipt.tables == ("2", "3", "7")


def test_a_damaged_archive_is_noticed(empty, project, workbooks):
    receipt = ingest(workbooks[2024], empty, project).receipt
    stored_file(empty.raw, receipt).write_bytes(b"PK damaged")
    with pytest.raises(SourceError, match="restore it from a backup"):
        read_source(None, "observations", sources_of(empty))


def test_what_was_withdrawn_stays_out_until_it_is_moved_back(empty, project, workbooks):
    receipt = ingest(workbooks[2024], empty, project).receipt
    held = withdrawn_folder(empty.raw)
    held.mkdir()
    for path in empty.raw.glob(f"{receipt.sha256}.*"):
        path.rename(held / path.name)
    assert "nato-2024-09" not in sources_of(empty).editions.declared
    with pytest.raises(Withdrawn, match="move its files out of"):
        ingest(workbooks[2024], empty, project)
    for path in held.iterdir():
        path.rename(empty.raw / path.name)
    assert ingest(workbooks[2024], empty, project).outcome == "known file"
