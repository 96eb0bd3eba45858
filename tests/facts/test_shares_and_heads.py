"""Shares, concentration and figures per head, against pandas on the embedded figures."""

import pytest


def test_shares_of_groups_are_sums_of_their_members(release, independent):
    rows = release.execute(
        "select edition_id, price_basis, entity_code, year, expenditure_usd_m, share_of_total_pct "
        "from fct_contribution_share where entity_code in ('EUROPE', 'EU_ALLIES') and share_of_total_pct is not null"
    ).fetchall()
    assert len(rows) == 2 * 2 * (8 + 11 + 13)
    for edition, basis, group, year, spent, share in rows:
        table = independent.spending(edition, basis)
        expected = table.loc[list(independent.members(group, year)), year].sum()
        # June 2019 has no aggregates: its total is the sum of the members.
        everybody = table.loc[list(independent.members("NATO_TOTAL", year)), year].sum()
        total = table.loc["NATO_TOTAL", year] if "NATO_TOTAL" in table.index else everybody
        assert spent == pytest.approx(expected)
        assert share == pytest.approx(100 * expected / total)


def test_europe_and_canada_is_europe_plus_canada(release):
    rows = release.execute(
        "select edition_id, price_basis, year, sum(share_of_total_pct) filter (entity_code <> 'NATO_EUR_CAN') "
        "- sum(share_of_total_pct) filter (entity_code = 'NATO_EUR_CAN') from fct_contribution_share "
        "where entity_code in ('EUROPE', 'CAN', 'NATO_EUR_CAN') and share_of_total_pct is not null group by all"
    ).fetchall()
    assert len(rows) == 2 * (8 + 11 + 13)
    for edition, _, _, difference in rows:
        assert abs(difference) < (0.001 if edition == "nato-2026-07" else 1e-9)


def test_the_gdp_of_european_allies_is_the_aggregate_less_canada(release, independent):
    """Iceland's rows of July 2026 are not at hand, and the aggregates contain it."""
    for basis in ("current", "constant"):
        gdp = independent.wide("nato-2026-07", "5", "gdp", basis)
        assert "ISL" not in gdp.index
        rows = release.execute(
            "select year, entity_code, gdp_usd_m, share_of_alliance_gdp_pct, gdp_source from fct_contribution_share "
            "where edition_id = 'nato-2026-07' and price_basis = ? and entity_code in ('EUROPE', 'USA', 'NATO_TOTAL')",
            [basis],
        ).fetchall()
        assert len(rows) == 3 * 13
        for year, code, found, share, source in rows:
            europe = gdp.loc["NATO_EUR_CAN", year] - gdp.loc["CAN", year]
            expected = europe if code == "EUROPE" else gdp.loc[code, year]
            assert (found, source) == (expected, "published")
            assert share == pytest.approx(100 * expected / gdp.loc["NATO_TOTAL", year])


def test_what_no_sum_of_members_can_prove_is_told(release, independent):
    rows = release.execute(
        "select edition_id, relation_id, price_basis, entity_code, count(*), min(missing_members), "
        "round(min(left_of_aggregate) / 1000), round(max(left_of_aggregate) / 1000), "
        "any_value(uncheckable_reason_code) "
        "from fct_uncheckable_relation group by all order by all"
    ).fetchall()
    left_out, not_held = "aggregate_leaves_out_members", "member_figure_not_held"
    assert rows == [
        ("nato-2025-08", "aggregate_personnel", "none", "NATO_EUR_CAN", 1, "FRA GBR", 0, 0, left_out),
        ("nato-2025-08", "aggregate_personnel", "none", "NATO_TOTAL", 1, "FRA GBR USA", 0, 0, left_out),
        # Billions of dollars: what the aggregates hold of Iceland.
        ("nato-2026-07", "aggregate_gdp", "constant", "NATO_EUR_CAN", 13, "ISL", 22, 30, not_held),
        ("nato-2026-07", "aggregate_gdp", "constant", "NATO_TOTAL", 13, "ISL", 22, 30, not_held),
        ("nato-2026-07", "aggregate_gdp", "current", "NATO_EUR_CAN", 13, "ISL", 18, 43, not_held),
        ("nato-2026-07", "aggregate_gdp", "current", "NATO_TOTAL", 13, "ISL", 18, 43, not_held),
        ("nato-2026-07", "aggregate_gdp_per_capita", "constant", "NATO_EUR_CAN", 13, "ISL", None, None, not_held),
        ("nato-2026-07", "aggregate_gdp_per_capita", "constant", "NATO_TOTAL", 13, "ISL", None, None, not_held),
    ]


def test_nothing_is_a_share_of_soldiers_that_leave_out_the_largest(release):
    """August 2025 prints 1,820.2 thousand for 2025: the sum without France, the United Kingdom and the States."""
    shares = release.execute(
        "select year, count(share_of_alliance_personnel_pct) from fct_contribution_share "
        "where edition_id = 'nato-2025-08' and year >= 2024 group by year order by year"
    ).fetchall()
    assert shares[0][1] > 50 and shares[1] == (2025, 0)
    printed = release.execute(
        "select value from fct_observation where edition_id = 'nato-2025-08' and year = 2025 "
        "and measure = 'military_personnel' and entity_code = 'NATO_TOTAL'"
    ).fetchall()
    assert round(printed[0][0], 1) == 1820.2


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
        "and edition_id <> 'nato-2024-06' and entity_code <> 'ISL' order by 1"
    ).fetchall()
    assert rows == [("nato-2025-08", "we hold no GDP per head of this edition (Tables 5 and 6), so no population")]
    iceland = release.execute(
        "select distinct edition_id, null_reason_code from fct_burden_per_head where entity_code = 'ISL' order by 1"
    ).fetchall()
    assert iceland == [
        ("nato-2019-06", "no_expenditure"),
        ("nato-2024-06", "no_expenditure"),
        ("nato-2025-08", "no_gdp_per_head_held"),
        ("nato-2026-07", "no_population"),
    ]


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
        "where relation_id <> 'share_of_gdp' and edition_id = 'nato-2024-06' group by all order by all"
    ).fetchall()
    # What only bounds a figure is listed where it is out of bounds, and then always by name.
    assert others == [
        ("categories", 38, 38),
        ("deflator", 22, 22),
        ("growth_and_share", 1, 1),
        ("rate_of_euro", 5, 5),
        ("years_of_rate", 3, 3),
    ]
    # June 2019's categories miss 100 by a little more; without its Table 1 nobody can say by how many units.
    older = release.execute(
        "select count(*), count(reason), max(deviation) < 0.006 from fct_discrepancy where edition_id = 'nato-2019-06'"
    ).fetchall()
    assert older == [(14, 0, True)]


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
        "where relation_id = 'categories' and entity_code <> 'CZE' and edition_id = 'nato-2024-06'"
    ).fetchall()
    assert len(rows) == 36
    for code, year, reason in rows:
        units = missed.loc[code, year]
        assert units == round(units)
        assert f"{abs(int(units)):,} units" in reason and ("more" if units > 0 else "less") in reason
