"""Publishers side by side: known figures, reasons from data, and NATO's own facts untouched."""

from __future__ import annotations

import json
import re

import pytest

from pipelines.intake.ingest import ingest
from pipelines.sources.catalogue import Sources
from pipelines.sources.tables import read_source
from pipelines.sources.worldbank.indicators import INDICATORS
from tests.conftest import ORIGINALS

SIPRI_2024 = "publisher = 'sipri' and year = 2024 and measure = 'defence_share_of_gdp'"


def ask(release, query):
    return release.execute(query).fetchall()


def test_sipri_and_nato_of_2024_differ_as_is_known(release):
    counted = ask(
        release,
        "select count(*) filter (where round(other_value, 2) >= 2), count(*) filter (where round(nato_value, 2) >= 2), "
        "round(avg(abs(difference)), 3) from fct_publisher_difference where nato_edition_id = 'nato-2026-07' "
        f"and {SIPRI_2024}",
    )
    assert counted == [(18, 17, 0.137)]
    flipped = ask(
        release,
        "select entity_code, other_value > nato_value from fct_publisher_difference where "
        f"(round(other_value, 2) >= 2) <> (round(nato_value, 2) >= 2) and {SIPRI_2024} order by all",
    )
    assert dict(flipped) == {
        "ALB": True,
        "BGR": True,
        "DEU": False,
        "MKD": True,
        "NLD": False,
        "SVK": True,
        "TUR": False,
    }


def test_the_agency_of_2023_differs_as_is_known(release):
    mean = "select round(mean_difference_pp, 3) from publisher_reasons where publisher = 'eda' and year = 2023"
    assert ask(release, mean) == [(0.062,)]
    against_june_2024 = ask(
        release,
        "select round(avg(abs(theirs.value - mine.value)), 3) from fct_publisher_figure as theirs "
        "inner join fct_publisher_figure as mine using (entity_code, year, measure) "
        "where theirs.publisher = 'eda' and mine.edition_id = 'nato-2024-06' and year = 2023 "
        "and measure = 'defence_share_of_gdp'",
    )
    assert against_june_2024 == [(0.04,)]


@pytest.mark.parametrize(
    ("publisher", "entity", "year", "code"),
    [
        # NATO had 2.03 in June 2024 for Albania, which SIPRI's 2.04 is near.
        ("sipri", "ALB", 2024, "edition_older"),
        # NATO measures Luxembourg over gross national income from 2023 on.
        ("sipri", "LUX", 2024, "gdp_base"),
        ("eda", "LUX", 2023, "gdp_base"),
        # SIPRI's footnote 87: the Carabinieri are included.
        ("sipri", "ITA", 2024, "definition"),
        ("sipri", "CAN", 2024, "fiscal_year"),
        ("sipri", "GBR", 2024, "rounding"),
        # Between NATO's 2.41 of its time and today's 2.11.
        ("sipri", "FIN", 2024, "edition_older"),
        # A redenominated currency is no reason.
        ("sipri", "TUR", 2024, "unexplained"),
        # The World Bank's figures of July 2020 are SIPRI's: revised since, or explained by SIPRI's footnotes.
        ("worldbank", "FRA", 2018, "source_revised"),
        ("worldbank", "ESP", 2018, "definition"),
        ("worldbank", "TUR", 2018, "unexplained"),
    ],
)
def test_reasons_come_from_the_data_and_the_publisher_s_words(release, publisher, entity, year, code):
    found = ask(
        release,
        "select difference_code from fct_publisher_difference where measure = 'defence_share_of_gdp' "
        f"and publisher = '{publisher}' and entity_code = '{entity}' and year = {year}",
    )
    assert found == [(code,)]


def test_long_history_has_a_past(release):
    rows = ask(
        release,
        "select round(share_of_gdp_pct, 2), as_high_in_year, data_begin_year from fct_long_history "
        "where entity_code = 'DEU' and year in (1990, 2024) order by year",
    )
    assert rows == [(2.51, 1989, 1953), (1.89, 1991, 1953)]


def test_states_outside_nato_have_figures_and_are_members_of_nothing(release):
    rows = ask(
        release,
        "select entity_code, bool_or(is_member), count(*) > 5 from fct_publisher_figure "
        "where entity_code in ('RUS', 'UKR', 'CHN') group by all order by all",
    )
    assert rows == [("CHN", False, True), ("RUS", False, True), ("UKR", False, True)]
    assert ask(release, "select count(*) from dim_ally where entity_code in ('RUS', 'UKR', 'CHN')") == [(0,)]


def test_the_world_bank_gives_what_nato_lacks(release):
    row = ask(
        release,
        "select round(population_thousand), round(gdp_per_head_usd) > 10000 from fct_worldbank_gdp "
        "where entity_code = 'POL' and year = 2019",
    )
    assert row[0][0] == pytest.approx(37971, abs=30)
    assert row[0][1]


def test_what_is_odd_is_told(release):
    found = ask(
        release,
        "select publisher, entity_code, year from fct_publisher_warning where warning_code = 'repeats_year_before'",
    )
    assert ("eda", "EU", 2022) in found


def test_a_whole_release_of_sipri_leaves_a_tenth_in_what_is_published(settings, project, tmp_path):
    """Drop in a whole release: no source table, on which all that is published rests, holds more than a tenth of it."""
    path = ORIGINALS / "sipri" / "SIPRI-Milex-data-1949-2024_2.xlsx"
    if not path.is_file():
        pytest.skip("SIPRI's files are not beside the project (../shared/data/sipri)")
    mine = settings.replace(warehouse=tmp_path / "warehouse")
    receipt = ingest(path, mine, project).receipt
    sources = Sources(mine.seeds, mine.raw, mine.observations)
    assert sources.editions.current("sipri-2025").receipt == receipt
    shown = 0
    for reader in ("observations", "superseded"):
        rows = read_source(None, reader, sources).to_pandas()
        shown += (rows["edition_id"] == "sipri-2025").sum()
    assert receipt.figures > 50_000
    # The figures that were embedded and those of the workbook are the same cells.
    assert 0 < shown / 2 <= receipt.figures / 10


def test_a_tenth_of_each_release_is_embedded(release):
    published = dict(
        ask(release, "select edition_id, count(*) from fct_observation where publisher = 'sipri' group by all")
    )
    # The numeric cells of the releases.
    cells = {"sipri-2021": 48_700, "sipri-2024": 52_158, "sipri-2025": 53_204}
    assert set(published) == set(cells)
    assert all(count <= cells[edition] / 10 for edition, count in published.items())


def test_purchasing_power_joins_no_market_rate(release):
    """Whatever is joined by unit, as every comparison here is, keeps international dollars apart from dollars."""
    market, power = INDICATORS["NY.GDP.MKTP.CD"], INDICATORS["NY.GDP.MKTP.PP.CD"]
    figures = "(values ('{}', '{}', 'POL', 2024)) as {} (measure, unit, entity_code, year)"
    sides = [figures.format(one.measure, one.unit, name) for one, name in ((market, "mine"), (power, "theirs"))]
    assert market.measure == power.measure
    found = f"select count(*) from {sides[0]} inner join {sides[1]} using (measure, unit, entity_code, year)"
    assert ask(release, found) == [(0,)]
    assert ask(release, "select distinct unit from fct_publisher_difference order by 1") == [("percent",), ("usd_m",)]


def test_the_report_shows_them(site, release):
    page = (site.path / "publishers.html").read_text(encoding="utf-8")
    assert "SIPRI and NATO, 2024" in page and "No more than a tenth" in page
    assert "SIPRI and NATO lie 0.14 points apart in 2024 on average, 6 of 31 differences unexplained" in page
    found = re.search(r'data-chart="gap-sipri".*?class="rows">(.*?)</script>', page, re.S)
    drawn = {row["code"]: (row["value"], row["series"]) for row in json.loads(found[1])}
    query = """select entity_code, difference, difference_code from fct_publisher_difference
        where publisher = 'sipri' and year = 2024 and measure = 'defence_share_of_gdp'"""
    wanted = {code: (pytest.approx(value), why) for code, value, why in ask(release, query)}
    assert {code: value for code, (value, _) in drawn.items()} == {code: value for code, (value, _) in wanted.items()}
    left = {code for code, (_, why) in wanted.items() if why == "unexplained"}
    assert {code for code, (_, series) in drawn.items() if series == "No rule explains it"} == left
    ally = (site.path / "allies" / "pol.html").read_text(encoding="utf-8")
    # What SIPRI says of its figure is there to read without a mouse, too.
    assert (
        "Other publishers" in ally and "SIPRI: 78 Poland: The figures for Poland exclude some defence spending" in ally
    )
