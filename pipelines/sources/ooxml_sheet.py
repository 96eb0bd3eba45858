"""Read one sheet's part of an .xlsx package, cell by cell as it comes by: what is shown, and what it shows.

Here belongs what a cell means by itself: its place, its kind, its number format, whether it is hidden. How a package
hangs together is told by `ooxml.py`; what a table means is its publisher's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from .ooxml_text import Attributes, PackageError, RichText, added, unescaped

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384

Cells = dict[tuple[int, int], object]

_REFERENCE = re.compile(r"^([A-Z]{1,3})([1-9]\d{0,6})$")
_WHOLE = re.compile(r"^-?\d{1,15}$")
_YEAR = re.compile(r"^(19|20)\d\d$")
# 0"e", General"e", 0\e: digits as they are, and a letter that the format alone shows.
_ESTIMATE_FORMAT = re.compile(r'^(0+|#+0*|general)\s*(?:"\s*e\s*"|\\e)$', re.I)
# A per cent sign, or a comma behind the last digit, which divides what is shown by a thousand.
_RESCALES = re.compile(r"%|[0#],(?![0#])")
# Cells and rows that hold nothing and say where they stand: they come by the million.
_EMPTY_CELL = re.compile(rb"<(?:[\w.-]+:)?c\s(?=[^<>]*?\br=)[^<>]*?(?:/>|>\s*</(?:[\w.-]+:)?c\s*>)")
_EMPTY_ROW = re.compile(rb"<(?:[\w.-]+:)?row\s(?=[^<>]*?\br=)[^<>]*?(?:/>|>\s*</(?:[\w.-]+:)?row\s*>)")
# One that does not say where it stands, which is to say: next to the one before, empty or not.
_UNPLACED = re.compile(rb"<(?:[\w.-]+:)?(?:c|row)(?:\s(?![^<>]*?\br=)[^<>]*)?>")


@dataclass(frozen=True)
class CellStyle:
    """Hold what of a cell's look carries meaning: its number format, and the colour of its text, None if ordinary."""

    number_format: str
    colour: str | None


PLAIN = CellStyle("General", None)


def colour_of(attributes: Attributes) -> str | None:
    """Return a colour as six hexadecimal digits; None for black and for what only a theme defines."""
    # Here, since builds that read no workbook do without this library, which takes long to import.
    from openpyxl.styles.colors import COLOR_INDEX

    index = attributes.get("indexed", "")
    known = COLOR_INDEX[int(index)] if index.isdecimal() and int(index) < len(COLOR_INDEX) else ""
    colour = (attributes.get("rgb") or known)[-6:].upper()
    return colour if len(colour) == 6 and colour != "000000" else None


@dataclass
class PackagedSheet:
    """Hold the cells of one sheet that are shown and hold something, keyed by (row, column), both from 1.

    `formats` are the number formats of cells that show something else than they hold: a percentage, thousands, or
    the year of an estimate (2024 shown as `2024e`, which then is the cell's value).
    `colours` are those of figures whose text is not black.
    `uncalculated` are visible formulas that nobody has worked out, by the same key.
    """

    name: str
    cells: Cells = field(default_factory=dict)
    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    colours: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_values: int = 0
    uncalculated: dict[tuple[int, int], str] = field(default_factory=dict)


def without_empty(part: bytes) -> bytes:
    """Leave empty cells and rows out of a piece of a sheet's XML."""
    return part if _UNPLACED.search(part) else _EMPTY_ROW.sub(b"", _EMPTY_CELL.sub(b"", part))


class SheetPart:
    """Read one sheet's cells as they come by; rows and columns that are not shown are counted and left out."""

    def __init__(self, sheet: PackagedSheet, strings: Sequence[str], styles: Sequence[CellStyle]) -> None:
        self.sheet, self.strings, self.styles = sheet, strings, styles
        self.row = 0
        # Where the present cell stands: as the file says, or, where it does not, in the column after the last.
        self.reference: str | None = None
        self.column = 0
        self.is_hidden_row = self.rows_start_hidden = False
        self.hidden_columns = bytearray(MAX_COLUMN + 1)
        self.kind = self.style = ""
        self.value: str | None = None
        self.formula: str | None = None
        self._inline: RichText | None = None
        self._within = ""

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element."""
        if self._inline is not None:
            self._inline.start(name, attributes)
        elif name == "c":
            self._start_cell(attributes)
        elif name == "row":
            self.row = int(attributes["r"]) if "r" in attributes else self.row + 1
            self.reference, self.column = None, 0
            height = attributes.get("ht")
            self.is_hidden_row = _is_set(attributes.get("hidden")) or _is_zero(height)
            self.is_hidden_row |= self.rows_start_hidden and height is None
        elif name in ("v", "f"):
            self._within = name
            if name == "v":
                self.value = ""
            else:
                self.formula = ""
        elif name == "is":
            self._inline = RichText()
        elif name == "col":
            if _is_set(attributes.get("hidden")) or _is_zero(attributes.get("width")):
                first, last = int(attributes["min"]), min(int(attributes["max"]), MAX_COLUMN)
                self.hidden_columns[first : last + 1] = b"\1" * max(0, last + 1 - first)
        elif name == "sheetFormatPr":
            self.rows_start_hidden = _is_set(attributes.get("zeroHeight"))

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if name == "is" and self._inline is not None:
            self.value, self._inline = self._inline.value, None
        elif self._inline is not None:
            self._inline.end(name)
        elif name == "c":
            self._end_cell()
        elif name in ("v", "f"):
            self._within = ""

    def text(self, text: str) -> None:
        """Take text."""
        if self._inline is not None:
            self._inline.text(text)
        elif self._within == "v":
            self.value = added(self.value or "", text)
        elif self._within == "f":
            self.formula = added(self.formula or "", text)

    def _start_cell(self, attributes: Attributes) -> None:
        if "r" not in attributes:
            self.column = self._placed()[1] + 1
        # Only a cell that holds something is worth knowing its place: empty ones come by the million.
        self.reference = attributes.get("r")
        self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "")
        self.value = self.formula = None

    def _placed(self) -> tuple[int, int]:
        return (self.row, self.column) if self.reference is None else _place(self.reference)

    def _end_cell(self) -> None:
        if self.value is None and self.formula is None:
            return
        place = self._placed()
        value = self._cell_value()
        is_hidden = self.is_hidden_row or bool(self.hidden_columns[place[1]])
        if is_hidden:
            self.sheet.hidden_values += value is not None
        elif value is not None:
            self.sheet.cells[place] = value
            if self._is_shown_otherwise(value):
                self.sheet.formats[place] = self._format()
            if self.kind == "n" and (colour := self._style().colour):
                self.sheet.colours[place] = colour
        elif self.formula is not None and not (self.kind == "str" and self.value is not None):
            self.sheet.uncalculated[place] = f"={self.formula}"

    def _cell_value(self) -> object:
        text = self.value
        if text is None or text == "":
            return None
        if self.kind == "s":
            index = int(text)
            if not 0 <= index < len(self.strings):
                raise PackageError(f"names text {index} in a cell and holds {len(self.strings)} texts")
            return self.strings[index] or None
        if self.kind in ("str", "inlineStr", "e", "d"):
            return unescaped(text)
        if self.kind == "b":
            return text == "1"
        return _shown(text.strip(), self._format())

    def _is_shown_otherwise(self, value: object) -> bool:
        if isinstance(value, str):
            return self.kind == "n"
        return isinstance(value, int | float) and _RESCALES.search(self._format()) is not None

    def _format(self) -> str:
        return self._style().number_format

    def _style(self) -> CellStyle:
        index = int(self.style) if self.style.isdecimal() else 0
        return self.styles[index] if index < len(self.styles) else PLAIN


@cache
def _is_date(format_code: str) -> bool:
    # Here, since builds that read no workbook do without this library, which takes long to import.
    from openpyxl.styles.numbers import is_date_format

    return bool(is_date_format(format_code))


def _shown(text: str, format_code: str) -> object:
    """Read a number; as text where its format makes something else of it for whoever looks at the sheet."""
    if _YEAR.match(text) and _ESTIMATE_FORMAT.match(format_code.strip()):
        return f"{text}e"
    try:
        number: int | float = int(text) if _WHOLE.match(text) else float(text)
    except ValueError:
        return text
    if abs(number) == float("inf") or number != number:
        return text
    if format_code != "General" and _is_date(format_code):
        return f"{text} (shown as a date)"
    return number


def _place(reference: str) -> tuple[int, int]:
    match = _REFERENCE.match(reference)
    column = 0
    for letter in match[1] if match else "":
        column = 26 * column + ord(letter) - 64
    if match is None or column > MAX_COLUMN or int(match[2]) > MAX_ROW:
        raise PackageError(f"holds a cell {reference}, which no sheet has")
    return int(match[2]), column


def _is_set(value: str | None) -> bool:
    return value in ("1", "true", "on")


def _is_zero(value: str | None) -> bool:
    try:
        return value is not None and float(value) == 0
    except ValueError:
        return False
