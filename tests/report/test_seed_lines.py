# ruff: noqa: E501
"""Any line that somebody may add to a seed gives a report: groups that begin or end, odd targets, claims and breaks."""

from __future__ import annotations

import re
import shutil

import pytest

from pipelines.report.site import write_site
from tests.building import publish_tables
from tests.report.reading import charts, figures, whole
from tests.utopia import add_utopia

LINES = {
    "entities.csv": """
        UTO,Utopia,state,europe,true,EUR,,
        ATL,Atlantis,state,europe,true,EUR,,
        LATE,Latecomers,group,,,,,Begins after the first year
        ONE,One Ally for two years,group,,,,,Begins and ends
        GAP,Two Allies with years between,group,,,,,Nobody belongs in 2017 and 2018
        FUTURE,Tomorrow's Allies,group,,,,,Begins after the last year
        LOST,Allies without figures,group,,,,,No edition lists its member
        UNARMED,Allies without forces,group,,,,,Iceland alone
        NOBODY,Nobody,group,,,,,Has no members
    """,
    "memberships.csv": """
        NATO,UTO,2027-01-01,
        NATO,ATL,2016-01-01,
        LATE,MNE,2017-06-05,
        LATE,FIN,2023-04-04,
        ONE,MNE,2017-06-05,2019-12-31
        GAP,POL,1999-03-12,2017-01-01
        GAP,DEU,2019-01-01,
        FUTURE,POL,2030-01-01,
        LOST,ATL,2016-01-01,
        UNARMED,ISL,1949-08-24,
    """,
    "targets.csv": """
        unmeasurable,A target that nobody can measure,,7,proposed,2026-01-01,,false,Nobody,
        past,3 % of GDP by 2015,defence_share_of_gdp,3,agreed,2010-01-01,2015,true,Nobody,
        infrastructure,3 % on infrastructure,infrastructure_share,3,agreed,2010-01-01,2030,true,Nobody,A test
    """,
    "claims.csv": """
        early,2026-08-01,me,A note,Growth in 1999,real_growth,NATO_EUR_CAN,1999,,,30,percent,0,here,value,plain,,,,,,,,
        future,2026-08-01,me,A note,Growth in 2050,real_growth,NATO_EUR_CAN,2050,,,30.5,percent,1,here,value,plain,,,,,,,,
        of-a-group,2026-08-01,me,A note,Europeans at 2 %,allies_meeting_target,EUROPE,2025,gdp_2,,99,count,0,here,count,plain,,,,,,,,
        unarmed,2026-08-01,me,A note,Iceland meets 2 %,meets_target,ISL,2025,gdp_2,,1,boolean,0,here,meets,plain,,,,,,,,
        unmeasured,2026-08-01,me,A note,At 5 %,allies_meeting_target,NATO_TOTAL,2025,total_5,,1,count,0,here,count,plain,,,,,,,,
        of-late,2026-08-01,me,A note,Growth of latecomers,real_growth,LATE,2015,,,30,percent,0,here,value,plain,,,,,,,,
    """,
    "breaks.csv": """
        NATO_TOTAL,gdp,2020,,definition,change,press,here,Of an aggregate
        LATE,gdp,2015,,definition,change,press,here,Of a group before it began
        ISL,defence_expenditure,1999,,definition,change,press,here,Of a year before the tables
    """,
}


@pytest.fixture(scope="module")
def pages(settings, report, tmp_path_factory):
    """Write the report of a warehouse with all lines; Utopia's figures, like Denmark's, stand in one edition."""
    folder = tmp_path_factory.mktemp("lines")
    own = settings.replace(warehouse=folder / "warehouse", seeds=shutil.copytree(settings.seeds, folder / "seeds"))
    for name, lines in LINES.items():
        with (own.seeds / name).open("a", encoding="utf-8") as file:
            file.writelines(f"{line.strip()}\n" for line in lines.strip().splitlines())
    add_utopia(own.seeds)
    # Editions that are as they were need not be read again.
    shutil.copytree(settings.tables, own.tables)
    publish_tables(own)
    site = write_site(own)
    return {path.stem: whole(path) for path in site.path.rglob("*.html")}


def test_every_line_has_its_place(pages):
    assert "uto" in pages and "atl" in pages
    assert "We hold no figures of this edition." in pages["atl"]
    assert "Latecomers, from 2017" in pages["growth"] and "Latecomers, from 2014" not in pages["growth"]
    assert "A target that nobody can measure" in pages["compliance"]
    assert "Of an aggregate" in pages["method"] and "Of a group before it began" in pages["method"]


def test_nothing_is_shown_that_is_not_there(pages):
    for name, html in pages.items():
        # Texts and titles; the texts of origins and data islands lie in scripts.
        text = re.sub(r"<script.*?</script>", "", html, flags=re.S)
        assert not re.search(r"\bNone\b|\bnan\b", text), name
    for drawn in (rows for name, _, rows in charts(pages["growth"]) if name == "real-growth-one"):
        assert {row["year"] for row in drawn} <= {"2018", "2018e"}


def test_a_claim_about_a_group_is_no_count_of_the_alliance(pages):
    stated = [row["value"] for name, _, rows in charts(pages["revisions"]) if name.startswith("count") for row in rows]
    assert stated and 99 not in stated


def test_an_ally_is_shown_where_an_edition_lists_it(pages):
    shown = {figure.origin.split("|")[1] for figure in figures(pages["uto"])}
    assert shown == {"nato-2026-07"}
    assert 'title="the edition does not list it"' in pages["uto"] or ">–<" in pages["uto"]
