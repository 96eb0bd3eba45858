"""Read the tables of a PDF out of its text: each page that holds one becomes a sheet of rows and columns.

The words of a page are laid on a grid: lines from top to bottom, and columns where the figures of the lines end
(they are set flush right). A header that wraps over several lines is put together column by column. What the
words mean is the publisher's business, as with a workbook. `pdfplumber` is an extra: few readers need it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from pipelines.sources.errors import Offender, SourceError
from pipelines.sources.workbook import Sheet, Workbook, hash_cells

# Figures as they are printed: 1,234.5 or -0.88, and the marks of a missing one.
FIGURE = re.compile(r"^[-−–]?\d{1,3}(,\d{3})+(\.\d+)?$|^[-−–]?\d+(\.\d+)?$")
MISSING = {"..", "...", "-", "–"}
# Words whose tops differ by less (in points) stand in one line; figures that end within this share a column.
SAME_LINE, SAME_COLUMN = 2.5, 6.0
# A wider gap than between words parts what stands in two columns.
SAME_PHRASE = 7.0
_DATE = re.compile(r"D:(\d{4})(\d\d)(\d\d)(\d\d)?(\d\d)?(\d\d)?(?:([+-])(\d\d)'?(\d\d)?)?")


@dataclass(frozen=True)
class Page(Sheet):
    """Hold one page's lines as rows, with half of the last printed digit of each figure, by (row, column)."""

    half_steps: dict[tuple[int, int], float] = field(default_factory=dict)

    def address(self, row: int, column: int) -> str:
        """Return where a figure stands, such as `page 9, line 5, column 3`."""
        return f"{self.name}, line {row}, column {column}"


@dataclass(frozen=True)
class _Word:
    text: str
    left: float
    right: float
    top: float


def open_pdf(path: Path, title: re.Pattern[str]) -> Workbook:
    """Read the pages of a PDF that hold a line which matches `title`, each as a sheet.

    Raises `SourceError` where the file does not open, is a scan without text, or holds no such page, and where
    the library is not installed.
    """
    try:
        import pdfplumber
    except ImportError as error:
        offender = Offender(path.name, "a PDF, and no library that reads one", "pdfplumber")
        raise SourceError(path.name, [offender], "pip install 'burdenshare[pdf]', then pass the file again.") from error
    data = path.read_bytes()
    try:
        with pdfplumber.open(path) as document:
            modified = _moment(document.metadata.get("ModDate") or document.metadata.get("CreationDate"))
            pages = [(number, _words(page)) for number, page in enumerate(document.pages, start=1)]
    # Whatever a damaged PDF makes the library raise, the file is what is wrong.
    except Exception as error:
        offender = Offender(path.name, f"a PDF that does not open ({error})", "a PDF whose text can be read")
        raise SourceError(path.name, [offender], "download the file again.") from error
    if not any(words for _, words in pages):
        offender = Offender(path.name, f"a scan: {len(pages)} pages of pictures without text", "a PDF with text")
        advice = "take the publisher's own PDF or its workbook; figures are not guessed from pictures."
        raise SourceError(path.name, [offender], advice)
    sheets = tuple(_page(number, words) for number, words in pages if _has_title(words, title))
    return Workbook(path, sheets, hashlib.sha256(data).hexdigest(), modified, hash_cells(sheets))


def _words(page: Any) -> list[_Word]:
    return [_Word(word["text"], word["x0"], word["x1"], word["top"]) for word in page.extract_words(x_tolerance=1.5)]


def _has_title(words: list[_Word], title: re.Pattern[str]) -> bool:
    return any(title.match(_joined(line)) for line in _lines(words)[:4])


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
    lines = _lines(words)
    columns = _columns(lines)
    cells: dict[tuple[int, int], object] = {}
    half_steps: dict[tuple[int, int], float] = {}
    header: dict[int, str] = {}
    for row, line in enumerate(lines, start=1):
        if phrases := _header(line, columns):
            # A header that wraps is put together in its last line.
            header = {column: f"{header.get(column, '')} {text}".strip() for column, text in phrases.items()} | {
                column: text for column, text in header.items() if column not in phrases
            }
            if _is_header(lines[row], columns) if row < len(lines) else False:
                continue
            cells |= {(row, column): text for column, text in header.items()}
            header = {}
            continue
        figures = _figures(line)
        if label := _joined(line[: len(line) - len(figures)] if len(figures) >= 2 else line):
            cells[row, 1] = label
        for word in figures if len(figures) >= 2 else ():
            place = (row, _column(word, columns))
            cells[place] = value = _value(word.text)
            if isinstance(value, float):
                half_steps[place] = 0.5 / 10 ** len(word.text.partition(".")[2])
    return Page(f"page {number}", cells, half_steps=half_steps)


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


def _is_header(line: list[_Word], columns: list[float]) -> bool:
    return bool(_header(line, columns))


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
    zone = timezone(-away if match[7] == "-" else away)
    return datetime(year, month, day, hour, minute, second, tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
