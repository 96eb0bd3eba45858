"""Every console block of the README is what the command prints, on the release that was just made."""

import re
import shlex

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.settings import PROJECT

README = (PROJECT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```console\n\$ burdenshare (.+)\n((?:.*\n)*?)```", README)


def test_the_readme_shows_real_answers():
    assert len(BLOCKS) >= 5


@pytest.mark.parametrize(("command", "printed"), BLOCKS, ids=[str(i) for i in range(len(BLOCKS))])
def test_a_console_block_is_what_the_command_prints(settings, release, command, printed):
    result = CliRunner().invoke(app, ["--warehouse", str(settings.warehouse), *shlex.split(command)])
    assert result.exit_code == 0, result.stderr
    assert result.stdout == printed


def test_the_python_example_runs(settings, release, monkeypatch):
    monkeypatch.setenv("BURDENSHARE_WAREHOUSE", str(settings.warehouse))
    found: dict = {}
    for example in re.findall(r"```python\n(.*?)```", README, re.S):
        exec(example, found)
    assert len(found["growth"]) == 36
