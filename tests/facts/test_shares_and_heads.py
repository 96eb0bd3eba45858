"""Shares, concentration and figures per head, against pandas on the embedded figures."""

import pytest


def test_shares_of_groups_are_sums_of_their_members(release, independent):
    rows = release.execute(
        "select edition_id, price_basis, entity_code, year, expenditure_usd_m, share_of_total_pct "
        "from fct_contribution_share where entity_code in ('EUROPE', 'EU_ALLIES') and share_of_total_pct is not null"
    ).fetchall()
    assert len(rows) == 2 * 2 * (11 + 13)
    for edition, basis, group, year, spent, share in rows:
        table = independent.spending(edition, basis)
        expected = table.loc[list(independent.members(group, year)), year].sum()
        assert spent == pytest.approx(expected)
        assert share == pytest.approx(100 * expected / table.loc["NATO_TOTAL", year])


def test_europe_and_canada_is_europe_plus_canada(release):
    rows = release.execute(
        "select edition_id, price_basis, year, sum(share_of_total_pct) filter (entity_code <> 'NATO_EUR_CAN') "
        "- sum(share_of_total_pct) filter (entity_code = 'NATO_EUR_CAN') from fct_contribution_share "
        "where entity_code in ('EUROPE', 'CAN', 'NATO_EUR_CAN') and share_of_total_pct is not null group by all"
    ).fetchall()
    assert len(rows) == 2 * (11 + 13)
    for edition, _, _, difference in rows:
        assert abs(difference) < (1e-9 if edition == "nato-2024-06" else 0.001)


def test_population_and_personnel_against_the_tables(release, independent):
    gdp = independent.wide("nato-2024-06", "5", "gdp")
    per_head = independent.wide("nato-2024-06", "6", "gdp_per_capita")
    people = gdp / per_head
    soldiers = independent.wide("nato-2024-06", "7", "military_personnel", "none")
    rows = release.execute(
        "select entity_code, year, share_of_alliance_population_pct, share_of_alliance_personnel_pct "
        "from fct_contribution_share where edition_id = 'nato-2024-06' and price_basis = 'constant' and is_member "
        "and entity_code not in ('EUROPE', 'EU_ALLIES', 'ISL')"
    ).fetchall()
    for code, year, population, personnel in rows:
        assert population == pytest.approx(100 * people.loc[code, year] / people.loc["NATO_TOTAL", year])
        assert personnel == pytest.approx(100 * soldiers.loc[code, year] / soldiers.loc["NATO_TOTAL", year])
    # 336 million people lived in the United States; the tables say so without a population table.
    assert people.loc["USA", 2023] == pytest.approx(335_000, rel=0.01)


def test_the_change_of_the_burden_gap(release):
    rows = release.execute(
        "select burden_gap_pp, burden_gap_change_pp from fct_contribution_share where edition_id = 'nato-2024-06' "
        "and entity_code = 'USA' and price_basis = 'constant' order by year"
    ).fetchall()
    assert rows[0][1] is None
    for (before, _), (now, change) in zip(rows, rows[1:], strict=False):
        assert change == pytest.approx(now - before)


@pytest.mark.parametrize("basis", ["constant", "current"])
@pytest.mark.parametrize("edition", ["nato-2024-06", "nato-2026-07"])
def test_how_many_allies_make_90_percent(release, independent, edition, basis):
    spent = independent.spending(edition, basis)
    rows = release.execute(
        "select year, allies_counted, allies_for_50_pct, allies_for_90_pct, largest_share_pct, largest_3_share_pct, "
        "effective_allies from fct_concentration where edition_id = ? and price_basis = ?",
        [edition, basis],
    ).fetchall()
    assert len(rows) == len(spent.columns)
    for year, counted, half, ninety, largest, three, effective in rows:
        shares = 100 * spent.loc[list(independent.members("NATO_TOTAL", year)), year] / spent.loc["NATO_TOTAL", year]
        carried = shares.sort_values(ascending=False).cumsum().reset_index(drop=True)
        assert counted == len(shares)
        assert (half, ninety) == ((carried >= 50).idxmax() + 1, (carried >= 90).idxmax() + 1)
        assert (largest, three) == (pytest.approx(carried[0]), pytest.approx(carried[2]))
        assert effective == pytest.approx(1 / ((shares / 100) ** 2).sum())


def test_per_head_figures_are_the_published_ones_and_recompute(release, independent):
    published = independent.wide("nato-2024-06", "6", "defence_expenditure_per_capita")
    rows = release.execute(
        "select entity_code, year, expenditure_per_capita_usd, expenditure_per_capita_recomputed_usd "
        "from fct_burden_per_head where edition_id = 'nato-2024-06' and expenditure_per_capita_usd is not null "
        "and entity_code not in ('EUROPE', 'EU_ALLIES')"
    ).fetchall()
    assert len(rows) == 33 * 11
    for code, year, given, recomputed in rows:
        assert given == published.loc[code, year]
        assert recomputed == pytest.approx(given)


def test_per_head_is_null_with_a_reason_where_the_tables_are_missing(release):
    rows = release.execute(
        "select distinct edition_id, null_reason from fct_burden_per_head where expenditure_per_capita_usd is null "
        "and edition_id <> 'nato-2024-06' order by 1"
    ).fetchall()
    reason = "we hold no GDP per head of this edition (Tables 5 and 6), so no population"
    assert rows == [("nato-2025-08", reason), ("nato-2026-07", reason)]


def test_the_two_price_bases_are_explained_in_the_notes(project):
    note = project.dictionary["share_of_total_pct"].description
    assert "Constant prices" in note and "current prices" in note and "differ" in note


def test_discrepancies_are_found_and_all_have_a_reason(release):
    shares = release.execute(
        "select entity_code, year from fct_discrepancy where relation_id = 'share_of_gdp' order by year"
    ).fetchall()
    assert shares == [("LTU", 2019), ("FRA", 2020), ("SVK", 2024)]
    others = release.execute(
        "select relation_id, count(*), count(reason) from fct_discrepancy "
        "where relation_id <> 'share_of_gdp' group by all"
    ).fetchall()
    assert others == [("categories", 38, 38)]


def test_amounts_behind_the_categories_miss_the_total_by_whole_units(release, independent):
    parts = [
        ("8a", "equipment_share"),
        ("8a", "personnel_share"),
        ("8b", "infrastructure_share"),
        ("8b", "other_share"),
    ]
    added = sum(independent.wide("nato-2024-06", table, measure, "none") for table, measure in parts)
    totals = independent.wide("nato-2024-06", "1", "defence_expenditure", "current")
    missed = ((added - 100) / 100 * totals * 1e6).round(3)
    rows = release.execute(
        "select entity_code, year, reason from fct_discrepancy "
        "where relation_id = 'categories' and entity_code <> 'CZE'"
    ).fetchall()
    assert len(rows) == 36
    for code, year, reason in rows:
        units = missed.loc[code, year]
        assert units == round(units)
        assert f"{abs(int(units)):,} units" in reason and ("more" if units > 0 else "less") in reason
