"""What every suite shares: one built warehouse, and the original files where they are at hand."""

from __future__ import annotations

import gc
import os
import pickle
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from filelock import FileLock

from pipelines.models.project import Project, read_project
from pipelines.orchestration.build import BuildReport, build
from pipelines.orchestration.instance import open_instance
from pipelines.reading.current import open_warehouse
from pipelines.releases.names import DATABASE
from pipelines.report.site import Site, write_site
from pipelines.settings import PROJECT, Settings
from pipelines.sources.entities import Entities
from tests.clean import pytest_sessionfinish, pytest_sessionstart
from tests.releases.small import Small, small_project

__all__ = ["pytest_sessionfinish", "pytest_sessionstart"]

# Readline tells every program it starts how wide the terminal is; what the commands print here goes to no terminal.
os.environ.pop("COLUMNS", None)

# No test outlives a power cut, so none waits for the disk, which a build does hundreds of times; real second processes
# do. A handle that is none is an error here too.
os.fsync = os.fstat

# A worker keeps whatever it imported, which is a lot, and looking through it for garbage took a tenth of the time.
gc.set_threshold(50_000, 20, 100)

_connect = duckdb.connect


def _connect_alone(*args: Any, config: dict[str, Any] | None = None, **rest: Any) -> duckdb.DuckDBPyConnection:
    """Open a database on one thread: each process of tests has a core, and two that take both hinder each other."""
    return _connect(*args, config={"threads": 1} | (config or {}), **rest)


duckdb.connect = _connect_alone

# A script that starts tests in the background lets them, and all that they start, ignore Ctrl-C; some tests press it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Each takes 15 seconds and more. They come first, so that no process is left with one of them when all else is done;
# the first makes the shared warehouse, for which the second need not wait.
LONG = [
    "docs/test_recipes.py",
    "architecture/test_types.py",
    "releases/test_guard_on_real_figures.py",
    "intake/test_cases.py",
    "intake/test_inbox.py",
    "facts/test_as_of.py",
    "report/test_pages.py",
    "intake/test_fetch.py",
    "releases/test_concurrent_readers.py",
    "sources/test_sipri.py",
    "models/test_lineage.py",
    "intake/test_judge.py",
    "releases/test_query.py",
    "intake/test_pdf.py",
    "releases/test_survival.py",
    "intake/test_ingest.py",
    "releases/test_damage.py",
    "report/test_seed_lines.py",
    "report/test_partial_edition.py",
    "sources/test_second_publisher.py",
    "releases/test_republication.py",
    "intake/test_mutants.py",
    "night/test_cut_short.py",
    "night/test_incidents_in_the_ui.py",
]
BURDENSHARE = Path(sys.executable).with_name("burdenshare")
ORIGINALS = PROJECT.parent / "shared" / "data"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take long first, each as a whole."""
    order = {name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: order.get("/".join(item.path.parts[-2:]), len(order)))


Made = Callable[[str, Callable[[Path], object]], tuple[Path, object]]


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Make something in a folder of its name, once for all processes of a run: give folder and what was returned.

    Who comes second waits, and must not write there.
    """
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent

    def made(name: str, make: Callable[[Path], object]) -> tuple[Path, object]:
        folder = root / "once" / name
        kept = folder.with_suffix(".pickle")
        folder.parent.mkdir(exist_ok=True)
        with FileLock(folder.with_suffix(".lock")):
            if not kept.exists():
                kept.write_bytes(pickle.dumps(make(folder)))
        return folder, pickle.loads(kept.read_bytes())

    return made


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Give the settings of a warehouse that the whole session shares; do not write to it."""
    return Settings(tmp_path_factory.mktemp("shared") / "warehouse")


@dataclass(frozen=True)
class Built:
    """Hold what `burdenshare build` said, and the id of its run."""

    said: str
    run_id: str


def build_as_people_do(folder: Path) -> Built:
    """Build the warehouse of a folder in a process of its own, outside the project, by the command."""
    command = [BURDENSHARE, "--warehouse", str(folder), "build"]
    done = subprocess.run(command, cwd=folder.parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    with open_instance(Settings(folder)) as instance:
        (run,) = instance.get_runs(limit=1)
    return Built(done.stdout, run.run_id)


@pytest.fixture(scope="session")
def report(settings: Settings, once: Made) -> Built:
    """Build once, as `make run` does."""
    folder, found = once("warehouse", build_as_people_do)
    # A test that came before may have looked into the empty one, which leaves Dagster's files there.
    shutil.rmtree(settings.warehouse, ignore_errors=True)
    shutil.copytree(folder, settings.warehouse, symlinks=True)
    return found


@pytest.fixture(scope="session")
def release(settings: Settings, report: Built) -> duckdb.DuckDBPyConnection:
    """Open the release that the main job made, as a reader does."""
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
def site(settings: Settings, report: Built, once: Made) -> Site:
    """Write the report of the shared warehouse once; do not write to it."""
    return once("report", lambda folder: write_site(settings, folder))[1]


@pytest.fixture(scope="session")
def prepared_night(settings: Settings, once: Made) -> tuple[Path, BuildReport]:
    """Run the main job on a project of two tables that has the real seeds beside its own."""

    def make(folder: Path) -> BuildReport:
        shutil.copytree(settings.seeds, folder / "seeds")
        return build(small_project(folder).settings)

    folder, found = once("night", make)
    assert found.succeeded, found.failure
    return folder, found


@pytest.fixture
def night(prepared_night: tuple[Path, BuildReport], tmp_path: Path) -> Small:
    """Give a copy of that, to be changed: runs are the same there, a second each, and no figure is NATO's."""
    return Small(shutil.copytree(prepared_night[0], tmp_path / "night", symlinks=True))
