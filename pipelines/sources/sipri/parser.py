"""Turn SIPRI's workbook into observations: tables by their titles, years by their header, states by their names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from ..entities import Entities
from ..errors import Offender, SourceError
from ..observations import ESTIMATE, OUTTURN, UNCERTAIN, observation_frame
from ..text import fold, is_error_value, is_missing, number, printed
from ..workbook import Sheet, Workbook
from .notes import Notes
from .soundness import contradictions
from .tables import DATASET, NOTES, PUBLISHER_ID, REGIONS, TABLES, Table, base_year, table_of, titles

ADVICE = (
    "compare these cells with the published file. A new name of a state belongs in warehouse/seeds/entity_names.csv, a "
    "new state in entities.csv; a new title of a sheet in pipelines/sources/sipri/tables.py. Nothing was taken from "
    "this file."
)
MIXED_UP = (
    "compare these cells with the published file, or download it again: a release does not contradict itself so. "
    "Nothing was taken from this file."
)
# No figure: not available, or there was no such state.
_NO_FIGURE = {". .", ". . .", "xxx", "xx", "n.a.", "n/a"}
_YEAR = re.compile(r"^(19|20)\d\d$")
# The last column of constant prices, in prices of that year: it repeats a figure at current prices.
_CURRENT = re.compile(r"^((?:19|20)\d\d) current$")
_HEADERS = {"currency", "notes", "note", "reporting year", "reporting year/fy", ""}
# Till: 1994 Jul-Jun, 1995: Jul-Dec, From 1996: Jan-Dec
_CALENDAR = re.compile(r"(?:from (\d{4}):?\s*)?jan\.?-dec\.?$", re.I)
FEWEST_YEARS = 3
# A share is worked out in SIPRI's workbook; a formula that failed stands in a release as #VALUE!, and is no figure.
# More of them in one sheet are a damaged file.
MOST_FAILED = 5


def parse(workbook: Workbook, edition_id: str, entities: Entities, tables: Iterable[str] | None = None) -> pd.DataFrame:
    """Read SIPRI's workbook into observations (`observations.py`).

    `tables` names the tables that it must hold; all where it is None. Raises `SourceError` with every offender and its
    cell.
    """
    found, offenders = _find_tables(workbook)
    wanted = {table.table_id for table in TABLES} if tables is None else set(tables)
    offenders += [
        Offender(workbook.path.name, f"no sheet of the table {table_id}", "a sheet with its title")
        for table_id in sorted(wanted - set(found))
    ]
    notes = Notes.of(workbook)
    readers = [_Reader(sheet, table, entities, notes) for table, sheet in found.values()]
    for reader in readers:
        reader.read()
        offenders += reader.offenders
    offenders += _years_that_differ(readers)
    if offenders:
        raise SourceError(workbook.path.name, offenders, ADVICE)
    fiscal = {code: words for reader in readers for code, words in reader.fiscal_years.items()}
    rows = [row | {"edition_id": edition_id} for reader in readers for row in reader.rows]
    for row in rows:
        said = [row["marks"], _financial_year(fiscal.get(str(row["entity_code"])), int(str(row["period"])[:4]))]
        row["marks"] = " | ".join(str(words) for words in said if words) or None
    frame = observation_frame(rows, publisher=PUBLISHER_ID, dataset=DATASET)
    listed = {reader.table.table_id: reader.listed for reader in readers}
    sheets = {reader.table.table_id: reader.sheet.name for reader in readers}
    if offenders := contradictions(frame, listed, sheets):
        raise SourceError(workbook.path.name, offenders, MIXED_UP)
    return frame


def _find_tables(workbook: Workbook) -> tuple[dict[str, tuple[Table, Sheet]], list[Offender]]:
    found: dict[str, tuple[Table, Sheet]] = {}
    offenders = []
    for sheet in workbook.sheets:
        table = table_of(sheet)
        if table and table.table_id in found:
            other = found[table.table_id][1].name
            offenders.append(Offender(sheet.name, f"the title of {table.table_id} again", f"it once, in {other}"))
        elif table:
            found[table.table_id] = (table, sheet)
        elif _header(sheet) and not any(REGIONS.match(text) or NOTES.match(text) for text in titles(sheet)):
            offenders.append(Offender(sheet.name, "figures by country without a known title", "the title of a table"))
    return found, offenders


def _header(sheet: Sheet) -> tuple[int, dict[int, object]] | None:
    """Find the row of headers: the first with `Country` and years behind it."""
    for row, cells in sheet.rows():
        has_country = any(fold(value) == "country" for value in cells.values())
        if has_country and sum(_YEAR.match(printed(value)) is not None for value in cells.values()) >= FEWEST_YEARS:
            return row, cells
    return None


@dataclass
class _Reader:
    """Read one sheet, and gather all that is wrong with it."""

    sheet: Sheet
    table: Table
    entities: Entities
    notes: Notes
    rows: list[dict[str, object]] = field(default_factory=list)
    offenders: list[Offender] = field(default_factory=list)
    years: dict[int, int] = field(default_factory=dict)
    current: dict[int, int] = field(default_factory=dict)
    roles: dict[str, int] = field(default_factory=dict)
    fiscal_years: dict[str, str] = field(default_factory=dict)
    failed: list[Offender] = field(default_factory=list)
    listed: set[str] = field(default_factory=set)
    base_year: int | None = None

    def read(self) -> None:
        header = _header(self.sheet)
        if header is None:
            self._refuse(self.sheet.name, "no row of headers", "one that begins with Country, with years behind it")
            return
        self._read_header(*header)
        self.base_year = base_year(self.sheet) if self.table.price_basis == "constant" else None
        if self.table.price_basis == "constant" and self.base_year is None:
            self._refuse(self.sheet.name, "constant prices of no year", "the year in the sheet's name, such as (2023)")
        seen: dict[str, str] = {}
        for row, cells in self.sheet.rows():
            if row > header[0] and self._is_state(cells):
                self._read_row(row, cells, seen)
        self.offenders += self.failed if len(self.failed) > MOST_FAILED else []

    def _is_state(self, cells: dict[int, object]) -> bool:
        """Tell a state's row from a region's name and from notes below: it says something of at least one year."""
        label = cells.get(self.roles["country"])
        return isinstance(label, str) and any(str(cells.get(column, "")).strip() for column in self.years)

    def _read_header(self, row: int, cells: dict[int, object]) -> None:
        for column, value in cells.items():
            text, place = printed(value), self.sheet.address(row, column)
            folded, current = fold(value), _CURRENT.match(fold(value))
            if _YEAR.match(text):
                if int(text) in self.years.values():
                    self._refuse(place, f"the year {text} again", "each year once")
                self.years[column] = int(text)
            elif current:
                self.current[column] = int(current[1])
            elif folded in _HEADERS or folded == "country" or folded.startswith("fiscal year"):
                self.roles[folded.partition(" (")[0]] = column
            elif self.years:
                # Left of the years stands what SIPRI says of a state; among them, only years.
                self._refuse(place, repr(text), "a year, or 2024 Current")
        span = list(self.years.values())
        if span != list(range(span[0], span[0] + len(span))):
            self._refuse(self.sheet.address(row, next(iter(self.years))), "years that do not follow each other", "each")

    def _read_row(self, row: int, cells: dict[int, object], seen: dict[str, str]) -> None:
        label = printed(cells[self.roles["country"]])
        place = self.sheet.address(row, self.roles["country"])
        code = self.entities.code(label, PUBLISHER_ID)
        if code is None:
            self._refuse(place, repr(label), "the name of a state that SIPRI prints")
            return
        if code in seen:
            self._refuse(place, f"{label} again", f"each state once; {seen[code]} has it too")
            return
        seen[code] = place
        self.listed.add(code)
        currency = cells.get(self.roles.get("currency", 0))
        common: dict[str, object] = {
            "entity_code": code,
            "label": label,
            "table_id": self.table.table_id,
            "measure": self.table.measure,
            "unit": self.table.unit,
            "source_kind": "workbook",
            "currency_code": self.entities.currency(code, printed(currency)) if currency else None,
            "block": printed(currency) if currency and self.table.unit == "lcu_m" else None,
        }
        words = cells.get(self.roles.get("fiscal year", 0))
        if words and printed(words):
            self.fiscal_years[code] = printed(words)
        marks = cells.get(self.roles.get("notes", self.roles.get("note", 0)))
        for column, year in (self.years | self.current).items():
            said: dict[str, object] = {"marks": self.notes.of_marks(marks, year)}
            self._read_cell(row, column, year, cells.get(column), common | said)

    def _read_cell(self, row: int, column: int, year: int, value: object, common: dict[str, object]) -> None:
        if is_missing(value) or fold(value) in _NO_FIGURE:
            return
        figure, place = number(value), self.sheet.address(row, column)
        if is_error_value(value):
            self.failed.append(Offender(place, repr(printed(value)), "a figure"))
            return
        if figure is None:
            self._refuse(place, repr(printed(value)), "a figure, or ..., . . or xxx")
            return
        is_repeated = column in self.current
        basis = "current" if is_repeated else self.table.price_basis
        self.rows.append(
            common
            | {
                "price_basis": basis,
                "price_base_year": self.base_year if basis == "constant" else None,
                # A financial year is another period than the calendar year after which it is called.
                "period": f"{year}/FY" if self.table.is_financial_year else str(year),
                "status": _status(self.sheet.colours.get((row, column))),
                "value": figure * self.table.scale,
                "repeats": is_repeated,
                "header": f"{year} Current" if is_repeated else str(year),
                "cell": place,
            }
        )

    def _refuse(self, place: str, found: str, expected: str) -> None:
        self.offenders.append(Offender(place, found, expected))


def _financial_year(words: str | None, year: int) -> str | None:
    """Say which span a financial year takes; None where it is the calendar year, or has become it by that year."""
    ended = _CALENDAR.search(words or "")
    return f"financial year {words}" if words and not (ended and year >= int(ended[1] or 0)) else None


def _status(colour: str | None) -> str:
    """Read the colour of a figure: blue is SIPRI's estimate, red is highly uncertain, whatever the shade."""
    if colour is None:
        return OUTTURN
    red, green, blue = (int(colour[start : start + 2], 16) for start in (0, 2, 4))
    if blue >= 128 and blue > 2 * red:
        return ESTIMATE
    return UNCERTAIN if red >= 128 and red > 2 * green and red > 2 * blue else OUTTURN


def _years_that_differ(readers: list[_Reader]) -> list[Offender]:
    """Compare the last year of the tables: one release runs to one year, though some begin later."""
    last = {reader.sheet.name: max(reader.years.values()) for reader in readers if reader.years}
    newest = max(last.values(), default=0)
    return [
        Offender(name, f"years to {year}", f"years to {newest}, as in the other tables")
        for name, year in last.items()
        if year != newest
    ]
