"""A release in the DuckDB of others, opened, attached and after USE; and its Parquet in other libraries."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from pipelines.files.row_groups import put_before
from pipelines.models.project import Project
from pipelines.models.tables import table_path
from pipelines.releases.names import DATABASE

OLDEST = "duckdb==1.1.3"
# The oldest that opens the file, the first whose views answer when attached, the newest of that line, and of all.
CLIENTS = (OLDEST, "duckdb==1.4.1", "duckdb==1.4.*", "duckdb")
DAY = "2025-12-31"
# A question for each macro with parameters of its own.
ASKED = {
    "group_growth": "'nato-2026-07', 'EU_ALLIES', 'defence_expenditure', 'constant', 2014, 2026, 2014, ['POL', 'EST']",
    "growth_without": "'nato-2026-07', 'NATO_EUR_CAN', ['NOR', 'TUR']",
}
READ = """
import datetime, decimal, duckdb, hashlib, json, sys
path, asked = sys.argv[1], json.loads(sys.stdin.read())

def plain(value):
    # Sums of doubles may differ in their last bits by the order of their parts.
    return format(value, ".9g") if isinstance(value, (float, decimal.Decimal)) else str(value)

def ask(connection, prefix, names=asked):
    answers = {}
    for name in names:
        try:
            rows = connection.execute(f"from {prefix}{name}").fetchall()
            text = "\\n".join(sorted("|".join(map(plain, row)) for row in rows))
            answers[name] = [len(rows), hashlib.sha256(text.encode()).hexdigest()]
        except duckdb.Error as error:
            answers[name] = str(error).splitlines()[0]
    return answers

opened = duckdb.connect(path, read_only=True)
found = {"opened": ask(opened, "")}
opened.close()
session = duckdb.connect()
session.execute(f"attach '{path}' as somewhere (read_only)")
found["attached"] = ask(session, "somewhere.")
session.execute("use somewhere")
found["used"] = ask(session, "")
session = duckdb.connect()
session.execute(f"create view fct_growth_since as from read_parquet('{sys.argv[2]}')")
found["joined"] = ask(session, "", ["fct_growth_since"])
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def questions(project: Project) -> dict[str, list[str]]:
    """List what a release answers, by kind: every table, every view, every macro with an argument."""
    assert set(ASKED) == set(project.questions), "each macro has a question here"
    dated = [f"{name}('{DAY}')" for name in project.macros()]
    return {
        "tables": project.published(),
        "views": list(project.views),
        "macros": [*dated, *(f"{name}({arguments})" for name, arguments in ASKED.items())],
    }


@pytest.fixture(scope="module")
def joined(settings, report, tmp_path_factory) -> Path:
    """Give a table as a build leaves it that took its newest edition's rows in: those of the others as they lay."""
    folder, rows = tmp_path_factory.mktemp("joined"), table_path(settings.current.resolve(), "fct_growth_since")
    earlier, newest = folder / "earlier.parquet", folder / "newest.parquet"
    for file, sign in ((earlier, "<>"), (newest, "=")):
        duckdb.sql(
            f"copy (from read_parquet('{rows}') where edition_id {sign} 'nato-2026-07') to '{file}' "
            "(format parquet, compression zstd)"
        )
    put_before(newest, earlier)
    return newest


@pytest.fixture(scope="module")
def ask(settings, report, questions, joined):
    """Give a function that lets the DuckDB of a Python answer everything: rows and a hash, or what it says."""

    def answers(python: str | Path) -> dict[str, dict]:
        path, asked = settings.current.resolve() / DATABASE, [name for names in questions.values() for name in names]
        command = [python, "-c", READ, path, joined]
        done = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return answers


@pytest.fixture(scope="module")
def own(ask) -> dict[str, list]:
    """Give what our own DuckDB answers."""
    found = ask(sys.executable)["opened"]
    assert all(isinstance(answer, list) for answer in found.values()), found
    return found


@pytest.fixture(scope="module", params=CLIENTS)
def client(request, ask, tmp_path_factory) -> tuple[str, dict]:
    """Install a DuckDB apart and let it answer."""
    home = tmp_path_factory.mktemp("client")
    subprocess.run([sys.executable, "-m", "venv", home], check=True)
    python = home / "bin" / "python"
    installed = subprocess.run([python, "-m", "pip", "install", "-q", request.param], capture_output=True, text=True)
    if installed.returncode:
        pytest.skip(f"{request.param} could not be installed here")
    return request.param, ask(python)


@pytest.mark.parametrize("way", ["opened", "used"])
def test_opened_or_after_use_everything_answers_as_in_our_own(client, own, way: str) -> None:
    _, found = client
    differing = {name: answer for name, answer in found[way].items() if answer != own[name]}
    assert differing == {}


def test_attached_under_a_name_tables_answer_and_views_from_1_4_1_on(client, own, questions) -> None:
    version, found = client
    serving = questions["tables"] + ([] if version == OLDEST else questions["views"])
    differing = {name: found["attached"][name] for name in serving if found["attached"][name] != own[name]}
    assert differing == {}


def test_rows_that_were_taken_over_as_they_lay_are_read(client, own, joined) -> None:
    _, found = client
    assert found["joined"]["fct_growth_since"] == own["fct_growth_since"]
    polars = pytest.importorskip("polars", reason="Polars is not installed: make test-services")
    assert len(pd.read_parquet(joined)) == len(polars.read_parquet(joined)) == own["fct_growth_since"][0]


def test_a_day_by_a_macro_is_that_of_the_spans(own, release) -> None:
    names = [name.removesuffix("_known") for name in _views(release) if name.endswith("_known")]
    assert names
    for name in names:
        span = f"{name}_known where known_from <= date '{DAY}' and date '{DAY}' < known_until"
        assert release.execute(f"select count(*) from {span}").fetchall() == [(own[f"{name}_as_of('{DAY}')"][0],)]


def _views(release: duckdb.DuckDBPyConnection) -> list[str]:
    query = "select view_name from duckdb_views() where not internal"
    return [name for (name,) in release.execute(query).fetchall()]


def test_pandas_and_polars_read_every_parquet_file(settings, project, release) -> None:
    polars = pytest.importorskip("polars", reason="Polars is not installed: make test-services")
    folder = settings.current.resolve()
    for name in project.published():
        frame, table = pd.read_parquet(table_path(folder, name)), polars.read_parquet(table_path(folder, name))
        columns = [column.name for column in project.shown(name).contract.columns]
        assert list(frame.columns) == table.columns == columns, name
        counts = ", ".join(f"count({column})" for column in columns)
        filled = release.execute(f"select {counts} from {name}").fetchall()[0]
        assert tuple(frame.count()) == filled, name
        assert tuple(len(table) - missing for missing in table.null_count().row(0)) == filled, name
