"""Every console block of README and docs/ is what the command prints, on the release that was just made."""

from __future__ import annotations

import re
import shlex

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.docs.command import guides
from pipelines.docs.examples import blocks
from pipelines.settings import PROJECT

README = (PROJECT / "README.md").read_text(encoding="utf-8")
GUIDES = {path.relative_to(PROJECT).as_posix(): path.read_text(encoding="utf-8") for path in guides()}
BLOCKS = [(name, *block) for name, text in GUIDES.items() for block in blocks(text)]


def test_the_guides_show_real_answers():
    assert sum(name == "README.md" for name, *_ in BLOCKS) >= 2
    assert sum(name == "docs/questions.md" for name, *_ in BLOCKS) >= 10
    assert sum(text.count("```console") for text in GUIDES.values()) == len(BLOCKS), "a block that nobody runs"


@pytest.mark.parametrize(("name", "command", "printed"), BLOCKS, ids=[f"{n}-{i}" for i, (n, *_) in enumerate(BLOCKS)])
def test_a_console_block_is_what_the_command_prints(settings, release, name, command, printed):
    result = CliRunner().invoke(app, ["--warehouse", str(settings.warehouse), *shlex.split(command)])
    assert result.exit_code == 0, result.stderr
    assert result.stdout == printed, "python -m pipelines.docs --examples"


def test_the_python_example_runs(settings, release, monkeypatch):
    monkeypatch.setenv("BURDENSHARE_WAREHOUSE", str(settings.warehouse))
    found: dict = {}
    for example in re.findall(r"```python\n(.*?)```", README, re.S):
        exec(example, found)
    # One row for each year, and those of the newest edition on that day.
    assert found["growth"].year.tolist() == sorted(set(found["growth"].year)) and max(found["growth"].year) == 2025


def test_what_the_readme_says_of_cells_is_so(release):
    """About a third of NATO's figures name a cell; every one names the row and column in which it was printed."""
    figures, cells, placed = release.execute(
        "select count(*), count(cell), count(*) filter (table_id is not null and label is not null "
        "and header is not null) from fct_observation where publisher = 'nato'"
    ).fetchall()[0]
    assert 0.30 < cells / figures < 0.36 and placed == figures


def test_the_readme_is_read_in_one_sitting():
    assert len(README.splitlines()) <= 160


def test_every_link_leads_somewhere():
    for name, text in GUIDES.items():
        folder = (PROJECT / name).parent
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
            assert (folder / target).exists(), f"{name} leads to {target}"


def test_every_table_command_and_setting_that_the_guides_name_exists(project):
    from typer.main import get_command

    from pipelines.settings import Alerts, Settings

    commands = set(get_command(app).commands)
    variables = {*Settings.variables(), *Alerts.variables()}
    # A column may begin as a table does: source_kind.
    tables = {*project.sources, *project.models, *project.views, *project.dictionary}
    recipes = set(re.findall(r"Write `sql/[\w/]+/(\w+)\.sql`", GUIDES["CONTRIBUTING.md"]))
    for name, text in GUIDES.items():
        named = set(re.findall(r"`burdenshare (\w+)|^burdenshare (\w+)|^\$ burdenshare (\w+)", text, re.M))
        assert {word for words in named for word in words if word} <= commands, name
        assert {v for v in re.findall(r"BURDENSHARE_\w*[A-Z0-9]", text)} - {"BURDENSHARE_ALERT"} <= variables, name
        assert set(re.findall(r"\b(?:fct|dim|stg|seed|source)_\w+\b", text)) - tables - recipes == set(), name
