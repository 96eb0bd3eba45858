"""What a wheel is made of, as far as the code says it without building one; tests/services/test_wheel.py builds it."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import distribution

import pipelines
from pipelines.places import PROJECT

PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
# Refuses what `pip install burdenshare` does not bring, and then asks each question.
ASK = """
import sys
from importlib.abc import MetaPathFinder

class Absent(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ABSENT:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
import pipelines as burdenshare

assert len(burdenshare.load("fct_growth", as_of="2025-12-31", entities=["Poland"]))
assert len(burdenshare.query("from dim_ally"))
assert burdenshare.explain("fct_growth", "nato-2024-06", "FRA", 2024, column="real_growth_pct").value
assert len(burdenshare.check("real_growth", "NATO_EUR_CAN", 2024, 17.9))
assert len(burdenshare.editions())
"""


def _names(requirements: list[str]) -> set[str]:
    return {re.split(r"[^\w.-]", text)[0] for text in requirements}


def test_reading_takes_what_is_declared_for_it_and_no_dagster(settings, release):
    declared, extras = PYPROJECT["project"]["dependencies"], PYPROJECT["project"]["optional-dependencies"]
    # What builds take in another form, reading takes too.
    more = _names(extras["warehouse"]) - _names(declared)
    absent = {"pydantic" if name == "pydantic-core" else name for name in more}
    absent = {name.replace("-", "_") for name in absent} | {"yaml", "vl_convert", "PIL", "click"}
    done = subprocess.run(
        [sys.executable, "-c", f"ABSENT = {absent!r}\n{ASK}"],
        cwd=PROJECT,
        env=os.environ | {"BURDENSHARE_WAREHOUSE": str(settings.warehouse)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert _names(PYPROJECT["project"]["dependencies"]) == {"duckdb", "fsspec", "pandas", "pyarrow", "sqlglot"}


def test_the_command_says_how_to_install_what_it_lacks():
    code = "import sys; sys.modules['typer'] = None; from pipelines.command import main; main()"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 1 and "typer is not installed" in done.stderr
    assert "pip install 'burdenshare[warehouse]" in done.stderr and "Traceback" not in done.stderr


def test_modules_know_each_other_by_relative_names():
    """In a wheel they lie below `burdenshare`, where `pipelines` is nobody's or another's."""
    absolute = [
        f"{path.relative_to(PROJECT)}:{node.lineno}"
        for path in sorted((PROJECT / "pipelines").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.ImportFrom) and node.level == 0 and (node.module or "").split(".")[0] == "pipelines")
        or (isinstance(node, ast.Import) and any(name.name.split(".")[0] == "pipelines" for name in node.names))
    ]
    assert absolute == []


def test_what_it_offers_is_there_and_documented():
    offered = [getattr(pipelines, name) for name in pipelines.__all__ if not name.startswith("__")]
    assert all(one.__doc__ for one in offered) and (PROJECT / "pipelines/py.typed").exists()
    assert pipelines.__version__ == PYPROJECT["project"]["version"] == distribution("burdenshare").version
