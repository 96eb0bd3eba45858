"""Give each source as rows: the seeds, the editions with their revisions, and their observations."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa

from pipelines.sources.editions import Editions, Revision, read_editions
from pipelines.sources.observations import OBSERVATION_SCHEMA
from pipelines.sources.observe import current_rows, observe_edition, superseded_rows
from pipelines.sources.registry import Edition


@dataclass(frozen=True)
class Places:
    """Say where sources lie: the seeds, the archive, and the folder that keeps what was parsed."""

    seeds: Path
    raw: Path
    observations: Path


def read_source(file: str | None, reader: str | None, places: Places) -> pa.Table:
    """Read one source: a seed's CSV by `file` (all text, blanks null), or what `reader` names."""
    if file:
        frame = pd.read_csv(places.seeds / file, dtype="string", na_values=[""], keep_default_na=False)
        return pa.Table.from_pandas(frame, preserve_index=False)
    if reader not in _READERS:
        raise ValueError(f"no reader is called {reader!r}; known are {', '.join(_READERS)}")
    return _READERS[reader](read_editions(places.seeds, places.raw), places)


def edition_rows(editions: Editions) -> pa.Table:
    """Give a row for each edition, with what we hold of it."""
    return pa.Table.from_pylist(
        [_edition_row(edition, editions.current(edition.id)) for edition in editions.declared.values()]
    )


def _read_revisions(editions: Editions, _: Places) -> pa.Table:
    schema = pa.schema([*_REVISION_FIELDS.items()])
    rows = [_revision_row(revision) for revisions in editions.revisions.values() for revision in revisions]
    return pa.Table.from_pylist(rows, schema=schema)


def _read_observations(editions: Editions, places: Places) -> pa.Table:
    return _gather(editions, places, current_rows)


def _read_superseded(editions: Editions, places: Places) -> pa.Table:
    return _gather(editions, places, superseded_rows)


_READERS = {
    "editions": lambda editions, _: edition_rows(editions),
    "revisions": _read_revisions,
    "observations": _read_observations,
    "superseded": _read_superseded,
}


def _gather(editions: Editions, places: Places, pick) -> pa.Table:
    frames = []
    for edition_id in editions.revisions:
        table, _ = observe_edition(editions, edition_id, places.seeds, places.raw, places.observations)
        frames.append(pick(table, editions, edition_id))
    return pa.Table.from_pandas(pd.concat(frames, ignore_index=True), schema=OBSERVATION_SCHEMA, preserve_index=False)


def _edition_row(edition: Edition, held: Revision | None) -> dict:
    """Describe an edition as declared, and what we hold of it by the revision that is current."""
    tables = held.tables if held else ()
    notes = edition.notes
    if held and held.receipt and edition.figures == "transcription":
        notes = f"Read from NATO's workbook, which replaced a transcription of Tables {', '.join(edition.tables)}."
    return {
        "edition_id": edition.id,
        "edition_title": edition.title,
        "publisher": edition.publisher,
        "published_on": edition.published_on,
        "first_year": edition.first_year,
        "last_year": edition.last_year,
        "price_base_year": (held.price_base_year if held else None) or edition.price_base_year,
        "has_figures": held is not None,
        "revision": held.revision if held else None,
        "tables_held": ",".join(tables) or None,
        "source_kind": held.source_kind if held else None,
        "source_file": held.source_file if held else edition.file_name,
        "source_sha256": held.sha256 if held else edition.sha256,
        "landing_page_url": str(edition.landing_page) if edition.landing_page else None,
        "download_url": str(edition.download) if edition.download else None,
        "credit": edition.credit,
        "terms": " ".join(edition.terms.split()),
        "edition_notes": notes or None,
    }


_REVISION_FIELDS = {
    "edition_id": pa.string(),
    "revision": pa.int32(),
    "is_current": pa.bool_(),
    "source_kind": pa.string(),
    "document_date": pa.date32(),
    "tables_held": pa.string(),
    "price_base_year": pa.int32(),
    "source_file": pa.string(),
    "source_sha256": pa.string(),
    "cells_sha256": pa.string(),
}


def _revision_row(revision: Revision) -> dict:
    return {
        "edition_id": revision.edition_id,
        "revision": revision.revision,
        "is_current": revision.is_current,
        "source_kind": revision.source_kind,
        "document_date": revision.document_date.date() if revision.document_date else None,
        "tables_held": ",".join(revision.tables),
        "price_base_year": revision.price_base_year,
        "source_file": revision.source_file,
        "source_sha256": revision.sha256,
        "cells_sha256": revision.cells_sha256,
    }
