"""Thirty questions to the tools for agents, with the answers that the publications give."""

from __future__ import annotations

from typing import Any, NamedTuple

OLD, MID, NEW = "nato-2024-06", "nato-2025-08", "nato-2026-07"
USD = {"unit": "usd_m"}
SINCE = {"measure": "defence_expenditure", "base_year": 2014}
# What stands for the prices of an edition.
P2015, P2021, CURRENT, NONE = "constant prices of 2015", "constant prices of 2021", "current prices", "no prices"


class Question(NamedTuple):
    """Hold a question, and of its answer: the value (rounded as here), edition, status, unit and prices."""

    tool: str
    asked: dict[str, Any]
    value: object
    edition: object
    status: object = "outturn"
    unit: object = "percent"
    prices: object = NONE


def _figure(measure: str, entity: str | None, year: int, **more: Any) -> dict[str, Any]:
    return {"measure": measure, "year": year} | ({"entity": entity} if entity else {}) | more


QUESTIONS = [
    Question("figure", _figure("real_growth", "NATO_EUR_CAN", 2024, edition=OLD), 17.95, OLD, "estimate", prices=P2015),
    Question("figure", _figure("real_growth", "NATO Europe and Canada", 2024), 19.28, NEW, prices=P2021),
    Question("figure", _figure("real_growth", "NATO_EUR_CAN", 2026), 10.98, NEW, "estimate", prices=P2021),
    Question(
        "figure", _figure("defence_share_of_gdp", "Poland", 2024, edition=OLD), 4.12, OLD, "estimate", prices=P2015
    ),
    Question("figure", _figure("defence_share_of_gdp", "pol", 2025), 4.25, NEW, "estimate", prices=P2021),
    Question("figure", _figure("defence_share_of_gdp", "UK", 2024), 2.28, NEW, prices=P2021),
    Question(
        "figure", _figure("defence_share_of_gdp", "Germany", 2024, edition=OLD), 2.12, OLD, "estimate", prices=P2015
    ),
    Question(
        "figure",
        _figure("defence_expenditure", "USA", 2024, prices="current", keys=USD),
        967707,
        NEW,
        unit="million US dollars",
        prices=CURRENT,
    ),
    Question(
        "figure",
        _figure("defence_expenditure", "usa", 2024, prices="current", keys=USD, edition=OLD),
        967707,
        OLD,
        "estimate",
        "million US dollars",
        CURRENT,
    ),
    Question("figure", _figure("equipment_share", "Poland", 2024, edition=OLD), 51.13, OLD, "estimate"),
    Question(
        "figure", _figure("military_personnel", "Turkey", 2024, edition=OLD), 481.017, OLD, "estimate", "thousand"
    ),
    Question(
        "figure", _figure("share_of_total_pct", "USA", 2026, prices="constant"), 57.29, NEW, "estimate", prices=P2021
    ),
    Question(
        "figure",
        _figure("share_of_alliance_gdp_pct", "United States", 2026, prices="constant"),
        51.67,
        NEW,
        "estimate",
        prices=P2021,
    ),
    Question(
        "figure",
        _figure("compliance_count.allies_meeting", None, 2024, target="gdp_2", edition=OLD),
        23,
        OLD,
        "estimate",
        "Allies",
        P2015,
    ),
    Question(
        "figure",
        _figure("compliance_count.allies_meeting", None, 2026, target="gdp_2"),
        30,
        NEW,
        "estimate",
        "Allies",
        P2021,
    ),
    Question(
        "figure",
        _figure("meets_target", "Germany", 2024, target="gdp_2", edition=OLD),
        True,
        OLD,
        "estimate",
        "yes or no",
        P2015,
    ),
    Question(
        "figure", _figure("meets_target", "Spain", 2024, target="gdp_2"), False, NEW, "outturn", "yes or no", P2021
    ),
    Question(
        "figure",
        _figure("value_pct", "Estonia", 2024, target="gdp_2", edition=OLD),
        3.43,
        OLD,
        "estimate",
        prices=P2015,
    ),
    Question(
        "figure",
        _figure("fct_growth_since.growth_pct", "EU_ALLIES", 2026, prices="constant", keys=SINCE),
        130.7,
        NEW,
        "estimate",
        prices=P2021,
    ),
    Question(
        "figure",
        _figure("fct_target_compliance.gap_current_usd_m", "Canada", 2024, target="gdp_2", edition=OLD),
        -14181,
        OLD,
        "estimate",
        "million US dollars",
        CURRENT,
    ),
    Question(
        "figure",
        _figure(
            "fct_category.category_usd_m", "Italy", 2024, prices="constant", keys={"category": "equipment"}, edition=OLD
        ),
        6587,
        OLD,
        "estimate",
        "million US dollars",
        P2015,
    ),
    Question(
        "figure", _figure("nominal_growth_usd_pct", "France", 2024, edition=OLD), 8.24, OLD, "estimate", prices=CURRENT
    ),
    Question(
        "series",
        {"measure": "defence_share_of_gdp", "entity": "Germany", "first_year": 2022, "last_year": 2024, "edition": OLD},
        [1.51, 1.64, 2.12],
        OLD,
        ["outturn", "estimate"],
        prices=P2015,
    ),
    Question(
        "series",
        {"measure": "real_growth", "entity": "NATO_TOTAL", "first_year": 2015, "last_year": 2015},
        [-1.57],
        NEW,
        prices=P2021,
    ),
    Question(
        "revisions",
        {"measure": "real_growth", "entity": "Canada", "year": 2024},
        [5.46, 12.12, 11.37],
        [OLD, MID, NEW],
        ["estimate", "outturn"],
        prices=[P2015, P2021],
    ),
    Question(
        "revisions",
        {"measure": "defence_share_of_gdp", "entity": "Poland", "year": 2024},
        [4.12, 3.79, 3.75],
        [OLD, MID, NEW],
        ["estimate", "outturn"],
        prices=[P2015, P2021],
    ),
    Question(
        "check",
        {"metric": "real_growth", "scope": "NATO_EUR_CAN", "year": 2024, "value": "17.9"},
        ["holds", "differs", "differs"],
        [OLD, MID, NEW],
        {OLD: "estimate", MID: "estimate", NEW: "outturn"},
        prices="each verdict's basis and sentence name them",
    ),
    Question(
        "check",
        {"metric": "expenditure", "scope": "United States", "year": 2024, "value": "968", "prices": "current"},
        ["holds", "cannot_tell", "holds"],
        [OLD, MID, NEW],
        {OLD: "estimate", MID: "estimate", NEW: "outturn"},
        "USD billion",
        CURRENT,
    ),
    Question(
        "query",
        {
            "sql": "select edition_id, is_estimate, price_base_year, real_growth_pct from latest_growth "
            "where entity_code = 'POL' and year = 2025"
        },
        [17.51],
        [NEW],
        "in is_estimate",
        {"price_base_year": "year", "real_growth_pct": "percent"},
        "in price_base_year",
    ),
    Question(
        "query",
        {
            "sql": "select edition_id, year, is_estimate, price_basis, share_of_total_pct "
            "from latest_contribution_share where entity_code = 'USA' and year = 2026 and price_basis = 'constant'"
        },
        [57.29],
        [NEW],
        "in is_estimate",
        {"year": "year", "share_of_total_pct": "percent"},
        "in price_basis",
    ),
]
