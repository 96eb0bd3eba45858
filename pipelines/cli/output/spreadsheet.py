"""Write a result as a workbook for Excel: figures as figures, and a sheet that says where they come from."""

from __future__ import annotations

import contextlib
import io
import math
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from ...reading.results import CannotHold, plain_columns
from .screen import CONTROL

if TYPE_CHECKING:
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

    from ...reading.about import About

# What a sheet and a cell of Excel hold.
MOST_ROWS, MOST_COLUMNS, MOST_CHARACTERS = 1_048_576, 16_384, 32_767
# Excel keeps fifteen digits; a longer integer stays whole as a text.
EXACT = 10**15
# Excel's days begin in 1900, and those of its first two months are off by one.
FIRST_YEAR = 1901
WIDEST = 60


def workbook(result: pa.Table, about: About) -> bytes:
    """Write a workbook of a sheet `data`, its header frozen, and one `about`.

    Raises `CannotHold` for more rows or columns, or longer texts, than a sheet has place for.
    """
    if result.num_rows >= MOST_ROWS or result.num_columns > MOST_COLUMNS:
        raise CannotHold(
            f"A sheet of Excel holds {MOST_ROWS - 1:,} rows and {MOST_COLUMNS:,} columns, and this are "
            f"{result.num_rows:,} and {result.num_columns:,}: ask for less, or write Parquet or CSV."
        )
    book = Workbook(write_only=True)
    _fill(book.create_sheet("data"), result.column_names, zip(*_columns(result), strict=True), result.num_rows)
    _tell(book.create_sheet("about"), about)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _columns(result: pa.Table) -> list[list[Any]]:
    """Give values as other forms have them, but days as days, where all of a column are days of Excel."""
    columns = plain_columns(result)
    for index, (field, column) in enumerate(zip(result.schema, result.columns, strict=True)):
        if pa.types.is_date(field.type):
            with contextlib.suppress(OverflowError, ValueError):
                days = column.to_pylist()
                if all(day is None or day.year >= FIRST_YEAR for day in days):
                    columns[index] = days
    return columns


def _fill(sheet: WriteOnlyWorksheet, names: list[str], rows: Iterable[tuple[Any, ...]], count: int) -> None:
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(names))}{count + 1}"
    for place, name in enumerate(names, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = min(max(len(name) + 3, 10), WIDEST)
    sheet.append([_cell(sheet, name, bold=True) for name in names])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])


def _tell(sheet: WriteOnlyWorksheet, about: About) -> None:
    for letter, width in zip("ABCD", (28, 44, 60, 60), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "B1"
    facts = [
        ("source", about.credit),
        ("terms", about.terms),
        ("release", about.release),
        ("released at", about.released_at),
        ("asked", about.asked),
    ]
    sections = [
        (("edition", "title", "published on", "source"), about.editions),
        (("column", "unit", "meaning"), about.columns),
    ]
    for name, value in facts:
        sheet.append([_cell(sheet, name, bold=True), _cell(sheet, value)])
    for header, rows in sections:
        sheet.append([])
        sheet.append([_cell(sheet, name, bold=True) for name in header])
        for row in rows:
            sheet.append([_cell(sheet, value) for value in row])


def _cell(sheet: WriteOnlyWorksheet, value: object, bold: bool = False) -> WriteOnlyCell:
    """Make a cell: a text is never a formula, and what Excel has no number for is empty or a text."""
    cell = WriteOnlyCell(sheet, _value(value))
    if isinstance(cell.value, str):
        # openpyxl takes a text that begins with = for a formula.
        cell.data_type = "s"
    if bold:
        cell.font, cell.alignment = Font(bold=True), Alignment(vertical="top")
    return cell


def _value(value: object) -> object:
    match value:
        case bool() | None:
            return value
        case int() if abs(value) >= EXACT:
            return str(value)
        case float() if not math.isfinite(value):
            return None
        case Decimal():
            return f"{value:f}" if abs(value) >= EXACT else float(value)
        case str():
            if len(value) > MOST_CHARACTERS:
                raise CannotHold(
                    f"A cell of Excel holds {MOST_CHARACTERS:,} characters, and {value[:30]!r}... has {len(value):,}: "
                    "leave the column out, or write Parquet or CSV."
                )
            return CONTROL.sub(lambda found: found[0] if found[0] == "\t" else " ", value)
        case _:
            return value
