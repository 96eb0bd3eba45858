"""Take a file in, or refuse it: read it, identify it, judge its figures, archive it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd

from ..models.project import Project
from ..settings import Settings
from ..sources.archive import Receipt, is_withdrawn, store, withdrawn_folder
from ..sources.catalogue import Sources
from ..sources.editions import Editions, Revision, is_embedded
from ..sources.errors import Offender, SourceError
from ..sources.opening import open_file
from ..sources.publisher import Clues, Publisher, publisher_of_workbook
from ..sources.tables import edition_rows
from ..sources.workbook import Workbook
from .copies import find_twins
from .judge import Judge, likely_table, outliers


@dataclass(frozen=True)
class Origin:
    """Say where a file came from: a path or an address, with what the web server said of it."""

    place: str
    etag: str | None = None
    last_modified: str | None = None
    sent_on: date | None = None


@dataclass(frozen=True)
class Taken:
    """Tell what a file turned out to be.

    `outcome` is `new edition`, `new revision`, `older revision` (kept, but a later one stays current),
    `equal cells` (a re-saved copy, or the PDF of a workbook) or `known file`; the last two change nothing.
    `tables_lost` are tables that the edition had from a transcription and that this file does not hold;
    `left_out` is what it holds and nobody reads.
    """

    outcome: str
    receipt: Receipt
    revision: int
    tables_lost: tuple[str, ...]
    left_out: tuple[str, ...]

    @property
    def changes_figures(self) -> bool:
        """Tell whether the next build has something to do."""
        return self.outcome in ("new edition", "new revision")


class Withdrawn(SourceError):
    """Refuse a file that somebody holds back."""


def sources_of(settings: Settings) -> Sources:
    """Name where the sources of a warehouse lie; made once a step and handed on."""
    return Sources(settings.seeds, settings.raw, settings.observations)


def ingest(
    path: Path,
    settings: Settings,
    project: Project,
    *,
    edition_id: str | None = None,
    published: date | None = None,
    tables: Iterable[str] | None = None,
    origin: Origin | None = None,
) -> Taken:
    """Archive a workbook, or the PDF of an edition, and tell what it is; nothing is built yet.

    `edition_id`, `published` and `tables` say what the file does not. Raises `SourceError` with every
    offender and its cell where the file is refused; the archive then is as it was.
    """
    workbook = open_file(path)
    if is_withdrawn(settings.raw, workbook.sha256):
        offender = Offender(path.name, f"a file that was withdrawn ({workbook.sha256})", "one that was not")
        advice = f"to take it in after all, move its files out of {withdrawn_folder(settings.raw)}, back into raw/."
        raise Withdrawn(path.name, [offender], advice)
    sources, publisher = sources_of(settings), publisher_of_workbook(workbook)
    editions = sources.editions
    frame = _parse(publisher, workbook, sources, tables)
    twins = find_twins(workbook, frame, publisher, sources)
    origin = origin or Origin(str(path))
    held = tuple(table for table in publisher.tables if table in set(frame["table_id"]))
    clues = _clues(publisher, workbook, frame, origin, next(iter(twins), None), held)
    edition_id, published = publisher.identify(clues, editions, edition_id, published)
    _require_tables(path.name, publisher, held, editions, edition_id, tables)
    state = _state(publisher, workbook, twins.get(edition_id), editions)
    receipt = _receipt(workbook, state, clues, origin, edition_id, published, held, len(frame))
    after = editions.with_receipt(receipt)
    if not _is_held(receipt, editions):
        known = after.declared[edition_id].gaps if edition_id in after.declared else ()
        empty = publisher.empty_parts(workbook, sources.entities, known)
        _judge(Judge(project, sources), after, receipt, frame, empty)
    is_new = store(settings.raw, _bytes(path, workbook), receipt)
    return _tell(is_new, receipt, editions, after, publisher.left_out(workbook))


def _state(publisher: Publisher, workbook: Workbook, twin: Revision | None, editions: Editions) -> str:
    """Return the mark under which this file is one revision with others: that of its twin, if it has one."""
    for receipt in editions.receipts:
        if receipt.sha256 == workbook.sha256:
            edition = editions.declared[receipt.edition_id]
            # Receipts of versions that hashed in another way hold a mark of their own.
            return (edition.cells_sha256 or "") if is_embedded(receipt, edition) else receipt.cells_sha256
    if twin:
        return twin.cells_sha256 or ""
    return publisher.same_state(workbook)


def _is_held(receipt: Receipt, editions: Editions) -> bool:
    revisions = editions.revisions.get(receipt.edition_id, ())
    return any(receipt.cells_sha256 == (revision.cells_sha256 or "") for revision in revisions)


def _bytes(path: Path, workbook: Workbook) -> bytes:
    """Read the bytes that are archived; raises `SourceError` where they are no longer those that were judged."""
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != workbook.sha256:
        offender = Offender(path.name, "a file that changed while it was read", "one that nobody writes to")
        raise SourceError(path.name, [offender], "wait until it is written, and pass it again.")
    return data


def _parse(publisher: Publisher, workbook: Workbook, sources: Sources, tables: Iterable[str] | None) -> pd.DataFrame:
    """Read every table that is there; which ones had to be is asked when the edition is known."""
    unknown = sorted(set(tables or ()) - set(publisher.tables))
    if unknown:
        offender = Offender("--tables", ", ".join(unknown), f"some of {', '.join(publisher.tables)}")
        advice = f"pass --tables {','.join(publisher.tables[1:3])}, for example."
        raise SourceError(workbook.path.name, [offender], advice)
    frame = publisher.parse(workbook, "", sources.entities, tables or ())
    if frame.empty:
        offender = Offender(workbook.path.name, "no figures", f"{publisher.name}'s tables")
        raise SourceError(workbook.path.name, [offender], "download the file again and open it to see what it holds.")
    return frame


def _clues(
    publisher: Publisher,
    workbook: Workbook,
    frame: pd.DataFrame,
    origin: Origin,
    same_figures: str | None,
    tables: tuple[str, ...],
) -> Clues:
    base_years = frame["price_base_year"].dropna()
    return Clues(
        file_name=workbook.path.name,
        sha256=workbook.sha256,
        cells_sha256=workbook.cells_sha256,
        first_year=int(frame["period"].min()[:4]),
        last_year=int(frame["period"].max()[:4]),
        price_base_year=int(base_years.iloc[0]) if len(base_years) else None,
        document_day=publisher.document_day(workbook),
        sent_on=origin.sent_on,
        same_figures=same_figures,
        tables=tables,
    )


def _require_tables(
    name: str,
    publisher: Publisher,
    held: tuple[str, ...],
    editions: Editions,
    edition_id: str,
    tables: Iterable[str] | None,
) -> None:
    """Refuse a workbook that lacks tables, unless the registry or a person says that it has just these."""
    declared = editions.declared.get(edition_id)
    allowed = [set(publisher.tables), set(tables or ()), set(declared.tables if declared else ())]
    if publisher.may_hold_part or set(held) in allowed:
        return
    missing = [table for table in publisher.tables if table not in held]
    raise SourceError(
        name,
        [Offender(name, f"no sheet with the title of Table {table}", "one visible sheet") for table in missing],
        f"download the file again; if {publisher.name} published just these tables, pass --tables {','.join(held)}.",
    )


def _receipt(
    workbook: Workbook,
    state: str,
    clues: Clues,
    origin: Origin,
    edition_id: str,
    published: date,
    tables: tuple[str, ...],
    figures: int,
) -> Receipt:
    return Receipt(
        sha256=workbook.sha256,
        cells_sha256=state,
        bytes=workbook.path.stat().st_size,
        file_name=workbook.path.name,
        origin=origin.place,
        received_at=datetime.now(UTC).replace(microsecond=0),
        etag=origin.etag,
        last_modified=origin.last_modified,
        document_date=workbook.modified,
        edition_id=edition_id,
        published_on=published,
        tables=tables,
        first_year=clues.first_year,
        last_year=clues.last_year,
        price_base_year=clues.price_base_year,
        figures=figures,
        source_kind=workbook.source_kind,
    )


def _judge(judge: Judge, after: Editions, receipt: Receipt, frame: pd.DataFrame, empty: list[Offender]) -> None:
    """Refuse what is empty where figures are announced, and what contradicts itself or looks like a mistake."""
    offenders = empty + judge.find_contradictions(edition_rows(after), frame, receipt.edition_id)
    if offenders:
        first, outlying = likely_table(offenders), outliers(frame)
        where = f"most of these meet in {first}, so look there first; " if first else ""
        if outlying:
            where = f"look first at the outliers of its rows: {'; '.join(outlying)}; "
        advice = (
            f"{where}compare these cells with the published file. A deviation that the publisher printed belongs in "
            "warehouse/seeds/exceptions.csv by name, with the reason. Nothing was taken from this file."
        )
        raise SourceError(receipt.file_name, offenders, advice)


def _own_revision(receipt: Receipt, after: Editions) -> Revision:
    """Find the revision that a file is, or is a copy of."""
    return next(r for r in after.revisions[receipt.edition_id] if (r.cells_sha256 or "") == receipt.cells_sha256)


def _tell(is_new: bool, receipt: Receipt, before: Editions, after: Editions, left_out: tuple[str, ...]) -> Taken:
    held = before.revisions.get(receipt.edition_id, ())
    mine = _own_revision(receipt, after)
    lost = tuple(table for table in (held[-1].tables if held else ()) if table not in receipt.tables)
    is_copy = _is_held(receipt, before)
    outcome = _outcome(is_new, is_copy, held, mine)
    return Taken(outcome, receipt, mine.revision, lost if mine.is_current and not is_copy else (), left_out)


def _outcome(is_new: bool, is_copy: bool, held: tuple[Revision, ...], mine: Revision) -> str:
    if not is_new:
        return "known file"
    if is_copy:
        return "equal cells"
    if not held:
        return "new edition"
    return "new revision" if mine.is_current else "older revision"
