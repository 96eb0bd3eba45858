"""A single table of an edition that nobody declared, older than all that is held: June 2021's national currencies."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from pipelines.intake.ingest import ingest
from pipelines.reading.current import open_warehouse
from tests.building import publish_tables
from tests.workbooks import modern_workbook, save


@pytest.fixture
def june_2021(originals, figures) -> pd.DataFrame:
    """Give Table 1 of June 2021 as observations: what was printed, under the labels of June 2024."""
    printed = pd.read_csv(originals / "2021-06-table1" / "table1_current_prices.csv", index_col="entity_code")
    newer = figures[2024]
    newer = newer[(newer["table_id"] == "1") & (newer["price_basis"] == "current") & (newer["year"] <= 2021)]
    rows = newer[newer["entity_code"].isin(printed.index)].copy()
    rows["value"] = [
        float(printed.loc[code, str(year)]) for code, year in zip(rows["entity_code"], rows["year"], strict=True)
    ]
    rows["label"] = rows["label"].str.replace("*", "").replace({"Croatia (Euros)": "Croatia (Kunas)"})
    rows["header"] = [f"{year}e" if year >= 2020 else str(year) for year in rows["year"]]
    return rows.assign(price_base_year=2015)


def test_june_2021_is_taken_and_builds(june_2021, empty, project, tmp_path):
    assert len(june_2021) == 29 * 8
    book = save(modern_workbook(june_2021, core=False), tmp_path / "210611-pr-2021-094-en.xlsx")
    taken = ingest(book, empty, project, edition_id="nato-2021-06", published=date(2021, 6, 11), tables=["1"])
    assert taken.changes_figures and publish_tables(empty).is_new
    rows = open_warehouse(empty.warehouse).execute(
        "select entity_code, year, round(relative_change_pct, 1) from fct_revision "
        "where edition_id = 'nato-2024-06' and earlier_edition_id = 'nato-2021-06'"
    )
    changes = {(code, year): change for code, year, change in rows.fetchall()}
    assert len(changes) == 29 * 8
    assert [changes[key] for key in [("HUN", 2017), ("LVA", 2017), ("NOR", 2016)]] == [16.4, -8.6, 6.1]
    assert all(abs(changes["HRV", year]) < 0.1 for year in range(2014, 2020))
