"""Make and read the embedded figures: one tidy CSV an edition in `warehouse/seeds/figures/`.

The original files may not be committed; the figures are facts and may. `regenerate` proves where
they came from, and a test compares the two cell by cell.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from pipelines.sources.entities import Entities
from pipelines.sources.errors import Offender, SourceError
from pipelines.sources.observations import read_observations, write_observations
from pipelines.sources.parser import parse_workbook
from pipelines.sources.registry import Edition, read_registry
from pipelines.sources.transcriptions import read_long, read_wide
from pipelines.sources.workbook import open_workbook


def figures_path(seeds: Path, edition_id: str) -> Path:
    """Name the CSV with an edition's figures."""
    return seeds / "figures" / f"{edition_id}.csv"


def read_originals(folder: Path, seeds: Path) -> dict[str, pd.DataFrame]:
    """Read every original below `folder` (`2024-06/*.xlsx`, `2025-08/*.csv`, ...) into observations.

    A folder is named by year and month of its edition. Raises `FileNotFoundError` where an edition
    with figures has no folder.
    """
    entities = Entities.load(seeds)
    editions = read_registry(seeds / "editions.yml")
    return {
        edition.id: _read_original(folder / edition.id.removeprefix("nato-"), edition, entities)
        for edition in editions.values()
        if edition.figures
    }


def _read_original(folder: Path, edition: Edition, entities: Entities) -> pd.DataFrame:
    if edition.figures == "workbook":
        return parse_workbook(open_workbook(folder / edition.file_name), edition.id, entities, edition.tables)
    if (folder / "figures.csv").exists():
        return read_long(folder / "figures.csv", edition, entities)
    return read_wide(folder, edition, entities)


def regenerate(folder: Path, seeds: Path) -> dict[str, int]:
    """Write the figures of every edition from its original files; give the number of figures each."""
    counts = {}
    for edition_id, frame in read_originals(folder, seeds).items():
        write_observations(frame, figures_path(seeds, edition_id))
        counts[edition_id] = len(frame)
    return counts


def read_figures(seeds: Path, edition_id: str) -> pd.DataFrame:
    """Read the embedded figures of one edition; raises `SourceError` where the registry promises a file in vain."""
    path = figures_path(seeds, edition_id)
    if not path.exists():
        missing = Offender(
            f"figures/{path.name}", "no such file", f"the figures that editions.yml promises of {edition_id}"
        )
        raise SourceError(
            "warehouse/seeds", [missing], "put the file there, or take `figures` and `tables` off the entry."
        )
    return read_observations(path, publisher="nato", dataset="def-exp")
