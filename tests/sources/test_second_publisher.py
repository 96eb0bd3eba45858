"""A second publisher is one folder, one model and one entry, and changes no figure of NATO's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import duckdb
import pytest

from pipelines.settings import PROJECT
from pipelines.sources.observations import WRITTEN

PACKAGE = '''"""A publisher of four figures."""

from ..publisher import Publisher


class Toy(Publisher):
    """Hold figures that somebody copied by hand."""

    id, name, credit, terms, dataset, tables = "toy", "Toy", "Toy", "Free.", "figures", ("1",)

    def title(self, first_year: int, last_year: int) -> str:
        """Return the title of its one publication."""
        return "Figures"


PUBLISHER = Toy()
'''
MODEL = """/*
description: The toy's figures.
grain: [edition_id, measure, unit, price_basis, entity_code, period, repeats]
*/
select edition_id, measure, unit, price_basis, entity_code, period, repeats, value
from source_observation
where publisher = 'toy'
"""
# Later than every edition of NATO, so that whatever takes the newest of all would take this one.
ENTRY = """
  - {id: toy-2030-01, title: Figures, publisher: toy, published_on: 2030-01-01, first_year: 2014, last_year: 2027,
     price_base_year: 2021, tables: {"1": transcription}, credit: Toy, terms: Free.}
"""
FIGURES = f"""{",".join(WRITTEN)}
toy-2030-01,defence_expenditure,usd_m,constant,2021,,POL,2014,outturn,1.5,false,Poland,2014,1,,,transcription,
toy-2030-01,defence_share_of_gdp,percent,constant,2021,,POL,2026,estimate,9.9,false,Poland,2026,1,,,transcription,
toy-2030-01,real_growth,percent,constant,2021,,USA,2026,estimate,-50,false,United States,2026,1,,,transcription,
toy-2030-01,defence_expenditure,usd_m,current,,,VAT,2027,uncertain,7000,false,Holy See,2027,1,,,transcription,
"""


# The front page asks for the newest edition and its figures, and one page shows all publishers.
BUILD = """
from pathlib import Path
from pipelines.report import pages
from pipelines.report.pages import front, publishers
from pipelines.report.site import write_site
from pipelines.settings import Settings, PROJECT
from tests.building import publish_tables

assert PROJECT == Path.cwd()
settings = Settings(PROJECT / "warehouse")
publish_tables(settings)
pages.kinds = lambda: [front, publishers]
write_site(settings)
"""


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Build a copy of the project that has the toy beside NATO, and write its report."""
    copy = tmp_path_factory.mktemp("copy")
    for name in ("pipelines", "sql", "warehouse/seeds"):
        shutil.copytree(PROJECT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "pyproject.toml", copy)
    (copy / "tests").mkdir()
    shutil.copy(PROJECT / "tests/building.py", copy / "tests")
    for place, text in {
        "pipelines/sources/toy/__init__.py": PACKAGE,
        "sql/staging/toy/stg_toy_observation.sql": MODEL,
        "warehouse/seeds/figures/toy-2030-01.csv": FIGURES,
    }.items():
        (copy / place).parent.mkdir(parents=True, exist_ok=True)
        (copy / place).write_text(text, encoding="utf-8")
    for place, text in {"editions.yml": ENTRY, "entities.csv": "VAT,Holy See,state\n"}.items():
        with (copy / "warehouse/seeds" / place).open("a", encoding="utf-8") as file:
            file.write(text)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BURDENSHARE_")}
    subprocess.run([sys.executable, "-c", BUILD], cwd=copy, env=environment, check=True)
    return copy / "warehouse"


def test_no_fact_of_nato_s_changes(both, release, settings):
    mine, tables = duckdb.connect(), sorted(settings.current.glob("*.parquet"))
    without_toy = {
        "fct_observation": "where publisher <> 'toy'",
        "fct_publisher_figure": "where publisher <> 'toy'",
        "fct_publisher_difference": "where publisher <> 'toy'",
        "dim_edition": "where publisher <> 'Toy'",
        "dim_revision": "where edition_id not like 'toy-%'",
        "dim_entity": "where entity_code <> 'VAT'",
    }
    # A look across publishers sees the toy.
    for path in (path for path in tables if path.stem != "fct_publisher_warning"):
        theirs = both / "current" / path.name
        rows = f"from read_parquet('{theirs}') {without_toy.get(path.stem, '')}"
        differing = mine.execute(
            f"(from read_parquet('{path}') except all {rows}) union all ({rows} except all from read_parquet('{path}'))"
        ).fetchall()
        assert differing == [], path.stem


def test_its_own_figures_are_there_and_nobody_outside_is_a_member(both):
    rows = duckdb.execute(
        "select entity_code, value, half_step, status, is_member, locator "
        f"from '{both}/current/fct_observation.parquet' where publisher = 'toy' order by value"
    ).fetchall()
    assert rows == [
        ("USA", -50.0, 0.5, "estimate", True, "Table 1, United States, 2026"),
        ("POL", 1.5, 0.05, "outturn", True, "Table 1, Poland, 2014"),
        ("POL", 9.9, 0.05, "estimate", True, "Table 1, Poland, 2026"),
        ("VAT", 7000.0, 0.5, "uncertain", False, "Table 1, Holy See, 2027"),
    ]


def test_the_headline_stays_that_of_nato(both, release):
    with duckdb.connect(str(both / "current" / "warehouse.duckdb"), read_only=True) as theirs:
        assert (
            theirs.execute("from edition_headline order by all").fetchall()
            == release.execute("from edition_headline order by all").fetchall()
        )


def test_the_report_is_written(both):
    assert (both / "report" / "index.html").exists()
