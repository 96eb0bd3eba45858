"""Within what the rounding of printed figures leaves: by hand, by chance, and nothing where an edition is unrounded."""

import random

import duckdb
import pytest

from pipelines.models.tables import connect, register
from tests.workbooks import read_figures

ROUNDED = "nato-2026-07"
UNROUNDED = ("nato-2024-06", "nato-2025-08")
FACTS = ("fct_growth", "fct_contribution_share", "fct_target_compliance")
VIEWS = ("compliance_count", "group_compliance_count")


def _ranged(release, table: str) -> list[str]:
    names = [name for name, *_ in release.execute(f"describe {table}").fetchall()]
    return [name for name in names if {f"{name}_low", f"{name}_high"} <= set(names)]


@pytest.fixture(scope="module")
def printed(settings) -> dict[tuple, float]:
    """Give what July 2026 prints: by measure, unit, price basis, entity and year."""
    rows = read_figures(settings.seeds, ROUNDED)
    rows = rows[rows["repeats"].astype(str).str.lower() != "true"]
    keys = zip(rows["measure"], rows["unit"], rows["price_basis"], rows["entity_code"], rows["year"], strict=True)
    return dict(zip(keys, rows["value"], strict=True))


@pytest.fixture(scope="module")
def tables(settings, release) -> duckdb.DuckDBPyConnection:
    connection = connect()
    register(connection, settings.tables, ["stg_nato_range"])
    return connection


def _one(release, table: str, column: str, **keys: object) -> tuple[float, float, float]:
    where = " and ".join(f"{name} = ?" for name in keys)
    query = f"select {column}_low, {column}, {column}_high from {table} where {where}"
    return release.execute(query, list(keys.values())).fetchone()


@pytest.mark.parametrize("table", [*FACTS, *VIEWS])
def test_every_figure_lies_where_it_can(release, table):
    columns = _ranged(release, table)
    assert len(columns) >= 2
    for column in columns:
        wrong = release.execute(
            f"select count(*) from {table} where ({column} is null) <> ({column}_low is null) "
            f"or ({column} is null) <> ({column}_high is null) or {column} not between {column}_low and {column}_high"
        ).fetchone()
        assert wrong == (0,), column


@pytest.mark.parametrize("table", FACTS)
def test_where_an_edition_is_unrounded_there_is_no_range(release, table):
    for column in _ranged(release, table):
        spread = release.execute(
            f"select max(({column}_high - {column}_low) / greatest(1, abs({column}_low))) from {table} "
            f"where edition_id in {UNROUNDED}"
        ).fetchone()[0]
        assert spread is None or spread < 1e-11, column
        rounded = f"select count(*) from {table} where edition_id = '{ROUNDED}' and {column}_high > {column}_low"
        assert release.execute(rounded).fetchone()[0] > 0, column


def test_growth_by_hand(release):
    """Poland 2025e: Table 2 prints 33,084 and, for 2024, 28,155 million at 2021 prices; Table 3 prints 17.51."""
    keys = {"edition_id": ROUNDED, "entity_code": "POL", "year": 2025}
    assert _one(release, "fct_growth", "real_growth_pct", **keys) == pytest.approx(
        (100 * (33083.5 / 28155.5 - 1), 100 * (33084 / 28155 - 1), 100 * (33084.5 / 28154.5 - 1)), abs=1e-9
    )
    low, value, high = _one(release, "fct_growth", "real_growth_published_pct", **keys)
    assert (low, high) == pytest.approx((value - 0.005, value + 0.005), abs=1e-9)


def test_the_range_of_a_group_takes_the_rounding_of_all_its_members(release, printed):
    """Europe and Canada 2024 like for like: 29 Allies, half a million each, in both years."""
    members = release.execute(
        "select entity_code from dim_group_member inner join dim_ally using (entity_code) "
        "where group_code = 'NATO_EUR_CAN' and first_year <= 2023 and has_armed_forces"
    ).fetchall()
    now, before = (
        [printed["defence_expenditure", "usd_m", "constant", code, year] for (code,) in members]
        for year in (2024, 2023)
    )
    assert len(now) == 29
    half = 0.5 * len(now)
    assert _one(
        release, "fct_growth", "like_for_like_growth_pct", edition_id=ROUNDED, entity_code="NATO_EUR_CAN", year=2024
    ) == pytest.approx(
        (
            100 * ((sum(now) - half) / (sum(before) + half) - 1),
            100 * (sum(now) / sum(before) - 1),
            100 * ((sum(now) + half) / (sum(before) - half) - 1),
        ),
        abs=1e-9,
    )


def test_the_united_states_share_of_gdp_is_sharp_from_table_5_and_vague_from_printed_shares(release, printed, tables):
    keys = {"edition_id": ROUNDED, "entity_code": "USA", "year": 2026, "price_basis": "constant"}
    low, value, high = _one(release, "fct_contribution_share", "share_of_alliance_gdp_pct", **keys)
    own, total = (printed["gdp", "usd_m", "constant", code, 2026] for code in ("USA", "NATO_TOTAL"))
    assert value == pytest.approx(100 * own / total) and round(low, 2) == round(high, 2) == 51.67
    # Without Table 5: expenditure over the share of GDP, which is printed with two decimals.
    spent, all_spent = (
        printed["defence_expenditure", "usd_m", "constant", code, 2026] for code in ("USA", "NATO_TOTAL")
    )
    share, all_share = (
        printed["defence_share_of_gdp", "percent", "constant", code, 2026] for code in ("USA", "NATO_TOTAL")
    )
    least = (spent - 0.5) / (share + 0.005) / ((all_spent + 0.5) / (all_share - 0.005))
    most = (spent + 0.5) / (share - 0.005) / ((all_spent - 0.5) / (all_share + 0.005))
    assert (round(100 * least, 2), round(100 * most, 2)) == (51.51, 51.86)
    found = tables.execute(
        "select own.gdp_derived_usd_m_low / total.gdp_derived_usd_m_high, "
        "own.gdp_derived_usd_m_high / total.gdp_derived_usd_m_low from stg_nato_range as own "
        "inner join stg_nato_range as total using (edition_id, year) where edition_id = ? and year = 2026 "
        "and own.entity_code = 'USA' and total.entity_code = 'NATO_TOTAL'",
        [ROUNDED],
    ).fetchone()
    assert found == pytest.approx((least, most))


def test_the_gap_at_current_prices_is_spending_less_the_thresholds_gdp(release, printed):
    spent = printed["defence_expenditure", "usd_m", "current", "BEL", 2026]
    gdp = printed["gdp", "usd_m", "current", "BEL", 2026]
    keys = {"edition_id": ROUNDED, "entity_code": "BEL", "year": 2026, "target_id": "core_3_5"}
    low, _, high = _one(release, "fct_target_compliance", "gap_current_usd_m", **keys)
    assert (low, high) == pytest.approx(
        (spent - 0.5 - 0.035 * (gdp + 0.5), spent + 0.5 - 0.035 * (gdp - 0.5)), abs=1e-6
    )


def test_whatever_the_printed_figures_were_the_result_lies_in_its_range(release, printed):
    """True figures drawn by chance, each within half of its last printed digit, and computed with anew."""
    chance = random.Random(20260707)

    def true(measure: str, unit: str, basis: str, code: str, year: int) -> float:
        half = 0.5 if unit == "usd_m" else 0.005
        return printed[measure, unit, basis, code, year] + chance.uniform(-half, half)

    def drawn(code: str, year: int) -> dict[tuple[str, str], float]:
        spent, before = (true("defence_expenditure", "usd_m", "constant", code, y) for y in (year, year - 1))
        first = true("defence_expenditure", "usd_m", "constant", code, 2014)
        all_spent = true("defence_expenditure", "usd_m", "constant", "NATO_TOTAL", year)
        gdp, all_gdp = (true("gdp", "usd_m", "constant", c, year) for c in (code, "NATO_TOTAL"))
        share = true("defence_share_of_gdp", "percent", "constant", code, year)
        return {
            ("fct_growth", "real_growth_pct"): 100 * (spent / before - 1),
            ("fct_growth", "cumulative_real_growth_pct"): 100 * (spent / first - 1),
            ("fct_growth", "average_real_growth_pct"): 100 * ((spent / first) ** (1 / (year - 2014)) - 1),
            ("fct_contribution_share", "share_of_total_pct"): 100 * spent / all_spent,
            ("fct_contribution_share", "share_of_alliance_gdp_pct"): 100 * gdp / all_gdp,
            ("fct_contribution_share", "burden_gap_pp"): 100 * (spent / all_spent - gdp / all_gdp),
            ("fct_target_compliance", "value_pct"): share,
            ("fct_target_compliance", "gap_pp"): share - 3.5,
            ("fct_target_compliance", "value_recomputed_pct"): 100 * spent / gdp,
            ("fct_target_compliance", "gap_constant_usd_m"): (share - 3.5) / 100 * gdp,
            ("fct_target_compliance", "gap_share_of_spending_pct"): 100 * (share - 3.5) / share,
        }

    more = {
        "fct_growth": {},
        "fct_contribution_share": {"price_basis": "constant"},
        "fct_target_compliance": {"target_id": "core_3_5"},
    }
    for code in ("MNE", "ALB", "EST", "POL", "USA"):
        year = chance.randrange(2018, 2027)
        keys = {"edition_id": ROUNDED, "entity_code": code, "year": year}
        ranges = {place: _one(release, *place, **keys, **more[place[0]]) for place in drawn(code, year)}
        for _ in range(50):
            for place, figure in drawn(code, year).items():
                low, _, high = ranges[place]
                assert low <= figure <= high, (code, year, place)


def test_a_count_can_be_what_rounding_and_unknown_values_leave(release):
    """August 2025 has 30 Allies at 2 % in 2025 and no value for Germany; two printed decimals leave no doubt."""
    counts = release.execute(
        "select edition_id, allies_meeting_low, allies_meeting, allies_meeting_high from compliance_count "
        "where target_id = 'gdp_2' and year = 2025 order by edition_id"
    ).fetchall()
    assert counts == [("nato-2025-08", 30, 30, 31), (ROUNDED, 28, 28, 28)]


def test_a_count_of_coarse_figures_has_a_range(project):
    """Four Allies by figures within 0.05, and one whose value nobody knows: 2.0 may be 1.95, and 1.9 is below 1.95."""
    rows = [("AAA", 2.3, 0.05), ("BBB", 2.0, 0.05), ("CCC", 1.9, 0.05), ("DDD", 1.96, 0.05), ("EEE", None, None)]
    connection = duckdb.connect()
    columns = project.models["fct_target_compliance"].contract.columns
    typed = ", ".join(f"{column.name} {column.type}" for column in columns)
    connection.execute(f"create table fct_target_compliance ({typed})")
    for code, value, half in rows:
        low, high = (None, None) if value is None else (value - half, value + half)
        met = None if value is None else value >= 2
        status = "unknown" if value is None else "meets" if met else "fails"
        connection.execute(
            "insert into fct_target_compliance (edition_id, entity_code, year, target_id, is_member, threshold_pct, "
            "value_pct, value_pct_low, value_pct_high, meets_target, compliance_status) "
            "values ('e', ?, 2024, 'gdp_2', true, 2, ?, ?, ?, ?, ?)",
            [code, value, low, high, met, status],
        )
    counts = connection.execute(
        f"select allies_meeting_low, allies_meeting, allies_meeting_high from ({project.views['compliance_count'].sql})"
    ).fetchall()
    # For certain AAA; as printed BBB too; at most DDD (2.01) and EEE as well.
    assert counts == [(1, 2, 4)]
