"""Write workbooks in NATO's layouts of 2025 and 2026 from observations, for tests to read and to damage.

One table a sheet; title in A1, unit line in A2; before each block a subtitle and a header of years
with an empty first cell; labels in column A, aggregates too; `Notes:` at the end.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from pathlib import Path

import openpyxl
import pandas as pd

from pipelines.settings import PROJECT
from pipelines.sources import figures as embedded
from pipelines.sources.observations import to_frame

TITLES = {
    "1": "{core}efence expenditure",
    "2": "{core}efence expenditure",
    "3": "{core}efence expenditure as a share of GDP and annual real change",
    "4": "{core}efence expenditure real change {first}-{last}e",
    "5": "GDP",
    "6": "GDP per capita and {lower}efence expenditure per capita",
    "7": "Military personnel",
    "8a": "Distribution of {lower}efence expenditure by main category",
    "8b": "Distribution of {lower}efence expenditure by main category",
}
UNITS = {
    "1": "Million national currency units",
    "2": "Million US dollars",
    "3": "Based on {base} prices",
    "4": "Million US dollars ({base} prices and exchange rates)",
    "5": "Million US dollars",
    "6": "{base} prices and exchange rates",
    "7": "Thousands",
    "8a": "Percentage of total {lower}efence expenditure",
    "8b": "Percentage of total {lower}efence expenditure",
}
BLOCKS = {
    "1": {
        ("defence_expenditure", "current"): "Current prices",
        ("defence_expenditure", "constant"): "Constant {base} prices",
    },
    "2": {
        ("defence_expenditure", "current"): "Current prices and exchange rates",
        ("defence_expenditure", "constant"): "Constant {base} prices and exchange rates",
    },
    "3": {
        ("defence_share_of_gdp", "constant"): "Share of real GDP (%)",
        ("real_growth", "constant"): "Annual real change (%)",
    },
    "5": {
        ("gdp", "current"): "Current prices and exchange rates",
        ("gdp", "constant"): "Constant {base} prices and exchange rates",
    },
    "6": {
        ("gdp_per_capita", "constant"): "GDP per capita (thousand US dollars)",
        ("defence_expenditure_per_capita", "constant"): "Defence expenditure per capita (US dollars)",
    },
    "7": {("military_personnel", "none"): None},
    "8a": {("equipment_share", "none"): "Equipment (a)", ("personnel_share", "none"): "Personnel (b)"},
    "8b": {("infrastructure_share", "none"): "Infrastructure (c)", ("other_share", "none"): "Other (d)"},
}
# Iceland's rows of July 2026 are not at hand; the workbook has them.
WITH_ICELAND = {"gdp", "gdp_per_capita"}
PRINTED = ["entity_code", "label", "currency_code", "header", "value"]
AGGREGATES = {"NATO_EUR_CAN": "NATO Europe and Canada", "NATO_TOTAL": "NATO Total"}


def read_figures(seeds: Path, edition_id: str) -> pd.DataFrame:
    """Read an edition's embedded figures with `year` and `is_estimate` beside period and status."""
    frame = to_frame(embedded.read_figures(seeds, edition_id))
    return frame.assign(year=frame["period"].astype("Int32"), is_estimate=frame["status"] == "estimate")


def modern_workbook(figures: pd.DataFrame, *, core: bool = True, missing: str = "..") -> openpyxl.Workbook:
    """Lay observations of one edition out as the 2025 (`core=False`) or 2026 workbook does.

    Tables that the figures lack are left out; a missing figure is printed as `missing`.
    """
    book = openpyxl.Workbook()
    book.remove(book.active)
    words = {
        "core": "Core d" if core else "D",
        "lower": "core d" if core else "d",
        "first": figures["year"].min(),
        "last": figures["year"].max(),
        "base": figures["price_base_year"].dropna().max(),
    }
    for table_id, title in TITLES.items():
        rows = figures[figures["table_id"] == table_id]
        if rows.empty:
            continue
        sheet = book.create_sheet(f"Table {table_id}")
        sheet["A1"] = f"Table {table_id}: {title.format(**words)}"
        sheet["A2"] = UNITS[table_id].format(**words)
        if table_id == "4":
            _write_table_4(sheet, rows, words)
        else:
            _write_blocks(sheet, rows, BLOCKS[table_id], words, missing)
        sheet.append([])
        sheet.append([f"Notes: Figures for {words['last'] - 1} and {words['last']} are estimates."])
    return book


def save(book: openpyxl.Workbook, path: Path) -> Path:
    """Save a workbook and give its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def _write_blocks(sheet, rows: pd.DataFrame, blocks: dict, words: dict, missing: str) -> None:
    headers = rows.drop_duplicates("year").sort_values("year")["header"]
    line = 3
    for (measure, basis), subtitle in blocks.items():
        block = rows[(rows["measure"] == measure) & (rows["price_basis"] == basis)]
        if subtitle:
            sheet.cell(line, 1, subtitle.format(**words))
        line += 1
        for column, header in enumerate(headers, start=2):
            sheet.cell(line, column, int(header) if header.isdigit() else header)
        if measure in WITH_ICELAND and "ISL" not in set(block["entity_code"]):
            line += 1
            for column, value in enumerate(["Iceland", *(missing for _ in headers)], start=1):
                sheet.cell(line, column, value)
        entities = defaultdict(list)
        for row in block[PRINTED].itertuples(index=False):
            entities[row.entity_code].append(row)
        for entity in entities.values():
            line += 1
            sheet.cell(line, 1, _label(entity[0]))
            figures = {row.header: row.value for row in entity}
            for column, header in enumerate(headers, start=2):
                sheet.cell(line, column, figures.get(header, missing))
        line += 2


def _label(row) -> str:
    """Give a row's label; a transcription's lacks the currency, which the workbook prints in it."""
    if pd.isna(row.currency_code) or "(" in row.label:
        return row.label
    return f"{row.label} ({_printed_names()[row.entity_code, row.currency_code].split('|')[0]})"


@cache
def _printed_names() -> dict[tuple[str, str], str]:
    """Read by what name each currency is printed, by entity and code."""
    currencies = pd.read_csv(PROJECT / "warehouse" / "seeds" / "currencies.csv")
    return currencies.set_index(["entity_code", "currency_code"])["printed_names"].to_dict()


def _write_table_4(sheet, rows: pd.DataFrame, words: dict) -> None:
    first, last = words["first"], f"{words['last']}e"
    headers = {
        ("defence_expenditure", words["first"]): first,
        ("defence_expenditure", words["last"]): last,
        ("cumulative_real_growth", words["last"]): f"Real change {first}-{last} (%)",
        ("defence_share_of_gdp", words["first"]): f"Share of real GDP {first} (%)",
        ("defence_share_of_gdp", words["last"]): f"Share of real GDP {last} (%)",
    }
    for column, header in enumerate(headers.values(), start=2):
        sheet.cell(4, column, header)
    for line, (_, entity) in enumerate(rows.groupby("entity_code", sort=False), start=5):
        sheet.cell(line, 1, entity["label"].iloc[0])
        figures = dict(zip(zip(entity["measure"], entity["year"], strict=True), entity["value"], strict=True))
        for column, key in enumerate(headers, start=2):
            sheet.cell(line, column, figures.get(key, ".."))
