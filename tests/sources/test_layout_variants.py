"""Tables that were printed otherwise: June 2019's workbook, and numbers that meant other tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from pipelines.sources.errors import SourceError
from pipelines.sources.nato import layout
from pipelines.sources.nato.parser import parse_workbook
from pipelines.sources.workbook import open_workbook
from tests.workbooks import BLOCKS, TITLES, UNITS, read_figures, save

HELD = ["2", "3", "5", "6", "7", "8a", "8b"]
# Of Tables 5 and 7 the header stands in row 19, below what else is on the sheet; of the others in row 7.
LOW = ("5", "7")
WORDS = {"core": "D", "lower": "d", "base": 2015, "first": 2012, "last": 2019}
KEY = ["table_id", "measure", "price_basis", "unit", "entity_code", "period"]


@pytest.fixture(scope="module")
def figures(settings) -> pd.DataFrame:
    return read_figures(settings.seeds, "nato-2019-06")


def june_2019_workbook(figures: pd.DataFrame, names: dict[str, str], *, aggregates: bool = False) -> openpyxl.Workbook:
    """Lay figures out as the workbook of June 2019: subtitles (and aggregates) in column A, labels in B."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    years = sorted(figures["period"].unique())
    for table in HELD:
        sheet, header = book.create_sheet(f"Table {table}"), 19 if table in LOW else 7
        title, unit = (TITLES[table].format(**WORDS), UNITS[table].format(**WORDS))
        blocks = BLOCKS[table]
        if table == "5":
            title, unit = "Real GDP", "Billion US dollars (2015 prices and exchange rates)"
            blocks = {("gdp", "constant"): None}
        sheet.cell(header - 3, 1, f"Table {table} : {title}")
        sheet.cell(header - 2, 1, unit)
        for column, year in enumerate(years, start=3):
            sheet.cell(header, column, f"{year}e" if year >= "2018" else int(year))
        line = header + 1
        for (measure, basis), subtitle in blocks.items():
            if subtitle:
                sheet.cell(line, 1, subtitle.format(**WORDS))
                line += 1
            block = figures[(figures["measure"] == measure) & (figures["price_basis"] == basis)]
            rows = block.pivot(index="entity_code", columns="period", values="value")
            rows = rows / 1000 if table == "5" else rows
            for code, row in rows.iterrows():
                _write(sheet, line, 2, names[code], row)
                line += 1
            if aggregates and table in ("2", "5", "7"):
                _write(sheet, line, 1, "NATO Europe and Canada", rows.drop("USA").sum())
                _write(sheet, line + 1, 1, "NATO Total", rows.sum())
                line += 2
        sheet.cell(line + 1, 1, "Notes: Figures for 2018 and 2019 are estimates.")
    return book


def _write(sheet, line: int, first: int, label: str, row: pd.Series) -> None:
    sheet.cell(line, first, label)
    for column, value in enumerate(row, start=3):
        sheet.cell(line, column, ".." if pd.isna(value) else value)


@pytest.fixture(scope="module")
def names(entities) -> dict[str, str]:
    own = {code: entity.name for code, entity in entities.known.items()}
    return own | {"TUR": "Turkey", "CZE": "Czech Republic"}


def _read(book: openpyxl.Workbook, path: Path, entities, tables=HELD) -> pd.DataFrame:
    return parse_workbook(open_workbook(save(book, path)), "nato-2019-06", entities, tables)


@pytest.mark.parametrize("aggregates", [False, True], ids=["without aggregates", "with aggregates"])
def test_june_2019_s_layout_reads_back_equal(tmp_path, figures, names, entities, aggregates):
    book = june_2019_workbook(figures, names, aggregates=aggregates)
    read = _read(book, tmp_path / "PR-2019-069-eng.xlsx", entities)
    totals = read[read["entity_code"].isin(["NATO_EUR_CAN", "NATO_TOTAL"])]
    assert len(totals) == (2 * 8 * 4 if aggregates else 0)
    own = read.drop(totals.index).sort_values(KEY).reset_index(drop=True)
    expected = figures.sort_values(KEY).reset_index(drop=True)
    same = [*KEY, "status", "price_base_year", "repeats"]
    pd.testing.assert_frame_equal(own[same], expected[same])
    # Billions and back: the last bit may differ.
    np.testing.assert_allclose(own["value"].to_numpy(), expected["value"].to_numpy(), rtol=1e-15)
    assert set(own["status"]) == {"outturn", "estimate"}
    turkey = own.query("entity_code == 'TUR' and table_id == '5' and period == '2019'").iloc[0]
    assert (turkey["label"], turkey["cell"]) == ("Turkey", "Table 5!J47") and turkey["value"] > 9e5


def test_the_steps_of_billions_are_steps_of_millions(tmp_path, figures, names, entities):
    rounded = figures.assign(value=figures["value"].where(figures["table_id"] != "5", figures["value"].round(-2)))
    read = _read(june_2019_workbook(rounded, names), tmp_path / "PR-2019-069-eng.xlsx", entities)
    # 0.1 billion is the last digit, so half of it is 50 million.
    assert set(read.query("table_id == '5'")["half_step"]) == {50.0}


def test_a_later_workbook_must_have_its_aggregates(tmp_path, settings, entities):
    from tests.workbooks import modern_workbook

    figures = read_figures(settings.seeds, "nato-2026-07")
    bare = figures[~((figures["table_id"] == "2") & (figures["entity_code"] == "NATO_TOTAL"))]
    with pytest.raises(SourceError, match="the row NATO_TOTAL"):
        _read(modern_workbook(bare), tmp_path / "def-exp-2026-en.xlsx", entities, ["2", "3", "8a", "8b"])


def test_billions_belong_to_real_gdp_alone(tmp_path, figures, names, entities):
    book = june_2019_workbook(figures, names)
    book["Table 5"]["A16"] = "Table 5 : GDP"
    with pytest.raises(SourceError, match="million us dollars"):
        _read(book, tmp_path / "PR-2019-069-eng.xlsx", entities)


OLDER = r"""
    variants:
      - title: defence expenditure annual volume change \(%\)
        unit_line: based on (?P<base_year>\d{4}) prices
        blocks:
          - {measure: real_growth, unit: percent, price_basis: constant}
          - {subtitle: of gdp, measure: defence_share_of_gdp, unit: percent, price_basis: constant, optional: true}
"""


def _older(title: str) -> openpyxl.Workbook:
    """Write a sheet whose Table 2 is growth, as the tables of long ago are numbered."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"], sheet["A2"] = title, "Based on 2000 prices"
    for column, year in enumerate((1998, 1999), start=2):
        sheet.cell(4, column, year)
    allies = "Belgium Canada Denmark France Germany Greece Italy Luxembourg Netherlands Norway Portugal Spain Turkey"
    for line, name in enumerate(
        [*allies.split(), "United Kingdom", "United States", "Poland", "Hungary", "Czech Republic"], start=5
    ):
        for column, value in enumerate((name, 1.5, -2.25), start=1):
            sheet.cell(line, column, value)
    return book


def test_a_number_that_means_another_table_is_a_variant_with_its_title(tmp_path, entities):
    text = Path(layout.__file__).with_name("layout.yml").read_text(encoding="utf-8")
    layouts = layout.read_layouts(text.replace('  "3":\n', OLDER.lstrip("\n") + '  "3":\n', 1))
    path = save(_older("Table 2 : Defence expenditure annual volume change (%)"), tmp_path / "old.xlsx")
    read = parse_workbook(open_workbook(path), "nato-1999-12", entities, ["2"], layouts)
    assert set(read["measure"]) == {"real_growth"} and set(read["unit"]) == {"percent"}
    assert set(read["table_id"]) == {"2"} and set(read["price_base_year"]) == {2000} and len(read) == 2 * 18
    # What the file does not name is refused, with every title that the number has had.
    with pytest.raises(SourceError, match=r"'Table 2: defence expenditure'"):
        parse_workbook(open_workbook(path), "nato-1999-12", entities, ["2"])
