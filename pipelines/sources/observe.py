"""Give the observations of one edition, every revision of it, and keep them as one Parquet file.

The ledger beside that folder knows the file's hash, and a fingerprint of the revisions and of everything
that reads them, so that a workbook is parsed once and read again only when it, the parser or the names in
the seeds have changed, or when the file is damaged.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..files.ledger import describe_file, read_ledger, state_of, updating
from ..files.whole import sha256_seen, written_whole
from .archive import read_stored
from .catalogue import Sources
from .editions import Editions, Revision
from .entities import FILES
from .figures import figures_path, read_figures
from .kept import edition_path
from .observations import OBSERVATION_SCHEMA, to_arrow
from .opening import open_file
from .publisher import publisher_of


def observe_edition(sources: Sources, edition_id: str, *, anew: bool = False) -> tuple[pa.Table, bool]:
    """Return an edition's observations with their revision, and whether they had to be read.

    `anew` reads them whatever the file says. Raises `SourceError` where an archived file is damaged or
    can no longer be parsed.
    """
    if not anew and is_observed(sources, edition_id):
        return pq.read_table(edition_path(sources.observations, edition_id)).replace_schema_metadata(), False
    revisions, folder = sources.editions.revisions[edition_id], sources.observations
    mark = observed_from(sources, edition_id)
    table = pa.concat_tables(_observe(revision, sources) for revision in revisions)
    with written_whole(edition_path(folder, edition_id)) as aside:
        pq.write_table(table.replace_schema_metadata({"fingerprint": mark}), aside, compression="zstd")
        entry = describe_file(aside, rows=len(table), fingerprint=mark)
    with updating(folder.parent) as ledger:
        ledger.observations[edition_id] = entry
    return table, True


def is_observed(sources: Sources, edition_id: str) -> bool:
    """Tell whether an edition's observations are kept, of the present inputs, and are what was written."""
    entry = read_ledger(sources.observations.parent).observations.get(edition_id)
    if entry is None or entry.fingerprint != observed_from(sources, edition_id):
        return False
    return state_of(edition_path(sources.observations, edition_id), entry) == "sound"


def observed_from(sources: Sources, edition_id: str) -> str:
    """Return the mark of all that an edition's observations are made from: its revisions, the parser and the names."""
    revisions, seeds = sources.editions.revisions[edition_id], sources.seeds
    digest = hashlib.sha256(_parser_fingerprint(publisher_of(edition_id).id).encode())
    for name in FILES:
        digest.update(sha256_seen(seeds / name).encode())
    for revision in revisions:
        digest.update(f"{revision.revision} {revision.source_kind} {revision.cells_sha256}".encode())
        if revision.receipt is None and (figures := figures_path(seeds, revision.edition_id)).exists():
            digest.update(sha256_seen(figures).encode())
    return digest.hexdigest()


def _observe(revision: Revision, sources: Sources) -> pa.Table:
    if revision.receipt is None:
        table = read_figures(sources.seeds, revision.edition_id)
    else:
        workbook = open_file(read_stored(sources.raw, revision.receipt))
        publisher = publisher_of(revision.edition_id)
        table = to_arrow(publisher.parse(workbook, revision.edition_id, sources.entities, revision.tables))
    place = OBSERVATION_SCHEMA.get_field_index("revision")
    number = pa.repeat(pa.scalar(revision.revision, pa.int32()), len(table))
    return table.set_column(place, OBSERVATION_SCHEMA.field(place), number)


def current_rows(table: pa.Table, editions: Editions, edition_id: str) -> pa.Table:
    """Pick the figures of the current revision."""
    return table.filter(pc.equal(table["revision"], _current(editions, edition_id)))


def superseded_rows(table: pa.Table, editions: Editions, edition_id: str) -> pa.Table:
    """Pick the figures of the revisions that a later one replaced."""
    return table.filter(pc.not_equal(table["revision"], _current(editions, edition_id)))


def _current(editions: Editions, edition_id: str) -> int:
    return editions.revisions[edition_id][-1].revision


@cache
def _parser_fingerprint(publisher: str) -> str:
    """Hash what turns a file into observations: this room's code, the publisher's code and words, and openpyxl."""
    digest = hashlib.sha256(version("openpyxl").encode())
    room = Path(__file__).parent
    for path in [*sorted(room.glob("*.py")), *sorted((room / publisher).rglob("*.[py]*"))]:
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()
