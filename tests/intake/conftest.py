"""A warehouse to take files into, and workbooks to take in."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from pipelines.intake.ingest import sources_of
from pipelines.settings import Settings
from pipelines.sources.observe import observe_edition
from tests.workbooks import modern_workbook, read_figures, save


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
