"""Growth that is fair: like for like, who drove it, and groups that are seed lines."""

import pytest

from tests.workbooks import read_figures

# Accession years of those who joined within the tables' span; everybody else was there before 2014.
JOINED = {"MNE": 2017, "MKD": 2020, "FIN": 2023, "SWE": 2024}


@pytest.mark.parametrize(
    ("edition", "year", "published", "like_for_like", "this_years_members"),
    [
        ("nato-2024-06", 2024, 17.95, 14.49, 14.89),
        ("nato-2024-06", 2023, 9.26, 7.66, 7.86),
        ("nato-2026-07", 2024, 19.28, 15.76, 16.14),
        ("nato-2026-07", 2023, 8.14, 6.47, 6.70),
    ],
)
def test_like_for_like(release, settings, edition, year, published, like_for_like, this_years_members):
    found = release.execute(
        "select real_growth_published_pct, like_for_like_growth_pct, this_years_members_growth_pct, "
        "accession_effect_pp from fct_growth where edition_id = ? and year = ? and entity_code = 'NATO_EUR_CAN'",
        [edition, year],
    ).fetchall()[0]
    assert [round(figure, 2) for figure in found[:3]] == [published, like_for_like, this_years_members]
    # The same with pandas from the seed, membership written out by hand.
    table = read_figures(settings.seeds, edition).query("table_id == '2' and price_basis == 'constant'")
    spent = table.pivot(index="entity_code", columns="year", values="value").drop(["USA", "NATO_EUR_CAN", "NATO_TOTAL"])
    now = [code for code in spent.index if JOINED.get(code, 0) <= year]
    stayed = [code for code in now if JOINED.get(code, 0) < year]

    def growth(new, old):
        return 100 * (spent.loc[new, year].sum() / spent.loc[old, year - 1].sum() - 1)

    assert found[1] == pytest.approx(growth(stayed, stayed), abs=1e-9)
    assert found[2] == pytest.approx(growth(now, now), abs=1e-9)
    assert found[3] == pytest.approx(growth(now, stayed) - growth(stayed, stayed), abs=1e-9)


def test_contributions_and_accession_add_up_to_the_published_figure(release):
    sums = release.execute(
        """
        with contributions as (
            select edition_id, group_code as entity_code, year, sum(contribution_pp) as contributed_pp
            from fct_growth_contribution group by all
        )
        select edition_id, entity_code, year, real_growth_published_pct, rounding_residual_pp,
            contributed_pp + accession_effect_pp + rounding_residual_pp
        from fct_growth join contributions using (edition_id, entity_code, year)
        where real_growth_published_pct is not null
        """
    ).fetchall()
    assert len(sums) == 2 * (10 + 12)
    for edition, group, year, published, residual, added in sums:
        assert added == pytest.approx(published, abs=1e-9), (edition, group, year)
        assert abs(residual) < (1e-9 if edition == "nato-2024-06" else 0.006), (edition, group, year)


def test_computed_groups_are_dated_by_accession(release, settings):
    table = read_figures(settings.seeds, "nato-2024-06").query("table_id == '2' and price_basis == 'constant'")
    spent = table.pivot(index="entity_code", columns="year", values="value")
    europe = spent.drop(["USA", "CAN", "NATO_EUR_CAN", "NATO_TOTAL"])
    before, now = ([c for c in europe.index if JOINED.get(c, 0) <= y] for y in (2022, 2023))
    expected = 100 * (europe.loc[now, 2023].sum() / europe.loc[before, 2022].sum() - 1)
    found = release.execute(
        "select real_growth_pct from fct_growth "
        "where edition_id = 'nato-2024-06' and entity_code = 'EUROPE' and year = 2023"
    ).fetchall()
    assert found[0][0] == pytest.approx(expected, abs=1e-9)


def test_an_edition_without_dollars_is_chained_from_its_changes(release, settings):
    changes = read_figures(settings.seeds, "nato-2025-08").query("measure == 'real_growth' and entity_code == 'POL'")
    expected = 1.0
    for change in changes.sort_values("year")["value"].iloc[1:]:
        expected *= 1 + change / 100
    found = release.execute(
        "select cumulative_real_growth_pct, cumulative_growth_source, real_growth_pct, null_reason is not null "
        "from fct_growth where edition_id = 'nato-2025-08' and entity_code = 'POL' and year = 2025"
    ).fetchall()[0]
    assert found == (pytest.approx(100 * (expected - 1), rel=1e-12), "chained yearly changes", None, True)


def test_the_path_to_a_target_arrives_there(release):
    """Walk every path year by year: spending and GDP grow as assumed, and the share must reach the threshold."""
    paths = release.execute(
        "select p.entity_code, p.base_year, t.due_year, t.threshold_pct, c.value_pct, p.required_real_growth_pct, "
        "p.assumed_gdp_growth_pct from fct_path_to_target p join dim_target t using (target_id) "
        "join fct_target_compliance c on c.edition_id = p.edition_id and c.entity_code = p.entity_code "
        "and c.year = p.base_year and c.target_id = p.target_id "
        "where p.edition_id = 'nato-2026-07' and p.required_real_growth_pct is not null "
        "and c.value_pct < t.threshold_pct"
    ).fetchall()
    assert len(paths) > 50
    for code, base, due, threshold, share, growth, gdp_growth in paths:
        for _ in range(base, due):
            share *= (1 + growth / 100) / (1 + gdp_growth / 100)
        assert share == pytest.approx(threshold, rel=1e-9), code


def test_claims_are_judged_by_every_edition_that_can_speak(release):
    verdicts = dict(
        release.execute(
            "select claim_id || ' ' || edition_id, verdict from fct_claim "
            "where claim_id in ('pr2024-06-at-2pct', 'pr2025-08-at-2pct', 'sgar2024-growth', 'sgar2024-at-2pct')"
        ).fetchall()
    )
    assert verdicts["pr2024-06-at-2pct nato-2024-06"] == "holds"
    assert verdicts["pr2024-06-at-2pct nato-2026-07"] == "differs"
    # 30 at 2 % and Germany unknown: 31 is undecided by that edition, not false.
    assert verdicts["pr2025-08-at-2pct nato-2025-08"] == "undecided"
    assert all(verdicts[f"sgar2024-growth {e}"] == "differs" for e in ("nato-2024-06", "nato-2025-08", "nato-2026-07"))
    assert all(verdicts[f"sgar2024-at-2pct {e}"] == "differs" for e in ("nato-2024-06", "nato-2025-08", "nato-2026-07"))
