"""Read the tables of a PDF out of its text: each page that holds one becomes a sheet of rows and columns.

The words of a page are laid on a grid: lines from top to bottom, and columns where the figures of the lines end
(they are set flush right). A header that wraps over several lines is put together column by column. What the
words mean is the publisher's business, as with a workbook. `pdfplumber` is an extra: few readers need it.
"""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from .errors import Offender, SourceError
from .ooxml_text import RAISED
from .workbook import Sheet, SourceKind, Workbook, hash_cells

if TYPE_CHECKING:
    import pdfplumber.page

# Figures as they are printed: 1,234.5 or -0.88, and the marks of a missing one.
FIGURE = re.compile(r"^[-−–]?\d{1,3}(,\d{3})+(\.\d+)?$|^[-−–]?\d+(\.\d+)?$")
MISSING = {"..", "...", "-", "–"}
# Words whose tops differ by less (in points) stand in one line; figures that end within this share a column.
SAME_LINE, SAME_COLUMN = 2.5, 6.0
# A wider gap than between words parts what stands in two columns.
SAME_PHRASE = 7.0
# A word of less than this part of the size before it, and as close (in points), is a footnote's mark.
SMALL, TOUCHING = 0.8, 1.5
# NATO's annual report, which holds the tables too, has some 170 pages.
MOST_PAGES = 300
_DATE = re.compile(r"D:(\d{4})(\d\d)(\d\d)(\d\d)?(\d\d)?(\d\d)?(?:([+-])(\d\d)'?(\d\d)?)?")


@dataclass(frozen=True)
class Page(Sheet):
    """Hold one page's lines as rows; a figure's place is told by page, line and column."""

    source_kind: ClassVar[SourceKind] = "pdf"

    def address(self, row: int, column: int) -> str:
        """Return where a figure stands, such as `page 9, line 5, column 3`."""
        return f"{self.name}, line {row}, column {column}"


@dataclass(frozen=True)
class _Word:
    text: str
    left: float
    right: float
    top: float
    size: float


def open_pdf(path: Path) -> Workbook:
    """Read the pages of a PDF that hold text, each as a sheet.

    Raises `SourceError` where the file does not open or is a scan without text, and where the library is not
    installed.
    """
    try:
        import pdfplumber
    except ImportError as error:
        offender = Offender(path.name, "a PDF, and no library that reads one", "pdfplumber")
        raise SourceError(path.name, [offender], "pip install 'burdenshare[pdf]', then pass the file again.") from error
    data = path.read_bytes()
    try:
        with pdfplumber.open(io.BytesIO(data)) as document:
            modified = _moment(document.metadata.get("ModDate") or document.metadata.get("CreationDate"))
            pages = document.pages if len(document.pages) <= MOST_PAGES else []
            found = {page.page_number: _words(page) for page in pages}
            count = len(document.pages)
    # Whatever a damaged PDF makes the library raise, the file is what is wrong.
    except Exception as error:
        offender = Offender(path.name, f"a PDF that does not open ({error or type(error).__name__})", "a PDF with text")
        raise SourceError(path.name, [offender], "download the file again; save it without a password.") from error
    if count > MOST_PAGES:
        offender = Offender(path.name, f"a PDF of {count} pages", f"at most {MOST_PAGES}")
        raise SourceError(path.name, [offender], "save the pages with the tables as a PDF of their own.")
    if not any(found.values()):
        offender = Offender(path.name, f"a scan: {count} pages of pictures without text", "a PDF with text")
        advice = "take the publisher's own PDF or its workbook; figures are not guessed from pictures."
        raise SourceError(path.name, [offender], advice)
    sheets = tuple(_page(number, words) for number, words in found.items() if words)
    return Workbook(path, sheets, hashlib.sha256(data).hexdigest(), modified, hash_cells(sheets))


def _words(page: pdfplumber.page.Page) -> list[_Word]:
    found: list[_Word] = []
    for word in page.extract_words(x_tolerance=1.5, extra_attrs=["size"]):
        new = _Word(word["text"], word["x0"], word["x1"], word["top"], word["size"])
        last = found[-1] if found else None
        if last and _is_raised(last, new):
            found[-1] = replace(last, text=last.text + new.text.translate(RAISED), right=new.right)
        else:
            found.append(new)
    page.close()
    return found


def _is_raised(last: _Word, new: _Word) -> bool:
    """Tell whether a word is set small and right behind another, as a footnote's mark is."""
    return (
        new.size < SMALL * last.size and abs(new.left - last.right) < TOUCHING and abs(new.top - last.top) < last.size
    )


def _lines(words: list[_Word]) -> list[list[_Word]]:
    """Part words into lines, top to bottom, each from left to right."""
    lines: list[list[_Word]] = []
    for word in sorted(words, key=lambda word: (word.top, word.left)):
        if lines and abs(lines[-1][0].top - word.top) < SAME_LINE:
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda word: word.left) for line in lines]


def _page(number: int, words: list[_Word]) -> Page:
    """Lay a page's words on its grid: labels in column 1, figures in the columns where they end."""
    lines = _lines(words)
    columns = _columns(lines)
    headers = [_header(line, columns) for line in lines]
    page = Page(f"page {number}", {})
    wrapped: dict[int, str] = {}
    for row, (line, header) in enumerate(zip(lines, headers, strict=True), start=1):
        if not header:
            _place_row(page, row, line, columns)
            continue
        wrapped |= {column: f"{wrapped.get(column, '')} {text}".strip() for column, text in header.items()}
        # A header that wraps is put together in its last line.
        if row == len(lines) or not headers[row]:
            page.cells.update({(row, column): text for column, text in wrapped.items()})
            wrapped = {}
    return page


def _place_row(page: Page, row: int, line: list[_Word], columns: list[float]) -> None:
    figures = _figures(line)
    # One figure at a line's end is part of a sentence, or the number of a page.
    figures = figures if len(figures) >= 2 and columns else []
    if label := _joined(line[: len(line) - len(figures)]):
        page.cells[row, 1] = label
    for word in figures:
        place = (row, _column(word, columns))
        page.cells[place] = value = _value(word.text)
        if isinstance(value, float):
            page.half_steps[place] = 0.5 / 10 ** len(word.text.partition(".")[2])


def _figures(line: list[_Word]) -> list[_Word]:
    """Return the figures with which a line ends; none where words follow them."""
    found: list[_Word] = []
    for word in reversed(line):
        if not (FIGURE.match(word.text) or word.text in MISSING):
            break
        found.insert(0, word)
    return found


def _columns(lines: list[list[_Word]]) -> list[float]:
    """Return where the columns of figures end, from left to right, by the rows that have a label before them."""
    rows = [(line, figures) for line in lines if len(figures := _figures(line)) >= 2 and len(line) > len(figures)]
    columns: list[list[float]] = []
    for edge in sorted(word.right for _, figures in rows for word in figures):
        if columns and edge - columns[-1][-1] < SAME_COLUMN:
            columns[-1].append(edge)
        else:
            columns.append([edge])
    return [sum(column) / len(column) for column in columns]


def _header(line: list[_Word], columns: list[float]) -> dict[int, str]:
    """Return a header's texts by column: a line of two phrases or more that all end where a column does."""
    phrases: list[list[_Word]] = []
    for word in line:
        if phrases and word.left - phrases[-1][-1].right < SAME_PHRASE:
            phrases[-1].append(word)
        else:
            phrases.append([word])
    placed = {_column(phrase[-1], columns): _joined(phrase) for phrase in phrases if _ends_a_column(phrase, columns)}
    return placed if len(placed) == len(phrases) >= 2 else {}


def _ends_a_column(phrase: list[_Word], columns: list[float]) -> bool:
    return any(abs(phrase[-1].right - edge) < SAME_COLUMN for edge in columns)


def _column(word: _Word, columns: list[float]) -> int:
    """Return the column, from 2 on, whose end is nearest to a word's."""
    return 2 + min(range(len(columns)), key=lambda index: abs(columns[index] - word.right))


def _joined(words: list[_Word]) -> str:
    return " ".join(word.text for word in words)


def _value(text: str) -> float | str:
    if text in MISSING:
        return text
    return float(text.replace(",", "").replace("−", "-").replace("–", "-"))


def _moment(text: str | None) -> datetime | None:
    """Read a PDF's date, D:20240617100246+02'00', in UTC; None where there is none."""
    match = _DATE.match(text or "")
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    away = timedelta(hours=int(match[8] or 0), minutes=int(match[9] or 0))
    try:
        zone = timezone(-away if match[7] == "-" else away)
        moment = datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None
    return moment.astimezone(UTC).replace(tzinfo=None)
