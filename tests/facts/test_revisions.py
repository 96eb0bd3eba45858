"""What editions changed: figures beside the earlier ones, and whose compliance flipped."""

import pandas as pd
import pytest

from pipelines.settings import PROJECT
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
    earlier = release.execute(
        "select distinct edition_id, earlier_edition_id from fct_compliance_flip where year > 2019 order by 1"
    )
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


def test_bulgaria_s_euros_are_compared_with_its_leva(release):
    """814 million euros are 1,593 million leva: to the rounding of both, nothing changed but the currency."""
    rows = release.execute(
        "select year, currency_code, earlier_currency_code, currency_conversion_rate, relative_change_pct "
        "from fct_revision where edition_id = 'nato-2026-07' and unit = 'lcu_m' and entity_code = 'BGR' "
        "and year < 2023 order by year"
    ).fetchall()
    assert [year for year, *_ in rows] == list(range(2014, 2023))
    for _, currency, earlier, rate, changed in rows:
        assert (currency, earlier, rate) == ("EUR", "BGN", 1.95583)
        assert abs(changed) < 0.1
    others = release.execute(
        "select count(*) from fct_revision where unit = 'lcu_m' and entity_code <> 'BGR' "
        "and (currency_conversion_rate is not null or currency_code <> earlier_currency_code)"
    )
    assert others.fetchall() == [(0,)]


def test_every_conversion_has_its_law(release):
    rows = release.execute("select from_currency, rate, source from dim_currency_conversion order by 1").fetchall()
    assert {code: rate for code, rate, _ in rows} == {
        "BGN": 1.95583,
        "EEK": 15.6466,
        "HRK": 7.5345,
        "LTL": 3.4528,
        "LVL": 0.702804,
        "SKK": 30.126,
    }
    assert all("Council Regulation" in source for *_, source in rows)


def test_real_revisions_of_june_2021_are_told_in_full(originals, build_from_lines):
    """Table 1 of June 2021 beside June 2024: Hungary's 2017 by a sixth, and Croatia's kuna in euros."""
    printed = pd.read_csv(originals / "2021-06-table1" / "table1_current_prices.csv", index_col="entity_code")
    own = pd.read_csv(PROJECT / "warehouse" / "seeds" / "figures" / "nato-2024-06.csv", dtype=str)
    own = own[(own["table_id"] == "1") & (own["price_basis"] == "current")]
    currency = own.drop_duplicates("entity_code").set_index("entity_code")["currency_code"].to_dict()
    currency["HRV"] = "HRK"

    def add(seeds):
        figures = printed[[name for name in printed.columns if name.isdigit()]].stack().rename("value").reset_index()
        figures = figures.set_axis(["entity_code", "period", "value"], axis=1).assign(
            edition_id="nato-2021-06",
            measure="defence_expenditure",
            unit="lcu_m",
            price_basis="current",
            status="outturn",
            repeats="false",
            label=lambda frame: frame["entity_code"],
            header=lambda frame: frame["period"],
            table_id="1",
            block="Current prices",
            source_kind="transcription",
            currency_code=lambda frame: frame["entity_code"].map(currency),
        )
        figures.reindex(columns=own.columns).to_csv(seeds / "figures" / "nato-2021-06.csv", index=False)
        registry = seeds / "editions.yml"
        registry.write_text(registry.read_text(encoding="utf-8") + JUNE_2021, encoding="utf-8")

    release = build_from_lines({}, add)
    rows = release.execute(
        "select entity_code, year, round(relative_change_pct, 1), currency_conversion_rate from fct_revision "
        "where edition_id = 'nato-2024-06' and earlier_edition_id = 'nato-2021-06' and unit = 'lcu_m'"
    ).fetchall()
    changed = {(code, year): change for code, year, change, _ in rows}
    assert {key: changed[key] for key in [("HUN", 2017), ("HUN", 2019), ("LVA", 2017), ("NOR", 2016)]} == {
        ("HUN", 2017): 16.4,
        ("HUN", 2019): 6.8,
        ("LVA", 2017): -8.6,
        ("NOR", 2016): 6.1,
    }
    # In kuna Croatia's spending would have fallen by 87 %; its 2020 and 2021 were revised as well.
    croatia = {year: change for (code, year), change in changed.items() if code == "HRV"}
    assert len(croatia) == 8 and all(abs(change) < 0.1 for year, change in croatia.items() if year < 2020)
    assert all(0 < abs(croatia[year]) < 50 for year in (2020, 2021))
    assert {rate for code, *_, rate in rows if code == "HRV"} == {7.5345}


JUNE_2021 = """
  - id: nato-2021-06
    title: Defence Expenditure of NATO Countries (2014-2021)
    publisher: nato
    published_on: 2021-06-11
    first_year: 2014
    last_year: 2021
    tables: {"1": transcription}
    credit: NATO
    terms: Credit NATO.
"""
