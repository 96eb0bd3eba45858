"""Read each source into rows: the seeds, the editions with their revisions, and their observations."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import pyarrow as pa

from ..files.whole import fingerprint, sha256_seen
from .catalogue import Sources
from .csv_file import read_texts
from .editions import Editions, Revision
from .observations import OBSERVATION_SCHEMA
from .observe import current_rows, observe_edition, observed_from, superseded_rows
from .publisher import publisher_of
from .registry import Edition
from .republication import REPUBLICATION, is_limited, select_shown

# The reader of every edition's figures, which reads them edition by edition.
OBSERVATIONS = "observations"


def read_source(
    file: str | None, reader: str | None, sources: Sources, without: Collection[str] = frozenset()
) -> pa.Table:
    """Read one source: a seed's CSV by `file` (all text, blanks null), or what `reader` names.

    `without` names editions that need not be read, of a reader that `read_marks` knows.
    """
    if file:
        return read_texts(sources.seeds / file)
    if reader not in _READERS:
        raise ValueError(f"no reader is called {reader!r}; known are {', '.join(_READERS)}")
    return _read_observations(sources, without) if reader == OBSERVATIONS else _READERS[reader](sources)


def read_marks(reader: str | None, sources: Sources) -> dict[str, str]:
    """Return for each edition a mark of what a reader would read of it; none where it reads no editions one by one."""
    if reader != OBSERVATIONS:
        return {}
    rules = sha256_seen(sources.seeds / REPUBLICATION)
    return {edition_id: fingerprint(observed_from(sources, edition_id), rules) for edition_id in _held(sources)}


def _held(sources: Sources) -> list[str]:
    return list(sources.editions.revisions)


def edition_rows(editions: Editions) -> pa.Table:
    """Return a row for each edition, with what we hold of it."""
    return pa.Table.from_pylist(
        [_edition_row(edition, editions.current(edition.id)) for edition in editions.declared.values()]
    )


def _read_editions(sources: Sources) -> pa.Table:
    return edition_rows(sources.editions)


def _read_revisions(sources: Sources) -> pa.Table:
    schema = pa.schema([*_REVISION_FIELDS.items()])
    rows = [_revision_row(revision) for revisions in sources.editions.revisions.values() for revision in revisions]
    return pa.Table.from_pylist(rows, schema=schema)


def _read_observations(sources: Sources, without: Collection[str] = frozenset()) -> pa.Table:
    return _gather(sources, [edition_id for edition_id in _held(sources) if edition_id not in without], current_rows)


def _read_superseded(sources: Sources) -> pa.Table:
    replaced = [edition_id for edition_id, revisions in sources.editions.revisions.items() if len(revisions) > 1]
    return _gather(sources, replaced, superseded_rows)


_READERS: dict[str, Callable[[Sources], pa.Table]] = {
    "editions": _read_editions,
    "revisions": _read_revisions,
    OBSERVATIONS: _read_observations,
    "superseded": _read_superseded,
}


def _gather(
    sources: Sources, edition_ids: Sequence[str], pick: Callable[[pa.Table, Editions, str], pa.Table]
) -> pa.Table:
    """Put these editions' observations together, as far as `pick` wants them and others may be shown them.

    What a publisher's terms keep back stays in the files of observations, of which no release takes a copy.
    """
    found = [
        _shown(sources, edition_id, pick(observe_edition(sources, edition_id)[0], sources.editions, edition_id))
        for edition_id in edition_ids
    ]
    return pa.concat_tables([OBSERVATION_SCHEMA.empty_table(), *found])


def _shown(sources: Sources, edition_id: str, rows: pa.Table) -> pa.Table:
    publisher = publisher_of(edition_id).id
    if rows and is_limited(publisher, sources.seeds):
        rows = select_shown(rows, publisher, sources.seeds, sources.entities)
    return rows


def _edition_row(edition: Edition, held: Revision | None) -> dict[str, object]:
    """Describe an edition as declared, and what we hold of it by the revision that is current."""
    held_tables = held.tables if held else ()
    notes = edition.notes
    if held and held.receipt and edition.way == "transcription":
        tables = ", ".join(edition.tables)
        notes = f"Read from {edition.by.name}'s workbook, which replaced a transcription of Tables {tables}."
    return {
        "edition_id": edition.id,
        "edition_title": edition.title,
        "publisher": edition.by.name,
        "publisher_id": edition.publisher,
        "published_on": edition.published_on,
        "first_year": edition.first_year,
        "last_year": edition.last_year,
        "price_base_year": (held.price_base_year if held else None) or edition.price_base_year,
        "has_figures": held is not None,
        "revision": held.revision if held else None,
        "tables_held": ",".join(held_tables) or None,
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


def _revision_row(revision: Revision) -> dict[str, object]:
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
