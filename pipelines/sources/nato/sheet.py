"""Read one sheet's rows into observations.

A sheet is read row by row from its title down. A row is one of: the unit line, a block's subtitle,
a header of years, a row of figures, or the notes, after which no figures may stand. The June 2024
file prints one header above both blocks, later ones repeat it below each subtitle; to this reader
that is no difference, since each row of figures belongs to the last header and subtitle seen.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace

from ..entities import Entities
from ..errors import Offender
from ..text import fold, is_error_value, is_missing, number, printed
from ..workbook import Sheet
from .labels import YearHeader, row_label, year_header
from .layout import REMARK, TITLE, Block, Meaning, TableLayout, plain
from .names import ALLIANCE, PUBLISHER_ID

# How the text below the figures begins: `Notes:`, or straight with a footnote.
NOTES = ("note", "source", "*", "(a)", "(b)", "(c)", "(d)")
# Nothing in the world is a thousand million million; sums and products of more are infinite.
MAX_FIGURE = 1e15


@dataclass(frozen=True)
class Column:
    """Say what a column of figures holds: its header, and its meaning where words head it."""

    header: YearHeader
    meaning: Meaning | None = None


@dataclass(eq=False)
class SheetReader:
    """Read one sheet's rows into observations, remembering what a row cannot say by itself."""

    sheet: Sheet
    layout: TableLayout
    entities: Entities
    rows: list[dict[str, object]] = field(default_factory=list)
    offenders: list[Offender] = field(default_factory=list)
    base_years: dict[int, str] = field(default_factory=dict)
    columns: dict[int, Column] = field(default_factory=dict)
    _block: Block | None = None
    _block_text: str | None = None
    labels: dict[Block, dict[str, str]] = field(default_factory=dict)
    block_places: dict[Block, str] = field(default_factory=dict)
    _header_row: int = 0
    _header_rows: dict[Block, int] = field(default_factory=dict)
    _headers: dict[int, YearHeader] = field(default_factory=dict)
    # Where each year stands as an outturn or an estimate, for all tables to agree.
    year_cells: dict[tuple[int, bool], str] = field(default_factory=dict)
    _has_unit: bool = False
    _in_notes: bool = False
    # Rows that follow an unknown subtitle are told once, not each.
    _is_adrift: bool = False

    def read(self) -> None:
        """Read every row below the title, then ask whether anything is missing."""
        if self.layout.blocks[0].subtitle is None:
            self._block = self.layout.blocks[0]
        rows = self.sheet.rows()
        title_row = next(i for i, (_, cells) in enumerate(rows) if any(TITLE.match(fold(v)) for v in cells.values()))
        for row, cells in rows[title_row + 1 :]:
            self._read_row(row, cells)
        self._check_complete()

    def headers(self) -> list[YearHeader]:
        """Give the year headers of this table, from left to right."""
        return list(self._headers.values())

    def header_places(self, block: Block) -> list[tuple[YearHeader, str]]:
        """Return each header above a block's rows with its cell, from left to right."""
        row = self._header_rows.get(block, self._header_row)
        return [(column.header, self.sheet.address(row, place)) for place, column in self.columns.items()]

    def _read_row(self, row: int, cells: dict[int, object]) -> None:
        years = [column for column, value in cells.items() if year_header(value)]
        first = min(cells)
        text = fold(cells[first])
        figures = {column: value for column, value in cells.items() if column in self.columns and column != first}
        if len(years) >= 2 and (year_header(cells[first]) or not text):
            self._read_header(row, cells)
        elif self._in_notes or text.startswith(NOTES):
            self._in_notes = True
            self._reject_late_figures(row, figures)
        elif isinstance(cells[first], str) and first < min(self.columns, default=first + 1):
            if not self._read_words(row, first, text, figures):
                self._read_figures(row, first, cells)
        else:
            self._reject_all(row, cells)

    def _read_header(self, row: int, cells: dict[int, object]) -> None:
        columns = {}
        for column, value in cells.items():
            header = year_header(value)
            if header:
                columns[column] = Column(header)
                self.year_cells.setdefault((header.year, header.is_estimate), self.sheet.address(row, column))
                continue
            for other in self.layout.other_columns:
                match = other.header.fullmatch(fold(value))
                if match and (year := year_header(match["year"])):
                    columns[column] = Column(replace(year, text=printed(value)), other.meaning)
            if column not in columns:
                self._offend(row, column, f"the header {printed(value)!r}", self._expected_headers())
        self._check_header(row, min(cells), [column.header for column in columns.values() if not column.meaning])
        self.columns, self._header_row = columns, row

    def _check_header(self, row: int, column: int, headers: list[YearHeader]) -> None:
        found = f"the years {', '.join(header.text for header in headers)}"
        years = [header.year for header in headers]
        estimates = [header.is_estimate for header in headers]
        if self.layout.other_columns and (len(years) != 2 or years[0] >= years[1]):
            self._offend(row, column, found, "the first and the last year")
        if not self.layout.other_columns and years != list(range(years[0], years[0] + len(years))):
            self._offend(row, column, found, "every year once, in order")
        if estimates != sorted(estimates):
            self._offend(row, column, found, "estimates (2024e) after all actual years")
        known = [(header.year, header.is_estimate) for header in self.headers()]
        if known and [*zip(years, estimates, strict=True)] != known:
            self._offend(row, column, found, "the same header above each block")
        self._headers = self._headers or {header.year: header for header in headers}

    def _expected_headers(self) -> str:
        words = [f"'{plain(other.header)}'" for other in self.layout.other_columns]
        return " or ".join(["a year such as 2023 or 2024e", *words])

    def _read_words(self, row: int, column: int, text: str, figures: dict[int, object]) -> bool:
        """Read the unit line or a block's subtitle; tell whether the row was one."""
        if any(not is_missing(value) for value in figures.values()):
            return False
        unit = self.layout.unit_line.fullmatch(text)
        block = self.layout.block_for(text)
        if unit and not self._has_unit:
            self._has_unit = True
            self._note_base_year(row, column, unit.groupdict().get("base_year"))
        elif block:
            self._start_block(row, column, *block)
        elif self._has_unit and (remark := REMARK.fullmatch(text)):
            self._note_base_year(row, column, remark["base_year"])
        elif not self._has_unit and self._block_text is None:
            self._has_unit = True
            self._offend(row, column, f"the unit line {text!r}", f"'{plain(self.layout.unit_line)}'")
        else:
            return False
        return True

    def _start_block(self, row: int, column: int, block: Block, match: re.Match[str]) -> None:
        if block in self.labels:
            self._offend(row, column, f"the block {match[0]!r} again", "each block once")
        self._note_base_year(row, column, match.groupdict().get("base_year"))
        self._block, self._block_text = block, printed(self.sheet.cells[row, column])
        self.block_places[block] = self.sheet.address(row, column)
        self._is_adrift = False

    def _note_base_year(self, row: int, column: int, year: str | None) -> None:
        if year:
            self.base_years.setdefault(int(year), self.sheet.address(row, column))

    def _read_figures(self, row: int, column: int, cells: dict[int, object]) -> None:
        label = row_label(cells[column])
        code = self.entities.code(label.name, PUBLISHER_ID) if label else None
        if label is None or code is None:
            subtitles = [f"'{plain(block.subtitle)}'" for block in self.layout.blocks if block.subtitle]
            expected = " or ".join(["an Ally", *(["an aggregate"] if self.layout.aggregates else []), *subtitles])
            self._offend(row, column, f"the label {printed(cells[column])!r}", expected)
            if len(cells) == 1 and len(self.layout.blocks) > 1:
                self._block, self._is_adrift = None, True
            return
        if self._block is None or not self.columns:
            if not self._is_adrift:
                expected = "a block's subtitle and a header of years above it"
                self._offend(row, column, f"the row {label.name!r}", expected)
            self._is_adrift = True
            return
        self._header_rows.setdefault(self._block, self._header_row)
        labels = self.labels.setdefault(self._block, {})
        if code in labels:
            self._offend(row, column, f"{label.name} again", f"each row once; it stands at {labels[code]} too")
        labels[code] = self.sheet.address(row, column)
        currency = self._currency(row, column, code, label.currency)
        base: dict[str, object] = {
            "table_id": self.layout.table_id,
            "currency_code": currency,
            "entity_code": code,
            "marks": label.marks,
            "source_kind": self.sheet.source_kind,
            "block": self._block_text,
            "label": printed(cells[column]),
        }
        for place, value in cells.items():
            if place != column:
                self._read_figure(row, place, value, self._block, base)

    def _currency(self, row: int, column: int, code: str, name: str | None) -> str | None:
        if not self.layout.currency_in_label:
            if name:
                self._offend(row, column, f"({name}) in the label", "a currency in Table 1 only")
            return None
        currency = self.entities.currency(code, name) if name else None
        if currency is None:
            self._offend(row, column, f"the currency {name!r}", "a currency that this Ally has had")
        return currency

    def _read_figure(self, row: int, column: int, value: object, block: Block, base: dict[str, object]) -> None:
        heading = self.columns.get(column)
        if is_error_value(value):
            self._offend(row, column, f"the error value {value}", "a figure")
        elif is_missing(value):
            return
        elif heading is None:
            self._offend(row, column, f"{printed(value)!r} in a column without a header", "an empty cell")
        elif (figure := number(value)) is None:
            self._offend(row, column, f"the text {printed(value)!r}", "a figure, or '..' where there is none")
        elif shown := self.sheet.formats.get((row, column)):
            self._offend(row, column, f"{value} shown by the format {shown}", "a number that is shown as it is")
        elif not math.isfinite(figure) or abs(figure) > MAX_FIGURE:
            self._offend(row, column, f"{printed(value)!r}, which is no number that a figure can be", "a figure")
        else:
            meaning = heading.meaning or block.meaning
            half_step = self.sheet.half_steps.get((row, column))
            self.rows.append(
                base
                | {
                    "measure": meaning.measure,
                    "unit": meaning.unit,
                    "price_basis": meaning.price_basis,
                    "repeats": meaning.repeats,
                    "period": str(heading.header.year),
                    "status": heading.header.status,
                    "header": heading.header.text,
                    "cell": self.sheet.address(row, column),
                    "value": figure * block.scale,
                    "half_step": None if half_step is None else half_step * block.scale,
                }
            )

    def _reject_late_figures(self, row: int, figures: dict[int, object]) -> None:
        for column, value in figures.items():
            if is_error_value(value) or number(value) is not None:
                self._offend(row, column, f"{printed(value)!r} below the notes", "no figures after the notes")

    def _reject_all(self, row: int, cells: dict[int, object]) -> None:
        for column, value in cells.items():
            if not is_missing(value):
                self._offend(row, column, f"{printed(value)!r} in a row without a label", "a labelled row")

    def _check_complete(self) -> None:
        if not self._has_unit:
            self._missing(f"the unit line '{plain(self.layout.unit_line)}'")
        if not self._headers:
            self._missing("a header of years")
        last_year = max(self._headers, default=0)
        for block in self.layout.blocks:
            name = f"the block '{plain(block.subtitle)}'" if block.subtitle else "its rows"
            if block not in self.labels:
                if not block.may_be_absent(last_year):
                    self._missing(name)
                continue
            present = set(self.labels[block])
            expected = self._expected_rows(block, last_year)
            # Rows of Allies that few blocks list are asked for when the edition is known (`gaps.py`).
            for code in sorted(expected - present - self.entities.without_forces(ALLIANCE)):
                self._missing(f"the row {code} in {name}")
            strangers = set() if self.layout.aggregates else present & self.entities.aggregates(PUBLISHER_ID)
            for code in sorted(strangers):
                self.offenders.append(Offender(self.labels[block][code], f"the aggregate {code}", "Allies only"))

    def _expected_rows(self, block: Block, last_year: int) -> set[str]:
        """Return the codes that a block must list when the tables run to `last_year`."""
        known = self.entities.known
        allies = {
            code
            for code in self.entities.members(ALLIANCE, last_year)
            if block.without_forces or known[code].has_armed_forces
        }
        return allies | (self.entities.aggregates(PUBLISHER_ID) if self.layout.expects_aggregates(last_year) else set())

    def _missing(self, what: str) -> None:
        self.offenders.append(Offender(self.sheet.name, "nothing", what))

    def _offend(self, row: int, column: int, found: str, expected: str) -> None:
        self.offenders.append(Offender(self.sheet.address(row, column), found, expected))
