"""Types are strict: one run of mypy over all rooms, and a list of those that are not there yet, which only shrinks."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

from pipelines.settings import PROJECT

CONFIGURED = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
LATER = [room for rule in CONFIGURED.get("overrides", []) if rule.get("ignore_errors") for room in rule["module"]]


@pytest.fixture(scope="module")
def errors(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Run mypy as pyproject.toml says, but over the rooms that are not strict yet as well; errors by module."""
    untyped = [
        room for rule in CONFIGURED["overrides"] if rule.get("ignore_missing_imports") for room in rule["module"]
    ]
    lines = ["[mypy]", "strict = True", *(f"[mypy-{room}]\nignore_missing_imports = True" for room in untyped)]
    config = tmp_path_factory.mktemp("mypy") / "mypy.ini"
    config.write_text("\n".join(lines), encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--config-file", config, "--cache-dir", CONFIGURED["cache_dir"]]
    done = subprocess.run([*command, *CONFIGURED["files"]], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    found: dict[str, list[str]] = {}
    for line in re.findall(r"^\S+\.py:\d+: error: .+$", done.stdout, re.M):
        module = line.partition(".py:")[0].replace("/", ".").removesuffix(".__init__")
        found.setdefault(module, []).append(line)
    assert bool(found) == bool(done.returncode), done.stdout
    return found


def _is_later(module: str, rooms: list[str]) -> bool:
    return any(fnmatch(module, room) or module == room.removesuffix(".*") for room in rooms)


def test_rooms_are_strict(errors):
    wrong = [line for module, lines in errors.items() if not _is_later(module, LATER) for line in lines]
    assert wrong == []


def test_the_list_of_rooms_that_are_not_strict_only_shrinks(errors):
    done = [room for room in LATER if not any(_is_later(module, [room]) for module in errors)]
    assert done == [], "these have no error left: take them out of pyproject.toml"


def test_the_list_names_rooms_that_are_there():
    assert [room for room in LATER if not (PROJECT / room.removesuffix(".*").replace(".", "/")).exists()] == []


def test_no_error_is_ignored_without_its_code_and_a_reason():
    bare = [
        f"{path.relative_to(PROJECT)}: {line.strip()}"
        for path in Path(PROJECT / "pipelines").rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if "# type: ignore" in line and not re.search(r"# type: ignore\[[\w, -]+\]  # \w+", line)
    ]
    assert bare == []
