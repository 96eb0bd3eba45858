"""A release in the eyes of those who keep the standards: their own validators, on the release as it lies there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.models.tables import table_path
from pipelines.settings import PROJECT


@pytest.fixture(scope="module")
def folder(settings, report) -> Path:
    """Give the folder of the session's release."""
    return settings.current.resolve()


def test_frictionless_finds_no_error(folder: Path) -> None:
    """Every row of every file, lineage too: it takes minutes."""
    command = [Path(sys.executable).with_name("frictionless"), "validate", "datapackage.json", "--json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    found = json.loads(done.stdout)
    errors = [error["message"] for task in found["tasks"] for error in task["errors"]]
    assert (found["valid"], errors, found["stats"]["errors"]) == (True, [], 0)
    assert {task["name"] for task in found["tasks"]} >= {"fct_growth", "lineage-source_observation-parquet"}


def test_croissant_reads_every_record(folder: Path, project, caplog: pytest.LogCaptureFixture) -> None:
    mlcroissant = pytest.importorskip("mlcroissant", reason="mlcroissant is not installed: make test-services")
    dataset = mlcroissant.Dataset(jsonld=str(folder / "croissant.json"))
    assert [record.message for record in caplog.records if record.levelname in ("WARNING", "ERROR")] == []
    assert {records.id for records in dataset.metadata.record_sets} == set(project.published())
    for name in project.published():
        rows = sum(1 for _ in dataset.records(record_set=name))
        assert rows == pq.read_metadata(table_path(folder, name)).num_rows, name


def test_how_to_cite_is_valid(tmp_path: Path) -> None:
    """Its validator wants other versions of libraries than ours, so it lives apart."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path], check=True)
    python = tmp_path / "bin" / "python"
    installed = subprocess.run([python, "-m", "pip", "install", "-q", "cffconvert"], capture_output=True, text=True)
    if installed.returncode:
        pytest.skip("cffconvert could not be installed here")
    command = [tmp_path / "bin" / "cffconvert", "--validate", "--infile", PROJECT / "CITATION.cff"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
