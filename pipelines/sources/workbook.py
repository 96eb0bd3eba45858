"""Hold the visible cells of a file, and read them from a workbook; nothing here knows what the cells mean.

Hidden sheets, rows and columns are dropped and counted: NATO's 2024 file keeps `#REF!` and stray
zeros in hidden rows.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Literal

from .errors import Offender, SourceError
from .kinds import kind_of
from .ooxml import read_package
from .ooxml_sheet import PackagedSheet
from .ooxml_text import PackageError

SourceKind = Literal["workbook", "pdf", "csv"]


def _letters(column: int) -> str:
    # Here, since builds that read no workbook do without this library, which takes long to import.
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(column))


@dataclass(frozen=True)
class Sheet:
    """Hold the visible, non-empty cells of one sheet, keyed by (row, column), both from 1.

    `formats` are the number formats of cells that show something else than they hold. `half_steps` are half of
    the last digit of figures of which that is known one by one, as in a PDF. `colours` are those of figures that are
    not printed in black, as six hexadecimal digits.
    """

    source_kind: ClassVar[SourceKind] = "workbook"

    name: str
    cells: dict[tuple[int, int], object]
    hidden_values: int = 0
    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    half_steps: dict[tuple[int, int], float] = field(default_factory=dict)
    colours: dict[tuple[int, int], str] = field(default_factory=dict)

    def address(self, row: int, column: int) -> str:
        """Return a cell's name, such as `TABLE3!N35`."""
        return f"{self.name}!{_letters(column)}{row}"

    def rows(self) -> list[tuple[int, dict[int, object]]]:
        """Return (row, {column: value}) for each row that has a visible cell, top to bottom."""
        grouped: dict[int, dict[int, object]] = {}
        for (row, column), value in sorted(self.cells.items()):
            grouped.setdefault(row, {})[column] = value
        return list(grouped.items())


@dataclass(frozen=True)
class Workbook:
    """Hold a file's visible cells with what identifies it; a PDF's pages are sheets too.

    `sha256` is of the bytes, `cells_sha256` of the visible cells: a re-saved file keeps the latter.
    `modified` is the document's own date, None where it has none.
    """

    path: Path
    sheets: tuple[Sheet, ...]
    sha256: str
    modified: datetime | None
    cells_sha256: str

    @property
    def source_kind(self) -> SourceKind:
        """Return what kind of file this is."""
        return self.sheets[0].source_kind if self.sheets else "workbook"


def open_workbook(path: Path, *, hidden: bool = False) -> Workbook:
    """Read the visible cells of an `.xlsx` file; those of its hidden sheets too where `hidden` is set.

    Raises `SourceError` that says what the file is where it is no workbook, or where a visible formula has no
    stored value (a file written by a program that did not calculate it).
    """
    data = path.read_bytes()
    if kind := kind_of(data):
        raise SourceError(path.name, [Offender(path.name, kind.words, "an .xlsx workbook")], kind.advice)
    try:
        package = read_package(data, hidden=hidden)
    except PackageError as error:
        raise SourceError(
            path.name,
            [Offender(path.name, f"a file that {error}", "an .xlsx workbook")],
            "download the file again; if it opens in a spreadsheet program, save it there and pass the saved file.",
        ) from error
    sheets = tuple(
        Sheet(sheet.name, sheet.cells, sheet.hidden_values, sheet.formats, colours=sheet.colours)
        for sheet in package.sheets
    )
    if offenders := [offender for sheet in package.sheets for offender in _uncalculated(sheet)]:
        raise SourceError(
            path.name, offenders, "open the file in a spreadsheet program, save it, and pass the saved file."
        )
    return Workbook(path, sheets, hashlib.sha256(data).hexdigest(), package.modified, hash_cells(sheets))


def _uncalculated(sheet: PackagedSheet) -> list[Offender]:
    return [
        Offender(f"{sheet.name}!{_letters(column)}{row}", f"the formula {text} without a stored value", "a value")
        for (row, column), text in sheet.uncalculated.items()
    ]


def hash_cells(sheets: tuple[Sheet, ...]) -> str:
    """Hash the visible cells as a spreadsheet shows them: programs that re-save a file differ beyond 15 digits."""
    digest = hashlib.sha256()
    for sheet in sheets:
        digest.update(f"[{sheet.name}]\n".encode())
        for (row, column), value in sorted(sheet.cells.items()):
            # A year that only its format shows as an estimate is another cell than the text `2024e`.
            by_format = " by its format" if isinstance(value, str) and (row, column) in sheet.formats else ""
            digest.update(f"{row},{column}={_shown(value)}{by_format}\n".encode())
    return digest.hexdigest()


def _shown(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return repr(value)
    # By way of the 16 digits that some programs write, so that both ways of saving end alike.
    return f"{float(f'{value:.16g}'):.15g}"
