"""Give each source as rows: the seeds, the registry, and the observations of every edition."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa

from pipelines.sources.figures import read_figures
from pipelines.sources.observations import to_arrow
from pipelines.sources.registry import Edition, read_registry


def read_source(file: str | None, reader: str | None, seeds: Path) -> pa.Table:
    """Read one source: a seed's CSV by `file` (all text, blanks null), or what `reader` names."""
    if file:
        frame = pd.read_csv(seeds / file, dtype="string", na_values=[""], keep_default_na=False)
        return pa.Table.from_pandas(frame, preserve_index=False)
    editions = read_registry(seeds / "editions.yml")
    if reader == "editions":
        return pa.Table.from_pylist([_edition_row(edition) for edition in editions.values()])
    if reader == "observations":
        frames = [read_figures(seeds, edition.id) for edition in editions.values() if edition.figures]
        return to_arrow(pd.concat(frames, ignore_index=True))
    raise ValueError(f"no reader is called {reader!r}; known are editions and observations")


def _edition_row(edition: Edition) -> dict:
    return {
        "edition_id": edition.id,
        "edition_title": edition.title,
        "publisher": edition.publisher,
        "published_on": edition.published_on,
        "first_year": edition.first_year,
        "last_year": edition.last_year,
        "price_base_year": edition.price_base_year,
        "has_figures": bool(edition.figures),
        "tables_held": ",".join(edition.tables) or None,
        "source_kind": edition.figures,
        "source_file": edition.file_name,
        "source_sha256": edition.sha256,
        "landing_page_url": str(edition.landing_page) if edition.landing_page else None,
        "download_url": str(edition.download) if edition.download else None,
        "credit": edition.credit,
        "terms": " ".join(edition.terms.split()),
        "edition_notes": edition.notes or None,
    }
