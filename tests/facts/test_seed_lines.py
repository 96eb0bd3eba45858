"""A new target, group, claim or Ally is a line in a seed, and all that follows from it."""

import pytest

from tests.utopia import add_utopia


@pytest.fixture(scope="module")
def extended(build_from_lines):
    """Build with one line of each kind; the new Ally gets figures like another's."""
    return build_from_lines(
        {
            "targets.csv": "gdp_3,3 % of GDP,defence_share_of_gdp,3,proposed,2026-01-01,2040,true,Nobody,A test",
            "entities.csv": "BALTICS,Baltic Allies,group,,,,,Estonia with Latvia and Lithuania\n"
            "UTO,Utopia,state,europe,true,EUR,,\nVAT,Holy See,state,,,,,\n",
            "memberships.csv": "".join(f"BALTICS,{code},2004-03-29,\n" for code in ("EST", "LVA", "LTU"))
            + "NATO,UTO,2027-01-01,\n",
            "claims.csv": "mine,2026-08-01,me,A note,Baltic growth,real_growth,BALTICS,2026,,,30,percent,0,here,"
            "value,plain,,,,,,,,",
        },
        add_utopia,
    )


def test_a_target_has_compliance_counts_and_paths(extended):
    rows = extended.execute(
        "select count(*) filter (compliance_status = 'meets'), count(*) from fct_target_compliance "
        "where target_id = 'gdp_3' and edition_id = 'nato-2026-07' and year = 2026 and entity_code <> 'UTO'"
    ).fetchall()
    by_hand = extended.execute(
        "select count(*) from fct_observation where edition_id = 'nato-2026-07' and year = 2026 and not repeats "
        "and measure = 'defence_share_of_gdp' and value >= 3 and entity_code not like 'NATO%' and entity_code <> 'UTO'"
    ).fetchall()
    assert rows == [(by_hand[0][0], 32)]
    assert extended.execute("select count(*) from compliance_count where target_id = 'gdp_3'").fetchall() == [(44,)]
    due = extended.execute("select distinct due_year from fct_path_to_target where target_id = 'gdp_3'").fetchall()
    assert due == [(2040,)]


def test_a_group_has_growth_shares_counts_and_drivers(extended, independent):
    spent = independent.spending("nato-2026-07").loc[["EST", "LVA", "LTU"]].sum()
    growth, like_for_like = extended.execute(
        "select real_growth_pct, like_for_like_growth_pct from fct_growth "
        "where entity_code = 'BALTICS' and edition_id = 'nato-2026-07' and year = 2026"
    ).fetchall()[0]
    assert growth == pytest.approx(100 * (spent[2026] / spent[2025] - 1)) == pytest.approx(like_for_like)
    assert extended.execute(
        "select entity_code from fct_growth_contribution where group_code = 'BALTICS' "
        "and edition_id = 'nato-2026-07' and year = 2026 order by 1"
    ).fetchall() == [("EST",), ("LTU",), ("LVA",)]
    assert extended.execute(
        "select members_meeting from group_compliance_count where group_code = 'BALTICS' "
        "and edition_id = 'nato-2026-07' and year = 2026 and target_id = 'gdp_2'"
    ).fetchall() == [(3,)]
    assert extended.execute(
        "select count(share_of_total_pct) from fct_contribution_share where entity_code = 'BALTICS'"
    ).fetchall() == [(2 * (8 + 11 + 13),)]


def test_a_claim_gets_its_verdict(extended, independent):
    spent = independent.spending("nato-2026-07").loc[["EST", "LVA", "LTU"]].sum()
    growth = 100 * (spent[2026] / spent[2025] - 1)
    rows = extended.execute(
        "select edition_id, verdict, basis, figure_value, own_edition_id from fct_claim where claim_id = 'mine'"
    ).fetchall()
    verdict = "holds" if round(growth) == 30 else "differs"
    assert rows == [("nato-2026-07", verdict, "like for like, members of both years", pytest.approx(growth), None)]


def test_an_ally_that_has_not_acceded_changes_no_aggregate(extended, release):
    columns = "select like_for_like_growth_pct, accession_effect_pp from fct_growth "
    where = "where edition_id = 'nato-2026-07' and entity_code = 'NATO_TOTAL' order by year"
    assert extended.execute(columns + where).fetchall() == release.execute(columns + where).fetchall()
    assert extended.execute(
        "select distinct is_member from fct_target_compliance where entity_code = 'UTO'"
    ).fetchall() == [(False,)]
    assert extended.execute(
        "select count(*) from fct_contribution_share where entity_code = 'UTO' and share_of_total_pct is not null"
    ).fetchall() == [(0,)]
