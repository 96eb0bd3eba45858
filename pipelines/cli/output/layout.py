"""Lay rows out in a width: as a table where they fit, else as one block a row; a figure is whole in both.

Belongs here: what of a table goes where. Does not: where values come from, and which are asked for.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.text import Text

from .screen import visible_line

if TYPE_CHECKING:
    import pyarrow as pa

# A text that is narrower than this is not folded.
NARROW_TEXT = 24
# What a table takes beside its columns: a line and two blanks for each, and one line more.
FRAME = 3
# Blanks between a name and its value, and between blocks.
GAP = 2
DECIMALS = 4
# From here on a double does not hold each digit before the point.
DIGITS_END = 1e15


@dataclass(frozen=True)
class Column:
    """Hold one column as it is shown: its name, a text for each row, and whether these are figures."""

    name: str
    cells: tuple[str, ...]
    is_number: bool

    @property
    def widest(self) -> int:
        """Measure the column where nothing is folded."""
        return max(cell_len(self.name), self.widest_cell)

    @property
    def widest_cell(self) -> int:
        """Measure the cells alone."""
        return max(map(cell_len, self.cells))

    @property
    def narrowest(self) -> int:
        """Measure the column where its name is folded at underscores, and long texts between words."""
        return max(self.narrowest_cell, *map(cell_len, _parts(self.name)))

    @property
    def narrowest_cell(self) -> int:
        """Measure the cells where long texts are folded between words."""
        if self.is_number or self.widest_cell <= NARROW_TEXT:
            return self.widest_cell
        return max(NARROW_TEXT, *(cell_len(word) for cell in self.cells for word in cell.split()))

    @property
    def is_constant(self) -> bool:
        """Tell whether every row holds the same."""
        return len(set(self.cells)) == 1


def shown(value: object) -> str:
    """Show a value to a person: a figure rounded to four decimals, yes and no, nothing for null."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float() | Decimal():
            return _rounded(value)
        case _:
            return visible_line(str(value))


def _rounded(value: float | Decimal) -> str:
    if isinstance(value, float) and abs(value) >= DIGITS_END:
        return repr(value)
    text = f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".")
    if text in ("0", "-0"):
        # What is smaller than the last decimal is not nothing.
        return f"{value:.3g}" if value else "0"
    return text


def lay_out(columns: list[Column], width: int) -> Iterator[Text]:
    """Give the lines to print: a table, or where it is too wide what all rows share, then a table or blocks."""
    if widths := fitting(columns, width):
        yield from _table(columns, widths)
        return
    rows = len(columns[0].cells)
    shared = [column for column in columns if column.is_constant] if rows > 1 else []
    rest = [column for column in columns if column not in shared] if len(shared) < len(columns) else columns
    if rest is not columns and shared:
        yield Text("the same in every row:", style="dim")
        yield from _blocks(shared, 1, width)
        yield Text()
    if widths := fitting(rest, width):
        yield from _table(rest, widths)
    else:
        yield from _blocks(rest, rows, width)


def fitting(columns: list[Column], width: int) -> list[int] | None:
    """Give each column its width, long texts as much as is left; None where not even folding makes them fit."""
    room = width - FRAME * len(columns) - 1
    widths = [column.narrowest for column in columns]
    spare = room - sum(widths)
    if spare < 0:
        return None
    # Those that need the least more come first, so that the others share what they leave.
    wanting = sorted(range(len(columns)), key=lambda index: columns[index].widest - widths[index])
    for done, index in enumerate(wanting):
        more = min(columns[index].widest - widths[index], spare // (len(columns) - done))
        widths[index] += more
        spare -= more
    return widths


def _table(columns: list[Column], widths: list[int]) -> Iterator[Text]:
    """Draw a table, figures on the right of their columns, names of columns in bold."""
    yield _rule("┏━┳┓", widths)
    names = [_folded_name(column.name, width) for column, width in zip(columns, widths, strict=True)]
    height = max(map(len, names))
    for parts in zip(*([""] * (height - len(name)) + name for name in names), strict=True):
        yield Text.assemble("┃", *(part for cell in _aligned(parts, columns, widths) for part in ((cell, "bold"), "┃")))
    yield _rule("┡━╇┩", widths)
    for row in zip(*(column.cells for column in columns), strict=True):
        folded = [_folded(cell, width) for cell, width in zip(row, widths, strict=True)]
        for parts in zip_longest(*folded, fillvalue=""):
            yield Text(f"│{'│'.join(_aligned(parts, columns, widths))}│")
    yield _rule("└─┴┘", widths)


def _rule(signs: str, widths: list[int]) -> Text:
    left, line, cross, right = list(signs)
    return Text(left + cross.join(line * (width + 2) for width in widths) + right)


def _aligned(cells: Iterable[str], columns: list[Column], widths: list[int]) -> list[str]:
    aligned = []
    for cell, column, width in zip(cells, columns, widths, strict=True):
        blanks = " " * (width - cell_len(cell))
        aligned.append(f" {blanks}{cell} " if column.is_number else f" {cell}{blanks} ")
    return aligned


def _parts(name: str) -> list[str]:
    return re.findall(r"[^_]*_+|[^_]+", name) or [""]


def _folded_name(name: str, width: int) -> list[str]:
    """Fold a column's name at its underscores."""
    lines: list[str] = []
    for part in _parts(name):
        if lines and cell_len(lines[-1] + part) <= width:
            lines[-1] += part
        else:
            lines.append(part)
    return lines


def _blocks(columns: list[Column], rows: int, width: int) -> Iterator[Text]:
    """Write one block a row, lines of name and value; as many blocks side by side as there is room for."""
    # A name may be a whole expression: then its value stands behind it, and all others stay where they are.
    indent = min(max(cell_len(column.name) for column in columns), width // 2) + GAP
    block = max(column.narrowest_cell for column in columns)
    beside = min(max((width - indent + GAP) // (block + GAP), 1), rows)
    if beside == 1:
        # Nothing stands to the right: long texts have all the room that is left.
        block = max(width - indent, 1)
    for first in range(0, rows, beside):
        if first:
            yield Text()
        yield from _side_by_side(columns, range(first, min(first + beside, rows)), indent, block)


def _side_by_side(columns: list[Column], rows: range, indent: int, block: int) -> Iterator[Text]:
    """Write some rows beside the names of the columns, each value folded within its block."""
    for column in columns:
        head = Text(column.name.ljust(indent - GAP) + " " * GAP, style="bold")
        folded = [_folded(column.cells[row], block) for row in rows]
        for parts in zip_longest(*folded, fillvalue=""):
            line = "".join(part + " " * (block + GAP - cell_len(part)) for part in parts)
            yield Text.assemble(head, line.rstrip())
            head = Text(" " * indent)


def _folded(text: str, width: int) -> list[str]:
    """Fold a text between words; a word that is longer than the width stays whole."""
    if len(text) <= width:
        return [text]
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]


def as_columns(result: pa.Table) -> list[Column]:
    """Give a result's columns as they are shown, those of one name told apart."""
    from ...reading.results import is_number, plain_columns, with_unique_names

    result = with_unique_names(result)
    return [
        Column(visible_line(field.name), tuple(map(shown, values)), is_number(field.type))
        for field, values in zip(result.schema, plain_columns(result), strict=True)
    ]


def columns_of(rows: list[dict[str, Any]]) -> list[Column]:
    """Give rows, each from column name to value, as columns; none where there is no row."""
    names = rows[0] if rows else ()
    values = {name: [row[name] for row in rows] for name in names}
    return [
        Column(name, tuple(map(shown, column)), all(_is_figure(value) for value in column))
        for name, column in values.items()
    ]


def _is_figure(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))
