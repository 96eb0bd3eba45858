"""What editions changed: figures beside the earlier ones, and whose compliance flipped."""

import pytest

from tests.workbooks import read_figures


def _flips(release, edition: str) -> tuple[set, set]:
    rows = release.execute(
        "select entity_code, meets_target from fct_compliance_flip "
        "where edition_id = ? and target_id = 'gdp_2' and year = 2024",
        [edition],
    ).fetchall()
    return {code for code, meets in rows if meets}, {code for code, meets in rows if not meets}


def test_the_count_for_2024_went_23_18_17_and_by_whom(release):
    assert _flips(release, "nato-2025-08") == (set(), {"ALB", "BGR", "MKD", "MNE", "SVK"})
    assert _flips(release, "nato-2026-07") == (set(), {"CZE"})
    earlier = release.execute("select distinct edition_id, earlier_edition_id from fct_compliance_flip order by 1")
    assert earlier.fetchall() == [("nato-2025-08", "nato-2024-06"), ("nato-2026-07", "nato-2025-08")]


@pytest.mark.parametrize(
    ("target", "year"), [("gdp_2", 2019), ("gdp_2", 2024), ("equipment_20", 2024), ("equipment_20", 2023)]
)
def test_flips_explain_every_change_of_a_count(release, target, year):
    counts = release.execute(
        "select count(*) filter (meets_target) from fct_target_compliance where target_id = ? and year = ? "
        "group by edition_id order by edition_id",
        [target, year],
    ).fetchall()
    steps = release.execute(
        "select edition_id, sum(case when meets_target then 1 else -1 end) from fct_compliance_flip "
        "where target_id = ? and year = ? group by edition_id order by edition_id",
        [target, year],
    ).fetchall()
    assert counts[0][0] + sum(step for _, step in steps) == counts[-1][0]


def test_revisions_agree_with_pandas(release, settings):
    """Join two editions' seeds on the cell, with pandas."""
    key = ["table_id", "measure", "price_basis", "entity_code", "year"]
    old, new = (read_figures(settings.seeds, edition) for edition in ("nato-2024-06", "nato-2025-08"))
    both = new.merge(old[[*key, "value"]], on=key, suffixes=("", "_old")).query("not repeats")
    both = both[(both["unit"] == "percent") | (both["price_basis"] == "none")].set_index(key)
    facts = release.execute("from fct_revision where edition_id = 'nato-2025-08'").df().set_index(key)
    assert len(facts) == len(both) and set(facts["earlier_edition_id"]) == {"nato-2024-06"}
    expected = (both["value"] - both["value_old"]).reindex(facts.index)
    assert (facts["change"] - expected).abs().max() == 0


def test_money_of_another_base_year_is_not_compared(release):
    compared = release.execute(
        "select distinct price_basis, earlier_edition_id from fct_revision "
        "where measure = 'defence_expenditure' and table_id = '2' and edition_id = 'nato-2026-07'"
    ).fetchall()
    # August 2025 has no dollars, so current prices reach back to June 2024; 2021 prices are never compared with 2015.
    assert compared == [("current", "nato-2024-06")]


def test_the_largest_revision_comes_first(release):
    ranked = release.execute(
        "select revision_rank, abs(change) from fct_revision "
        "where edition_id = 'nato-2025-08' and measure = 'defence_share_of_gdp' order by revision_rank"
    ).fetchall()
    assert ranked[0][0] == 1 and [size for _, size in ranked] == sorted((size for _, size in ranked), reverse=True)
