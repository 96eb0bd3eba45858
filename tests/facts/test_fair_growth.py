"""Growth like for like, and who drove it: against pandas, and to the last digit."""

import pytest

PUBLISHED = {
    ("nato-2024-06", 2024): (17.95, 14.49, 14.89),
    ("nato-2024-06", 2023): (9.26, 7.66, 7.86),
    ("nato-2026-07", 2024): (19.28, 15.76, 16.14),
    ("nato-2026-07", 2023): (8.14, 6.47, 6.70),
}
WITH_DOLLARS = ("nato-2019-06", "nato-2024-06", "nato-2026-07")
GROUPS = ("NATO_EUR_CAN", "NATO_TOTAL", "EUROPE", "EU_ALLIES")


def _rows(release, sql: str, *values) -> list[tuple]:
    return release.execute(sql, list(values)).fetchall()


@pytest.mark.parametrize(("edition", "year"), PUBLISHED)
def test_known_figures_of_europe_and_canada(release, edition, year):
    found = _rows(
        release,
        "select real_growth_published_pct, like_for_like_growth_pct, this_years_members_growth_pct, "
        "accession_effect_pp + rounding_residual_pp from fct_growth "
        "where edition_id = ? and year = ? and entity_code = 'NATO_EUR_CAN'",
        edition,
        year,
    )[0]
    assert tuple(round(figure, 2) for figure in found[:3]) == PUBLISHED[edition, year]
    assert found[3] == pytest.approx(found[0] - found[1], abs=1e-9)


@pytest.mark.parametrize("edition", WITH_DOLLARS)
@pytest.mark.parametrize("group", GROUPS)
def test_every_year_and_group_against_pandas(release, independent, edition, group):
    spent = independent.spending(edition)
    rows = _rows(
        release,
        "select year, like_for_like_growth_pct, this_years_members_growth_pct, real_growth_pct from fct_growth "
        "where edition_id = ? and entity_code = ? order by year",
        edition,
        group,
    )
    assert [year for year, *_ in rows] == sorted(spent.columns)
    assert rows[0][1:] == (None, None, None)
    for year, like_for_like, this_years, real in rows[1:]:
        now, before = independent.members(group, year), independent.members(group, year - 1)
        both = list(now & before)
        assert like_for_like == pytest.approx(100 * (spent.loc[both, year].sum() / spent.loc[both, year - 1].sum() - 1))
        same = list(now)
        assert this_years == pytest.approx(100 * (spent.loc[same, year].sum() / spent.loc[same, year - 1].sum() - 1))
        if group not in spent.index:
            expected = 100 * (spent.loc[same, year].sum() / spent.loc[list(before), year - 1].sum() - 1)
            assert real == pytest.approx(expected)


def test_contributions_add_up_to_the_published_figure(release):
    rows = _rows(
        release,
        "select c.edition_id, c.group_code, c.year, sum(contribution_pp), coalesce(sum(c.accession_effect_pp), 0), "
        "any_value(g.rounding_residual_pp), any_value(coalesce(g.real_growth_published_pct, g.real_growth_pct)), "
        "any_value(g.like_for_like_growth_pct) "
        "from fct_growth_contribution c join fct_growth g on c.edition_id = g.edition_id "
        "and c.group_code = g.entity_code and c.year = g.year group by all",
    )
    assert len(rows) == 4 * (7 + 10 + 12)
    for edition, _, _, contributions, accession, residual, published, like_for_like in rows:
        assert contributions + accession + residual == pytest.approx(published, abs=1e-9)
        assert contributions == pytest.approx(like_for_like, abs=1e-9)
        assert abs(residual) < (0.005 if edition == "nato-2026-07" else 1e-9)


def test_who_joined_and_who_left(release):
    changes = _rows(
        release,
        "select group_code, entity_code, year, membership_change, sign(accession_effect_pp) "
        "from fct_growth_contribution where edition_id = 'nato-2024-06' and membership_change <> 'stayed' "
        "and group_code in ('NATO_EUR_CAN', 'EU_ALLIES') order by year, group_code",
    )
    assert changes == [
        ("NATO_EUR_CAN", "MNE", 2017, "joined", 1.0),
        ("EU_ALLIES", "GBR", 2020, "left", -1.0),
        ("NATO_EUR_CAN", "MKD", 2020, "joined", 1.0),
        ("EU_ALLIES", "FIN", 2023, "joined", 1.0),
        ("NATO_EUR_CAN", "FIN", 2023, "joined", 1.0),
        ("EU_ALLIES", "SWE", 2024, "joined", 1.0),
        ("NATO_EUR_CAN", "SWE", 2024, "joined", 1.0),
    ]


def test_the_largest_driver_of_2024_by_hand(release, independent):
    spent = independent.spending("nato-2024-06")
    both = list(independent.members("NATO_EUR_CAN", 2023))
    change = spent.loc[both, 2024] - spent.loc[both, 2023]
    code, points = _rows(
        release,
        "select entity_code, contribution_pp from fct_growth_contribution where edition_id = 'nato-2024-06' "
        "and group_code = 'NATO_EUR_CAN' and year = 2024 order by contribution_pp desc nulls last limit 1",
    )[0]
    assert code == change.idxmax()
    assert points == pytest.approx(100 * change.max() / spent.loc[both, 2023].sum())


@pytest.mark.parametrize("entity", ["NATO_EUR_CAN", "POL", "LUX"])
def test_august_2025_is_chained_and_never_zero(release, independent, entity):
    changes = independent.wide("nato-2025-08", "3", "real_growth").loc[entity]
    shares = independent.wide("nato-2025-08", "3", "defence_share_of_gdp").loc[entity]
    rows = _rows(
        release,
        "select year, cumulative_real_growth_pct, cumulative_growth_source, gdp_real_growth_pct, gdp_growth_source, "
        "real_growth_pct, nominal_growth_usd_pct, null_reason from fct_growth "
        "where edition_id = 'nato-2025-08' and entity_code = ? order by year",
        entity,
    )
    ratio = 1.0
    for year, cumulative, source, gdp, gdp_source, real, nominal, reason in rows:
        ratio *= 1 if year == 2014 else 1 + changes[year] / 100
        assert cumulative == pytest.approx(100 * (ratio - 1)) and source == "chained yearly changes"
        assert real is None and nominal is None and "no table in dollars" in reason
        if year > 2014:
            expected = 100 * ((1 + changes[year] / 100) * shares[year - 1] / shares[year] - 1)
            assert gdp == pytest.approx(expected) and gdp_source == "derived"


def test_chaining_agrees_with_levels_where_both_are_there(release, independent):
    changes = independent.wide("nato-2024-06", "3", "real_growth").drop(columns=2014)
    chained = 100 * ((1 + changes / 100).prod(axis=1) - 1)
    rows = dict(
        _rows(
            release,
            "select entity_code, cumulative_real_growth_pct from fct_growth "
            "where edition_id = 'nato-2024-06' and year = 2024",
        )
    )
    for code, expected in chained.items():
        assert rows[code] == pytest.approx(expected)


def test_a_chain_breaks_where_a_change_is_missing(release):
    germany = _rows(
        release,
        "select cumulative_real_growth_pct, average_real_growth_pct, null_reason from fct_growth "
        "where edition_id = 'nato-2025-08' and entity_code = 'DEU' and year = 2025",
    )
    assert germany == [(None, None, "we hold no table in dollars of this edition")]


def test_gdp_growth_of_a_table_is_that_of_table_5(release, independent):
    gdp = independent.wide("nato-2024-06", "5", "gdp")
    for code, year, growth in _rows(
        release,
        "select entity_code, year, gdp_real_growth_pct from fct_growth where edition_id = 'nato-2024-06' "
        "and year > 2014 and entity_code not in ('EUROPE', 'EU_ALLIES')",
    ):
        assert growth == pytest.approx(100 * (gdp.loc[code, year] / gdp.loc[code, year - 1] - 1)), (code, year)
