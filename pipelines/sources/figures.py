"""Make and read the embedded figures: one tidy CSV an edition in `warehouse/seeds/figures/`.

The original files may not be committed; the figures are facts and may. `regenerate` proves where
they came from, and a test compares the two cell by cell.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa

from .catalogue import Sources
from .errors import Offender, SourceError
from .observations import read_observations, to_arrow, to_frame, write_observations
from .publisher import publisher_of
from .republication import select_shown


def figures_path(seeds: Path, edition_id: str) -> Path:
    """Name the CSV with an edition's figures."""
    return seeds / "figures" / f"{edition_id}.csv"


def read_originals(folder: Path, sources: Sources) -> dict[str, pd.DataFrame]:
    """Read every original below `folder` (`2024-06/*.xlsx`, `2025-08/*.csv`, ...) into observations.

    A folder is named by its edition, without the publisher; files of others than NATO lie beside it, in folders named
    by their publishers. Raises `FileNotFoundError` where an edition
    whose figures have originals has no folder.
    """
    found = {}
    for edition in sources.editions.registered.values():
        if edition.tables:
            place = folder / edition.id.removeprefix(f"{edition.publisher}-")
            place = place if place.is_dir() else folder.parent / edition.publisher
            if (frame := edition.by.read_original(place, edition, sources.entities)) is not None:
                shown = select_shown(to_arrow(frame), edition.publisher, sources.seeds, sources.entities)
                found[edition.id] = to_frame(shown)
    return found


def regenerate(folder: Path, seeds: Path) -> dict[str, int]:
    """Write the figures of every edition from its original files; return the number of figures each."""
    counts = {}
    for edition_id, frame in read_originals(folder, Sources(seeds)).items():
        write_observations(frame, figures_path(seeds, edition_id))
        counts[edition_id] = len(frame)
    return counts


def read_figures(seeds: Path, edition_id: str) -> pa.Table:
    """Read the embedded figures of one edition; raises `SourceError` where the registry promises a file in vain."""
    path = figures_path(seeds, edition_id)
    if not path.exists():
        missing = Offender(
            f"figures/{path.name}", "no such file", f"the figures that editions.yml promises of {edition_id}"
        )
        raise SourceError("warehouse/seeds", [missing], "put the file there, or empty the entry's `tables`.")
    publisher = publisher_of(edition_id)
    return read_observations(path, publisher=publisher.id, dataset=publisher.dataset)
