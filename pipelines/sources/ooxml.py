"""Read the cells of an .xlsx package: what is shown, what is hidden, and nothing that carries no figure.

Spreadsheet libraries read everything a file holds, and refuse it for an empty fill, a day without a time or a
link without a target; or they lay out the whole rectangle that one stray cell spans. Here only what carries
figures is read (sheets, strings, number formats), as a stream, so that time and memory follow the cells that are
there. Strict and transitional files differ in the names of their namespaces alone, which are passed over.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from xml.parsers import expat

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

MAX_UNPACKED = 200_000_000
MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
CHUNK = 1 << 16

Cells = dict[tuple[int, int], object]
Attributes = dict[str, str]

_REFERENCE = re.compile(r"^([A-Z]{1,3})([1-9]\d{0,6})$")
_WHOLE = re.compile(r"^-?\d{1,15}$")
_YEAR = re.compile(r"^(19|20)\d\d$")
# 0"e", General"e", 0\e: digits as they are, and a letter that the format alone shows.
_ESTIMATE_FORMAT = re.compile(r'^(0+|#+0*|general)\s*(?:"\s*e\s*"|\\e)$', re.I)
# A per cent sign, or a comma behind the last digit, which divides what is shown by a thousand.
_RESCALES = re.compile(r"%|[0#],(?![0#])")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class PackageError(Exception):
    """Say why a file's bytes are no workbook, in words that follow 'a file that'."""


@dataclass
class PackagedSheet:
    """Hold the cells of one sheet that are shown and hold something, keyed by (row, column), both from 1.

    `formats` are the number formats of cells that show another number than they hold (a percentage, thousands).
    `uncalculated` are visible formulas that nobody has worked out, by the same key.
    """

    name: str
    cells: Cells = field(default_factory=dict)
    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_values: int = 0
    uncalculated: dict[tuple[int, int], str] = field(default_factory=dict)


@dataclass(frozen=True)
class Package:
    """Hold the visible sheets of a workbook in their order, and when the document says that it was changed (UTC)."""

    sheets: tuple[PackagedSheet, ...]
    modified: datetime | None


def read_package(data: bytes) -> Package:
    """Read a workbook's visible sheets.

    Raises `PackageError` where the bytes are no .xlsx package, or one that is damaged.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _Reader(archive).read()
    except PackageError:
        raise
    # A damaged package fails wherever the damage lies: in the archive, its compression or its XML.
    except Exception as error:
        raise PackageError(f"does not open as a workbook ({error})") from error


class _Reader:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > MAX_UNPACKED:
            raise PackageError(f"unpacks to {unpacked:,} bytes, and NATO's workbooks take some megabytes")
        self.archive = archive
        self.parts = {name.lower().lstrip("/"): name for name in archive.namelist()}

    def read(self) -> Package:
        book = next((part for kind, part in self._links("").values() if kind == "officeDocument"), "xl/workbook.xml")
        if book.lower() not in self.parts:
            raise PackageError("is a package without a workbook in it")
        strings, formats = self._strings(book), self._formats(book)
        sheets = []
        for name, part in self._visible_sheets(book):
            reader = _SheetReader(PackagedSheet(name), strings, formats)
            self._parse(part, reader.start, reader.end, reader.text)
            sheets.append(reader.finished())
        return Package(tuple(sheets), self._modified())

    def _visible_sheets(self, book: str) -> list[tuple[str, str]]:
        links, found = self._links(book), []
        for name, attributes in self._elements(book):
            if name != "sheet" or attributes.get("state", "visible") != "visible":
                continue
            kind, part = links.get(attributes.get("id", ""), ("", ""))
            # A sheet that is one chart has no cells.
            if kind == "worksheet":
                found.append((attributes.get("name", ""), part))
        return found

    def _links(self, part: str) -> dict[str, tuple[str, str]]:
        """Read a part's relationships: kind and target by id; none where it has no file of them."""
        folder, name = posixpath.split(part)
        place = posixpath.join(folder, "_rels", f"{name}.rels")
        if place.lower() not in self.parts:
            return {}
        found = {}
        for element, attributes in self._elements(place):
            if element == "Relationship" and attributes.get("TargetMode") != "External":
                target = attributes.get("Target", "")
                whole = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
                kind = attributes.get("Type", "").rpartition("/")[2]
                found[attributes.get("Id", "")] = (kind, posixpath.normpath(whole))
        return found

    def _linked(self, book: str, kind: str) -> str | None:
        part = next((part for found, part in self._links(book).values() if found == kind), None)
        return part if part and part.lower() in self.parts else None

    def _strings(self, book: str) -> list[str]:
        part = self._linked(book, "sharedStrings")
        if part is None:
            return []
        reader = _StringReader()
        self._parse(part, reader.start, reader.end, reader.text)
        return reader.strings

    def _formats(self, book: str) -> list[str]:
        """Read the number format of each cell style; none where they cannot be read: they carry no figure."""
        part = self._linked(book, "styles")
        own: dict[str, str] = {}
        styles: list[str] = []
        within = ""
        try:
            for name, attributes in self._elements(part) if part else ():
                if name == "numFmt":
                    own[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
                elif name in ("cellXfs", "cellStyleXfs", "dxfs"):
                    within = name
                elif name == "xf" and within == "cellXfs":
                    styles.append(attributes.get("numFmtId", "0"))
        except (expat.ExpatError, PackageError):
            return []
        return [
            own.get(code) or BUILTIN_FORMATS.get(int(code) if code.isdecimal() else 0, "General") for code in styles
        ]

    def _modified(self) -> datetime | None:
        """Read the document's own date of change; None where it has none that can be read."""
        if "docprops/core.xml" not in self.parts:
            return None
        reader = _TextOf("modified")
        try:
            self._parse("docprops/core.xml", reader.start, reader.end, reader.text)
            moment = datetime.fromisoformat(reader.found.strip())
        except (expat.ExpatError, PackageError, ValueError):
            return None
        return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment

    def _elements(self, part: str) -> Iterator[tuple[str, Attributes]]:
        found: list[tuple[str, Attributes]] = []

        def keep(name: str, attributes: Attributes) -> None:
            found.append((name, {key.rpartition("}")[2]: value for key, value in attributes.items()}))

        self._parse(part, keep, lambda name: None, lambda text: None)
        return iter(found)

    def _parse(
        self,
        part: str,
        start: Callable[[str, Attributes], None],
        end: Callable[[str], None],
        text: Callable[[str], None],
    ) -> None:
        parser = expat.ParserCreate(namespace_separator="}")
        # Names without their namespace, each worked out once: a sheet has millions of elements.
        local: dict[str, str] = {}

        def plain(name: str) -> str:
            if name not in local:
                local[name] = name.rpartition("}")[2]
            return local[name]

        parser.StartElementHandler = lambda name, attributes: start(plain(name), attributes)
        parser.EndElementHandler = lambda name: end(plain(name))
        parser.CharacterDataHandler = text
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.buffer_text = True
        with self.archive.open(self.parts[part.lower()]) as stream:
            while chunk := stream.read(CHUNK):
                parser.Parse(chunk, False)
        parser.Parse(b"", True)


def _refuse_doctype(*_: object) -> None:
    raise PackageError("declares a document type, which no workbook does")


class _TextOf:
    """Gather the text of the first element of a name."""

    def __init__(self, name: str) -> None:
        self.name, self.found, self._is_within = name, "", False

    def start(self, name: str, attributes: Attributes) -> None:
        self._is_within = name == self.name and not self.found

    def end(self, name: str) -> None:
        self._is_within = False

    def text(self, text: str) -> None:
        if self._is_within:
            self.found += text


class _RichText:
    """Gather a text out of its runs: raised digits are footnotes' marks, and become raised characters."""

    def __init__(self) -> None:
        self.value = ""
        self._is_text = self._is_raised = False
        self._spoken = 0

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "r":
            self._is_raised = False
        elif name == "vertAlign":
            self._is_raised = attributes.get("val") in ("superscript", "subscript")
        elif name == "rPh":
            # How East Asian text is spoken stands beside it, not in it.
            self._spoken += 1
        elif name == "t":
            self._is_text = self._spoken == 0

    def end(self, name: str) -> None:
        if name == "t":
            self._is_text = False
        elif name == "r":
            self._is_raised = False
        elif name == "rPh":
            self._spoken -= 1

    def text(self, text: str) -> None:
        if self._is_text:
            self.value += text.translate(_RAISED) if self._is_raised else text


class _StringReader:
    """Read the shared strings, in their order."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self._current = _RichText()

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "si":
            self._current = _RichText()
        else:
            self._current.start(name, attributes)

    def end(self, name: str) -> None:
        if name == "si":
            self.strings.append(_unescaped(self._current.value))
        else:
            self._current.end(name)

    def text(self, text: str) -> None:
        self._current.text(text)


class _SheetReader:
    """Read one sheet's cells as they come by; rows and columns that are not shown are counted and left out."""

    def __init__(self, sheet: PackagedSheet, strings: list[str], formats: list[str]) -> None:
        self.sheet, self.strings, self.formats = sheet, strings, formats
        self.row = 0
        # Where the present cell stands: as the file says, or, where it does not, in the column after the last.
        self.reference: str | None = None
        self.column = 0
        self.is_hidden_row = self.rows_start_hidden = False
        self.hidden_columns: list[range] = []
        self.kind = self.style = ""
        self.value: str | None = None
        self.formula: str | None = None
        self._inline: _RichText | None = None
        self._within = ""

    def start(self, name: str, attributes: Attributes) -> None:
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
            self._inline = _RichText()
        elif name == "col":
            if _is_set(attributes.get("hidden")) or _is_zero(attributes.get("width")):
                last = min(int(attributes["max"]), MAX_COLUMN)
                self.hidden_columns.append(range(int(attributes["min"]), last + 1))
        elif name == "sheetFormatPr":
            self.rows_start_hidden = _is_set(attributes.get("zeroHeight"))

    def end(self, name: str) -> None:
        if name == "is" and self._inline is not None:
            self.value, self._inline = self._inline.value, None
        elif self._inline is not None:
            self._inline.end(name)
        elif name == "c":
            self._end_cell()
        elif name in ("v", "f"):
            self._within = ""

    def text(self, text: str) -> None:
        if self._inline is not None:
            self._inline.text(text)
        elif self._within == "v":
            self.value = (self.value or "") + text
        elif self._within == "f":
            self.formula = (self.formula or "") + text

    def finished(self) -> PackagedSheet:
        """Return the sheet after its last cell."""
        return self.sheet

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
        is_hidden = self.is_hidden_row or any(place[1] in columns for columns in self.hidden_columns)
        if is_hidden:
            self.sheet.hidden_values += value is not None
        elif value is not None:
            self.sheet.cells[place] = value
            if isinstance(value, int | float) and _RESCALES.search(format_code := self._format()):
                self.sheet.formats[place] = format_code
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
            return _unescaped(text)
        if self.kind == "b":
            return text == "1"
        return _shown(text.strip(), self._format())

    def _format(self) -> str:
        index = int(self.style) if self.style.isdecimal() else 0
        return self.formats[index] if index < len(self.formats) else "General"


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
    if format_code != "General" and is_date_format(format_code):
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


def _unescaped(text: str) -> str:
    """Read the escapes by which OOXML writes characters that XML forbids: _x000D_ is a carriage return."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), text) if "_x" in text else text
