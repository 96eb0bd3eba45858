"""Results in each form: every column is kept, every value is what the form knows, and what cannot be is a sentence."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from datetime import date

import openpyxl
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from pipelines.cli import app

TWINS = "select 1 as n, 2 as n, 3 as n_2, 'a|b' as t"
ODD = (
    "select interval '1 day' as i, date 'infinity' as d, date '12024-01-01' as far, union_value(a := 1) as u, "
    "'nan'::double as x, 'inf'::double as y, sum(5) as s, sum(decimal '1.25') as m, {'a': [1, 2]} as o, "
    "340282366920938463463374607431768211455::uhugeint as h, date '2024-06-17' as day"
)


@pytest.fixture
def run(settings, report):
    """Run a command on the shared warehouse."""

    def command(*words: str):
        result = CliRunner().invoke(app, ["--warehouse", str(settings.warehouse), *words])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
        return result

    return command


@pytest.fixture
def write(run, tmp_path):
    """Write a query's answer to a file with some ending."""

    def to_file(sql: str, ending: str, *words: str):
        path = tmp_path / f"answer.{ending}"
        result = run("query", sql, "--output", str(path), *words)
        assert result.exit_code == 0, result.stderr
        return path

    return to_file


def test_two_columns_of_one_name_are_both_in_every_form(run, write):
    names, row = ["n", "n_3", "n_2", "t"], [1, 2, 3, "a|b"]
    for screen in (run("query", TWINS).stdout, write(TWINS, "txt").read_text()):
        assert [cell.strip() for cell in screen.splitlines()[1].strip("┃").split("┃")] == names
    assert json.loads(write(TWINS, "json").read_text()) == [dict(zip(names, row, strict=True))]
    assert list(csv.reader(io.StringIO(write(TWINS, "csv").read_text()))) == [names, ["1", "2", "3", "a|b"]]
    assert pq.read_table(write(TWINS, "parquet")).to_pylist() == [dict(zip(names, row, strict=True))]
    header, _, line = write(TWINS, "md").read_text().splitlines()
    assert header == "| n | n_3 | n_2 | t |" and line == r"| 1 | 2 | 3 | a\|b |"
    sheet = openpyxl.load_workbook(write(TWINS, "xlsx"))["data"]
    assert [list(cells) for cells in sheet.iter_rows(values_only=True)] == [names, row]


def test_a_join_keeps_the_columns_of_both_sides(run):
    sql = "select * from dim_target a join dim_target b on a.target_id = b.target_id limit 1"
    row = json.loads(run("query", sql, "-f", "json").stdout)[0]
    assert row["target_id"] == row["target_id_2"] and len(row) % 2 == 0


def test_json_has_numbers_nulls_and_texts_only(run):
    text = run("query", ODD, "--format", "json").stdout
    row = json.loads(text, parse_constant=pytest.fail)[0]
    assert row == {
        "i": "1 day",
        "d": "infinity",
        "far": "12024-01-01",
        "u": "1",
        "x": None,
        "y": None,
        "s": 5,
        "m": 1.25,
        "o": {"a": [1, 2]},
        "h": "340282366920938463463374607431768211455",
        "day": "2024-06-17",
    }
    assert type(row["s"]) is int


@pytest.mark.parametrize("form", ["table", "csv", "markdown"])
def test_forms_for_people_write_what_duckdb_writes(run, form):
    said = run("query", ODD, "--format", form).stdout
    for text in ("1 day", "infinity", "12024-01-01", "1.25", "340282366920938463463374607431768211455"):
        assert text in said


def test_parquet_has_integers_and_doubles_and_refuses_what_readers_do_not_know(run, write, tmp_path):
    table = pq.read_table(write("select sum(5) as s, sum(decimal '1.25') as m, 1e30::hugeint as h", "parquet"))
    assert [str(field.type) for field in table.schema] == ["int64", "double", "double"]
    assert table.to_pylist() == [{"s": 5, "m": 1.25, "h": 1e30}]
    refused = run("query", ODD, "--output", str(tmp_path / "odd.parquet"))
    told = " ".join(refused.stderr.split())
    assert refused.exit_code == 1 and not (tmp_path / "odd.parquet").exists()
    for words in ("i holds values of type INTERVAL", "d holds days at infinity", 'cast("u" as varchar)'):
        assert words in told


def test_a_workbook_has_figures_a_frozen_header_and_says_where_they_come_from(write, release):
    sql = "from fct_growth where edition_id = 'nato-2024-06' and year = 2024"
    book = openpyxl.load_workbook(write(sql, "xlsx", "--names"))
    data = book["data"]
    assert data.freeze_panes == "A2" and book.sheetnames == ["data", "about"]
    header, *rows = data.iter_rows(values_only=True)
    poland = next(dict(zip(header, row, strict=True)) for row in rows if row[1] == "POL")
    query = "select real_growth_pct from fct_growth where edition_id = 'nato-2024-06' and year = 2024"
    expected = release.execute(f"{query} and entity_code = 'POL'").fetchall()[0][0]
    assert poland["entity_name"] == "Poland" and poland["real_growth_pct"] == expected
    told = {row[0]: row for row in book["about"].iter_rows(values_only=True) if row[0]}
    assert told["source"][1] == "NATO" and told["asked"][1] == sql
    current = release.execute("select path from duckdb_databases() where path is not null").fetchall()[0][0]
    assert told["release"][1] in current
    assert told["nato-2024-06"][2] == "2024-06-17" and "nato-2026-07" not in told
    assert told["real_growth_pct"][1] == "percent"


def test_a_workbook_runs_nothing_and_keeps_days_and_long_integers(write):
    sql = "select '=1+1' as \"=t\", date '2024-06-17' as day, 9007199254740993 as long, 'nan'::double as x, ODD.* from "
    sheet = openpyxl.load_workbook(write(sql + f"({ODD}) as ODD", "xlsx"))["data"]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}, "no formula"
    row = [cell.value for cell in sheet[2]]
    assert row[0] == "=1+1" and row[1].date() == date(2024, 6, 17) and row[2] == "9007199254740993"
    assert row[3] is None and "infinity" in row and 5 in row and 1.25 in row


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ("", "is a folder; name a file in it"),
        ("none/a.csv", "There is no folder"),
        ("a.doc", "end it in .txt, .csv, .json, .md, .parquet, .xlsx"),
    ],
)
def test_a_file_that_cannot_be_is_told_before_the_query_runs(run, tmp_path, output, told):
    result = run("query", "this is no SQL", "--output", str(tmp_path / output))
    assert result.exit_code == 1 and told in " ".join(result.stderr.split())


def test_a_folder_without_permission_is_a_sentence(settings, report, tmp_path):
    """In a process of another user, because this one may be root."""
    code = (
        "import os, sys\n"
        "from pipelines.cli.output.export import _sentences, _store\n"
        "from pathlib import Path\n"
        "import typer\n"
        "os.setgid(65534) if os.getuid() == 0 else None; os.setuid(65534) if os.getuid() == 0 else None\n"
        "try:\n    with _sentences(Path(sys.argv[1])):\n        _store(Path(sys.argv[1]), b'x')\n"
        "except typer.Exit as left:\n    sys.exit(left.exit_code)\n"
    )
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    done = subprocess.run([sys.executable, "-c", code, closed / "a.csv"], capture_output=True, text=True)
    assert done.returncode == 1 and "cannot be written: Permission denied" in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr and list(closed.iterdir()) == []


def test_an_earlier_file_stays_where_the_new_one_cannot_be_made(run, tmp_path):
    path = tmp_path / "answer.parquet"
    path.write_text("earlier")
    assert run("query", ODD, "--output", str(path)).exit_code == 1
    assert path.read_text() == "earlier" and [file.name for file in tmp_path.iterdir()] == [path.name]


def test_excel_means_csv(run, tmp_path):
    assert "--excel is for CSV" in run("query", "select 1", "--excel", "-o", str(tmp_path / "a.json")).stderr
    assert run("query", "select '@x' as \"=y\"", "--excel").stdout == "\ufeff'=y\n'@x\n"


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        (
            "from fct_growth where edition_id = 'nato-2030-01'",
            "no rows; these editions exist: nato-2019-06, nato-2024-06",
        ),
        ("from fct_growth where 'XXX' = entity_code", "no rows; these entities exist: ALB (Albania), BEL (Belgium)"),
        ("from latest_growth g where g.entity_code in ('Poland')", "no rows; 'Poland' is POL here"),
        ("from fct_growth where entity_code = 'pol' and year = 2024", "'pol' is POL here: entity_code = 'POL'"),
        ("from fct_growth where year = 1949", "no rows"),
    ],
)
def test_no_rows_says_so_and_why(run, sql, told):
    shown = run("query", sql)
    assert shown.exit_code == 0 and shown.stdout.startswith("no rows") and told in " ".join(shown.stdout.split())
    as_json = run("query", sql, "--format", "json")
    assert json.loads(as_json.stdout) == [] and "no rows" in as_json.stderr


@pytest.mark.parametrize("value", ["POL", '"POL"', "Poland"])
def test_a_text_without_quotes_is_told_how_to_stand(run, value):
    refused = run("query", f"from fct_growth where entity_code = {value}")
    assert refused.exit_code == 1 and f"entity_code = '{value.strip(chr(34))}'" in refused.stderr
    other = run("query", "select mood from fct_growth where year = 2024")
    assert "single quotes" not in other.stderr


@pytest.mark.parametrize("name", ["GBR", "gbr", "UK", "united kingdom", "Great Britain"])
def test_a_name_is_taken_wherever_a_code_is(run, name):
    assert "United Kingdom, 2024" in run("revisions", name, "2024").stdout
    explained = run("explain", "fct_growth", "nato-2024-06", name, "2024", "--column", "real_growth_pct", "--json")
    assert json.loads(explained.stdout)[0]["keys"]["entity_code"] == "GBR"
    checked = run("check", "--metric", "expenditure", "--scope", name, "--year", "2024", "--value", "80", "-f", "json")
    assert {row["scope"] for row in json.loads(checked.stdout)} == {"GBR"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("tables", "growth"), "Did you mean fct_growth"),
        (("tables", "grwoth"), "Did you mean fct_growth"),
        (("explain", "growth"), "Did you mean fct_growth"),
        (("claims", "sgar2024"), "Did you mean sgar2024-growth"),
        (("revisions", "POL", "2024", "--measure", "equipment"), "Did you mean equipment_share?"),
        (("check", "--metric", "expenditure", "--scope", "Polland", "--year", "2024", "--value", "1"), "POL (Poland)?"),
    ],
)
def test_a_name_that_is_almost_right_is_suggested(run, words, told):
    result = run(*words)
    assert result.exit_code == 1 and told in " ".join(result.stderr.split())


def test_names_stand_beside_codes(run, release):
    rows = json.loads(run("query", "from latest_contribution_share where year = 2024", "--names", "-f", "json").stdout)
    names = dict(release.execute("select entity_code, entity_name from dim_entity").fetchall())
    assert rows and all(row["entity_name"] == names[row["entity_code"]] for row in rows)
    assert list(rows[0])[:2] == ["entity_code", "entity_name"]
