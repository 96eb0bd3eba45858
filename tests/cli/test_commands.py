"""The commands, as a person types them, in a real process where that matters."""

import csv
import io
import json
import shutil
import subprocess

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from tests.conftest import BURDENSHARE

ONE_ROW = (
    "select edition_id, real_growth_published_pct from fct_growth "
    "where entity_code = 'NATO_EUR_CAN' and year = 2024 order by 1 limit 1"
)


@pytest.fixture
def run(settings, release):
    """Run a command on the shared warehouse."""

    def command(*words: str):
        return CliRunner().invoke(app, ["--warehouse", str(settings.warehouse), *words])

    return command


def _rows(release, table: str) -> int:
    return release.execute(f"select count(*) from {table}").fetchall()[0][0]


def test_formats_keep_every_digit(run, release):
    expected = release.execute(ONE_ROW).fetchall()[0]
    assert tuple(json.loads(run("query", ONE_ROW, "-f", "json").stdout)[0].values()) == expected
    row = list(csv.DictReader(io.StringIO(run("query", ONE_ROW, "-f", "csv").stdout)))[0]
    assert (row["edition_id"], float(row["real_growth_published_pct"])) == expected


def test_table_and_markdown_are_for_people(run):
    assert "17.9467" in run("query", ONE_ROW).stdout
    markdown = run("query", ONE_ROW, "-f", "markdown").stdout.splitlines()
    assert markdown[0].startswith("| edition_id") and "17.9467" in markdown[2]


def test_parquet_goes_to_a_file(run, release, tmp_path):
    path = tmp_path / "growth.parquet"
    assert run("query", "from fct_growth", "-f", "parquet", "-o", str(path)).exit_code == 0
    assert pq.read_metadata(path).num_rows == _rows(release, "fct_growth")


def test_long_results_say_what_was_left_out(run, release):
    assert f"{_rows(release, 'fct_growth') - 5} more rows" in run("query", "from fct_growth", "--rows", "5").stdout


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("select * from fct_grow", "burdenshare tables"),
        ("select mood from fct_growth", "mood"),
        ("create table x as select 1", "for reading only"),
        ("select * from read_csv('/etc/passwd')", "nothing else on this machine"),
        ("select 1; select 2", "2 statements"),
        ("", "0 statements"),
    ],
)
def test_wrong_queries_get_an_answer_in_words(run, sql, words):
    result = run("query", sql)
    assert result.exit_code == 1 and words in result.stderr
    assert "Traceback" not in result.stderr


def test_tables_lists_everything_with_meaning(run, project):
    listed = run("tables").stdout
    assert all(name in listed for name in [*project.published(), *project.views])
    columns = run("tables", "fct_growth").stdout
    assert "real_growth_published_pct" in columns and "percent" in columns
    assert "There are: dim_ally" in run("tables", "nope").stderr


def test_before_the_first_build_the_way_is_shown(tmp_path):
    result = CliRunner().invoke(app, ["--warehouse", str(tmp_path), "query", "select 1"])
    assert result.exit_code == 1 and "burdenshare build" in result.stderr


def test_build_in_a_real_process_ends_with_a_summary(report, settings, tmp_path):
    """What the session shares was built so; the second time nothing has changed and nothing is published."""
    for words in ("Published release", "nato-2024-06 (5,501 figures)", "Allies at 2 % 30", "0 failed", "Next:"):
        assert words in report.said
    said = " ".join(report.said.split())
    assert (
        "missing nato-2026-07: 6 figures are not given where their rows have others: NLD 2026 (3), PRT 2026 (3)" in said
    )
    warehouse = shutil.copytree(settings.warehouse, tmp_path / "elsewhere", symlinks=True)
    command = [BURDENSHARE, "--warehouse", str(warehouse), "build"]
    second = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert "Nothing changed; still release" in second.stdout
    assert sorted(path.name for path in warehouse.iterdir()) == [
        ".write.lock",
        "current",
        "dagster",
        "inbox",
        "releases",
        "tables",
    ]


def test_a_wrong_setting_is_named(monkeypatch):
    monkeypatch.setenv("BURDENSHARE_UI_PORT", "many")
    result = CliRunner().invoke(app, ["tables"])
    assert result.exit_code == 2 and "BURDENSHARE_UI_PORT" in result.stderr


@pytest.mark.parametrize(("command", "code"), [("build", 1), ("status", 2)])
def test_a_folder_of_seeds_in_the_old_form_is_refused_by_the_files_to_make(
    monkeypatch, settings, tmp_path, command, code
):
    seeds = shutil.copytree(settings.seeds, tmp_path / "seeds")
    (seeds / "memberships.csv").unlink()
    (seeds / "entities.csv").write_text("entity_code,entity_name,other_names\n", encoding="utf-8")
    monkeypatch.setenv("BURDENSHARE_SEEDS", str(seeds))
    monkeypatch.setenv("BURDENSHARE_WAREHOUSE", str(tmp_path))
    result = CliRunner().invoke(app, [command])
    told = " ".join(result.stderr.split())
    assert result.exit_code == code and isinstance(result.exception, SystemExit)
    assert "takes the place of allies.csv and groups.csv" in told
    assert "group_code,entity_code,member_from,member_to" in told.replace(" ", "")
