"""The real workbook of June 2024 is read completely, and the embedded figures are the originals."""

import pandas as pd
import pytest

from pipelines.sources.catalogue import Sources
from pipelines.sources.figures import read_figures, read_originals
from pipelines.sources.nato.parser import parse_workbook
from pipelines.sources.observations import to_arrow
from pipelines.sources.workbook import open_workbook


@pytest.fixture(scope="module")
def workbook(originals):
    return open_workbook(originals / "2024-06" / "240617-def-exp-2024-TABLES-en.xlsx")


@pytest.fixture(scope="module")
def figures(workbook, entities):
    return parse_workbook(workbook, "nato-2024-06", entities)


def test_every_visible_figure_is_read(figures):
    assert len(figures) == 5501
    assert set(figures["table_id"]) == {"1", "2", "3", "4", "5", "6", "7", "8a", "8b"}
    assert figures["value"].notna().all()


def test_hidden_cells_are_dropped_and_counted(workbook, figures):
    hidden = {sheet.name: sheet.hidden_values for sheet in workbook.sheets if sheet.hidden_values}
    # `#REF!` twelve times in Tables 1 and 8a, six times in 8b beside ten stray zeros.
    assert hidden == {"TABLE1": 12, "TABLE8a": 12, "TABLE8b": 16}
    rows = figures["cell"].str.extract(r"!(?P<column>[A-Z]+)(?P<row>\d+)")["row"].astype(int)
    assert not (figures["table_id"].isin(["1", "8a", "8b"]) & rows.isin([42, 75])).any()


def test_each_figure_stands_where_it_says(workbook, figures):
    """Read the same cells a second way, with another reader and without our layout."""
    import openpyxl

    book = openpyxl.load_workbook(workbook.path, data_only=True, read_only=True)
    grids = {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}
    for row in figures.itertuples():
        sheet, address = row.cell.split("!")
        column, line = openpyxl.utils.cell.coordinate_from_string(address)
        assert grids[sheet][line - 1][openpyxl.utils.column_index_from_string(column) - 1] == row.value


def test_text_years_stars_and_currencies(figures):
    poland = figures.query("table_id == '1' and entity_code == 'POL' and price_basis == 'current'")
    assert poland["period"].tolist() == [str(year) for year in range(2014, 2025)]
    assert poland["header"].tolist()[5] == "2019" and poland["header"].tolist()[-1] == "2024e"
    assert poland["status"].tolist() == ["outturn"] * 9 + ["estimate"] * 2
    assert set(poland["marks"]) == {"*"} and set(poland["currency_code"]) == {"PLN"}
    assert figures.query("table_id == '2' and entity_code == 'FRA'")["marks"].isna().all()


def test_iceland_has_gdp_and_nothing_else(figures):
    iceland = figures[figures["entity_code"] == "ISL"]
    assert set(iceland["measure"]) == {"gdp", "gdp_per_capita"}


def test_table_4_says_first_and_last_year(figures):
    albania = figures.query("table_id == '4' and entity_code == 'ALB'").set_index(["measure", "period"])["value"]
    assert albania.round(4).to_dict() == {
        ("defence_expenditure", "2014"): 150.0256,
        ("defence_expenditure", "2024"): 309.4643,
        ("cumulative_real_growth", "2024"): 106.2743,
        ("defence_share_of_gdp", "2014"): 1.3465,
        ("defence_share_of_gdp", "2024"): 2.0295,
    }


def test_embedded_figures_equal_the_originals_cell_by_cell(originals, settings):
    read = read_originals(originals, Sources(settings.seeds))
    assert {edition: len(frame) for edition, frame in read.items()} == {
        "eda-2024-12": 2792,
        "sipri-2021": 2141,
        "sipri-2024": 2444,
        "sipri-2025": 2545,
        "nato-2019-06": 2681,
        "nato-2024-06": 5501,
        "nato-2025-08": 2663,
        "nato-2026-07": 6273,
        "worldbank-2020-07": 699,
        "worldbank-2025-04-ny-gdp-mktp-kd": 360,
        "worldbank-2026-03-ny-gdp-mktp-cd": 360,
    }
    for edition, frame in read.items():
        assert to_arrow(frame).equals(read_figures(settings.seeds, edition)), edition


def test_the_first_claims_are_the_ones_we_collected(originals, settings):
    ours, collected = (
        pd.read_csv(folder / "claims.csv", dtype=str, index_col="claim_id")
        for folder in (settings.seeds, originals.parent)
    )
    assert len(collected) == 25
    pd.testing.assert_frame_equal(ours.loc[collected.index, collected.columns], collected)
