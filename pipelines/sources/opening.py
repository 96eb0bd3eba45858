"""Open a publisher's file, whatever kind it is of."""

from __future__ import annotations

from pathlib import Path

from .kinds import PDF, kind_of, require_plain_file
from .pdf import open_pdf
from .workbook import Workbook, open_workbook


def open_file(path: Path) -> Workbook:
    """Read the visible cells of a workbook, or the lines of a PDF's pages; the bytes tell which, not the name.

    Raises `SourceError` that says what the file is where it is neither, and `OSError` where it cannot be read.
    """
    require_plain_file(path)
    return open_pdf(path) if kind_of(path.read_bytes()) is PDF else open_workbook(path)
