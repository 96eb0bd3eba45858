"""Workbooks that come in unusual ways and are right: with holes, and older than all that is held."""

from __future__ import annotations

from pathlib import Path

import pandas as pd


def with_holes(june_2024: pd.DataFrame) -> pd.DataFrame:
    """Return June 2024's figures with `..` for Germany's dollars of 2024 and for Belgium's first soldiers."""
    gone = (june_2024["table_id"] == "2") & (june_2024["entity_code"] == "DEU") & (june_2024["year"] == 2024)
    gone |= (june_2024["table_id"] == "7") & (june_2024["entity_code"] == "BEL") & (june_2024["year"] == 2014)
    assert gone.sum() == 3
    return june_2024[~gone]


def june_2021(originals: Path, june_2024: pd.DataFrame) -> pd.DataFrame:
    """Give Table 1 of June 2021 as observations: what was printed, under the labels of June 2024."""
    printed = pd.read_csv(originals / "2021-06-table1" / "table1_current_prices.csv", index_col="entity_code")
    newer = june_2024
    newer = newer[(newer["table_id"] == "1") & (newer["price_basis"] == "current") & (newer["year"] <= 2021)]
    rows = newer[newer["entity_code"].isin(printed.index)].copy()
    rows["value"] = [
        float(printed.loc[code, str(year)]) for code, year in zip(rows["entity_code"], rows["year"], strict=True)
    ]
    rows["label"] = rows["label"].str.replace("*", "").replace({"Croatia (Euros)": "Croatia (Kunas)"})
    rows["header"] = [f"{year}e" if year >= 2020 else str(year) for year in rows["year"]]
    assert len(rows) == 29 * 8
    return rows.assign(price_base_year=2015)
