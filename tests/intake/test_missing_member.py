"""An edition in which a member's figure is missing while the aggregate stands is taken, and builds."""

from __future__ import annotations

import pytest

NEWEST = "edition_id = 'nato-2024-10' and year = 2024"


@pytest.fixture(scope="module")
def release(taken_in):
    """Open a release with June 2024's tables as a new edition, with `..` where Germany's dollars stood."""
    return taken_in.release


def _ask(release, sql: str) -> list[tuple]:
    return release.execute(sql).fetchall()


def test_what_is_published_stands(release):
    assert _ask(
        release,
        "select round(real_growth_published_pct, 2), round(real_growth_pct, 2) from fct_growth "
        f"where entity_code = 'NATO_EUR_CAN' and {NEWEST}",
    ) == [(17.95, 17.95)]
    shares = _ask(
        release,
        "select entity_code, round(share_of_total_pct, 2), null_reason_code from fct_contribution_share "
        f"where price_basis = 'constant' and entity_code in ('USA', 'DEU', 'NATO_EUR_CAN') and {NEWEST} order by 1",
    )
    assert shares == [("DEU", None, "no_expenditure"), ("NATO_EUR_CAN", 36.3, None), ("USA", 63.7, None)]


def test_what_cannot_be_added_up_is_undecided(release):
    missing = "member_figure_missing"
    groups = "('EUROPE', 'EU_ALLIES')"
    for table, figure in (
        ("fct_contribution_share", "share_of_total_pct"),
        ("fct_growth", "real_growth_pct"),
        ("fct_growth", "like_for_like_growth_pct"),
        ("fct_burden_per_head", "expenditure_per_capita_usd"),
    ):
        where = f"entity_code in {groups} and {NEWEST}"
        assert set(_ask(release, f"select {figure}, null_reason_code from {table} where {where}")) == {(None, missing)}
    assert _ask(
        release,
        "select count(*) > 100, count(contribution_pp), count(accession_effect_pp), min(null_reason_code) "
        f"from fct_growth_contribution where {NEWEST}",
    ) == [(True, 0, 0, missing)]
    assert set(
        _ask(
            release,
            "select allies_counted, allies_for_50_pct, largest_share_pct, effective_allies, null_reason_code "
            f"from fct_concentration where {NEWEST}",
        )
    ) == {(30, None, None, None, missing)}


def test_counts_are_ranges_and_the_year_before_is_whole(release):
    assert _ask(
        release,
        "select allies_meeting, allies_unknown, allies_meeting_recomputed, allies_unknown_recomputed "
        f"from compliance_count where target_id = 'gdp_2' and {NEWEST}",
    ) == [(23, 0, 21, 1)]
    before = NEWEST.replace("year = 2024", "year = 2023")
    assert _ask(release, f"select count(*) from fct_concentration where null_reason_code is null and {before}") == [
        (2,)
    ]
    assert _ask(
        release,
        f"select round(like_for_like_growth_pct, 2) from fct_growth where entity_code = 'NATO_EUR_CAN' and {before}",
    ) == [(7.66,)]


def test_the_aggregate_is_told_as_not_checkable(release):
    rows = _ask(
        release,
        "select price_basis, entity_code, missing_members, round(left_of_aggregate) from fct_uncheckable_relation "
        f"where relation_id = 'aggregate_expenditure' and {NEWEST} order by all",
    )
    # What is left of the aggregates is just what Germany spends.
    assert rows == [
        ("constant", "NATO_EUR_CAN", "DEU", 76943),
        ("constant", "NATO_TOTAL", "DEU", 76943),
        ("current", "NATO_EUR_CAN", "DEU", 97686),
        ("current", "NATO_TOTAL", "DEU", 97686),
    ]


def test_a_hole_is_listed_also_where_no_year_stands_before_it(release):
    assert _ask(
        release,
        "select entity_code, year, measure, price_basis, earlier_value is null from fct_large_change "
        "where edition_id = 'nato-2024-10' and compared_with = 'year' and present_value is null order by all",
    ) == [
        ("BEL", 2014, "military_personnel", "none", True),
        ("DEU", 2024, "defence_expenditure", "constant", False),
        ("DEU", 2024, "defence_expenditure", "current", False),
    ]
