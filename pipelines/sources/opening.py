"""Open a publisher's file, whatever kind it is of."""

from __future__ import annotations

from pathlib import Path

from .csv_text import open_csv
from .kinds import PDF, TEXT, kind_of, require_plain_file
from .pdf import open_pdf
from .workbook import Workbook, open_workbook


def open_file(path: Path) -> Workbook:
    """Read the cells of a workbook or of CSV, or the lines of a PDF's pages; the bytes tell which, not the name.

    Raises `SourceError` that says what the file is where it is none of these, and `OSError` where it cannot be read.
    """
    require_plain_file(path)
    openers = {PDF: open_pdf, TEXT: open_csv}
    kind = kind_of(path.read_bytes())
    return openers[kind](path) if kind in openers else open_workbook(path)
