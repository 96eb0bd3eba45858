"""The built wheel, installed where there is nothing else: reading alone, and a build with what the extra brings."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from pipelines.places import PROJECT
from pipelines.settings import Settings

READ = """
import sys, burdenshare

growth = burdenshare.load("fct_growth", as_of="2025-12-31", entities=["Poland"])
polars = burdenshare.load("fct_growth", as_of="2025-12-31", entities=["Poland"], to="polars")
assert polars["real_growth_pct"].drop_nulls().to_list() == growth.real_growth_pct.dropna().tolist() != []
assert burdenshare.query("select count(*) as n from dim_ally").n[0] > 30
assert burdenshare.explain("fct_growth", "nato-2024-06", "FRA", 2024, column="real_growth_pct").children
assert "holds" in set(burdenshare.check("allies_meeting_target", "NATO_TOTAL", 2024, 23, target="gdp_2").verdict)
assert len(burdenshare.editions()) > 4
assert not {"dagster", "pydantic", "typer", "yaml", "rich"} & set(sys.modules)
"""
# What a type checker says of a caller shows that the wheel brings its types.
CALLER = """
import burdenshare

frame: int = burdenshare.load("fct_growth", to="polars")
burdenshare.load("fct_growth", to="excel")
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel of a copy of the project, so that nothing of the build is left in it."""
    folder = tmp_path_factory.mktemp("wheel")
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(listed, cwd=PROJECT, capture_output=True, text=True, check=True).stdout.splitlines():
        if (PROJECT / name).is_file():
            (folder / "project" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / "project" / name).write_bytes((PROJECT / name).read_bytes())
    _pip(sys.executable, "wheel", "--no-deps", "--wheel-dir", folder / "dist", folder / "project")
    (found,) = (folder / "dist").iterdir()
    return found


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an empty environment and install the wheel there, with what reading takes."""
    environment = tmp_path_factory.mktemp("environment") / "venv"
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    found = environment / "bin" / "python"
    _pip(found, "install", "--constraint", PROJECT / "constraints.txt", f"{wheel}[polars]")
    return found


def _pip(python: str | Path, *arguments: str | Path) -> None:
    command = [python, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def _run(command: list[str | Path], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BURDENSHARE_", "PYTHON"))}
    return subprocess.run(command, cwd=folder, env=kept | variables, capture_output=True, text=True)


def test_all_of_the_project_lies_below_one_name(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"burdenshare"}
    inside = {name.removeprefix("burdenshare/") for name in names}
    for folder in ("sql", "warehouse/seeds"):
        files = {path.relative_to(PROJECT).as_posix() for path in (PROJECT / folder).rglob("*") if path.is_file()}
        assert files and files <= inside
    code = {path.relative_to(PROJECT / "pipelines").as_posix() for path in (PROJECT / "pipelines").rglob("*.*")}
    assert {name for name in code if not name.startswith("docs/") and "__pycache__" not in name} <= inside


def test_reading_works_where_only_reading_is_installed(python, settings: Settings, release, tmp_path):
    done = _run([python, "-c", READ], tmp_path, BURDENSHARE_WAREHOUSE=str(settings.warehouse))
    assert done.returncode == 0, done.stderr
    told = _run([python.with_name("burdenshare"), "status"], tmp_path)
    assert told.returncode == 1 and "typer is not installed" in told.stderr
    assert "pip install 'burdenshare[warehouse] @ file:" in told.stderr and "Traceback" not in told.stderr


def test_a_caller_s_types_are_checked(python, tmp_path):
    (tmp_path / "caller.py").write_text(CALLER)
    done = _run([sys.executable, "-m", "mypy", "--python-executable", python, "caller.py"], tmp_path)
    told = done.stdout.splitlines()
    assert any("caller.py:4" in line and "[assignment]" in line for line in told), done.stdout + done.stderr
    assert any("caller.py:5" in line and "[call-overload]" in line for line in told), done.stdout


def test_the_wheel_alone_builds_the_same_release(wheel, python, settings: Settings, release, tmp_path):
    _pip(python, "install", "--constraint", PROJECT / "constraints.txt", f"{wheel}[warehouse]")
    command = python.with_name("burdenshare")
    built = _run([command, "build"], tmp_path)
    assert built.returncode == 0, built.stdout + built.stderr
    assert (tmp_path / "warehouse/current").resolve().name == settings.current.resolve().name
    asked = _run([command, "query", "select count(*) as allies from dim_ally", "--format", "csv"], tmp_path)
    assert asked.stdout.splitlines()[0] == "allies" and int(asked.stdout.splitlines()[1]) > 30
