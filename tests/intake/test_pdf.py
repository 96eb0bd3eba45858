"""NATO's tables out of a PDF: the same figures as the workbook's, as printed, and judged by the same relations."""

from __future__ import annotations

import builtins
from datetime import date

import numpy as np
import pytest

from pipelines.intake.ingest import ingest, sources_of
from pipelines.sources.archive import read_receipts, stored_file
from pipelines.sources.errors import SourceError
from pipelines.sources.nato.parser import parse_workbook
from pipelines.sources.observe import observe_edition
from pipelines.sources.opening import open_file
from tests.pdfs import write_pdf, write_tables, write_texts
from tests.workbooks import modern_workbook

PUBLISHED = date(2024, 9, 10)
KEY = ["table_id", "measure", "price_basis", "entity_code", "period", "status"]


@pytest.fixture(scope="module")
def printed(figures, tmp_path_factory):
    """Print June 2024 with two decimals."""
    folder = tmp_path_factory.mktemp("pdf")
    return write_tables(modern_workbook(figures[2024]), folder / "240617-def-exp-2024-en.pdf")


def test_a_pdf_of_the_edition_that_is_held_is_a_copy(empty, project, printed):
    taken = ingest(printed, empty, project)
    assert (taken.outcome, taken.receipt.edition_id, taken.revision) == ("equal cells", "nato-2024-06", 1)
    assert taken.receipt.figures == 5501 and not taken.changes_figures and taken.tables_lost == ()
    assert stored_file(empty.raw, taken.receipt).suffix == ".pdf"
    assert [r.source_kind for r in sources_of(empty).editions.revisions["nato-2024-06"]] == ["workbook"]
    assert ingest(printed, empty, project).outcome == "known file"


def test_every_figure_stands_as_printed_where_it_says(printed, figures, entities):
    frame = parse_workbook(open_file(printed), "nato-2024-06", entities)
    both = frame.merge(figures[2024], on=KEY, suffixes=("", "_held"), validate="one_to_one")
    assert len(both) == len(frame) == 5501
    assert (np.abs(both["value"] - both["value_held"]) <= both["half_step"] * (1 + 1e-6)).all()
    assert set(frame["half_step"]) == {0.005, 0.5} and set(frame["source_kind"]) == {"pdf"}
    poland = frame[(frame["measure"] == "real_growth") & (frame["entity_code"] == "POL") & (frame["period"] == "2024")]
    # Page 1 is prose; Table 3 is on page 4, its second block below a title, a unit line and one block of 33 rows.
    assert poland["locator"].item().startswith("page 4, line ") and poland["locator"].item().endswith(", column 12")


def test_a_pdf_of_a_new_edition_is_one_until_its_workbook_comes(empty, project, printed, workbooks):
    taken = ingest(printed, empty, project, edition_id="nato-2024-09", published=PUBLISHED)
    assert (taken.outcome, taken.receipt.edition_id) == ("new edition", "nato-2024-09")
    table, _ = observe_edition(sources_of(empty), "nato-2024-09")
    assert set(table.column("source_kind").to_pylist()) == {"pdf"} and len(table) == 5501
    assert read_receipts(empty.raw)[0].source_kind == "pdf"
    taken = ingest(workbooks[2024], empty, project)
    assert (taken.outcome, taken.receipt.edition_id, taken.revision) == ("new revision", "nato-2024-09", 2)


def test_what_contradicts_itself_is_refused_with_its_place(empty, project, figures, tmp_path):
    damaged = figures[2024].copy()
    damaged.loc[(damaged["table_id"] == "2") & (damaged["entity_code"] == "POL"), "value"] *= 1000
    path = write_tables(modern_workbook(damaged), tmp_path / "240910-def-exp-2024-en.pdf")
    with pytest.raises(SourceError, match=r"page 3, line \d+, column \d+"):
        ingest(path, empty, project)
    assert not empty.raw.exists()


def test_one_figure_that_differs_by_more_than_its_digits_is_no_copy(empty, project, figures, tmp_path):
    revised = figures[2024].copy()
    one = (revised["measure"] == "equipment_share") & (revised["entity_code"] == "POL") & (revised["year"] == 2024)
    other = (revised["measure"] == "other_share") & (revised["entity_code"] == "POL") & (revised["year"] == 2024)
    revised.loc[one, "value"] += 0.02
    revised.loc[other, "value"] -= 0.02
    path = write_tables(modern_workbook(revised), tmp_path / "240617-def-exp-2024-en.pdf")
    # The workbook that is held says more, so it stays what the facts show.
    assert ingest(path, empty, project).outcome == "older revision"


def test_a_scan_is_called_one(empty, project, tmp_path):
    with pytest.raises(SourceError, match="a scan: 2 pages of pictures without text"):
        ingest(write_texts(tmp_path / "scan.pdf", [[], []]), empty, project)


def test_a_pdf_of_something_else_is_called_that(empty, project, tmp_path):
    prose = write_pdf(tmp_path / "prose.pdf", [[("NATO met in Washington in 2024.",)]])
    with pytest.raises(SourceError, match="a PDF whose text holds no table's title"):
        ingest(prose, empty, project)


def test_a_footnote_s_digit_is_no_digit_of_the_figure(entities, tmp_path):
    """1.55 with a small raised 6 behind it is not 1.556."""
    texts = [(40.0, 900.0, 8.0, "Portugal")]
    texts += [(100.0 + 60 * n, 900.0, 8.0, "1.55") for n in range(3)]
    texts += [(100.0 + 60 * 2 + 4 * 4.8, 903.0, 4.0, "6")]
    sheet = open_file(write_texts(tmp_path / "raised.pdf", [texts])).sheets[0]
    assert "1.55⁶" in str(sheet.cells) and "1.556" not in str(sheet.cells)


def test_without_the_library_the_refusal_says_how_to_get_it(printed, monkeypatch):
    real = builtins.__import__

    def without(name, *rest, **others):
        if name == "pdfplumber":
            raise ImportError(name)
        return real(name, *rest, **others)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(SourceError, match=r"pip install 'burdenshare\[pdf\]'"):
        open_file(printed)


def test_nato_s_own_pdf_prints_its_workbook(empty, project, originals, entities, figures, monkeypatch):
    """The real one of June 2024: every figure equals the workbook's as printed, and it is told as a copy."""
    path = originals / "2024-06-pdf" / "240617-def-exp-2024-en.pdf"
    if not path.exists():
        pytest.skip("NATO's PDF is not beside the project")
    opened = open_file(path)
    frame = parse_workbook(opened, "nato-2024-06", entities)
    both = frame.merge(figures[2024], on=KEY, suffixes=("", "_held"), validate="one_to_one")
    assert len(both) == len(frame) == 5501
    assert (np.abs(both["value"] - both["value_held"]) <= both["half_step"] * (1 + 1e-6)).all()
    # To read its pages takes seconds: once is enough.
    monkeypatch.setattr("pipelines.intake.ingest.open_file", {path: opened}.__getitem__)
    assert ingest(path, empty, project).outcome == "equal cells"
