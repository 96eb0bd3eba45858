"""Workbooks one change away from NATO's: what must be refused is, by its cell, and what is right is taken and builds.

The workbooks are made by a program that lies beside the project, as the original does; where it is not at hand,
these tests are skipped.
"""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from openpyxl.utils import column_index_from_string

from pipelines.intake.ingest import Taken, ingest
from pipelines.models.project import Project
from pipelines.reading.current import open_warehouse
from pipelines.settings import PROJECT, Settings
from pipelines.sources.errors import SourceError
from tests.building import publish_tables

CASES = PROJECT.parent / "shared" / "cases"
SOURCE = PROJECT.parent / "shared" / "data" / "nato" / "2024-06" / "240617-def-exp-2024-TABLES-en.xlsx"
NEW = {"--edition": "nato-2024-09", "--published": "2024-09-10"}
CELL = re.compile(r"((?:TABLE|Table )\w+)!([A-Z]{1,3})(\d+)")
# A block's meaning in `cases.csv` is table/measure/basis.
FIGURE = "select value from fct_observation where edition_id = ? and entity_code = ? and year = ? and table_id = ?"


def _rows() -> Iterator[tuple[dict[str, str], bool]]:
    if not (CASES / "cases.csv").exists():
        return
    with (CASES / "cases.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield row, False
            if row["also_as_new_edition"] == "yes":
                yield row, True


ROWS = list(_rows())
REFUSED = [pytest.param(row, new, id=f"{row['case']}{' new' if new else ''}") for row, new in ROWS]


@pytest.fixture(scope="module")
def workbooks_of_cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the workbooks once, two seconds."""
    if not ROWS or not SOURCE.exists():
        pytest.skip("the cases and NATO's own file are not beside the project (../shared)")
    folder = tmp_path_factory.mktemp("cases")
    command = [sys.executable, str(CASES / "make_cases.py"), str(SOURCE), str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


@pytest.fixture
def mine(settings: Settings, report: object, tmp_path: Path) -> Settings:
    """Give a warehouse of its own whose editions are read already."""
    found = settings.replace(warehouse=tmp_path / "warehouse")
    found.warehouse.mkdir()
    shutil.copytree(settings.observations, found.observations)
    shutil.copy(settings.observations.parent / "ledger.json", found.observations.parent)
    return found


def take(row: dict[str, str], new: bool, folder: Path, settings: Settings, project: Project) -> Taken:
    """Take a case's file in as `cases.csv` says; raises `SourceError` where it is refused."""
    words = row["options"].split()
    options = dict(zip(words[::2], words[1::2], strict=True)) | (NEW if new else {})
    if row["first"] == "SOURCE":
        ingest(SOURCE, settings, project)
    day = options.get("--published")
    return ingest(
        folder / row["file"],
        settings,
        project,
        edition_id=options.get("--edition"),
        published=date.fromisoformat(day) if day else None,
        tables=options["--tables"].split(",") if "--tables" in options else None,
    )


def names(message: str, place: str) -> bool:
    """Tell whether a message names a place: a cell of a range, or the words themselves."""
    area = re.fullmatch(r"(.+)!([A-Z]+)(\d+):([A-Z]+)(\d+)", place)
    if area is None:
        return place in message
    first, last = (column_index_from_string(area[part]) for part in (2, 4))
    return any(
        sheet == area[1]
        and first <= column_index_from_string(column) <= last
        and int(area[3]) <= int(line) <= int(area[5])
        for sheet, column, line in CELL.findall(message)
    )


@pytest.mark.parametrize(("row", "new"), [case for case in REFUSED if case.values[0]["must_be"] == "refused"])
def test_what_is_wrong_is_refused_with_its_cell(row, new, workbooks_of_cases, mine, project):
    held = sorted(mine.raw.rglob("*")) if row["first"] != "SOURCE" and mine.raw.exists() else None
    with pytest.raises(SourceError) as refusal:
        take(row, new, workbooks_of_cases, mine, project)
    assert any(names(str(refusal.value), place) for place in row["expected"].split(" | ")), str(refusal.value)
    if row["first"] != "SOURCE":
        assert (sorted(mine.raw.rglob("*")) if mine.raw.exists() else None) == held


@pytest.mark.parametrize(("row", "new"), [case for case in REFUSED if case.values[0]["must_be"] != "refused"])
def test_what_is_right_is_taken_and_builds(row, new, workbooks_of_cases, mine, settings, project):
    try:
        taken = take(row, new, workbooks_of_cases, mine, project)
    except SourceError as refusal:
        places = [place for place in row["expected"].split(" | ") if ";" not in place]
        assert row["must_be"] == "either" and any(names(str(refusal), place) for place in places), str(refusal)
        return
    expected = [value for value in row["expected"].split(" | ") if ";" in value or value == "nothing new"]
    if taken.changes_figures:
        shutil.copytree(settings.warehouse, mine.warehouse, symlinks=True, dirs_exist_ok=True, ignore=_raw)
        assert publish_tables(mine).is_new
    else:
        # Nothing that a build reads is other than before: the shared release is what it would publish.
        mine = settings
    for value in expected:
        assert holds(mine, taken, value), value


def _raw(folder: str, contents: list[str]) -> list[str]:
    return [name for name in contents if name in ("raw", "inbox")]


def holds(settings: Settings, taken: Taken, value: str) -> bool:
    """Tell whether an expected value (`edition;entity;year;what;value`) stands in the release."""
    if value == "nothing new":
        return not taken.changes_figures
    edition, entity, year, what, wanted = value.split(";")
    connection = open_warehouse(settings.warehouse)
    if what == "published_on":
        found = connection.execute("select published_on from dim_edition where edition_id = ?", [edition]).fetchone()
        return found is not None and str(found[0]) == wanted
    table, *block = what.split("/")
    if block == ["is_estimate"]:
        query = FIGURE.replace("value", "distinct is_estimate", 1)
        return connection.execute(query, [edition, entity, int(year), table]).fetchall() == [(wanted == "true",)]
    query = f"{FIGURE} and measure = ? and price_basis = ?"
    figures = connection.execute(query, [edition, entity, int(year), table, *block]).fetchall()
    if wanted == "missing":
        return figures == []
    return len(figures) == 1 and figures[0][0] == pytest.approx(float(wanted), rel=1e-7)
