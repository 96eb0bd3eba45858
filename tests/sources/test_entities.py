"""Who is who comes out of three lists; what is wrong in them is told at once, with the file and the line."""

from __future__ import annotations

import shutil

import pytest

from pipelines.sources.entities import Entities
from pipelines.sources.errors import SourceError

OLD = {
    "allies.csv": "entity_code,ally_name,other_names,accession_date,region,has_armed_forces,currency_code\n",
    "groups.csv": "entity_code,group_name,other_names,is_published,description\n",
    "group_members.csv": "group_code,entity_code,member_from,member_to\n",
    "entities.csv": "entity_code,entity_name,other_names\n",
}


@pytest.fixture
def seeds(settings, tmp_path):
    """Copy the lists to change."""
    return shutil.copytree(settings.seeds, tmp_path / "seeds")


def _append(path, line):
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")


def _refusal(seeds) -> str:
    with pytest.raises(SourceError) as refused:
        Entities.load(seeds)
    return str(refused.value)


@pytest.fixture
def old(seeds):
    """Turn the lists into those of earlier versions."""
    for name in ("entities.csv", "entity_names.csv", "memberships.csv"):
        (seeds / name).unlink()
    for name, text in OLD.items():
        (seeds / name).write_text(text, encoding="utf-8")
    return seeds


@pytest.mark.parametrize(
    ("printed", "code"),
    [
        ("Türkiye", "TUR"),
        ("Turkey", "TUR"),
        ("Czech Republic", "CZE"),
        ("Slovakia", "SVK"),
        ("The Netherlands", "NLD"),
        ("European Allies and Canada", "NATO_EUR_CAN"),
        ("Total NATO", "NATO_TOTAL"),
        ("European Allies", None),
        ("Atlantis", None),
    ],
)
def test_a_name_that_nato_prints_has_its_code(entities, printed, code):
    assert entities.code(printed, "nato") == code


def test_a_name_is_that_of_its_publisher_and_a_state_s_own_that_of_everybody(seeds):
    _append(seeds / "entities.csv", "EU27,European Union,aggregate,,,,almanac,Its members")
    _append(seeds / "entity_names.csv", "almanac,TUR,Turkiye")
    entities = Entities.load(seeds)
    assert entities.code("Turkiye", "almanac") == entities.code("Türkiye", "almanac") == "TUR"
    assert entities.code("European Union", "almanac") == "EU27" and entities.code("European Union", "nato") is None
    assert entities.code("Turkey", "almanac") is None
    assert entities.aggregates("almanac") == {"EU27"} and "EU27" not in entities.aggregates("nato")


def test_members_count_from_the_year_of_joining_to_the_year_before_leaving(entities):
    assert len(entities.members("NATO", 2024)) == 32
    assert "FIN" in entities.members("NATO", 2023) and "FIN" not in entities.members("NATO", 2022)
    assert "GBR" in entities.members("EU_ALLIES", 2019) and "GBR" not in entities.members("EU_ALLIES", 2020)


def test_lists_of_earlier_versions_are_refused_by_the_files_to_make(old):
    told = _refusal(old)
    assert "entity_names.csv: found no such file; expected one with the columns publisher, entity_code" in told
    assert "memberships.csv: found no such file; expected one with the columns group_code, entity_code" in told
    assert "entities.csv: found no column entity_kind" in told
    assert "allies.csv, groups.csv and group_members.csv, are read no more" in told


def test_every_line_that_cannot_be_meant_is_told(seeds):
    lines = len((seeds / "memberships.csv").read_text(encoding="utf-8").splitlines())
    _append(seeds / "memberships.csv", "NATO,XXX,2026-01-01,")
    _append(seeds / "memberships.csv", "NORDICS,POL,soon,")
    told = _refusal(seeds)
    assert f"memberships.csv, line {lines + 1}: found 'XXX'" in told
    assert f"memberships.csv, line {lines + 2}: found 'NORDICS'" in told and "'soon'; expected a day" in told


def test_a_name_of_two_is_told(seeds):
    _append(seeds / "entity_names.csv", "nato,POL,turkey")
    assert "'turkey' for both TUR and POL" in _refusal(seeds)
