"""The house rules that a machine can hold: imports, lengths, documentation, what may be committed."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from pipelines.settings import PROJECT

TRACKED = [
    PROJECT / name
    for name in subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    if (PROJECT / name).is_file()
]


def _tracked(*suffixes: str) -> list[Path]:
    return [path for path in TRACKED if path.suffix in suffixes]


def test_rooms_import_only_downwards():
    result = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=PROJECT, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout


def test_code_is_clean_and_formatted():
    ruff = Path(sys.executable).with_name("ruff")
    for arguments in (["check", "."], ["format", "--check", "."]):
        result = subprocess.run([ruff, *arguments], cwd=PROJECT, capture_output=True, text=True)
        assert result.returncode == 0, result.stdout


def test_no_file_is_longer_than_400_lines():
    long = {
        str(path.relative_to(PROJECT)): lines
        for path in _tracked(".py", ".sql", ".css", ".js")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert long == {}


@pytest.mark.parametrize("path", [p for p in _tracked(".py") if p.name != "__init__.py"], ids=lambda p: p.stem)
def test_every_module_says_what_belongs_in_it(path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path


ROOMS = sorted((PROJECT / "pipelines").glob("*/__init__.py"))


@pytest.mark.parametrize("path", ROOMS, ids=lambda path: path.parent.name)
def test_every_room_says_what_belongs_in_it_and_what_does_not(path):
    text = " ".join((ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split())
    assert re.search(r"belongs here: \w", text, re.I) and re.search(r"does not: \w", text, re.I), path


def test_every_room_has_its_place_in_the_import_contracts():
    import tomllib

    contracts = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    (layers,) = (contract["layers"] for contract in contracts["contracts"] if contract["type"] == "layers")
    placed = {name.strip("() ") for layer in layers for name in layer.split("|")}
    assert {f"pipelines.{path.parent.name}" for path in ROOMS} - placed == set()


def test_every_command_explains_itself():
    from typer.main import get_command

    from pipelines.cli import app

    for name, command in get_command(app).commands.items():
        assert command.help, name
        assert all(getattr(parameter, "help", None) for parameter in command.params if parameter.name != "help"), name


def test_every_column_of_the_dictionary_is_used(project):
    tables = [*project.sources.values(), *project.models.values(), *project.views.values()]
    used = {column.name for table in tables for column in table.contract.columns}
    # Readers get the words beside each code.
    used |= {column.words for column in project.dictionary.values() if column.name in used and column.words}
    assert sorted(set(project.dictionary) - used) == []


def test_units_stand_in_the_names_of_figures(project):
    suffixes = {"percent": "_pct", "percentage points": "_pp", "million US dollars": "_usd_m"}
    wrong = [
        column.name
        for column in project.dictionary.values()
        if column.unit in suffixes
        and not column.name.removesuffix("_low").removesuffix("_high").endswith(suffixes[column.unit])
    ]
    assert wrong == []


def test_every_direct_dependency_is_pinned():
    import tomllib

    wanted = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    direct = [*wanted["dependencies"], *(name for extra in wanted["optional-dependencies"].values() for name in extra)]
    names = {re.match(r"[A-Za-z0-9-]+", requirement)[0].lower() for requirement in direct}
    pinned = {
        line.split("==")[0].lower() for line in (PROJECT / "constraints.txt").read_text().splitlines() if "==" in line
    }
    assert sorted(names - pinned - {wanted["name"]}) == [], "an extra may take in another of our own"


def test_nothing_tracked_names_a_registry_or_a_path_of_a_machine():
    hosts = "|".join(["pypi" + r"\.org", "python" + "hosted", "npm" + r"js\.(org|com)", "deb" + r"ian\.org"])
    roots = r"(?<![\w.])/(" + "|".join(["home/", "root/", "work/", "Users/"]) + ")"
    forbidden = re.compile(f"{hosts}|{roots}")
    found = [
        f"{path.relative_to(PROJECT)}: {match[0]}"
        for path in TRACKED
        if path.suffix not in {".csv"}
        and (match := forbidden.search(path.read_text(encoding="utf-8", errors="ignore")))
    ]
    assert found == []


def test_no_workbook_is_tracked():
    assert _tracked(".xlsx", ".xls") == []


def test_ci_runs_only_commands_that_the_readme_names():
    commands = re.findall(r"^make (\S+)", (PROJECT / ".ci" / "run").read_text(encoding="utf-8"), re.M)
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    assert commands and all(f"make {command}" in readme for command in commands)


def test_yaml_files_read():
    for path in _tracked(".yml", ".yaml", ".cff"):
        assert yaml.safe_load(path.read_text(encoding="utf-8")), path
