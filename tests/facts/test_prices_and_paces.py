"""Today's money, the prices behind constant prices, and the paces of a path - each computed a second way."""

import pandas as pd
import pytest

from pipelines.settings import PROJECT

WITH_TABLE_5 = ("nato-2024-06", "nato-2026-07")
METHODS = (PROJECT / "docs" / "methods.md").read_text(encoding="utf-8")


def _frame(release, sql: str) -> pd.DataFrame:
    return release.execute(sql).df()


@pytest.mark.parametrize("edition", WITH_TABLE_5)
def test_the_gap_in_todays_money_is_spending_less_the_threshold_times_gdp(release, independent, edition):
    spent = independent.spending(edition, "current")
    gdp = independent.wide(edition, "5", "gdp", "current")
    rows = release.execute(
        "select entity_code, year, threshold_pct, value_current_pct, gap_current_usd_m, gap_current_source "
        "from fct_target_compliance inner join dim_target using (target_id, threshold_pct) "
        "where edition_id = ? and measure = 'defence_share_of_gdp' and entity_code <> 'ISL'",
        [edition],
    ).fetchall()
    assert len(rows) == 3 * 31 * len(spent.columns)
    for code, year, threshold, share, gap, source in rows:
        assert gap == pytest.approx(spent.loc[code, year] - threshold / 100 * gdp.loc[code, year])
        assert share == pytest.approx(100 * spent.loc[code, year] / gdp.loc[code, year])
        assert source == "published"
        assert (gap > 0) == (share > threshold)


def test_the_shortfalls_to_3_5_percent_in_todays_money(release, independent):
    """July 2026, 2026e: 417 billion current dollars, 106 of them the United States', and 342 at 2021 prices."""
    spent, gdp = (
        independent.spending("nato-2026-07", "current"),
        independent.wide("nato-2026-07", "5", "gdp", "current"),
    )
    constant, gdp_constant = independent.spending("nato-2026-07"), independent.wide("nato-2026-07", "5", "gdp")
    allies = sorted(independent.members("NATO_TOTAL", 2026))
    short = (spent[2026] - 0.035 * gdp[2026])[allies].clip(upper=0)
    short_constant = (constant[2026] - 0.035 * gdp_constant[2026])[allies].clip(upper=0)
    found = release.execute(
        "select sum(least(gap_current_usd_m, 0)), max(gap_current_usd_m) filter (entity_code = 'USA'), "
        "sum(least(gap_recomputed_constant_usd_m, 0)) from fct_target_compliance "
        "where edition_id = 'nato-2026-07' and year = 2026 and target_id = 'core_3_5'"
    ).fetchall()
    assert found == [pytest.approx((short.sum(), short["USA"], short_constant.sum()))]
    assert [round(value / -1000) for value in found[0]] == [417, 106, 342]
    assert "add to 417 billion current dollars, 106 of them the United States'" in METHODS


def test_an_edition_without_gdp_at_current_prices_derives_it_and_says_so(release, independent):
    spent = independent.spending("nato-2019-06", "current")
    share = independent.wide("nato-2019-06", "3", "defence_share_of_gdp")
    rows = release.execute(
        "select entity_code, year, gap_current_usd_m, value_current_pct from fct_target_compliance "
        "where edition_id = 'nato-2019-06' and target_id = 'gdp_2' and gap_current_source = 'derived'"
    ).fetchall()
    assert len(rows) == 28 * 8
    for code, year, gap, current in rows:
        assert gap == pytest.approx(spent.loc[code, year] * (1 - 2 / share.loc[code, year])), (code, year)
        assert current is None


def test_the_count_at_2_percent_three_ways_with_names(release):
    rows = release.execute(
        "select counted_by, count_meeting, names_only_as_published, names_not_as_published from compliance_by_basis "
        "where edition_id = 'nato-2024-06' and year = 2024 and target_id = 'gdp_2'"
    ).fetchall()
    assert sorted(rows) == [
        ("current prices", 21, "Netherlands, Slovak Republic", None),
        ("published", 23, None, None),
        ("recomputed", 22, "Slovak Republic", None),
    ]


def test_the_ways_of_counting_agree_with_the_counts(release):
    differing = release.execute(
        "with ways as (select edition_id, year, target_id, "
        "max(count_meeting) filter (counted_by = 'published') as published, "
        "max(count_meeting) filter (counted_by = 'recomputed') as recomputed, "
        "max(count_meeting) filter (counted_by = 'current prices') as current_prices "
        "from compliance_by_basis group by all) "
        "select * from ways inner join compliance_count using (edition_id, year, target_id) "
        "where published <> allies_meeting or recomputed is distinct from allies_meeting_recomputed "
        "or current_prices is distinct from allies_meeting_current"
    ).fetchall()
    assert differing == []


@pytest.mark.parametrize("edition", WITH_TABLE_5)
def test_deflators_by_pandas(release, independent, edition):
    def block(table: str, measure: str, basis: str) -> pd.DataFrame:
        return independent.wide(edition, table, measure, basis)

    kroner = block("1", "defence_expenditure", "current") / block("1", "defence_expenditure", "constant")
    spent = block("2", "defence_expenditure", "current") / block("2", "defence_expenditure", "constant")
    gdp = block("5", "gdp", "current") / block("5", "gdp", "constant")
    found = _frame(release, f"from fct_deflator where edition_id = '{edition}' and entity_code <> 'ISL'")
    assert len(found) == 31 * len(spent.columns)
    for row in found.itertuples():
        at = row.entity_code, row.year
        assert row.spending_deflator_lcu == pytest.approx(100 * kroner.loc[at])
        assert row.spending_deflator_usd == pytest.approx(100 * spent.loc[at])
        assert row.gdp_deflator_usd == pytest.approx(100 * gdp.loc[at])
        if row.year > min(spent.columns):
            change = kroner.loc[at] / kroner.loc[row.entity_code, row.year - 1] - 1
            assert row.spending_deflator_change_pct == pytest.approx(100 * change)


def test_only_a_few_are_deflated_in_another_way_than_their_gdp(release):
    rows = release.execute(
        "select edition_id, entity_code, count(*) from fct_deflator where deflators_differ group by all order by all"
    ).fetchall()
    assert rows == [
        ("nato-2024-06", "ITA", 3),
        ("nato-2024-06", "NLD", 10),
        ("nato-2024-06", "USA", 9),
        ("nato-2026-07", "ITA", 4),
        ("nato-2026-07", "NLD", 12),
    ]


def test_nominal_growth_less_the_deflator_is_real_growth(release):
    """Norway 2021 to 2023: more kroner every year, and the price of gas makes them less, less and more."""
    rows = release.execute(
        "select nominal_growth_lcu_pct, spending_deflator_change_pct, real_growth_pct "
        "from fct_growth inner join fct_deflator using (edition_id, entity_code, year) "
        "where edition_id = 'nato-2024-06' and entity_code = 'NOR' and year between 2021 and 2023 order by year"
    ).fetchall()
    for nominal, prices, real in rows:
        assert (1 + nominal / 100) / (1 + prices / 100) == pytest.approx(1 + real / 100)
    assert [[round(value, 1) for value in row] for row in rows] == [
        [6.5, 20.2, -11.4],
        [15.3, 28.2, -10.0],
        [11.2, -10.6, 24.4],
    ]
    told = zip(("spending in kroner", "deflator", '"real" growth'), zip(*rows, strict=True), strict=True)
    for name, values in told:
        assert f"| {name} | {' | '.join(f'{value:+.1f} %' for value in values)} |" in METHODS


def test_the_median_year_of_gdp_hardly_moves_from_edition_to_edition(release):
    moves = _frame(
        release,
        "select gdp_growth_assumption, entity_code, max(assumed_gdp_growth_pct) - min(assumed_gdp_growth_pct) as moved "
        "from fct_path_to_target where target_id = 'core_3_5' and edition_id >= 'nato-2024-06' group by all",
    )
    largest = moves.groupby("gdp_growth_assumption")["moved"].agg(["mean", "max"])
    assert largest.loc["median year", "mean"] < largest.loc["last five years", "mean"] / 4
    assert largest.loc["median year", "max"] < largest.loc["last five years", "max"] / 2


def test_the_median_year_by_pandas(release, independent):
    growth = 100 * independent.wide("nato-2026-07", "5", "gdp").T.pct_change().T
    rows = release.execute(
        "select entity_code, assumed_gdp_growth_pct, gdp_growth_years from fct_path_to_target "
        "where edition_id = 'nato-2026-07' and target_id = 'core_3_5' and gdp_growth_assumption = 'median year'"
    ).fetchall()
    assert len(rows) == 31
    for code, assumed, years in rows:
        assert assumed == pytest.approx(growth.loc[code, [int(year) for year in years.split()]].median()), code
        assert ("2023" in years) == (code != "LUX")


def test_paces_and_their_verdicts_by_a_loop(release, independent):
    growth = independent.wide("nato-2026-07", "3", "real_growth")
    rows = _frame(
        release, "from fct_path_to_target where edition_id = 'nato-2026-07' and gdp_growth_assumption = 'median year'"
    )
    for row in rows[rows["path_status"] != "already there"].itertuples():
        reached = []
        for pace, found, verdict in (
            (row.trend_real_growth_pct, row.year_reached_at_trend, row.path_status),
            (row.last_two_years_real_growth_pct, row.year_reached_at_last_two_years, row.path_status_last_two_years),
            (row.this_year_real_growth_pct, row.year_reached_at_this_year, row.path_status_this_year),
        ):
            share, year = row.value_pct, row.base_year
            while share < row.threshold_pct - 1e-9 and year <= 2100:
                share, year = share * (1 + pace / 100) / (1 + row.assumed_gdp_growth_pct / 100), year + 1
            reached += [year] if not pd.isna(pace) else []
            assert pd.isna(found) if pd.isna(pace) or year > 2100 else found == year
            if pd.isna(pace):
                assert verdict == "no trend"
            else:
                late = "late" if year <= 2100 else "not in this century"
                assert verdict == ("in time" if year <= row.due_year else late)
        assert row.paces_given == len(reached) and row.paces_in_time == sum(year <= row.due_year for year in reached)
        assert pd.isna(row.year_reached_latest) if max(reached) > 2100 else row.year_reached_latest == max(reached)
        if not pd.isna(row.this_year_real_growth_pct):
            assert row.this_year_real_growth_pct == pytest.approx(growth.loc[row.entity_code, row.base_year])
            # Who grew by less than it needs does not come in time at that pace, and the other way round.
            assert (row.this_year_minus_required_pp < -1e-9) == (row.path_status_this_year != "in time")
            assert row.verdicts_differ == ((row.path_status == "in time") != (row.path_status_this_year == "in time"))


def test_no_share_is_told_beyond_what_can_be_thought(release):
    rows = _frame(release, "from fct_path_to_target")
    walked = rows["value_pct"] * (
        (1 + rows["trend_real_growth_pct"] / 100) / (1 + rows["assumed_gdp_growth_pct"] / 100)
    ) ** (rows["due_year"] - rows["base_year"])
    assert (walked > 32).any() and rows["share_in_due_year_at_trend_pct"].max() == 10
    assert (rows["is_capped_at_trend"].fillna(False).astype(bool) == (walked > 10)).all()
    given = walked.notna()
    assert (rows["share_in_due_year_at_trend_pct"][given] - walked[given].clip(upper=10)).abs().max() < 1e-9


def test_the_range_of_a_path_holds_every_pace_and_assumption(release):
    paths = _frame(release, "from fct_path_to_target where entity_code in ('DEU', 'FRA', 'USA', 'ESP', 'HRV')")
    ranges = _frame(release, "from path_range").set_index(["edition_id", "entity_code", "target_id"])
    for key, rows in paths.groupby(["edition_id", "entity_code", "target_id"]):
        found = ranges.loc[key]
        years = rows[["year_reached_at_trend", "year_reached_at_last_two_years", "year_reached_at_this_year"]]
        earliest = years.min().min()
        assert (pd.isna(earliest) and pd.isna(found.year_reached_earliest_of_all)) or (
            found.year_reached_earliest_of_all == earliest
        )
        assert found.paths_in_time == (years <= found.due_year).sum().sum()
        assert found.least_required_real_growth_pct == rows["required_real_growth_pct"].min()


def test_of_the_twenty_in_time_thirteen_grew_by_less_than_they_need(release, independent):
    """July 2026 on the mean of five years with every break: the verdict hides what this year's growth says."""
    growth = independent.wide("nato-2026-07", "3", "real_growth")
    rows = _frame(
        release,
        "from fct_path_to_target where edition_id = 'nato-2026-07' and target_id = 'core_3_5' "
        "and gdp_growth_assumption = 'last five years'",
    ).set_index("entity_code")
    pace = 100 * ((1 + growth.loc[rows.index, range(2022, 2027)] / 100).prod(axis=1) ** (1 / 5) - 1)
    assert (rows["trend_with_breaks_real_growth_pct"] - pace).abs().max() < 1e-9
    in_time = rows["value_pct"].lt(3.5) & pace.ge(rows["required_real_growth_pct"])
    assert set(rows.index[in_time]) == set(rows.index[rows["path_status_with_breaks"] == "in time"])
    slower = in_time & growth.loc[rows.index, 2026].lt(rows["required_real_growth_pct"])
    assert (in_time.sum(), slower.sum()) == (20, 13)
