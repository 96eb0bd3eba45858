"""What a statement about the figures can measure. Light to import: the command line offers the names."""

from __future__ import annotations

from enum import StrEnum


class Metric(StrEnum):
    """What a statement can measure; the values are those of the column `metric`."""

    real_growth = "real_growth"
    contribution_share = "contribution_share"
    gdp_share = "gdp_share"
    allies_meeting_target = "allies_meeting_target"
    meets_target = "meets_target"
    expenditure = "expenditure"
    defence_share_of_gdp = "defence_share_of_gdp"
