"""An Ally that is none: Denmark's figures, moved so that they are nobody's, and agree with each other."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

FIGURES = "figures/nato-2026-07.csv"
# Utopia is small, so that the rounding of Denmark's amounts is lost in its own; its spending grows by one point more.
SPENDING, FASTER, GDP, PERSONNEL, GDP_PER_HEAD = 0.13, 1.01, 0.11, 0.2, 1.1
FIRST_YEAR = 2014
# As the edition prints them; amounts have none.
DECIMALS = {"percent": 2, "thousand": 1, "usd_thousand": 1}


def add_utopia(seeds: Path) -> None:
    """Write Utopia's rows (`UTO`) beside Denmark's in the newest edition's figures below `seeds`."""
    path = seeds / FIGURES
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    copied = frame[frame["entity_code"] == "DNK"].assign(entity_code="UTO", label="Utopia", currency_code="")
    pd.concat([frame, copied.assign(value=_moved(copied))]).to_csv(path, index=False)


def _moved(rows: pd.DataFrame) -> pd.Series:
    """Move amounts and counts, and compute from them, as they are printed, what NATO computes from its own."""
    measure, year, value = rows["measure"], rows["period"].astype(int), rows["value"].astype(float)
    decimals = rows["unit"].map(DECIMALS).fillna(0).astype(int)
    factors = measure.map({"gdp": GDP, "gdp_per_capita": GDP_PER_HEAD, "military_personnel": PERSONNEL}).fillna(1.0)
    spends = measure == "defence_expenditure"
    moved = value * factors.mask(spends, SPENDING * FASTER ** (year - FIRST_YEAR))
    # The four categories keep their sum: each comes nearer to a quarter.
    categories = ["equipment_share", "personnel_share", "infrastructure_share", "other_share"]
    moved = _rounded(moved.mask(measure.isin(categories), 0.9 * value + 2.5), decimals)

    def printed(name: str, unit: str = "usd_m", years_before: int = 0) -> pd.Series:
        chosen = (measure == name) & (rows["unit"] == unit) & (rows["price_basis"] == "constant")
        return (year - years_before).map(pd.Series(moved[chosen].to_numpy(), index=year[chosen]))

    now, before = (printed("defence_expenditure", "lcu_m", years_before) for years_before in (0, 1))
    growth = (100 * (now / before - 1)).fillna((100 + value) * FASTER - 100)
    share = 100 * printed("defence_expenditure") / printed("gdp")
    per_head = 10 * share * printed("gdp_per_capita", "usd_thousand")
    computed = {"real_growth": growth, "defence_share_of_gdp": share, "defence_expenditure_per_capita": per_head}
    for name, values in computed.items():
        moved = moved.mask(measure == name, values)
    return _rounded(moved, decimals).astype(str)


def _rounded(values: pd.Series, decimals: pd.Series) -> pd.Series:
    return pd.Series([round(v, d) for v, d in zip(values, decimals, strict=True)], index=values.index)
