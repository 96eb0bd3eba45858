"""The release must give the figures that stand in the published tables and in public statements.

Expected values were computed from the original files by hand and by pandas, not by this project.
"""

import pandas as pd
import pytest

from tests.workbooks import read_figures


def _count(release, edition: str, year: int, target: str, column: str = "meets_target") -> int:
    sql = f"select count(*) from fct_target_compliance where edition_id = ? and year = ? and target_id = ? and {column}"
    return release.execute(sql, [edition, year, target]).fetchall()[0][0]


ALLIES_AT_2 = {
    "nato-2019-06": {2014: 3, 2018: 6, 2019: 7},
    "nato-2024-06": {2014: 3, 2019: 7, 2022: 7, 2023: 10, 2024: 23},
    "nato-2025-08": {2014: 3, 2019: 6, 2022: 7, 2023: 10, 2024: 18, 2025: 30},
    "nato-2026-07": {2014: 3, 2019: 6, 2022: 7, 2023: 10, 2024: 17, 2025: 28, 2026: 30},
}
ALLIES_AT_20_EQUIPMENT = {
    "nato-2024-06": {2014: 8, 2019: 17, 2022: 24, 2023: 26, 2024: 29},
    "nato-2025-08": {2014: 8, 2019: 17, 2022: 24, 2023: 26, 2024: 28, 2025: 28},
    "nato-2026-07": {2014: 8, 2019: 17, 2022: 24, 2023: 25, 2024: 27, 2025: 28, 2026: 30},
}
REAL_GROWTH = {
    "nato-2024-06": {2014: -0.88, 2019: 3.62, 2022: 3.73, 2023: 9.26, 2024: 17.95},
    "nato-2025-08": {2014: -0.89, 2019: 3.89, 2022: 3.79, 2023: 9.27, 2024: 18.59, 2025: 15.94},
    "nato-2026-07": {2014: -0.96, 2019: 3.80, 2022: 3.74, 2023: 8.14, 2024: 19.28, 2025: 19.02, 2026: 10.98},
}


def _cases(table: dict) -> list[tuple]:
    return [(edition, year, figure) for edition, years in table.items() for year, figure in years.items()]


@pytest.mark.parametrize(("edition", "year", "count"), _cases(ALLIES_AT_2))
def test_allies_at_2_percent(release, edition, year, count):
    assert _count(release, edition, year, "gdp_2") == count


@pytest.mark.parametrize(("edition", "year", "count"), _cases(ALLIES_AT_20_EQUIPMENT))
def test_allies_at_20_percent_equipment(release, edition, year, count):
    assert _count(release, edition, year, "equipment_20") == count


@pytest.mark.parametrize(("edition", "year", "growth"), _cases(REAL_GROWTH))
def test_published_real_growth_of_europe_and_canada(release, edition, year, growth):
    sql = (
        "select real_growth_published_pct from fct_growth "
        "where edition_id = ? and year = ? and entity_code = 'NATO_EUR_CAN'"
    )
    assert round(release.execute(sql, [edition, year]).fetchall()[0][0], 2) == growth


def test_23_as_published_are_22_recomputed(release):
    assert _count(release, "nato-2024-06", 2024, "gdp_2", "meets_target_recomputed") == 22
    lost = release.execute(
        "select entity_code, value_pct, round(value_recomputed_pct, 3) from fct_target_compliance "
        "where edition_id = 'nato-2024-06' and target_id = 'gdp_2' and meets_target and not meets_target_recomputed "
        "order by year"
    ).fetchall()
    assert lost == [("LTU", 2.0, 1.995), ("FRA", 2.0, 1.986), ("SVK", 2.0, 1.989)]


def test_a_missing_value_is_unknown_and_not_a_miss(release):
    germany = release.execute(
        "select value_pct, meets_target, compliance_status from fct_target_compliance "
        "where edition_id = 'nato-2025-08' and year = 2025 and entity_code = 'DEU' and target_id = 'gdp_2'"
    ).fetchall()
    assert germany == [(None, None, "unknown")]
    unknown = release.execute(
        "select entity_code from fct_target_compliance where edition_id = 'nato-2025-08' and year = 2025 "
        "and target_id = 'equipment_20' and compliance_status = 'unknown' order by 1"
    ).fetchall()
    assert unknown == [("DEU",), ("DNK",)]


def test_targets_do_not_apply_to_iceland(release):
    found = release.execute(
        "select distinct meets_target, compliance_status from fct_target_compliance where entity_code = 'ISL'"
    ).fetchall()
    assert found == [(None, "not_applicable")]


def test_each_row_of_compliance_is_an_ally(release):
    others = release.execute("select * from fct_target_compliance anti join dim_ally using (entity_code)").fetchall()
    assert others == []
    counts = release.execute(
        "select allies_meeting, allies_failing, allies_unknown, allies_not_applicable from compliance_count "
        "where edition_id = 'nato-2025-08' and year = 2025 and target_id = 'gdp_2'"
    ).fetchall()
    assert counts == [(30, 0, 1, 1)]


def test_nato_counts_the_value_rounded_to_two_decimals(release):
    poland = release.execute(
        "select round(value_pct, 4), meets_target, gap_pp < 0 from fct_target_compliance "
        "where edition_id = 'nato-2025-08' and year = 2018 and entity_code = 'POL' and target_id = 'gdp_2'"
    ).fetchall()
    assert poland == [(1.9959, True, True)]


def test_nobody_reached_the_proposed_5_percent_in_2024(release):
    assert _count(release, "nato-2024-06", 2024, "proposal_5") == 0
    usa = release.execute(
        "select meets_target, gap_constant_usd_m < 0 from fct_target_compliance where edition_id = 'nato-2024-06' "
        "and year = 2024 and entity_code = 'USA' and target_id = 'proposal_5'"
    ).fetchall()
    assert usa == [(False, True)]


def test_what_these_tables_cannot_measure_is_unknown(release):
    statuses = release.execute(
        "select distinct compliance_status from fct_target_compliance where target_id = 'total_5' order by 1"
    ).fetchall()
    assert statuses == [("not_applicable",), ("unknown",)]
    assert "cannot measure" in release.execute("select note from dim_target where not is_measurable").fetchall()[0][0]


@pytest.mark.parametrize(
    ("edition", "basis", "share", "gdp_share"),
    [
        ("nato-2024-06", "constant", 63.70, 51.14),
        ("nato-2024-06", "current", 65.63, 53.21),
        ("nato-2026-07", "constant", 63.92, 51.31),
        ("nato-2026-07", "current", 65.26, 52.82),
        ("nato-2025-08", "current", None, None),
    ],
)
def test_share_of_the_united_states_in_2024(release, edition, basis, share, gdp_share):
    found = release.execute(
        "select round(share_of_total_pct, 2), round(share_of_alliance_gdp_pct, 2), null_reason is null "
        "from fct_contribution_share where entity_code = 'USA' and year = 2024 and edition_id = ? and price_basis = ?",
        [edition, basis],
    ).fetchall()
    assert found == [(share, gdp_share, share is not None and gdp_share is not None)]


def test_the_sum_of_june_2019_s_allies_grew_by_3_95(release):
    """June 2019's aggregates are not at hand: what they would say is the sum of the members, and marked so."""
    found = release.execute(
        "select real_growth_published_pct, round(real_growth_pct, 2), round(like_for_like_growth_pct, 2), is_estimate "
        "from fct_growth where edition_id = 'nato-2019-06' and year = 2019 and entity_code = 'NATO_EUR_CAN'"
    ).fetchall()
    assert found == [(None, 3.95, 3.95, True)]


def test_gdp_is_that_of_table_5_wherever_it_is_held(release):
    sources = release.execute(
        "select edition_id, gdp_source, count(*) > 0 from fct_contribution_share where gdp_source is not null "
        "group by all order by 1"
    ).fetchall()
    assert sources == [(edition, "published", True) for edition in ("nato-2019-06", "nato-2024-06", "nato-2026-07")]


def test_only_members_of_the_year_have_a_share(release):
    sweden = release.execute(
        "select year, share_of_total_pct is not null, is_member, null_reason from fct_contribution_share "
        "where edition_id = 'nato-2024-06' and entity_code = 'SWE' and price_basis = 'constant' and year >= 2023"
    ).fetchall()
    assert sweden == [(2023, False, False, "not a member in this year"), (2024, True, True, None)]


@pytest.fixture(scope="module")
def constant_usd(settings) -> pd.DataFrame:
    """Give Table 2 at constant prices, June 2024, as a grid of entities and years, from the seed itself."""
    figures = read_figures(settings.seeds, "nato-2024-06")
    rows = figures.query("table_id == '2' and price_basis == 'constant'")
    return rows.pivot(index="entity_code", columns="year", values="value")


def test_growth_agrees_with_pandas(release, constant_usd):
    facts = release.execute("from fct_growth where edition_id = 'nato-2024-06'").df()
    facts = facts[facts["entity_code"].isin(constant_usd.index)].set_index(["entity_code", "year"])
    yearly = constant_usd.pct_change(axis=1).mul(100).stack().dropna()
    since_2014 = constant_usd.div(constant_usd[2014], axis=0)
    average = since_2014.apply(
        lambda column: 100 * (column ** (1 / (column.name - 2014)) - 1) if column.name > 2014 else column
    )
    for name, expected in {
        "real_growth_pct": yearly,
        "cumulative_real_growth_pct": (since_2014 - 1).mul(100).stack(),
        "average_real_growth_pct": average.drop(columns=2014).stack(),
    }.items():
        difference = (facts[name].dropna() - expected).abs()
        assert difference.notna().all() and len(difference) == len(expected), name
        assert difference.max() < 1e-9, name


def test_nominal_growth_by_hand(release):
    # Albania, Table 1, current prices: 40256.139 million Leks in 2023, 49842.376 in 2024.
    found = release.execute(
        "select nominal_growth_lcu_pct from fct_growth "
        "where edition_id = 'nato-2024-06' and entity_code = 'ALB' and year = 2024"
    ).fetchall()
    assert found[0][0] == pytest.approx((49842.376 / 40256.139 - 1) * 100, rel=1e-12)


def test_discrepancies_find_what_nato_published_as_exactly_2(release):
    found = release.execute(
        "select entity_code, year, round(deviation, 4), reason is not null from fct_discrepancy "
        "where relation_id = 'share_of_gdp' and edition_id = 'nato-2024-06' order by deviation desc"
    ).fetchall()
    assert found == [("FRA", 2020, 0.0138, True), ("SVK", 2024, 0.0109, True), ("LTU", 2019, 0.0051, True)]
    others = release.execute(
        "select distinct relation_id from fct_discrepancy where relation_id <> 'share_of_gdp' order by relation_id"
    )
    named = ["categories", "deflator", "growth_and_share", "rate_of_euro", "years_of_rate"]
    assert others.fetchall() == [(relation,) for relation in named]


def test_observations_carry_their_cell(release):
    found = release.execute(
        "select cell, value, label, header, is_member from fct_observation where edition_id = 'nato-2024-06' "
        "and entity_code = 'POL' and year = 2024 and table_id = '3' and measure = 'defence_share_of_gdp'"
    ).fetchall()
    assert found == [("TABLE3!N32", pytest.approx(4.1202, abs=1e-4), "Poland*", "2024e", True)]
    assert release.execute("select count(*) from fct_observation where edition_id = 'nato-2024-06'").fetchall() == [
        (5501,)
    ]
