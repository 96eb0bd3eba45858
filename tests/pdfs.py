"""Write PDFs whose text holds tables as NATO prints them: labels on the left, figures set flush right in columns."""

from __future__ import annotations

import textwrap
from pathlib import Path

import openpyxl

LABELS, FIRST, WIDTH, LINE, SIZE = 40.0, 260.0, 46.0, 10.0, 6.0
# Courier: every character is as wide, in parts of the size.
CHARACTER = 0.6

Text = tuple[float, float, float, str]


def write_tables(book: openpyxl.Workbook, path: Path) -> Path:
    """Print each sheet of a workbook as a page: large figures whole, others with two decimals."""
    return write_pdf(path, [[("A page of prose, 2024", "and 3 5 figures")], *(_lines(sheet) for sheet in book)])


def _lines(sheet: openpyxl.worksheet.worksheet.Worksheet) -> list[tuple[str, ...]]:
    rows = [tuple(map(_printed, row)) for row in sheet.iter_rows(values_only=True) if any(row)]
    return [line for row in rows for line in _wrapped(row)]


def _printed(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.2f}"
    return "" if value is None else str(value)


def _wrapped(row: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Part the headers of a row into lines as narrow as their columns, all ending in the last line."""
    label, *others = row
    parted = [textwrap.wrap(text, int(WIDTH / (CHARACTER * SIZE)) - 1) for text in others]
    height = max(map(len, parted), default=0) or 1
    columns = [[""] * (height - len(lines)) + lines for lines in parted]
    return [(label if line == height - 1 else "", *(column[line] for column in columns)) for line in range(height)]


def write_pdf(path: Path, pages: list[list[tuple[str, ...]]]) -> Path:
    """Write pages of lines: the first cell of each from the left, the others flush right."""
    return write_texts(path, [[text for row, line in enumerate(page) for text in _place(row, line)] for page in pages])


def _place(row: int, line: tuple[str, ...]) -> list[Text]:
    top = 1000 - LINE * (row + 2)
    label, *figures = line
    placed = [
        (FIRST + WIDTH * column - CHARACTER * SIZE * len(text), top, SIZE, text)
        for column, text in enumerate(figures)
        if text
    ]
    return [(LABELS, top, SIZE, label), *placed] if label else placed


def write_texts(path: Path, pages: list[list[Text]]) -> Path:
    """Write pages of texts, each with its left, its height, and its size, in points."""
    contents = [
        "\n".join(f"BT /F1 {size} Tf {x:.2f} {y:.2f} Td ({_escaped(text)}) Tj ET" for x, y, size, text in page)
        for page in pages
    ]
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
    ]
    for number, content in enumerate(contents):
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 900 1000] /Resources << /Font << /F1 3 0 R >> >> "
            f"/Contents {5 + 2 * number} 0 R >>"
        )
        objects.append(f"<< /Length {len(content.encode('cp1252'))} >>\nstream\n{content}\nendstream")
    body, places = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n".encode("cp1252")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    body += f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\n".encode()
    path.write_bytes(body + f"startxref\n{len(body) - len(table) - 60}\n%%EOF\n".encode())
    return path


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
