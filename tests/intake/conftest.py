"""A warehouse to take files into, and workbooks to take in."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from pipelines.intake.ingest import ingest, sources_of
from pipelines.models.project import Project
from pipelines.orchestration.build import BuildReport, build
from pipelines.reading.current import open_warehouse
from pipelines.settings import Settings
from pipelines.sources.observe import observe_edition
from tests.conftest import ORIGINALS
from tests.intake.arrivals import june_2021, with_holes
from tests.workbooks import modern_workbook, read_figures, save

# June 2024's figures with holes come as those of October, beside the whole ones that come as September's.
HOLES = "241010-def-exp-2024-TABLES-en.xlsx"


@pytest.fixture(scope="session")
def observed(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Give a warehouse that has read the embedded figures, and nothing else."""
    own = settings.replace(warehouse=tmp_path_factory.mktemp("observed") / "warehouse")
    sources = sources_of(own)
    for edition in sources.editions.revisions:
        observe_edition(sources, edition)
    return own


@pytest.fixture
def empty(tmp_path: Path, observed: Settings) -> Settings:
    """Give a warehouse of its own into which nothing was taken; the embedded figures need not be read again."""
    own = observed.replace(warehouse=tmp_path / "warehouse")
    shutil.copytree(observed.tables, own.tables)
    return own


@pytest.fixture(scope="session")
def figures(settings: Settings) -> dict[str, pd.DataFrame]:
    """Give the embedded figures of each edition by its year; 2024 has all nine tables."""
    editions = {2024: "nato-2024-06", 2025: "nato-2025-08", 2026: "nato-2026-07"}
    return {year: read_figures(settings.seeds, edition) for year, edition in editions.items()}


@pytest.fixture(scope="session")
def workbooks(figures: dict[str, pd.DataFrame], tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """Write each edition's figures as a workbook in a later layout; that of 2024 comes as a new edition."""
    folder = tmp_path_factory.mktemp("workbooks")
    return {
        2024: save(modern_workbook(figures[2024]), folder / "240910-def-exp-2024-TABLES-en.xlsx"),
        2025: save(modern_workbook(figures[2025], core=False), folder / "def-exp-2025-en.xlsx"),
        2026: save(modern_workbook(figures[2026]), folder / "def-exp-2026-en.xlsx"),
    }


@dataclass(frozen=True)
class TakenIn:
    """Hold a built warehouse into which files came, the release before, and the file that was refused."""

    settings: Settings
    before: Path
    refused: Path
    built: BuildReport

    @cached_property
    def release(self) -> duckdb.DuckDBPyConnection:
        """Open what was published."""
        return open_warehouse(self.settings.warehouse)


@pytest.fixture(scope="session")
def taken_in(settings: Settings, report: object, project: Project, workbooks, figures, once) -> TakenIn:
    """Take an edition with holes and one older than all, drop a good and a bad file into the inbox, and build once.

    Do not write to it.
    """

    def make(folder: Path) -> TakenIn:
        own = settings.replace(warehouse=folder)
        shutil.copytree(settings.warehouse, own.warehouse, symlinks=True)
        books = folder.with_name("books")
        books.mkdir()
        ingest(save(modern_workbook(with_holes(figures[2024])), books / HOLES), own, project)
        if (ORIGINALS / "nato").is_dir():
            older = june_2021(ORIGINALS / "nato", figures[2024])
            book = save(modern_workbook(older, core=False), books / "210611-pr-2021-094-en.xlsx")
            options = {"edition_id": "nato-2021-06", "published": date(2021, 6, 11), "tables": ["1"]}
            assert ingest(book, own, project, **options).changes_figures
        before = own.current.resolve()
        drop(workbooks[2024], own)
        return TakenIn(own, before, drop(workbooks[2025], own, "what is this.xlsx"), build(own))

    return once("taken-in", make)[1]


def drop(path: Path, settings: Settings, name: str | None = None) -> Path:
    """Copy a file into the inbox, as of a minute ago."""
    settings.inbox.mkdir(parents=True, exist_ok=True)
    target = settings.inbox / (name or path.name)
    shutil.copyfile(path, target)
    os.utime(target, (time.time() - 60,) * 2)
    return target
