"""Know SIPRI's sheets by their titles: what each measures, and in which unit."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..text import fold
from ..workbook import Sheet

PUBLISHER_ID, DATASET = "sipri", "milex"
TITLE_ROWS = 6


@dataclass(frozen=True)
class Table:
    """Say what a sheet's figures are; `scale` turns what is printed into `unit`."""

    table_id: str
    title: re.Pattern[str]
    measure: str
    unit: str
    price_basis: str
    scale: float = 1.0
    is_financial_year: bool = False


def _title(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"military expenditure .*by country,? .*{pattern}")


_LOCAL = "in local currency"
TABLES = (
    Table(
        "share_of_gdp",
        _title("percentage of (gross domestic product|gdp)"),
        "defence_share_of_gdp",
        "percent",
        "current",
        100,
    ),
    Table("constant_usd", _title(r"in constant \(?\d{4}\)? us"), "defence_expenditure", "usd_m", "constant"),
    Table(
        "current_usd", _title(r"us ?(\$|d|dollars).*(at|in) current prices"), "defence_expenditure", "usd_m", "current"
    ),
    Table(
        "per_capita", re.compile("military expenditure per capita"), "defence_expenditure_per_capita", "usd", "current"
    ),
    Table(
        "share_of_government",
        _title("percentage of government"),
        "defence_share_of_government",
        "percent",
        "current",
        100,
    ),
    Table("local_calendar", _title(_LOCAL), "defence_expenditure", "lcu_m", "current", 1e-6),
    Table("local_financial", _title(_LOCAL), "defence_expenditure", "lcu_m", "current", 1e-6, is_financial_year=True),
)
# Sheets that are told apart from tables by their title, and read otherwise or not at all.
REGIONS, NOTES = re.compile("military expenditure by region"), re.compile("footnotes and special notes")
_FINANCIAL = re.compile("(are|is) for financial years")
_YEAR = re.compile(r"\(?\b((?:19|20)\d\d)\b\)?")


def titles(sheet: Sheet) -> list[str]:
    """Return the folded texts above a sheet's figures."""
    return [
        fold(value) for (row, _), value in sorted(sheet.cells.items()) if row <= TITLE_ROWS and isinstance(value, str)
    ]


def table_of(sheet: Sheet) -> Table | None:
    """Find which table a sheet holds, by its title; None where it is none."""
    texts = titles(sheet)
    found = [table for table in TABLES if any(table.title.match(text) for text in texts)]
    if len(found) == 2:
        # Both sheets of local currencies have one title; what stands below it tells them apart.
        is_financial = any(_FINANCIAL.search(text) for text in texts)
        return next(table for table in found if table.is_financial_year == is_financial)
    return found[0] if found else None


def base_year(sheet: Sheet) -> int | None:
    """Return the year of constant prices: by the sheet's name, `Constant (2023) US$`, or else by its title."""
    named = _YEAR.search(sheet.name)
    if named is None:
        in_title = (re.search(r"constant \(?(\d{4})", text) for text in titles(sheet))
        named = next((match for match in in_title if match), None)
    return int(named[1]) if named else None
