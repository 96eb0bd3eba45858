"""What a statement about the figures can measure. Light to import: the command line offers the names."""

from __future__ import annotations

from enum import StrEnum

# How exactly a figure was stated, as it is written before it; what is not here needs no word.
COMPARED = {
    "about": "about ",
    "nearly": "nearly ",
    "more_than": "more than ",
    "less_than": "less than ",
    "at_least": "at least ",
    "at_most": "at most ",
}


class Metric(StrEnum):
    """What a statement can measure; the values are those of the column `metric`."""

    real_growth = "real_growth"
    nominal_growth = "nominal_growth"
    contribution_share = "contribution_share"
    gdp_share = "gdp_share"
    expenditure = "expenditure"
    expenditure_per_head = "expenditure_per_head"
    defence_share_of_gdp = "defence_share_of_gdp"
    personnel = "personnel"
    equipment_share = "equipment_share"
    personnel_share = "personnel_share"
    infrastructure_share = "infrastructure_share"
    other_share = "other_share"
    meets_target = "meets_target"
    gap_to_target = "gap_to_target"
    allies_meeting_target = "allies_meeting_target"
    allies_below_target = "allies_below_target"
    allies_above_threshold = "allies_above_threshold"
