"""What a page is made of. Everything that a reader can change is a choice among variants written here.

The script in the page computes nothing: it picks the variant that belongs to the choices in the
address, so that every figure and sentence on the screen was written, and can be tested, in one place.
"""

from __future__ import annotations

import json
import string
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from markupsafe import Markup

from . import wording
from .release import Row


class Figure(NamedTuple):
    """Show one figure: as text, as it is (for sorting and for tests), and where it comes from.

    `origin` names a cell of the release, or is None for what is no figure. A tuple, since pages hold hundreds of
    thousands.
    """

    text: str
    value: Any = None
    origin: str | None = None
    href: str | None = None
    css: str = ""
    title: str = ""

    @property
    def sort_key(self) -> str:
        """Return what a table sorts by: the value in full where there is one, else the text."""
        return "" if self.value is None and self.text == wording.NOTHING else str(_plain(self.value, self.text))


def _plain(value: Any, text: str) -> Any:
    return text if value is None else value


@dataclass(frozen=True)
class Cells:
    """Make figures of a row of one table, each with its origin."""

    row: Row

    def pct(self, column: str, decimals: int = 2, sign: bool = False, **more: Any) -> Figure:
        """Show a percentage."""
        return self._make(column, wording.pct(self.row[column], decimals, sign), **more)

    def pp(self, column: str, decimals: int = 2, **more: Any) -> Figure:
        """Show percentage points, in a column whose head says so."""
        return self._make(column, wording.number(self.row[column], decimals, sign=True), **more)

    def usd(self, column: str, sign: bool = False, **more: Any) -> Figure:
        """Show millions of dollars."""
        return self._make(column, wording.usd(self.row[column], sign), **more)

    def count(self, column: str, **more: Any) -> Figure:
        """Show a whole number."""
        return self._make(column, wording.number(self.row[column]), **more)

    def number(self, column: str, decimals: int, **more: Any) -> Figure:
        """Show a number without a unit."""
        return self._make(column, wording.number(self.row[column], decimals), **more)

    def chance(self, column: str, **more: Any) -> Figure:
        """Show a chance."""
        return self._make(column, wording.chance(self.row[column]), **more)

    def capped(self, column: str, is_capped: bool, **more: Any) -> Figure:
        """Show a percentage that the release caps, as more than its cap where it did."""
        text = f"more than {wording.pct(self.row[column], 0)}" if is_capped else wording.pct(self.row[column], 1)
        return self._make(column, text, **more)

    def year(self, column: str, **more: Any) -> Figure:
        """Show a year."""
        return self._make(column, wording.NOTHING if self.row[column] is None else str(self.row[column]), **more)

    def point(self, column: str, label: str, **more: Any) -> dict[str, Any]:
        """Make a chart's row: the value, how it is written, whether it is an estimate, and where it comes from."""
        return more | {
            "value": self.row[column],
            "label": label,
            "estimate": bool(self.row.get("is_estimate")),
            "origin": self.row.cell(column),
        }

    def text(self, column: str, text: str) -> Figure:
        """Show a figure in words of the caller's."""
        return self._make(column, text)

    def _make(self, column: str, text: str, **more: Any) -> Figure:
        value = self.row[column]
        return Figure(text, value, None if value is None else self.row.cell(column), **more)


# A sentence, or what stands in a cell: text with figures in it.
Words = list[str | Figure]


def phrase(text: str, **figures: Figure | str) -> Words:
    """Write a sentence with each figure in the place of its name: `phrase("{growth} in 2026", growth=...)`."""
    parts: Words = []
    for before, name, _, _ in string.Formatter().parse(text):
        parts += [before] if before else []
        parts += [figures[name]] if name else []
    return parts


def sentences(*parts: Words) -> Words:
    """Put sentences behind each other, a space between."""
    found: Words = []
    for part in parts:
        if part:
            found += [" ", *part] if found else part
    return found


@dataclass(frozen=True)
class Column:
    """Head a table's column; `unit` stands below the name, `numeric` aligns right."""

    name: str
    unit: str = ""
    numeric: bool = True
    help: str = ""


@dataclass(frozen=True)
class Table:
    """Show rows of figures; the first cell of a row names it. `keys` mark rows for highlighting."""

    caption: str
    columns: list[Column]
    rows: list[list[Figure]]
    keys: list[str] = field(default_factory=list)
    filterable: bool = False
    note: str = ""


@dataclass(frozen=True)
class Chart:
    """Show data by one of the page's drawings, with a title that says the finding.

    `spec` names the drawing, `rows` are the data that it draws (and that the reader can download).
    """

    name: str
    spec: str
    title: str
    subtitle: str
    description: str
    source: str
    rows: list[dict[str, Any]]
    table: Table | None = None

    @property
    def data(self) -> Markup:
        """Write the rows as JSON that may stand in a script element."""
        return island(self.rows)


# What makes each variant, by its choices.
Variants = dict[tuple[str, ...], Callable[[], Any]]


@dataclass(frozen=True)
class Choice:
    """Offer variants of a part of the page by the choices named in `axes`, such as edition and year.

    A variant is made when it is written, and not kept: all of many editions would take a gigabyte.
    """

    axes: tuple[str, ...]
    variants: Variants
    default: tuple[str, ...]


@dataclass(frozen=True)
class Axis:
    """Offer a choice on the page: its values with labels, and the one that stands at first.

    `links` makes it a choice of page (the Allies' pages) instead of one of variants.
    """

    name: str
    label: str
    options: dict[str, str]
    default: str
    links: bool = False
    highlights: bool = False


@dataclass(frozen=True, order=True)
class Link:
    """Stand in the navigation of every page: `order` sorts the links, `path` is seen from the site's folder."""

    order: int
    label: str
    path: str


@dataclass(frozen=True)
class Page:
    """Hold what a template needs to write one page; `nav` is the link that it stands under, if any."""

    path: str
    template: str
    title: str
    summary: str
    nav: Link | None = None
    axes: list[Axis] = field(default_factory=list)
    specs: dict[str, dict[str, Any]] = field(default_factory=dict)
    context: dict[str, Any] = field(default_factory=dict)

    @property
    def root(self) -> str:
        """Return the way from the page back to the site's folder."""
        return "../" * self.path.count("/")


def island(content: object) -> Markup:
    """Write data as JSON for a script element: nothing in it can end the element."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=str)
    return Markup(text.replace("<", "\\u003c"))
