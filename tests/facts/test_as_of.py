"""Facts as they were known on a day, against pandas on the embedded figures."""

import random
from datetime import date, timedelta
from functools import cache

import pandas as pd
import pytest

from pipelines.models.as_of import block_columns, can_be_dated, short_name
from tests.workbooks import read_figures

PUBLISHED = {
    "nato-2019-06": "2019-06-25",
    "nato-2024-06": "2024-06-17",
    "nato-2025-08": "2025-08-28",
    "nato-2026-07": "2026-07-07",
}

_CHANCE = random.Random(20241231)
# Days of publication, the day before one, and others at random.
DAYS = ["2019-06-24", "2024-06-17", "2025-08-27", "2026-07-07"]
DAYS += [str(date(2019, 6, 1) + timedelta(days=_CHANCE.randrange(2800))) for _ in range(4)]
CELL = ["table_id", "measure", "price_basis", "entity_code", "year"]


@pytest.mark.parametrize("day", ["2019-06-24", "2024-06-16", "2024-06-17", "2025-12-31", "2026-12-31"])
def test_each_cell_is_of_the_newest_edition_that_holds_it(release, settings, day):
    known = [read_figures(settings.seeds, edition) for edition, published in PUBLISHED.items() if published <= day]
    # Editions stand in the order of publication, so the last of each cell is the newest.
    expected = pd.concat(known).drop_duplicates(CELL, keep="last") if known else pd.DataFrame(columns=[*CELL, "value"])
    found = release.execute(
        f"select edition_id, {', '.join(CELL)}, value from as_of('{day}') where publisher = 'nato'"
    ).df()
    assert len(found) == len(expected)
    if len(expected):
        together = found.merge(expected, on=[*CELL, "edition_id"], suffixes=("", "_expected"))
        assert len(together) == len(expected) and (together["value"] == together["value_expected"]).all()


def test_august_2025_does_not_hide_the_dollars_of_june_2024(release):
    row = release.execute(
        "select edition_id, real_growth_published_pct, expenditure_constant_usd_m, price_base_year, "
        "dollars_edition_id, dollars_is_estimate, borrowed_figures from growth_as_of('2025-12-31') "
        "where entity_code = 'POL' and year = 2024"
    ).fetchone()
    published, dollars = (
        release.execute(
            f"select {column} from fct_growth where edition_id = '{edition}' and entity_code = 'POL' and year = 2024"
        ).fetchone()[0]
        for edition, column in (
            ("nato-2025-08", "real_growth_published_pct"),
            ("nato-2024-06", "expenditure_constant_usd_m"),
        )
    )
    # The dollars go with the base year of their own edition, in which 2024 was an estimate.
    assert row[:6] == ("nato-2025-08", published, dollars, 2015, "nato-2024-06", True)
    assert row[6] == "expenditure_constant_usd_m from nato-2024-06"


@pytest.mark.parametrize(("day", "count"), [("2024-12-31", 23), ("2025-12-31", 18), ("2026-12-31", 17)])
def test_the_count_for_2024_depends_on_the_day(release, day, count):
    query = "select count(*) from target_compliance_as_of(?) where year = 2024 and target_id = 'gdp_2' and meets_target"
    assert release.execute(query, [day]).fetchone() == (count,)


def test_every_fact_has_a_latest_view_with_one_row_for_each_key(release, project):
    dated = [name for name in project.views if name.startswith("latest_")]
    assert len(dated) >= 12
    for name in dated:
        grain = ", ".join(project.views[name].contract.grain)
        rows, keys = release.execute(
            f"select count(*), count(distinct ({grain})) from {name}"
            if "," in grain
            else f"select count(*), count(distinct {grain}) from {name}"
        ).fetchone()
        fact = name.replace("latest_", "fct_")
        assert rows == keys == release.execute(f"select count(distinct ({grain},)) from {fact}").fetchone()[0], name
        described = release.execute(f"select * from {name} limit 0").description
        assert [column[0] for column in described] == [c.name for c in project.views[name].contract.columns]


def _differ(release, one: str, other: str) -> list:
    return release.execute(f"({one} except all {other}) union all ({other} except all {one})").fetchall()


@pytest.fixture(scope="module")
def dated(project) -> list:
    """Give the facts that can be asked as of a day."""
    return [model for model in project.models.values() if can_be_dated(model)]


@pytest.fixture(scope="module")
def asked(release):
    """Ask each question once, whoever asks it: a macro takes a tenth of a second, and its rows little room."""
    return cache(lambda query: release.sql(query).to_arrow_table())


@pytest.mark.parametrize("day", DAYS)
def test_each_row_is_whole_and_of_the_newest_edition_that_holds_it(release, dated, asked, day):
    """What the SQL picks, picked by pandas; and every figure is that of the edition which its row or block names."""
    published = dict(release.execute("select edition_id, cast(published_on as varchar) from dim_edition").fetchall())
    for model in dated:
        keys = [name for name in model.contract.grain if name != "edition_id"]
        rows, together = asked(f"from {model.name}").to_pandas(), list(model.together or keys)
        known = rows[rows["edition_id"].map(published) <= day]
        found = asked(f"from {short_name(model.name)}_as_of('{day}')")
        if known.empty:
            assert len(found) == 0
            continue
        holding = known[known[list(model.holds)].notna().any(axis=1)] if model.holds else known
        # The names of editions stand in the order of publication.
        newest = known.groupby(together)["edition_id"].max().to_frame("newest")
        newest["holding"] = holding.groupby(together)["edition_id"].max()
        release.register("picked", newest["holding"].fillna(newest["newest"]).rename("edition_id").reset_index())
        release.register("found", found)
        of_blocks = {column for columns in model.blocks.values() for column in columns}
        own = ", ".join(column for column in rows if column not in of_blocks)
        joined = f"{model.name} inner join picked using ({', '.join(together)}, edition_id)"
        assert _differ(release, f"select {own} from found", f"select {own} from {joined}") == [], model.name
        release.unregister("picked")
        for block, columns in model.blocks.items():
            listed = ", ".join([*keys, *columns])
            edition, is_estimate = block_columns(block)
            taken = f"select {listed}, {edition}, {is_estimate} from found where {edition} is not null"
            given = f"select {listed}, edition_id, is_estimate from {model.name}"
            assert release.execute(f"{taken} except {given}").fetchall() == []
        release.unregister("found")


@pytest.mark.parametrize("day", DAYS)
def test_the_spans_are_the_macros_written_out(release, project, dated, asked, day):
    for model in dated:
        name = short_name(model.name)
        listed = ", ".join(column.name for column in project.views[f"latest_{name}"].contract.columns)
        release.register("spans", asked(f"from {name}_known"))
        release.register("found", asked(f"from {name}_as_of('{day}')"))
        query = f"select {listed} from spans where known_from <= date '{day}' and date '{day}' < known_until"
        assert _differ(release, query, "from found") == [], name
        release.unregister("spans")
        release.unregister("found")


def test_spans_of_a_key_follow_each_other(release, dated):
    for model in dated:
        known = f"{short_name(model.name)}_known"
        keys = ", ".join(name for name in model.contract.grain if name != "edition_id")
        gaps = release.execute(
            f"select * from (select *, lead(known_from) over (partition by {keys} order by known_from) as next_from "
            f"from {known}) where coalesce(next_from, date '9999-12-31') <> known_until or known_from >= known_until"
        ).fetchall()
        assert gaps == [], known


def test_nothing_in_a_row_contradicts_the_rest(release):
    """A nominal estimate of June 2024 beside an outturn of 2026 gave prices that had fallen by 8.2 %."""
    within = "select distinct entity_code, year, nominal_growth_lcu_pct, real_growth_published_pct from fct_growth"
    for day in DAYS:
        macro = f"from growth_as_of('{day}') where nominal_growth_lcu_pct is not null"
        pairs = f"select entity_code, year, nominal_growth_lcu_pct, real_growth_published_pct {macro}"
        assert release.execute(f"{pairs} except {within}").fetchall() == []
        broken = release.execute(
            f"from target_compliance_as_of('{day}') where sign(gap_pp) <> sign(gap_constant_usd_m) "
            "or abs(value_pct - threshold_pct - gap_pp) > 1e-9"
        ).fetchall()
        broken += release.execute(
            f"from contribution_share_as_of('{day}') "
            "where abs(share_of_total_pct - share_of_alliance_gdp_pct - burden_gap_pp) > 1e-9 "
            "or abs(100 * expenditure_usd_m / total_expenditure_usd_m - share_of_total_pct) > 1e-9"
        ).fetchall()
        assert broken == []


def test_the_macros_of_today_and_the_views_say_the_same(release, project):
    for name in project.macros():
        view = "latest_observation" if name == "as_of" else f"latest_{name.removesuffix('_as_of')}"
        differing = release.execute(f"(from {name}('2100-01-01') except all from {view})").fetchall()
        assert differing == [], name


def test_an_unknown_value_does_not_hide_a_known_one(release):
    """Germany 2024 is given by all, equipment of Denmark 2024 not by August 2025."""
    query = "select edition_id, compliance_status from target_compliance_as_of('2025-12-31') "
    unknown = release.execute(
        "select entity_code, year from fct_target_compliance where edition_id = 'nato-2025-08' and year <= 2024 "
        "and target_id = 'equipment_20' and compliance_status = 'unknown'"
    ).fetchall()
    for entity, year in unknown:
        where = f"where entity_code = '{entity}' and year = {year} and target_id = 'equipment_20'"
        edition, status = release.execute(query + where).fetchone()
        known_before = release.execute(
            f"select count(value_pct) from fct_target_compliance {where} and edition_id = 'nato-2024-06'"
        ).fetchone()[0]
        assert (edition, status != "unknown") == (("nato-2024-06", True) if known_before else (edition, False))
