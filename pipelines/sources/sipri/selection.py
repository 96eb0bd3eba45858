"""Choose what of SIPRI's data set may be shown to others: its terms allow a tenth.

The share of GDP of the Allies, of Russia and of Ukraine in full, their dollars since 2014. The same choice is made of
what is embedded and of what is published (`sql/staging/sipri/`).
"""

from __future__ import annotations

import pandas as pd

from ..entities import Entities

OTHERS, DOLLARS_SINCE = ("RUS", "UKR"), 2014


def select(frame: pd.DataFrame, entities: Entities) -> pd.DataFrame:
    """Return the rows of a release that may be republished."""
    allies = {member.code for member in entities.memberships["NATO"]}
    is_chosen = frame["entity_code"].isin(allies | set(OTHERS)) & ~frame["repeats"]
    is_share = frame["measure"] == "defence_share_of_gdp"
    is_dollar = (frame["measure"] == "defence_expenditure") & (frame["unit"] == "usd_m")
    is_recent = frame["period"].str[:4].astype(int) >= DOLLARS_SINCE
    return frame[is_chosen & (is_share | (is_dollar & is_recent))].reset_index(drop=True)
