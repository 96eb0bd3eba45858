"""Give the observations of one edition, every revision of it, and keep them as one Parquet file.

The file bears a fingerprint of the revisions and of everything that reads them, so that a workbook is
parsed once and read again only when it, the parser or the names in the seeds have changed.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.files.whole import written_whole
from pipelines.sources.archive import read_stored
from pipelines.sources.editions import Editions, Revision
from pipelines.sources.entities import Entities
from pipelines.sources.figures import figures_path, read_figures
from pipelines.sources.observations import to_arrow
from pipelines.sources.parser import parse_workbook
from pipelines.sources.workbook import open_workbook

_NAMES = ("allies.csv", "groups.csv", "currencies.csv")


def edition_path(folder: Path, edition_id: str) -> Path:
    """Name the file with the observations of one edition."""
    return folder / f"{edition_id}.parquet"


def observe_edition(
    editions: Editions, edition_id: str, seeds: Path, raw: Path, folder: Path, *, anew: bool = False
) -> tuple[pa.Table, bool]:
    """Give an edition's observations with their revision, and whether they had to be read.

    `anew` reads them whatever the file says. Raises `SourceError` where an archived file is damaged or
    can no longer be parsed.
    """
    revisions = editions.revisions[edition_id]
    path, mark = edition_path(folder, edition_id), _fingerprint(revisions, seeds)
    if not anew and (kept := _read_kept(path, mark)) is not None:
        return kept, False
    entities = Entities.load(seeds)
    table = pa.concat_tables(_observe(revision, entities, seeds, raw) for revision in revisions)
    with written_whole(path) as aside:
        pq.write_table(table.replace_schema_metadata({"fingerprint": mark}), aside, compression="zstd")
    return table, True


def _observe(revision: Revision, entities: Entities, seeds: Path, raw: Path) -> pa.Table:
    if revision.receipt is None:
        frame = read_figures(seeds, revision.edition_id)
    else:
        workbook = open_workbook(read_stored(raw, revision.receipt))
        frame = parse_workbook(workbook, revision.edition_id, entities, revision.tables)
    return to_arrow(frame.assign(revision=revision.revision))


def current_rows(table: pa.Table, editions: Editions, edition_id: str) -> pd.DataFrame:
    """Pick the figures of the current revision."""
    frame = to_pandas(table)
    return frame[frame["revision"] == editions.current(edition_id).revision]


def superseded_rows(table: pa.Table, editions: Editions, edition_id: str) -> pd.DataFrame:
    """Pick the figures of the revisions that a later one replaced."""
    frame = to_pandas(table)
    return frame[frame["revision"] != editions.current(edition_id).revision]


def to_pandas(table: pa.Table) -> pd.DataFrame:
    """Turn observations into pandas with types that know what is missing."""
    return table.to_pandas(types_mapper=pd.ArrowDtype)


def _read_kept(path: Path, mark: str) -> pa.Table | None:
    try:
        table = pq.read_table(path)
    except (FileNotFoundError, pa.ArrowInvalid):
        return None
    return table if (table.schema.metadata or {}).get(b"fingerprint", b"").decode() == mark else None


def _fingerprint(revisions: tuple[Revision, ...], seeds: Path) -> str:
    digest = hashlib.sha256(_parser_fingerprint().encode())
    for name in _NAMES:
        digest.update((seeds / name).read_bytes())
    for revision in revisions:
        digest.update(f"{revision.revision} {revision.source_kind} {revision.cells_sha256}".encode())
        if revision.receipt is None and figures_path(seeds, revision.edition_id).exists():
            digest.update(figures_path(seeds, revision.edition_id).read_bytes())
    return digest.hexdigest()


@cache
def _parser_fingerprint() -> str:
    """Hash what turns a file into observations: this room's code and words, and the library that opens workbooks."""
    digest = hashlib.sha256(version("openpyxl").encode())
    for path in sorted(Path(__file__).parent.glob("*.[py]*")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
