"""Read the cells of an .xlsx package: what is shown, what is hidden, and nothing that carries no figure.

Spreadsheet libraries read everything a file holds, and refuse it for an empty fill, a day without a time or a
link without a target; or they lay out the whole rectangle that one stray cell spans. Here only what carries
figures is read (sheets, strings, number formats), as a stream, so that time and memory follow the cells that are
there. Strict and transitional files differ in the names of their namespaces alone, which are passed over.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Protocol
from xml.parsers import expat

from .ooxml_sheet import CellStyle, PackagedSheet, SheetPart, colour_of, without_empty
from .ooxml_text import Attributes, PackageError, StringsPart, TextOf

MAX_UNPACKED = 100_000_000
# Elements that are read, the empty ones left out: some three times what the largest workbook of a publisher has.
MAX_ELEMENTS = 600_000
CHUNK = 1 << 18


@dataclass(frozen=True)
class Package:
    """Hold the visible sheets of a workbook in their order, and when the document says that it was changed (UTC)."""

    sheets: tuple[PackagedSheet, ...]
    modified: datetime | None


def read_package(data: bytes, *, hidden: bool = False) -> Package:
    """Read a workbook's visible sheets; the hidden ones too where `hidden` is set.

    Raises `PackageError` where the bytes are no .xlsx package, or one that is damaged.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _Reader(archive).read(hidden=hidden)
    except PackageError:
        raise
    # A damaged package fails wherever the damage lies: in the archive, its compression or its XML.
    except Exception as error:
        raise PackageError(f"does not open as a workbook ({error})") from error


class _Reader:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > MAX_UNPACKED:
            raise PackageError(f"unpacks to {unpacked:,} bytes, and publishers' workbooks take some megabytes")
        self.archive = archive
        self.elements = 0
        self.parts = {name.lower().lstrip("/"): name for name in archive.namelist()}

    def read(self, *, hidden: bool) -> Package:
        book = next((part for kind, part in self._links("").values() if kind == "officeDocument"), "xl/workbook.xml")
        if book.lower() not in self.parts:
            raise PackageError("is a package without a workbook in it")
        strings, styles = self._strings(book), self._styles(book)
        sheets = []
        for name, part in self._sheets(book, hidden=hidden):
            sheets.append(PackagedSheet(name))
            try:
                self._parse(part, SheetPart(sheets[-1], strings, styles), without_empty)
            except (expat.ExpatError, KeyError, ValueError) as error:
                raise PackageError(f"has a sheet {name} that cannot be read ({error})") from error
        return Package(tuple(sheets), self._modified())

    def _sheets(self, book: str, *, hidden: bool) -> list[tuple[str, str]]:
        links, found = self._links(book), []
        for name, attributes in self._elements(book):
            if name != "sheet" or not (hidden or attributes.get("state", "visible") == "visible"):
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
        reader = StringsPart()
        self._parse(part, reader)
        return reader.strings

    def _styles(self, book: str) -> list[CellStyle]:
        """Read number format and colour of each cell style; none where they cannot be read: they carry no figure."""
        # Here, since builds that read no workbook do without this library, which takes long to import.
        from openpyxl.styles.numbers import BUILTIN_FORMATS

        part = self._linked(book, "styles")
        own: dict[str, str] = {}
        styles: list[tuple[str, str]] = []
        colours: list[str | None] = []
        within = ""
        try:
            for name, attributes in self._elements(part) if part else ():
                if name == "numFmt":
                    own[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
                elif name in ("fonts", "cellXfs", "cellStyleXfs", "dxfs"):
                    within = name
                elif name == "font" and within == "fonts":
                    colours.append(None)
                elif name == "color" and within == "fonts" and colours:
                    colours[-1] = colour_of(attributes)
                elif name == "xf" and within == "cellXfs":
                    styles.append((attributes.get("numFmtId", "0"), attributes.get("fontId", "")))
        except (expat.ExpatError, PackageError):
            return []
        return [
            CellStyle(
                own.get(code) or BUILTIN_FORMATS.get(int(code) if code.isdecimal() else 0, "General"),
                colours[int(font)] if font.isdecimal() and int(font) < len(colours) else None,
            )
            for code, font in styles
        ]

    def _modified(self) -> datetime | None:
        """Read the document's own date of change; None where it has none that can be read."""
        if "docprops/core.xml" not in self.parts:
            return None
        reader = TextOf("modified")
        try:
            self._parse("docprops/core.xml", reader)
            moment = datetime.fromisoformat(reader.found.strip())
        except (expat.ExpatError, PackageError, ValueError):
            return None
        return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment

    def _elements(self, part: str) -> list[tuple[str, Attributes]]:
        reader = _Elements()
        self._parse(part, reader)
        return reader.found

    def _parse(self, part: str, reader: _PartReader, shortened: Callable[[bytes], bytes] | None = None) -> None:
        """Hand a part's elements to a reader; `shortened` leaves out of its XML what needs no reading."""
        parser = expat.ParserCreate(namespace_separator="}")
        # Names without their namespace, each worked out once: a sheet has millions of elements.
        local: dict[str, str] = {}

        def plain(name: str) -> str:
            if name not in local:
                local[name] = name.rpartition("}")[2]
            return local[name]

        parser.StartElementHandler = lambda name, attributes: reader.start(plain(name), attributes)
        parser.EndElementHandler = lambda name: reader.end(plain(name))
        parser.CharacterDataHandler = reader.text
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.buffer_text = True
        with self.archive.open(self.parts[part.lower()]) as stream:
            for piece in _pieces(stream):
                piece = shortened(piece) if shortened else piece
                self.elements += piece.count(b"<")
                if self.elements > 2 * MAX_ELEMENTS:
                    raise PackageError(f"holds more than {MAX_ELEMENTS:,} elements, many times what a table takes")
                parser.Parse(piece, False)
        parser.Parse(b"", True)


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """Read a part piece by piece, each but the last up to the end of an element or a row."""
    rest = b""
    while chunk := stream.read(CHUNK):
        rest += chunk
        cut = rest.rfind(b"</row>") + 6 if b"</row>" in rest else rest.rfind(b">") + 1
        # What never ends is handed on all the same, for the parser to judge.
        cut = cut or (len(rest) if len(rest) > 4 * CHUNK else 0)
        if cut:
            yield rest[:cut]
            rest = rest[cut:]
    yield rest


def _refuse_doctype(*_: object) -> None:
    raise PackageError("declares a document type, which no workbook does")


class _PartReader(Protocol):
    """Promise what takes a part's elements as they come by."""

    def start(self, name: str, attributes: Attributes, /) -> None:
        """Take the start of an element."""

    def end(self, name: str, /) -> None:
        """Take the end of an element."""

    def text(self, text: str, /) -> None:
        """Take text."""


class _Elements:
    """Gather every element with its attributes, without their namespaces."""

    def __init__(self) -> None:
        self.found: list[tuple[str, Attributes]] = []

    def start(self, name: str, attributes: Attributes) -> None:
        self.found.append((name, {key.rpartition("}")[2]: value for key, value in attributes.items()}))

    def end(self, name: str) -> None:
        """Take no notice."""

    def text(self, text: str) -> None:
        """Take no notice."""
