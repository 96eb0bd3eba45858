"""What every suite shares: one built warehouse, and the original files where they are at hand."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import duckdb
import pytest

from pipelines.models.project import Project, read_project
from pipelines.orchestration.build import BuildReport, build
from pipelines.reading.current import open_warehouse
from pipelines.releases.names import DATABASE
from pipelines.report.site import Site, write_site
from pipelines.settings import PROJECT, Settings
from pipelines.sources.entities import Entities
from tests.clean import pytest_sessionfinish, pytest_sessionstart

__all__ = ["pytest_sessionfinish", "pytest_sessionstart"]

# Readline tells every program it starts how wide the terminal is; what the commands print here goes to no terminal.
os.environ.pop("COLUMNS", None)

# A script that starts tests in the background lets them, and all that they start, ignore Ctrl-C; some tests press it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

ORIGINALS = PROJECT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Give the settings of a warehouse that the whole session shares; do not write to it."""
    return Settings(tmp_path_factory.mktemp("shared") / "warehouse")


@pytest.fixture(scope="session")
def report(settings: Settings) -> BuildReport:
    """Run the main job once, as `make run` does."""
    return build(settings)


@pytest.fixture(scope="session")
def release(settings: Settings, report: BuildReport) -> duckdb.DuckDBPyConnection:
    """Open the release that the main job made, as a reader does."""
    assert report.succeeded, report.failure
    return open_warehouse(settings.warehouse)


@pytest.fixture(scope="session")
def database(settings: Settings, release: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Open that release's database file, as other people's tools do."""
    return duckdb.connect(str(settings.current / DATABASE), read_only=True)


@pytest.fixture(scope="session")
def project(settings: Settings) -> Project:
    """Read `sql/` once."""
    return read_project(settings.sql, settings.seeds)


@pytest.fixture(scope="session")
def entities(settings: Settings) -> Entities:
    """Load who is who from the seeds."""
    return Entities.load(settings.seeds)


@pytest.fixture(scope="session")
def originals() -> Path:
    """Give the folder of the original files, or skip where they are not at hand."""
    folder = ORIGINALS / "nato"
    if not folder.is_dir():
        pytest.skip("the original files are not beside the project (../shared/data/nato)")
    return folder


@pytest.fixture(scope="session")
def site(settings: Settings, report: BuildReport, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Write the report of the shared warehouse once; do not write to it."""
    assert report.succeeded, report.failure
    return write_site(settings, tmp_path_factory.mktemp("site") / "report")
