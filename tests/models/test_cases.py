"""Each fact, rows in and rows out: the figures in `cases/` are computed by hand, and the SQL must give them.

A file names its model and has cases. `given` holds rows of the tables that the model reads, only the columns
that matter, and the rest null; a table that is not named is empty. `each` stands in every row that has the
column and does not say otherwise. `expect` holds all rows that come out, with the columns that matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from pipelines.contracts.table import TableContract
from pipelines.models.project import Project

FOLDER = Path(__file__).with_name("cases")
TOLERANCE = 1e-6
Row = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """Hold one case: what a model is given, and what it must make of it."""

    model: str
    name: str
    each: Row
    given: dict[str, list[Row]]
    expect: list[Row]


def _read() -> list[Case]:
    found = []
    for path in sorted(FOLDER.glob("*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        for case in content["cases"]:
            found.append(Case(content["model"], case["name"], case.get("each", {}), case["given"], case["expect"]))
    return found


CASES = _read()


def run(project: Project, case: Case, sql: str | None = None) -> list[Row]:
    """Run a model's SQL (or another in its place) on the rows of a case; a column that no table has is a `KeyError`."""
    model = project.models[case.model]
    unread = set(case.given) - set(model.depends_on)
    assert not unread, f"{case.model} reads {', '.join(model.depends_on)}, and not {', '.join(unread)}"
    connection = duckdb.connect(config={"threads": 1})
    for table in model.depends_on:
        _fill(connection, project.table(table).contract, case.given.get(table, []), case.each)
    result = connection.execute(sql or model.sql)
    names = [name for name, *_ in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _fill(connection: duckdb.DuckDBPyConnection, contract: TableContract, rows: list[Row], each: Row) -> None:
    columns = ", ".join(f"{column.name} {column.type}" for column in contract.columns)
    connection.execute(f"create table {contract.name} ({columns})")
    known = {column.name for column in contract.columns}
    for row in rows:
        whole = {name: value for name, value in each.items() if name in known} | row
        for name in whole:
            contract.column(name)
        places = ", ".join("?" for _ in whole)
        connection.execute(f"insert into {contract.name} ({', '.join(whole)}) values ({places})", [*whole.values()])


def differences(project: Project, case: Case, sql: str | None = None) -> list[str]:
    """List in words where the rows that come out are not those expected."""
    grain = project.models[case.model].contract.grain
    expected = {_key({**case.each, **row}, grain): row for row in case.expect}
    found = {_key(row, grain): row for row in run(project, case, sql)}
    told = [f"{key} is missing" for key in expected if key not in found]
    told += [f"{key} is not expected" for key in found if key not in expected]
    for key in expected.keys() & found.keys():
        for name, value in expected[key].items():
            if not _same(value, found[key][name]):
                told.append(f"{key}: {name} is {found[key][name]!r}, expected {value!r}")
    return told


def _key(row: Row, grain: tuple[str, ...]) -> str:
    return " ".join(str(row[name]) for name in grain if row.get(name) is not None)


def _same(expected: object, found: object) -> bool:
    if isinstance(expected, bool) or not isinstance(expected, int | float) or not isinstance(found, int | float):
        return expected == found
    return found == pytest.approx(expected, rel=TOLERANCE, abs=1e-9)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.model}: {case.name}")
def test_the_rows_given_make_the_rows_expected(project, case):
    assert differences(project, case) == []


def test_every_fact_has_a_case(project):
    facts = {name for name, model in project.models.items() if model.layer == "facts"}
    assert sorted(facts - {case.model for case in CASES}) == []
