"""Every recipe of CONTRIBUTING.md, done on a copy of the project exactly as it stands there, files counted."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from pipelines.settings import PROJECT

GUIDE = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
STEP = re.compile(
    r"^(?P<verb>Add to|Write|In) `(?P<path>[^`]+)`(?:, after the line that starts with `(?P<line>[^`]+)`, put)?:\n\n"
    r"```\w+\n(?P<text>.*?)^```$",
    re.M | re.S,
)


@dataclass(frozen=True)
class Step:
    """Hold one block of a recipe: the file that it goes to, and how."""

    verb: str
    path: str
    line: str | None
    text: str

    def apply(self, project: Path) -> None:
        """Do to the copy what the recipe tells."""
        path = project / self.path
        if self.verb == "Write":
            assert not path.exists(), f"{self.path} is there already"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.text, encoding="utf-8")
            return
        before = path.read_text(encoding="utf-8")
        if self.verb == "Add to":
            path.write_text(before + self.text, encoding="utf-8")
            return
        pattern = rf"^{re.escape(self.line or '')}.*\n"
        changed, count = re.subn(pattern, lambda found: found[0] + self.text, before, count=1, flags=re.M)
        assert count == 1, f"no line of {self.path} starts with {self.line}"
        path.write_text(changed, encoding="utf-8")


@dataclass(frozen=True)
class Recipe:
    """Hold one recipe: its name, the number of files that its heading promises, and its steps."""

    name: str
    files: int
    steps: tuple[Step, ...]


def _read() -> list[Recipe]:
    found = []
    for heading in re.finditer(r"^### ([^\n]+) \((\d+) files?\)\n(.*?)(?=^##|\Z)", GUIDE, re.M | re.S):
        steps = tuple(Step(m["verb"], m["path"], m["line"], m["text"]) for m in STEP.finditer(heading[3]))
        found.append(Recipe(heading[1], int(heading[2]), steps))
    return found


RECIPES = _read()

# What each recipe makes, asked of the release: a query and its answer.
RESULTS = {
    "A claim": (
        "select edition_id, verdict from fct_claim where claim_id = 'speech-poland' order by 1",
        "select edition_id, case when round(value, 1) = 4.1 then 'holds' else 'differs' end from fct_observation "
        "where measure = 'defence_share_of_gdp' and entity_code = 'POL' and year = 2024 and not repeats "
        "and publisher = 'nato' order by 1",
    ),
    "A target": (
        "select count(*) filter (compliance_status = 'meets') from fct_target_compliance "
        "where target_id = 'gdp_3' and year = 2024 and edition_id = 'nato-2026-07'",
        "select count(*) from fct_observation inner join dim_ally using (entity_code) where year = 2024 "
        "and measure = 'defence_share_of_gdp' and edition_id = 'nato-2026-07' and not repeats and value >= 3",
    ),
    "A group": (
        "select round(real_growth_pct, 6) from fct_growth where entity_code = 'NORDICS' and year = 2024 "
        "and edition_id = 'nato-2024-06'",
        "with spent as (select * from fct_observation where measure = 'defence_expenditure' and unit = 'usd_m' "
        "and price_basis = 'constant' and not repeats and edition_id = 'nato-2024-06' "
        "and entity_code in ('DNK', 'FIN', 'NOR', 'SWE')) "
        # Sweden counts from 2024 on, the year of its accession.
        "select round(100 * (sum(value) filter (year = 2024) "
        "/ sum(value) filter (year = 2023 and entity_code <> 'SWE') - 1), 6) from spent",
    ),
    "A membership": (
        "select first_year from dim_group_member where group_code = 'NORDICS' and entity_code = 'EST'",
        "select 2025",
    ),
    "An Ally": (
        "select g.group_code, g.first_year from dim_group_member as g inner join dim_ally using (entity_code) "
        "where entity_code = 'UTO' and region = 'europe' order by all",
        "values ('EUROPE', 2027), ('NATO_EUR_CAN', 2027), ('NATO_TOTAL', 2027)",
    ),
    "A state outside NATO": (
        "select entity_name, entity_kind from dim_entity anti join dim_ally using (entity_code) "
        "where entity_code = 'VAT'",
        "values ('Holy See', 'state')",
    ),
    "A break": (
        "select distinct trend_years from fct_path_to_target where entity_code = 'POL' and edition_id = 'nato-2026-07'",
        "select '2022 2024 2025 2026'",
    ),
    "A fact": (
        "select distinct entity_code from fct_largest_contributor",
        "select 'USA'",
    ),
    "A publisher": (
        "select year, value, status, half_step, is_member from fct_observation "
        "where publisher = 'almanac' order by year",
        "values (2023, 3.3::double, 'outturn', 0.05::double, true), (2024, 4.2, 'estimate', 0.05, true)",
    ),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """Return a copy of the project with every recipe done, built; each recipe's files are counted on the way."""
    project = tmp_path_factory.mktemp("copy") / "project"
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(listed, cwd=PROJECT, capture_output=True, text=True, check=True).stdout.splitlines():
        if (PROJECT / name).is_file():
            (project / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, project / name)
    for recipe in RECIPES:
        before = _contents(project)
        for step in recipe.steps:
            step.apply(project)
        after = _contents(project)
        touched = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
        assert len(touched) == recipe.files, f"{recipe.name} touches {sorted(touched)}"
    _run(project, "-m", "pipelines.cli", "build")
    return project


def _contents(project: Path) -> dict[str, bytes]:
    return {str(path.relative_to(project)): path.read_bytes() for path in project.rglob("*") if path.is_file()}


def _run(project: Path, *arguments: str) -> str:
    # The folder that -m starts in comes first, so that it is the copy's code that runs.
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(project), "BURDENSHARE_WAREHOUSE": str(project / "warehouse")}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(copy) -> duckdb.DuckDBPyConnection:
    """Open the release that the copy made."""
    return duckdb.connect(str(copy / "warehouse" / "current" / "warehouse.duckdb"), read_only=True)


def test_every_recipe_has_steps_and_a_result():
    # What a check and a page make is no figure: the tests below look at checks.json and at the report.
    assert {recipe.name for recipe in RECIPES} == {*RESULTS, "A check", "A page"}
    assert all(recipe.steps for recipe in RECIPES)
    blocks = len(re.findall(r"^```(?!sh)\w+$", GUIDE, re.M))
    assert blocks == sum(len(recipe.steps) for recipe in RECIPES), "a block that no step applies is not tried"


@pytest.mark.parametrize("recipe", RESULTS)
def test_a_recipe_has_its_result(built, recipe):
    asked, by_hand = RESULTS[recipe]
    answer = built.execute(asked).fetchall()
    assert answer and answer == built.execute(by_hand).fetchall()


def test_the_check_runs_and_its_table_is_listed(copy):
    checks = (copy / "warehouse" / "current" / "checks.json").read_text(encoding="utf-8")
    assert "the_largest_are_ordered" in checks


def test_the_report_shows_what_was_added(copy, tmp_path):
    _run(copy, "-m", "pipelines.cli", "report", "--output", str(tmp_path / "site"))
    pages = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "site").glob("*.html")}
    assert "Nordic Allies" in pages["growth.html"] and "Economic Forum" in pages["claims.html"]
    # A narrow blank stands before the per cent sign.
    assert "3\u202f% of GDP on defence" in pages["compliance.html"]
    assert "<h1>How few carry most of it?</h1>" in pages["concentration.html"]
    assert all('href="concentration.html"' in text for text in pages.values())
    assert 'href="concentration.html" data-keep aria-current="page"' in pages["concentration.html"]


def test_the_lists_and_the_cases_follow(copy):
    _run(copy, "-m", "pipelines.docs")
    assert "### fct_largest_contributor" in (copy / "docs" / "tables.md").read_text(encoding="utf-8")
    assert "### the_largest_are_ordered" in (copy / "docs" / "checks.md").read_text(encoding="utf-8")
    told = _run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/models/test_cases.py")
    assert "failed" not in told
