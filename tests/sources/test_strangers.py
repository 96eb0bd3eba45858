"""Files of other publishers, and files of nobody's, are called what they are."""

from __future__ import annotations

import openpyxl
import pytest

from pipelines.sources.errors import SourceError
from pipelines.sources.opening import open_file
from pipelines.sources.publisher import publisher_of_workbook, publishers


def book_of(path, *rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return open_file(path)


@pytest.mark.parametrize(
    ("row", "publisher"),
    [
        (["Military expenditure by country, in local currency, 1949-2024      © SIPRI 2024"], "SIPRI"),
        (["EU MS", "Year", "Total Defence Expenditure as % of GDP"], "the European Defence Agency"),
        (["Data from database: World Development Indicators"], "the World Bank"),
    ],
)
def test_another_publisher_s_workbook_is_called_that(tmp_path, row, publisher):
    workbook = book_of(tmp_path / "def-exp-2026-en.xlsx", row, ["Albania", 2024, 1.7])
    if any(one.recognises(workbook) for one in publishers().values()):
        pytest.skip(f"{publisher} has a package of its own by now")
    with pytest.raises(SourceError, match=f"a workbook of {publisher}; expected one of NATO"):
        publisher_of_workbook(workbook)


def test_the_real_ones_too(tmp_path, originals):
    found = [*originals.parent.glob("sipri/*.xlsx"), *originals.parent.glob("eda/*.xlsx")]
    if not found:
        pytest.skip("the other publishers' workbooks are not beside the project")
    for path in found:
        workbook = open_file(path)
        if not any(one.recognises(workbook) for one in publishers().values()):
            with pytest.raises(SourceError, match="a workbook of"):
                publisher_of_workbook(workbook)


def test_a_workbook_of_nobody_s_says_what_nato_s_would_hold(tmp_path):
    workbook = book_of(tmp_path / "budget.xlsx", ["Lunch", 12.5])
    assert publisher_of_workbook(workbook).name == "NATO"
