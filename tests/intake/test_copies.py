"""A re-saved file is the same edition: whatever digits a program writes, and however an older version hashed."""

from __future__ import annotations

import json
import shutil

import openpyxl
import pytest

from pipelines.intake.ingest import ingest, sources_of
from pipelines.sources.archive import read_receipts
from pipelines.sources.workbook import open_workbook
from tests.workbooks import modern_workbook, save


def rounded(path, target, digits: int):
    """Save a workbook anew with so many digits of each number."""
    book = openpyxl.load_workbook(path)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, float):
                    cell.value = float(f"{cell.value:.{digits}g}")
    return save(book, target)


@pytest.fixture(scope="module")
def own(figures, tmp_path_factory):
    """Write June 2024 in a later layout: its figures are held, and none of its cells."""
    folder = tmp_path_factory.mktemp("copies")
    return save(modern_workbook(figures[2024]), folder / "240617-def-exp-2024-TABLES-en.xlsx")


def test_fifteen_digits_are_the_same_figures(empty, project, workbooks, tmp_path):
    ingest(workbooks[2024], empty, project)
    copy = rounded(workbooks[2024], tmp_path / workbooks[2024].name, 15)
    assert copy.read_bytes() != workbooks[2024].read_bytes()
    taken = ingest(copy, empty, project)
    assert (taken.outcome, taken.revision, taken.changes_figures) == ("equal cells", 1, False)
    assert len(sources_of(empty).editions.revisions["nato-2024-09"]) == 1


def test_the_order_of_copies_does_not_matter(empty, project, workbooks, tmp_path):
    copy = rounded(workbooks[2024], tmp_path / workbooks[2024].name, 15)
    assert [ingest(path, empty, project).outcome for path in (copy, workbooks[2024])] == ["new edition", "equal cells"]
    assert len(sources_of(empty).editions.revisions["nato-2024-09"]) == 1


def test_what_is_embedded_is_recognised_by_its_figures(empty, project, own, tmp_path):
    assert ingest(own, empty, project).outcome == "equal cells"
    assert ingest(rounded(own, tmp_path / own.name, 15), empty, project).outcome == "equal cells"
    revisions = sources_of(empty).editions.revisions["nato-2024-06"]
    assert [revision.receipt for revision in revisions] == [None]


@pytest.mark.parametrize("column", ["value", "status", "marks"])
def test_what_differs_is_a_revision(empty, project, figures, tmp_path, column):
    revised = figures[2024].copy()
    if column == "value":
        one = (revised["measure"] == "military_personnel") & (revised["entity_code"] == "ISL")
        one |= (revised["measure"] == "equipment_share") & (revised["entity_code"] == "POL") & (revised["year"] == 2015)
        revised.loc[one, "value"] *= 1 + 1e-12
    elif column == "status":
        revised["header"] = revised["header"].str.replace("2023e", "2023", regex=False)
    else:
        revised["label"] = revised["label"].str.replace("Belgium", "Belgium*", regex=False)
    path = save(modern_workbook(revised), tmp_path / "240617-def-exp-2024-TABLES-en.xlsx")
    assert ingest(path, empty, project).outcome == "new revision"


def test_receipts_of_a_version_that_hashed_otherwise_are_still_known(empty, project, workbooks, own, tmp_path):
    """Their mark is another one; the bytes and the figures are the same."""
    first, second = ingest(own, empty, project).receipt, ingest(workbooks[2024], empty, project).receipt
    former = sources_of(empty).editions.registered["nato-2024-06"].former_cells_sha256
    for receipt, mark in ((first, former), (second, "d" * 64)):
        path = empty.raw / f"{receipt.sha256}.json"
        written = json.loads(path.read_text()) | {"cells_sha256": mark}
        del written["source_kind"]
        path.write_text(json.dumps(written))
    revisions = sources_of(empty).editions.revisions
    assert len(revisions["nato-2024-06"]) == 1 and revisions["nato-2024-06"][0].receipt is None
    for path in (own, workbooks[2024]):
        assert ingest(shutil.copy(path, tmp_path / path.name), empty, project).outcome == "known file"
    copies = [rounded(path, tmp_path / path.name, 15) for path in (own, workbooks[2024])]
    assert [ingest(copy, empty, project).outcome for copy in copies] == ["equal cells", "equal cells"]
    assert {len(found) for found in sources_of(empty).editions.revisions.values()} == {1}
    assert {receipt.source_kind for receipt in read_receipts(empty.raw)} == {"workbook"}


def test_nato_s_file_and_its_re_saved_copy_have_one_hash(originals):
    files = [originals / f"2024-06{kind}" / "240617-def-exp-2024-TABLES-en.xlsx" for kind in ("", "-resaved")]
    if not files[1].exists():
        pytest.skip("the re-saved copy is not beside the project")
    whole, again = map(open_workbook, files)
    assert whole.sha256 != again.sha256 and whole.cells_sha256 == again.cells_sha256
