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

import duckdb
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
# What comes as this new edition can come as one of a later month as well, so that one build has them all.
MONTHS = ["2024-10", "2024-11", "2024-12", "2025-01", "2025-02", "2025-03", "2025-04", "2025-05", "2025-06"]
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


def take(
    row: dict[str, str], new: bool, folder: Path, settings: Settings, project: Project, month: str | None = None
) -> Taken:
    """Take a case's file in as `cases.csv` says, or as the edition of another month; raises `SourceError`."""
    words = row["options"].split()
    options = dict(zip(words[::2], words[1::2], strict=True)) | (NEW if new else {})
    if month:
        options |= {"--edition": f"nato-{month}", "--published": f"{month}-10"}
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
def test_what_is_wrong_is_refused_with_its_cell(row, new, workbooks_of_cases, empty, project):
    held = sorted(empty.raw.rglob("*")) if row["first"] != "SOURCE" and empty.raw.exists() else None
    with pytest.raises(SourceError) as refusal:
        take(row, new, workbooks_of_cases, empty, project)
    assert any(names(str(refusal.value), place) for place in row["expected"].split(" | ")), str(refusal.value)
    if row["first"] != "SOURCE":
        assert (sorted(empty.raw.rglob("*")) if empty.raw.exists() else None) == held


RIGHT = {row["case"]: row for row, _ in ROWS if row["must_be"] != "refused"}
# These bring figures: as a new edition, or as a revision of one that the seeds hold.
BRINGING = [case for case, row in RIGHT.items() if "--published" in row["options"] or row["base"] == "august-2025"]
MONTH_OF = dict(zip((case for case in BRINGING if "--edition" in RIGHT[case]["options"]), MONTHS, strict=False))


@pytest.fixture(scope="module")
def brought(
    workbooks_of_cases: Path, settings: Settings, report: object, project: Project, tmp_path_factory
) -> tuple[duckdb.DuckDBPyConnection, dict[str, Taken]]:
    """Take in whatever brings figures, each new edition in a month of its own, and build and publish once."""
    own = settings.replace(warehouse=tmp_path_factory.mktemp("brought") / "warehouse")
    shutil.copytree(settings.warehouse, own.warehouse, symlinks=True)
    taken = {case: take(RIGHT[case], False, workbooks_of_cases, own, project, MONTH_OF.get(case)) for case in BRINGING}
    assert publish_tables(own).is_new
    return open_warehouse(own.warehouse), taken


@pytest.mark.parametrize("case", BRINGING)
def test_what_is_right_is_taken_and_builds(case, brought):
    connection, taken = brought
    assert taken[case].changes_figures
    edition = f"nato-{MONTH_OF[case]}" if case in MONTH_OF else NEW["--edition"]
    for value in RIGHT[case]["expected"].replace(NEW["--edition"], edition).split(" | "):
        assert holds(connection, taken[case], value), value


@pytest.mark.parametrize("case", [case for case in RIGHT if case not in BRINGING])
def test_what_is_right_and_brings_nothing_is_taken_and_changes_nothing(
    case, workbooks_of_cases, empty, release, project
):
    row = RIGHT[case]
    try:
        taken = take(row, False, workbooks_of_cases, empty, project)
    except SourceError as refusal:
        places = [place for place in row["expected"].split(" | ") if ";" not in place]
        assert row["must_be"] == "either" and any(names(str(refusal), place) for place in places), str(refusal)
        return
    # Nothing that a build reads is other than before: the shared release is what it would publish.
    assert not taken.changes_figures
    for value in row["expected"].split(" | "):
        if ";" in value or value == "nothing new":
            assert holds(release, taken, value), value


def holds(connection: duckdb.DuckDBPyConnection, taken: Taken, value: str) -> bool:
    """Tell whether an expected value (`edition;entity;year;what;value`) stands in the release."""
    if value == "nothing new":
        return not taken.changes_figures
    edition, entity, year, what, wanted = value.split(";")
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
