"""What a person sees of releases on the command line, from a small warehouse."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pytest
from typer.testing import CliRunner, Result

from pipelines.cli import app
from pipelines.cli.output.export import without_formula
from tests.releases.small import Small, small_project


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """Publish two releases: from the first to the second, one value grew by a quarter and one row went."""
    small = small_project(tmp_path_factory.mktemp("prepared"))
    small.seed(1, {("a", 2023): (100.0, 1.0), ("a", 2024): (200.0, 1.0)})
    small.build()
    small.publish()
    small.seed(1, {("a", 2024): (250.0, 1.0)})
    small.build()
    small.publish()
    return small


@pytest.fixture
def small(prepared: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Small:
    """Make a copy, and let the commands find it."""
    shutil.copytree(prepared.root, tmp_path / "copy", symlinks=True)
    copy = Small(tmp_path / "copy")
    for name, path in (("WAREHOUSE", "warehouse"), ("SQL", "sql"), ("SEEDS", "seeds")):
        monkeypatch.setenv(f"BURDENSHARE_{name}", str(copy.root / path))
    return copy


def call(*arguments: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(app, arguments)


def test_releases_lists_them_newest_first(small: Small) -> None:
    rows = json.loads(call("releases", "--json").stdout)
    assert [row["state"] for row in rows] == ["current", ""]
    assert "1 rows lost; values changed: 1 large" in rows[0]["changes"]
    assert rows[1]["changes"] == "the first release"
    assert rows[0]["release"] in call("releases").stdout


def test_diff_shows_causes_counts_and_samples(small: Small) -> None:
    shown = call("diff")
    assert shown.exit_code == 0
    for words in ("because seed values.csv changed", "fct_value: 1 rows lost", "200.0", "250.0", "large changes"):
        assert words in shown.stdout
    same = json.loads(call("diff", "current", "current", "--json").stdout)
    assert same["summary"] == ["no difference"] and same["tables"] == []
    assert call("diff", "nothing").exit_code == 1


@pytest.mark.parametrize("command", [("diff",), ("releases",), ("verify", "--all"), ("status", "--no-daemon")])
def test_a_narrow_terminal_shows_what_a_wide_one_does(
    small: Small, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    def figures(width: int) -> set[str]:
        monkeypatch.setenv("COLUMNS", str(width))
        return {word for word in re.split(r"[\s│]+", call(*command).output) if re.search(r"\d", word)}

    assert figures(60) == figures(1000)


def test_rollback_release_and_resume(small: Small) -> None:
    second, first = [row["release"] for row in json.loads(call("releases", "--json").stdout)]
    assert f"{first} is current again" in call("rollback").stdout
    held = call("release")
    assert held.exit_code == 0 and "held back" in held.stdout
    assert "held" in call("releases").stdout
    assert f"Published {second}" in call("release", "--resume").stdout
    assert small.settings.current.resolve().name == second


def test_verify_ends_with_1_and_names_the_file(small: Small) -> None:
    assert call("verify", "--all").exit_code == 0
    table = small.settings.current / "fct_value.parquet"
    content = bytearray(table.read_bytes())
    content[100] ^= 1
    table.write_bytes(content)
    found = call("verify")
    assert found.exit_code == 1
    assert "fct_value.parquet has another content" in found.stderr and "burdenshare build" in found.stderr
    assert call("verify", "previous").exit_code == 0


def test_prune_says_what_it_does(small: Small) -> None:
    assert "Nothing to delete" in call("prune", "--keep", "1").stdout


def test_release_is_refused_with_words_and_accepted_with_a_reason(small: Small) -> None:
    parser_gives = pa.table({"thing_id": ["a"], "year": ["2024"], "value_usd_m": ["999"], "share_pct": ["1"]})
    small.build(altered={"seed_value": parser_gives.append_column("stamp", pa.array(["1"]))})
    refused = call("release")
    assert refused.exit_code == 1 and "250.0 became 999.0" in refused.stderr and "--accept" in refused.stderr
    assert call("release", "--accept", "mended the parser").exit_code == 0
    assert "accepted: mended the parser" in json.loads(call("releases", "--json").stdout)[0]["changes"]


def test_query_refuses_and_stops_with_exit_code_1(small: Small) -> None:
    assert json.loads(call("query", "from stamps", "--format", "json").stdout) == [{"stamp": 1}]
    refused = call("query", "from read_csv('/etc/passwd')")
    assert refused.exit_code == 1 and "nothing else on this machine" in refused.stderr
    stopped = call("query", "select count(*) from range(1000000000000)", "--timeout", "0.5")
    assert stopped.exit_code == 1 and "stopped after 0.5 s" in stopped.stderr


DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", '=HYPERLINK("x")']
HARMLESS = ["a=1", "", None, "Türkiye", "2 % = target"]


def test_formulas_are_made_harmless_in_texts_only() -> None:
    texts = DANGEROUS + HARMLESS
    assert [without_formula(text) for text in texts] == ["'" + text for text in DANGEROUS] + HARMLESS
    assert without_formula(-1.5) == -1.5


def test_csv_keeps_formulas_unless_it_is_for_excel(small: Small) -> None:
    sql = "select '=1+1' as \"@t\", -2 as n, 'Türkiye' as name"
    plain = call("query", sql, "--format", "csv").stdout
    safe = call("query", sql, "--excel").stdout
    assert list(csv.reader(io.StringIO(plain))) == [["@t", "n", "name"], ["=1+1", "-2", "Türkiye"]]
    assert safe.startswith("\ufeff")
    assert list(csv.reader(io.StringIO(safe[1:]))) == [["'@t", "n", "name"], ["'=1+1", "-2", "Türkiye"]]


def test_shell_answers_statements_from_a_pipe(small: Small) -> None:
    command = [sys.executable, "-m", "pipelines.cli", "shell"]
    text = "select stamp\nfrom stamps;\nselect 2 as two; drop table fct_value;\nselect 3 as three;\nexit\n"
    shown = subprocess.run(command, input=text, capture_output=True, text=True, timeout=60)
    assert all(word in shown.stdout for word in ("stamp", "two", "three"))
    assert "read-only" in shown.stderr and shown.returncode == 1


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM], ids=lambda sent: sent.name)
def test_a_signal_ends_a_command_with_one_line(small: Small, tmp_path: Path, sent: signal.Signals) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    command = [sys.executable, "-m", "pipelines.cli", "query", "select count(*) from range(1000000000000)"]
    environment = os.environ | {"TMPDIR": str(temporary)}
    asked = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    children = Path(f"/proc/{asked.pid}/task/{asked.pid}/children")
    end = time.monotonic() + 30
    while not children.read_text().split() and time.monotonic() < end:
        time.sleep(0.05)
    asked.send_signal(sent)
    shown, told = asked.communicate(timeout=30)
    assert asked.returncode == 128 + sent and shown == ""
    assert told.strip() == f"Stopped by {sent.name}. What readers see is whole; run it again to go on."
    assert list(temporary.iterdir()) == []


def test_a_first_release_has_nothing_before_it(tmp_path: Path) -> None:
    alone = small_project(tmp_path / "alone")
    alone.build()
    alone.publish()
    told = CliRunner().invoke(app, ["--warehouse", str(alone.settings.warehouse), "diff"])
    assert told.exit_code == 1 and "No release was current before the present one" in told.output


def test_a_signal_that_duckdb_swallows_is_told_in_one_line(settings, report, monkeypatch):
    def explain(*asked):
        raise RuntimeError("Query interrupted")

    monkeypatch.setattr("pipelines.reading.explain.Lineage.explain", explain)
    monkeypatch.setenv("BURDENSHARE_WAREHOUSE", str(settings.warehouse))
    asked = ["explain", "fct_growth", "nato-2024-06", "POL", "2024", "--column", "real_growth_pct"]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 130 and "Stopped by SIGINT" in done.output
