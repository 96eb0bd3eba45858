"""Dagster's own command `dg` finds the project by what stands in `pyproject.toml`, as Dagster's users expect."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.settings import PROJECT

DG = Path(sys.executable).with_name("dg")


@pytest.fixture
def dg(tmp_path):
    """Run `dg` in the project's folder, with a home of its own that phones nobody."""
    if not DG.exists():
        pytest.skip("dagster-dg-cli is not installed: make test-services")
    (tmp_path / "dagster.yaml").write_text("telemetry:\n  enabled: false\n", encoding="utf-8")
    environment = os.environ | {
        "DAGSTER_HOME": str(tmp_path),
        "BURDENSHARE_WAREHOUSE": str(tmp_path / "warehouse"),
        "VIRTUAL_ENV": str(DG.parent.parent),
    }

    def run(*arguments: str) -> str:
        done = subprocess.run([DG, *arguments], cwd=PROJECT, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def test_dg_finds_the_definitions_and_all_of_them_load(dg, project):
    assert "loaded successfully" in dg("check", "defs")
    found = json.loads(dg("list", "defs", "--json"))
    assert {asset["asset_key"] for asset in found["assets"]} >= set(project.order)
    assert "nightly" in {schedule["name"] for schedule in found["schedules"]}


def test_dg_understands_what_pyproject_says_of_it(dg):
    assert "All TOML configuration files are valid" in dg("check", "toml")
