"""Read CSV as a sheet of one: rows and columns are those of the text, figures are numbers.

Whichever of tab, semicolon and comma stands most often in the first lines parts the fields.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from .errors import Offender, SourceError
from .text import number
from .workbook import Sheet, SourceKind, Workbook, hash_cells

FIRST_LINES = 10


@dataclass(frozen=True)
class CsvSheet(Sheet):
    """Hold the fields of a CSV file that are not empty."""

    source_kind: ClassVar[SourceKind] = "csv"

    delimiter: str = ","


def open_csv(path: Path) -> Workbook:
    """Read the fields of a CSV file; raises `SourceError` where its text is no UTF-8 or no CSV."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
        delimiter = _delimiter(text)
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except (UnicodeDecodeError, csv.Error) as error:
        offender = Offender(path.name, f"text that is no CSV ({error})", "comma-separated values in UTF-8")
        raise SourceError(path.name, [offender], "download the file again, or save it as CSV in UTF-8.") from error
    cells: dict[tuple[int, int], object] = {}
    for row, fields in enumerate(rows, start=1):
        for column, text in enumerate(fields, start=1):
            if text.strip():
                figure = number(text)
                cells[row, column] = text if figure is None else int(figure) if figure.is_integer() else figure
    # Not by the name of the file, which is another in the archive.
    sheets = (CsvSheet("CSV", cells, delimiter=delimiter),)
    return Workbook(path, sheets, hashlib.sha256(data).hexdigest(), None, hash_cells(sheets))


def _delimiter(text: str) -> str:
    """Find what parts the fields: what stands most often outside quotes in the first lines, a comma where none does."""
    start = "\n".join(text.splitlines()[:FIRST_LINES])
    bare = re.sub(r'"[^"]*"', "", start)
    return max(",;\t", key=bare.count)
