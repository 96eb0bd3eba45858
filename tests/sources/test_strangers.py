"""Files of nobody's are called what they are."""

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


def test_a_workbook_of_nobody_s_says_whose_are_read(tmp_path):
    workbook = book_of(tmp_path / "budget.xlsx", ["Lunch", 12.5])
    readers = ", ".join(one.name for one in publishers().values() if "workbook" in one.reads)
    with pytest.raises(SourceError, match=f"without a title of {readers}"):
        publisher_of_workbook(workbook)


def test_csv_of_nobody_s_is_called_text(tmp_path):
    (tmp_path / "budget.csv").write_text("Lunch,12.5\n", encoding="utf-8")
    with pytest.raises(SourceError, match="a text file, such as CSV"):
        publisher_of_workbook(open_file(tmp_path / "budget.csv"))
