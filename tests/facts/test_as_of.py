"""Facts as they were known on a day, against pandas on the embedded figures."""

import pandas as pd
import pytest

from tests.workbooks import read_figures

PUBLISHED = {
    "nato-2019-06": "2019-06-25",
    "nato-2024-06": "2024-06-17",
    "nato-2025-08": "2025-08-28",
    "nato-2026-07": "2026-07-07",
}
CELL = ["table_id", "measure", "price_basis", "entity_code", "year"]


@pytest.mark.parametrize("day", ["2019-06-24", "2024-06-16", "2024-06-17", "2025-12-31", "2026-12-31"])
def test_each_cell_is_of_the_newest_edition_that_holds_it(release, settings, day):
    known = [read_figures(settings.seeds, edition) for edition, published in PUBLISHED.items() if published <= day]
    # Editions stand in the order of publication, so the last of each cell is the newest.
    expected = pd.concat(known).drop_duplicates(CELL, keep="last") if known else pd.DataFrame(columns=[*CELL, "value"])
    found = release.execute(f"select edition_id, {', '.join(CELL)}, value from as_of('{day}')").df()
    assert len(found) == len(expected)
    if len(expected):
        together = found.merge(expected, on=[*CELL, "edition_id"], suffixes=("", "_expected"))
        assert len(together) == len(expected) and (together["value"] == together["value_expected"]).all()


def test_august_2025_does_not_hide_the_dollars_of_june_2024(release):
    row = release.execute(
        "select edition_id, real_growth_published_pct, expenditure_constant_usd_m, price_base_year, borrowed_figures "
        "from growth_as_of('2025-12-31') where entity_code = 'POL' and year = 2023"
    ).fetchone()
    published, dollars = (
        release.execute(
            f"select {column} from fct_growth where edition_id = '{edition}' and entity_code = 'POL' and year = 2023"
        ).fetchone()[0]
        for edition, column in (
            ("nato-2025-08", "real_growth_published_pct"),
            ("nato-2024-06", "expenditure_constant_usd_m"),
        )
    )
    assert row[:4] == ("nato-2025-08", published, dollars, 2021)
    assert "expenditure_constant_usd_m from nato-2024-06" in row[4]


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
