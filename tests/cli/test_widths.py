"""What commands print in terminals of several widths: a figure and a word is whole, or is not there."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.cli.output.layout import shown

WIDTHS = (60, 80, 100, 200)
USA = "from fct_contribution_share where entity_code = 'USA' and year = 2024 and price_basis = 'current'"
NUMBER = re.compile(r"-?\d[\d.]*(e[-+]\d+)?")


@pytest.fixture
def run(settings, report, monkeypatch):
    """Run a command on the shared warehouse in a terminal of some columns."""

    def command(width: int, *words: str) -> str:
        monkeypatch.setenv("COLUMNS", str(width))
        result = CliRunner().invoke(app, ["--warehouse", str(settings.warehouse), *words])
        assert result.exit_code == 0, result.output
        return result.stdout

    return command


def _words(text: str) -> set[str]:
    """Take a text apart at blanks, lines of a table, and the underscores at which a column's name is folded."""
    return set(re.findall(r"[^\s_─-▟]+", text))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("sql", [USA, "from edition_headline", "from fct_growth where entity_code = 'POL'"])
def test_a_figure_is_whole_at_every_width(run, release, width, sql):
    said = run(width, "query", sql, "--rows", "1000")
    rows = release.execute(sql).fetchall()
    figures = {shown(value) for row in rows for value in row if isinstance(value, int | float)}
    columns = {name for name, *_ in release.execute(sql).description}
    assert figures <= set(re.split(r"[\s│]+", said)), "each figure is there"
    printed = {word for word in re.split(r"[\s│]+", said) if NUMBER.fullmatch(word)}
    words = {word for row in rows for value in row for word in str(value).split()}
    assert printed <= figures | words | {"2", "3", "5", "20"}, "and nothing that looks like one but is none"
    assert all(word in said for name in columns for word in name.split("_"))
    assert max(map(len, said.splitlines())) <= width


@pytest.mark.parametrize(
    "command",
    [
        ("editions",),
        ("claims",),
        ("claims", "sgar2024-growth"),
        ("tables",),
        ("tables", "fct_growth"),
        ("releases",),
        ("revisions", "USA", "2024", "--measure", "defence_expenditure"),
        ("check", "--metric", "expenditure", "--scope", "USA", "--year", "2024", "--value", "968"),
        ("explain", "fct_target_compliance", "nato-2024-06", "FRA", "2024", "gdp_2", "--column", "value_pct"),
    ],
    ids=lambda words: "-".join(words[:2]),
)
def test_no_command_cuts_a_word_or_a_number(run, command):
    whole = run(1000, *command)
    for width in WIDTHS:
        said = run(width, *command)
        # A hash is longer than a narrow terminal, which has to break it.
        too_long = " ".join(word for word in _words(whole) if len(word) > width)
        assert {word for word in _words(said) if word not in too_long} <= _words(whole), f"{width} columns"
        assert max(map(len, said.splitlines())) <= width
        assert {word for word in _words(whole) if NUMBER.fullmatch(word)} <= _words(said)


def test_what_all_rows_share_stands_above_them(run):
    said = run(100, "query", USA)
    above, below = said.split("\n\n", 1)
    assert "entity_code  USA" in above and "price_basis  current" in above
    assert "entity_code" not in below and re.search(r"expenditure_usd_m\s+967707\b", below)


def test_the_newest_edition_comes_last(run):
    rows = re.findall(r"│ (nato-\S+) +│ \S+ +│ (\d{4}) │", run(200, "query", "from edition_headline", "--rows", "100"))
    assert len(rows) > 40 and rows == sorted(rows)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (63.69741, "63.6974"),
        (63.69745001, "63.6975"),
        (100.0, "100"),
        (-0.0, "0"),
        (0.00001234, "1.23e-05"),
        (1e22, "1e+22"),
        (float("nan"), "nan"),
        (True, "yes"),
        (None, ""),
    ],
)
def test_a_figure_is_rounded_and_not_cut(value, text):
    assert shown(value) == text


def test_a_real_terminal_gets_no_control_character_of_the_data(settings, report):
    sql = "select chr(27) || '[2J' || chr(10) || chr(155) || chr(8238) as t, 967707 as n"
    for form in ("table", "csv"):
        said = _in_a_terminal(100, settings.warehouse, "query", sql, "--format", form)
        assert r"\x1b[2J" in said and r"\x9b\u202e" in said and "967707" in said
        assert "\x1b[2J" not in said and "\x9b" not in said and "\u202e" not in said


def _in_a_terminal(columns: int, warehouse: Path, *words: str) -> str:
    """Run a command in a terminal of its own, and give what it writes there."""
    screen, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    command = [Path(sys.executable).with_name("burdenshare"), "--warehouse", warehouse, *words]
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"} | {"TERM": "xterm"}
    with subprocess.Popen(command, stdout=terminal, stderr=terminal, stdin=terminal, env=environment):
        os.close(terminal)
        written = b""
        while chunk := _read(screen):
            written += chunk
    os.close(screen)
    return written.decode()


def _read(screen: int) -> bytes:
    try:
        return os.read(screen, 1 << 16)
    except OSError:
        # How Linux says that nobody has the terminal open any more.
        return b""
