"""Open a workbook and give its visible cells; nothing here knows what the cells mean.

Hidden sheets, rows and columns are dropped and counted: NATO's 2024 file keeps `#REF!` and stray
zeros in hidden rows.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.sources.errors import Offender, SourceError

MAX_UNPACKED = 200_000_000


@dataclass(frozen=True)
class Sheet:
    """Hold the visible, non-empty cells of one sheet, keyed by (row, column), both from 1."""

    name: str
    cells: dict[tuple[int, int], object]
    hidden_values: int = 0

    def address(self, row: int, column: int) -> str:
        """Name a cell as `TABLE3!N35`."""
        return f"{self.name}!{get_column_letter(column)}{row}"

    def rows(self) -> list[tuple[int, dict[int, object]]]:
        """Give (row, {column: value}) for each row that has a visible cell, top to bottom."""
        grouped: dict[int, dict[int, object]] = {}
        for (row, column), value in sorted(self.cells.items()):
            grouped.setdefault(row, {})[column] = value
        return list(grouped.items())


@dataclass(frozen=True)
class Workbook:
    """Hold a workbook's visible cells with what identifies the file.

    `sha256` is of the bytes, `cells_sha256` of the visible cells: a re-saved file keeps the latter.
    `modified` is the document's own date, None where it has none.
    """

    path: Path
    sheets: tuple[Sheet, ...]
    sha256: str
    modified: datetime | None
    cells_sha256: str = field(default="")


def open_workbook(path: Path) -> Workbook:
    """Read the visible cells of an `.xlsx` file.

    Raises `SourceError` where the file is no workbook, or where a visible formula has no stored
    value (a file written by a program that did not calculate it).
    """
    data = path.read_bytes()
    try:
        _require_sane_size(data)
        values = openpyxl.load_workbook(path, data_only=True)
        formulas = openpyxl.load_workbook(path, data_only=False)
    # A damaged file fails wherever the damage lies: in the archive, its compression, its XML, or what openpyxl expects.
    except Exception as error:
        raise SourceError(
            path.name,
            [Offender(path.name, f"a file that does not open as a workbook ({error})", "an .xlsx workbook")],
            "download the file again; a browser may have saved a web page under this name.",
        ) from error
    sheets, offenders = [], []
    for sheet in values.worksheets:
        visible, hidden = _visible_cells(sheet)
        if sheet.sheet_state == "visible":
            sheets.append(Sheet(sheet.title, visible, hidden))
            offenders += _uncalculated(sheets[-1], formulas[sheet.title], sheet)
    if offenders:
        raise SourceError(
            path.name, offenders, "open the file in a spreadsheet program, save it, and pass the saved file."
        )
    return Workbook(
        path, tuple(sheets), hashlib.sha256(data).hexdigest(), values.properties.modified, _hash_cells(sheets)
    )


def _require_sane_size(data: bytes) -> None:
    """Look at what a file would unpack to before unpacking it; NATO's workbooks take some megabytes."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        unpacked = sum(part.file_size for part in archive.infolist())
    if unpacked > MAX_UNPACKED:
        raise ValueError(f"it unpacks to {unpacked:,} bytes")


def _visible_cells(sheet: Worksheet) -> tuple[dict[tuple[int, int], object], int]:
    hidden_rows = {row for row, dimension in sheet.row_dimensions.items() if dimension.hidden}
    hidden_columns: set[int] = set()
    for dimension in sheet.column_dimensions.values():
        if dimension.hidden:
            hidden_columns.update(range(dimension.min, dimension.max + 1))
    visible, hidden = {}, 0
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value is None:
                continue
            if cell.row in hidden_rows or cell.column in hidden_columns:
                hidden += 1
            else:
                visible[cell.row, cell.column] = cell.value
    return visible, hidden


def _uncalculated(sheet: Sheet, formulas: Worksheet, values: Worksheet) -> list[Offender]:
    return [
        Offender(sheet.address(cell.row, cell.column), f"the formula {cell.value} without a stored value", "a value")
        for row in formulas.iter_rows()
        for cell in row
        if cell.data_type == "f" and values.cell(cell.row, cell.column).value is None
    ]


def _hash_cells(sheets: list[Sheet]) -> str:
    digest = hashlib.sha256()
    for sheet in sheets:
        digest.update(f"[{sheet.name}]\n".encode())
        for (row, column), value in sorted(sheet.cells.items()):
            # 2014 and 2014.0 are one value: programs differ in how they store a whole number.
            value = float(value) if isinstance(value, int) and not isinstance(value, bool) else value
            digest.update(f"{row},{column}={value!r}\n".encode())
    return digest.hexdigest()
