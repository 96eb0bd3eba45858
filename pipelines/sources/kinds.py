"""Tell what a file is before it is read, and by its bytes, so that a refusal names the true cause."""

from __future__ import annotations

import io
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path

from .errors import Offender, SourceError

# A publisher's workbook takes some megabytes, a report with its pictures some tens.
MOST_BYTES = 100_000_000
_NO_FILES = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFLNK: "a link that leads nowhere",
}


@dataclass(frozen=True)
class Kind:
    """Name a kind of file in words, and say what to do with one where a workbook was wanted."""

    words: str
    advice: str


_SAVE = "open it in a spreadsheet program, save it as an Excel workbook (.xlsx), and pass that file."
PDF = Kind("a PDF", "take the workbook (.xlsx) beside it on the publisher's page; the PDF has the same tables.")
PAGE = Kind("a web page", "download the file again; a browser may have saved a page under this name.")
XLS = Kind("an Excel workbook of before 2007 (.xls)", _SAVE)
LOCKED = Kind("a workbook that is locked with a password", "save it without the password, and pass that file.")
TEXT = Kind("a text file, such as CSV", "take the publisher's workbook (.xlsx); its tables as text are not taken.")
EMPTY = Kind("an empty file", "download the file again; it holds no byte.")
UNKNOWN = Kind("no workbook", "download the file again, and open it to see what it holds.")
_IN_A_PACKAGE = {
    "mimetype": Kind("an OpenDocument file (.ods)", _SAVE),
    "xl/workbook.bin": Kind("a binary Excel workbook (.xlsb)", _SAVE),
    "word/document.xml": Kind("a Word document", "take the publisher's workbook (.xlsx)."),
    "ppt/presentation.xml": Kind("a PowerPoint presentation", "take the publisher's workbook (.xlsx)."),
}


def require_plain_file(path: Path) -> None:
    """Refuse whatever is no plain file before anybody opens it: to open a pipe is to wait for ever.

    Raises `SourceError`; `OSError` where nothing is there at all.
    """
    try:
        found = path.stat()
    except OSError:
        # A link to nothing, to itself, or to where nobody may look.
        found = path.lstat()
    kind = stat.S_IFMT(found.st_mode)
    if kind != stat.S_IFREG:
        offender = Offender(shown_name(path), _NO_FILES.get(kind, "no file"), "a workbook (.xlsx) or a PDF itself")
        raise SourceError(shown_name(path), [offender], "put the publisher's file itself in its place.")
    if found.st_size > MOST_BYTES:
        offender = Offender(shown_name(path), f"a file of {found.st_size:,} bytes", f"at most {MOST_BYTES:,}")
        raise SourceError(shown_name(path), [offender], "take it away; no publisher's file is as large.")


def shown_name(path: Path) -> str:
    """Return a file's name as it can be written anywhere: bytes that are no UTF-8 are spelled."""
    return path.name.encode("utf-8", "backslashreplace").decode("utf-8")


def kind_of(data: bytes) -> Kind | None:
    """Return what these bytes are; None where they are an .xlsx package, damaged or not."""
    if not data:
        return EMPTY
    if data.startswith(b"PK"):
        return _package(data)
    if b"%PDF-" in data[:1024]:
        return PDF
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return LOCKED if "EncryptedPackage".encode("utf-16-le") in data else XLS
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return PAGE
    return TEXT if _is_text(data[:65536]) else UNKNOWN


def _package(data: bytes) -> Kind | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None
    known = next((kind for name, kind in _IN_A_PACKAGE.items() if name in names), None)
    books = [name for name in names if name.lower().endswith(".xlsx")]
    if known is None and books and not any(name.lower().startswith("xl/") for name in names):
        return Kind(f"a ZIP archive that holds {books[0]}", "unpack it, and pass the workbook in it.")
    return known


def _is_text(data: bytes) -> bool:
    if b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    printable = sum(byte >= 32 or byte in b"\t\r\n\f" for byte in data)
    return printable >= 0.99 * len(data)
