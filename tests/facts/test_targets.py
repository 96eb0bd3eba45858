"""Targets: how long, how far, how near, by which path, and how many - each counted a second way."""

import math

import pandas as pd
import pytest


def _frame(release, sql: str) -> pd.DataFrame:
    return release.execute(sql).df()


@pytest.fixture(scope="module")
def compliance(release) -> pd.DataFrame:
    return _frame(release, "from fct_target_compliance order by edition_id, entity_code, target_id, year")


def test_streaks_first_years_and_counts_by_a_loop(compliance):
    for _, rows in compliance.groupby(["edition_id", "entity_code", "target_id"]):
        first, met, streak = None, 0, 0
        for row in rows.itertuples():
            if row.compliance_status == "meets":
                first, met, streak = first or row.year, met + 1, streak + 1
                assert row.years_met_in_a_row == streak
            else:
                streak = 0
                expected = 0 if row.compliance_status == "fails" else None
                found = None if pd.isna(row.years_met_in_a_row) else row.years_met_in_a_row
                assert found == expected
            if row.compliance_status in ("meets", "fails"):
                assert (None if pd.isna(row.first_year_met) else row.first_year_met) == first
                assert row.years_met == met


def test_the_years_of_known_allies(release):
    rows = release.execute(
        "select entity_code, first_year_met, years_met_in_a_row, years_met, rank_in_year from fct_target_compliance "
        "where edition_id = 'nato-2026-07' and target_id = 'gdp_2' and year = 2025 "
        "and entity_code in ('POL', 'USA', 'DEU', 'FRA') order by entity_code"
    ).fetchall()
    assert rows == [("DEU", 2024, 2, 2, 14), ("FRA", 2024, 2, 2, 21), ("POL", 2015, 6, 8, 1), ("USA", 2014, 12, 12, 6)]


def test_ranks_by_pandas(compliance):
    given = compliance[compliance["value_pct"].notna() & (compliance["entity_code"] != "ISL")]
    keys = ["edition_id", "target_id", "year"]
    expected = given.groupby(keys)["value_pct"].rank(method="min", ascending=False)
    assert (given["rank_in_year"] == expected).all()
    assert compliance.loc[compliance["value_pct"].isna(), "rank_in_year"].isna().all()


def test_gaps_in_points_dollars_and_shares_of_spending(release, independent):
    spent = independent.spending("nato-2024-06")
    gdp = independent.wide("nato-2024-06", "5", "gdp")
    shares = independent.wide("nato-2024-06", "3", "defence_share_of_gdp")
    gdp_now = independent.wide("nato-2024-06", "5", "gdp", "current")
    spent_now = independent.wide("nato-2024-06", "2", "defence_expenditure", "current")
    rows = release.execute(
        "select entity_code, year, gap_pp, gap_constant_usd_m, gap_current_usd_m, gap_share_of_spending_pct "
        "from fct_target_compliance where edition_id = 'nato-2024-06' and target_id = 'core_3_5' "
        "and compliance_status in ('meets', 'fails')"
    ).fetchall()
    assert len(rows) == 31 * 11
    for code, year, points, constant, current, of_spending in rows:
        gap = shares.loc[code, year] - 3.5
        assert points == pytest.approx(gap)
        assert constant == pytest.approx(gap / 100 * gdp.loc[code, year])
        assert current == pytest.approx(spent_now.loc[code, year] - 3.5 / 100 * gdp_now.loc[code, year])
        assert of_spending == pytest.approx(100 * gap / shares.loc[code, year])
    # Spending changed by that share stands at the threshold, where the published share is the arithmetic.
    germany = next(row for row in rows if row[:2] == ("DEU", 2024))
    raised = spent.loc["DEU", 2024] * (1 - germany[-1] / 100)
    assert 100 * raised / gdp.loc["DEU", 2024] == pytest.approx(3.5)


def test_a_target_that_cannot_be_measured_says_so(release):
    rows = release.execute(
        "select distinct compliance_status, null_reason from fct_target_compliance where target_id = 'total_5'"
    ).fetchall()
    assert set(rows) == {
        ("not_applicable", "no armed forces: the target does not apply"),
        ("unknown", "these tables cannot measure the target"),
    }


def test_periods_and_proposals_of_targets(release):
    rows = release.execute("select target_id, target_period, status, is_measurable from dim_target").fetchall()
    assert set(rows) == {
        ("gdp_2", "2014 to 2024", "agreed", True),
        ("equipment_20", "2014 to 2024", "agreed", True),
        ("core_3_5", "2025 to 2035", "agreed", True),
        ("total_5", "2025 to 2035", "agreed", False),
        ("proposal_5", "since 2025, no year set", "proposed", True),
    }


def test_counts_add_to_the_allies_in_every_way(release, compliance):
    counts = _frame(release, "from compliance_count").set_index(["edition_id", "year", "target_id"])
    for key, rows in compliance.groupby(["edition_id", "year", "target_id"]):
        count, status = counts.loc[key], rows["compliance_status"]
        for ending, chosen in (("", rows), ("_members", rows[rows["is_member"]])):
            status = chosen["compliance_status"].value_counts()
            for column, name in (("meeting", "meets"), ("failing", "fails"), ("unknown", "unknown")):
                assert count[f"allies_{column}{ending}"] == status.get(name, 0)
            assert count[f"allies_not_applicable{ending}"] == status.get("not_applicable", 0)
            recomputed = chosen["meets_target_recomputed"]
            if rows["meets_target_recomputed"].notna().any():
                assert count[f"allies_meeting_recomputed{ending}"] == (recomputed == True).sum()  # noqa: E712
                assert count[f"allies_failing_recomputed{ending}"] == (recomputed == False).sum()  # noqa: E712
                applies = chosen["compliance_status"] != "not_applicable"
                assert count[f"allies_unknown_recomputed{ending}"] == (recomputed.isna() & applies).sum()
            else:
                assert pd.isna(count[f"allies_meeting_recomputed{ending}"])


@pytest.mark.parametrize(
    ("edition", "year", "present", "members"),
    [
        ("nato-2024-06", 2014, 8, 7),
        ("nato-2024-06", 2019, 17, 15),
        ("nato-2024-06", 2022, 24, 22),
        ("nato-2024-06", 2023, 26, 25),
        ("nato-2026-07", 2023, 25, 24),
    ],
)
def test_equipment_counts_of_present_allies_and_members(release, edition, year, present, members):
    found = release.execute(
        "select allies_meeting, allies_meeting_members from compliance_count "
        "where edition_id = ? and year = ? and target_id = 'equipment_20'",
        [edition, year],
    ).fetchall()
    assert found == [(present, members)]


def test_group_counts_of_the_european_union(release, compliance, independent):
    rows = release.execute(
        "select edition_id, year, members_meeting, members_failing, members_unknown from group_compliance_count "
        "where group_code = 'EU_ALLIES' and target_id = 'gdp_2'"
    ).fetchall()
    assert len(rows) == 8 + 11 + 12 + 13
    for edition, year, meeting, failing, unknown in rows:
        chosen = compliance[
            (compliance["edition_id"] == edition)
            & (compliance["year"] == year)
            & (compliance["target_id"] == "gdp_2")
            & compliance["entity_code"].isin(independent.members("EU_ALLIES", year))
        ]["compliance_status"].value_counts()
        assert (meeting, failing, unknown) == tuple(chosen.get(name, 0) for name in ("meets", "fails", "unknown"))


def test_near_target_takes_both_sides_and_the_edge(release, compliance):
    """Without a revision known, as for the first edition, near is 0.05; then, what nine of ten stayed within."""
    near = _frame(release, "from near_target")
    keys = ["edition_id", "entity_code", "year", "target_id"]
    bands = _frame(
        release,
        "select distinct edition_id, year, target_id, half_width_90 from fct_figure_interval "
        "inner join dim_target using (measure) where unit = 'percent'",
    )
    judged = compliance.merge(bands, how="left", on=["edition_id", "year", "target_id"])
    band = judged["half_width_90"].fillna(0).clip(lower=0.05).round(6)
    expected = judged[(judged["value_pct"] - judged["threshold_pct"]).abs().round(6) <= band]
    assert set(map(tuple, near[keys].values)) == set(map(tuple, expected[keys].values))
    assert near["meets_target"].nunique() == 2
    first = near[near["edition_id"] == "nato-2019-06"]
    assert len(first) and (first["near_band_pp"] == 0.05).all() and first["editions_behind"].isna().all()


def test_those_who_fell_below_two_percent_had_been_near_it(release):
    """Of 2024 by June 2024, whom July 2026 puts below: known beforehand from June 2019's figures alone."""
    fallen = _frame(
        release,
        "select entity_code, first.gap_pp from fct_target_compliance as first "
        "inner join fct_target_compliance as later using (entity_code, year, target_id) "
        "where year = 2024 and target_id = 'gdp_2' and first.meets_target and not later.meets_target "
        "and first.edition_id = 'nato-2024-06' and later.edition_id = 'nato-2026-07'",
    )
    near = _frame(
        release,
        "select entity_code, near_band_pp, editions_behind from near_target "
        "where edition_id = 'nato-2024-06' and year = 2024 and target_id = 'gdp_2'",
    )
    assert sorted(fallen["entity_code"]) == ["ALB", "BGR", "CZE", "MKD", "MNE", "SVK"]
    assert (fallen["gap_pp"] > 0.09).sum() == 3
    assert set(fallen["entity_code"]) <= set(near["entity_code"])
    assert near["near_band_pp"].nunique() == 1 and set(near["editions_behind"]) == {1}


PATHS = "from fct_path_to_target where target_id = 'core_3_5' order by edition_id, entity_code, gdp_growth_assumption"


def test_the_needed_growth_leads_to_the_threshold_year_by_year(release):
    paths = _frame(release, PATHS)
    assert len(paths) == 5 * (28 + 3 * 31)
    for row in paths.itertuples():
        share = row.value_pct
        for _ in range(row.due_year - row.base_year):
            share *= (1 + row.required_real_growth_pct / 100) / (1 + row.assumed_gdp_growth_pct / 100)
        assert share == pytest.approx(3.5)


def test_the_trend_reaches_the_threshold_when_a_loop_does(release):
    for row in _frame(release, PATHS).itertuples():
        share, year = row.value_pct, row.base_year
        step = (1 + row.trend_real_growth_pct / 100) / (1 + row.assumed_gdp_growth_pct / 100)
        while round(share, 2) < 3.5 and year == row.base_year or share < 3.5 - 1e-9 and year > row.base_year:
            share, year = share * step, year + 1
            if year > 2100 or math.isinf(share):
                break
        reached = None if year > 2100 else year
        assert (None if pd.isna(row.year_reached_at_trend) else row.year_reached_at_trend) == reached
        if row.path_status == "in time":
            assert reached <= row.due_year
        if row.path_status == "late":
            assert reached > row.due_year


def test_the_assumed_growth_leaves_broken_years_out(release, independent):
    gdp = independent.wide("nato-2024-06", "5", "gdp")
    growth = gdp.T.pct_change().T
    rows = release.execute(
        "select entity_code, assumed_gdp_growth_pct, gdp_growth_years from fct_path_to_target "
        "where edition_id = 'nato-2024-06' and gdp_growth_assumption = 'last five years'"
    ).fetchall()
    for code, assumed, years in rows:
        used = [2020, 2021, 2022, 2024] if code == "LUX" else [2020, 2021, 2022, 2023, 2024]
        product = (1 + growth.loc[code, used]).prod()
        assert assumed == pytest.approx(100 * (product ** (1 / len(used)) - 1)), code
        assert years == " ".join(map(str, used))


def test_a_path_starts_at_the_last_year_that_is_given(release):
    rows = release.execute(
        "select distinct edition_id, base_year from fct_path_to_target where entity_code = 'DEU' order by 1"
    ).fetchall()
    assert rows == [("nato-2019-06", 2019), ("nato-2024-06", 2024), ("nato-2025-08", 2024), ("nato-2026-07", 2026)]
