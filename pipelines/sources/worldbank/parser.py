"""Turn the World Bank's CSV into observations by the headings of its columns.

A file is long (a column of values), or wide by year, or wide by indicator.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from ..csv_text import CsvSheet
from ..entities import Entities
from ..errors import Offender, SourceError
from ..observations import OUTTURN, observation_frame
from ..text import fold, is_missing, number, printed
from ..workbook import Sheet, Workbook
from .indicators import AGGREGATES, INDICATORS, NAMED, UNION

PUBLISHER_ID, DATASET = "worldbank", "wdi"
ADVICE = (
    "compare these fields with the file as it was downloaded. Another indicator belongs in "
    "pipelines/sources/worldbank/indicators.py, a new state in warehouse/seeds/entities.csv. Where a file does not say "
    "which indicator it holds, pass --tables with its code, such as NY.GDP.MKTP.CD. Nothing was taken from this file."
)
_HEADINGS = {
    "country code": "code",
    "iso3": "code",
    "iso3c": "code",
    "countryiso3code": "code",
    "indicator code": "indicator",
    "indicator_code": "indicator",
    "series code": "indicator",
    "indicator name": "words",
    "indicator": "words",
    "series name": "words",
    "year": "year",
    "date": "year",
    "time": "year",
    "value": "value",
}
# 2014, and 2014 [YR2014] as the World Bank's DataBank writes it.
_YEAR = re.compile(r"^((?:19|20)\d\d)(?: \[YR\1\])?$")
_BASE = re.compile(r"constant (\d{4})")
_UPDATED = re.compile(r"last updated(?: date)?:?\s*(.*)$", re.I)
_MONTH = re.compile(r"(20\d\d)[-_](0[1-9]|1[0-2])(?!\d)")

_GROUPED = re.compile(r"^-?\d{1,3}(,\d{3})+(\.\d+)?$")

# GDP (current US$) [NY.GDP.MKTP.CD], or the code alone.
_CODE = re.compile(r"(?:^|\[)([A-Z]{2}(?:\.[A-Z0-9]+){1,6})\]?$")


@dataclass(frozen=True)
class Header:
    """Hold the row of headings: columns by what they hold, and those of figures by their year or their indicator."""

    row: int
    roles: dict[str, int]
    years: dict[int, int]
    indicators: dict[int, tuple[str, str]]

    @property
    def figures(self) -> list[int]:
        """Return the columns that hold figures."""
        return sorted([*self.years, *self.indicators] or [self.roles["value"]])


def header_of(sheet: Sheet) -> Header | None:
    """Find the row of headings; None where a sheet has none of the World Bank's."""
    for row, cells in sheet.rows()[:10]:
        roles = {_HEADINGS[fold(value)]: column for column, value in cells.items() if fold(value) in _HEADINGS}
        texts = {column: printed(value) for column, value in cells.items()}
        years = {column: int(match[1]) for column, text in texts.items() if (match := _YEAR.match(text))}
        codes = {column: (match[1], text) for column, text in texts.items() if (match := _CODE.search(text))}
        if {"code", "year", "value"} <= set(roles):
            return Header(row, roles, {}, {})
        if {"code", "indicator"} <= set(roles) and years:
            return Header(row, roles, years, {})
        if {"code", "year"} <= set(roles) and any(code in INDICATORS for code, _ in codes.values()):
            return Header(row, roles, {}, codes)
    return None


def recognises(workbook: Workbook) -> bool:
    """Tell whether a file has the World Bank's headings."""
    return any(header_of(sheet) for sheet in workbook.sheets)


def document_day(workbook: Workbook) -> date | None:
    """Return the day on which the indicators were last updated, as the file or its name says; None where neither does.

    A name such as `gdp-2026-03.csv` gives the first of that month.
    """
    for sheet in workbook.sheets:
        for _, cells in sheet.rows():
            texts = [printed(value) for _, value in sorted(cells.items())][:2]
            match = _UPDATED.match(" ".join(texts)) if texts[0].casefold().startswith("last updated") else None
            for form in ("%Y-%m-%d", "%m/%d/%Y") if match else ():
                try:
                    return datetime.strptime(match[1].strip(), form).date() if match else None
                except ValueError:
                    continue
    named = _MONTH.search(workbook.path.name)
    return date(int(named[1]), int(named[2]), 1) if named else None


def parse(workbook: Workbook, edition_id: str, entities: Entities, tables: Iterable[str] | None = None) -> pd.DataFrame:
    """Read an extract into observations (`observations.py`).

    `tables` are codes of indicators; a file that does not say which one it holds is of the only one among them. Raises
    `SourceError` with every offender and its field.
    """
    reader = _Reader(workbook, entities, tuple(tables or ()))
    rows = [row | {"edition_id": edition_id} for row in reader.read()]
    if offenders := [*reader.refused.values(), *(reader.left_out.values() if not rows else ())]:
        raise SourceError(workbook.path.name, offenders, ADVICE)
    return observation_frame(rows, publisher=PUBLISHER_ID, dataset=DATASET)


def left_out(workbook: Workbook) -> tuple[str, ...]:
    """Name the indicators of a file that was read which no fact asks for: people download them with those of use."""
    codes: set[str] = set()
    for sheet in workbook.sheets:
        if header := header_of(sheet):
            codes |= {code for code, _ in header.indicators.values()}
            column = header.roles.get("indicator")
            codes |= {printed(cells[column]) for line, cells in sheet.rows() if line > header.row and column in cells}
    return tuple(sorted(codes - set(INDICATORS)))


class _Reader:
    """Read a file, and gather all that is wrong with it."""

    def __init__(self, workbook: Workbook, entities: Entities, tables: tuple[str, ...]) -> None:
        self.workbook, self.entities, self.tables = workbook, entities, tables
        # What is wrong, a code that is wrong in a hundred lines once; and the indicators that are not known here.
        self.refused: dict[str, Offender] = {}
        self.left_out: dict[str, Offender] = {}

    def read(self) -> Iterator[dict[str, object]]:
        """Give the figures of every state that is known, of every indicator that is."""
        for sheet in self.workbook.sheets:
            if header := header_of(sheet):
                for line, cells in sheet.rows():
                    if line > header.row and header.roles["code"] in cells:
                        yield from self._line(sheet, line, cells, header)

    def _line(self, sheet: Sheet, line: int, cells: dict[int, object], header: Header) -> Iterator[dict[str, object]]:
        code = self._entity(sheet.address(line, header.roles["code"]), printed(cells[header.roles["code"]]))
        for column in header.figures if code else []:
            indicator, words = self._indicator(sheet, line, cells, header, column)
            if indicator is None:
                continue
            meaning, base = INDICATORS[indicator], _BASE.search(words)
            if meaning.price_basis == "constant" and base is None:
                self._refuse(
                    sheet.name, f"{indicator} at constant prices of no year", "a name such as constant 2015 US$"
                )
                continue
            year = self._year(sheet, line, cells, header, column)
            figure = self._figure(sheet, sheet.address(line, column), cells.get(column))
            if year is not None and figure is not None:
                yield {
                    "entity_code": code,
                    "measure": meaning.measure,
                    "unit": meaning.unit,
                    "price_basis": meaning.price_basis,
                    "price_base_year": int(base[1]) if base and meaning.price_basis == "constant" else None,
                    "period": str(year),
                    "status": OUTTURN,
                    "value": figure * meaning.scale,
                    "repeats": False,
                    "label": printed(cells[header.roles["code"]]),
                    "header": str(year),
                    "block": words or None,
                    "table_id": indicator,
                    "source_kind": "csv",
                    "cell": sheet.address(line, column),
                }

    def _year(self, sheet: Sheet, line: int, cells: dict[int, object], header: Header, column: int) -> int | None:
        if column in header.years:
            return header.years[column]
        text = printed(cells.get(header.roles["year"], ""))
        if match := _YEAR.match(text):
            return int(match[1])
        self._refuse(sheet.address(line, header.roles["year"]), text, "a year")
        return None

    def _indicator(
        self, sheet: Sheet, line: int, cells: dict[int, object], header: Header, column: int
    ) -> tuple[str | None, str]:
        """Return the indicator of a figure and the words beside it; None for one that no fact asks for."""
        words = printed(cells.get(header.roles.get("words", 0), ""))
        if column in header.indicators:
            place, (found, words) = sheet.address(header.row, column), header.indicators[column]
        elif "indicator" in header.roles:
            place = sheet.address(line, header.roles["indicator"])
            found = printed(cells.get(header.roles["indicator"], ""))
        else:
            place, found = sheet.name, self._named()
        if found in INDICATORS:
            return (found if not self.tables or found in self.tables else None), words
        offender = Offender(place, f"the indicator {found!r}", f"one of {', '.join(INDICATORS)}")
        if found not in self.left_out:
            (self.left_out if _CODE.match(found) else self.refused).setdefault(found, offender)
        return None, words

    def _named(self) -> str:
        """Return the indicator of a file that has no column for it: the one that a person passes, or by its name."""
        if len(self.tables) == 1:
            return self.tables[0]
        words = set(re.findall("[a-z]+", self.workbook.path.stem.casefold()))
        return next((indicator for said, indicator in NAMED.items() if set(said) <= words), "")

    def _entity(self, place: str, code: str) -> str | None:
        code = UNION.get(code, code)
        if code in AGGREGATES:
            return None
        if code not in self.entities.known:
            self._refuse(place, repr(code), "a state of entities.csv, by its ISO code")
            return None
        return code

    def _figure(self, sheet: Sheet, place: str, value: object) -> float | None:
        if is_missing(value):
            return None
        text = printed(value)
        # Where commas part the fields, one within a field groups digits; elsewhere it may be a decimal comma.
        is_grouped = isinstance(sheet, CsvSheet) and sheet.delimiter == "," and _GROUPED.match(text)
        figure = number(text.replace(",", "") if is_grouped else value)
        if figure is None:
            self._refuse(place, repr(printed(value)), "a plain figure, or ..")
        return figure

    def _refuse(self, place: str, found: str, expected: str) -> None:
        self.refused.setdefault(f"{found} {expected}", Offender(place, found, expected))
