"""Put the registry and the archive together: which editions there are, and which revisions of each.

An edition's revisions are ordered by what they are, never by when they arrived: a transcription
before a PDF, that before a workbook, then by the document's own date, then by hash. The last one is current.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pydantic import HttpUrl

from .archive import Receipt, document_order, read_receipts
from .publisher import publisher_of
from .registry import Edition, read_registry

# A PDF is the publisher's own and prints rounded figures; what a workbook holds is the whole.
_EXACTNESS = {"transcription": 0, "pdf": 1, "mixed": 2, "workbook": 2, "csv": 2}


@dataclass(frozen=True)
class Revision:
    """Describe one state of an edition: what its publisher put out, and where its figures lie.

    `receipt` is None where the figures are embedded in the seeds. `price_base_year`, `tables` and the
    years are those of this revision's own file.
    """

    edition_id: str
    revision: int
    is_current: bool
    source_kind: str | None
    source_file: str | None
    sha256: str | None
    cells_sha256: str | None
    document_date: datetime | None
    tables: tuple[str, ...]
    first_year: int
    last_year: int
    price_base_year: int | None
    receipt: Receipt | None


@dataclass(frozen=True)
class Editions:
    """Hold every edition by id, in order of publication, and the revisions of those with figures.

    `registered` are the entries of the registry; `declared` has those too that only the archive knows.
    """

    registered: Mapping[str, Edition]
    declared: Mapping[str, Edition]
    revisions: Mapping[str, tuple[Revision, ...]]
    receipts: tuple[Receipt, ...]

    def of(self, publisher: str) -> list[Edition]:
        """Return a publisher's editions, in order of publication."""
        return [edition for edition in self.declared.values() if edition.publisher == publisher]

    def with_receipt(self, receipt: Receipt) -> Editions:
        """Return what the editions will be when a file with this receipt is archived."""
        return combine(self.registered, [*self.receipts, receipt])

    def current(self, edition_id: str) -> Revision | None:
        """Return the revision that the facts show; None where we hold no figures."""
        found = self.revisions.get(edition_id)
        return found[-1] if found else None


def read_editions(seeds: Path, raw: Path) -> Editions:
    """Read the registry and the archive's receipts.

    An edition that only the archive knows is described by its receipts. Raises `SourceError` where the
    registry or a receipt cannot be read.
    """
    return combine(read_registry(seeds / "editions.yml"), read_receipts(raw))


def combine(registered: Mapping[str, Edition], receipts: Iterable[Receipt]) -> Editions:
    """Put the registry and these receipts together, in whatever order they come."""
    declared = dict(registered)
    receipts = tuple(sorted(receipts, key=lambda r: (r.edition_id, document_order(r.document_date, r.sha256))))
    by_edition: dict[str, list[Receipt]] = {}
    for receipt in receipts:
        by_edition.setdefault(receipt.edition_id, []).append(receipt)
    for edition_id, mine in by_edition.items():
        declared.setdefault(edition_id, _describe(edition_id, mine))
    ordered = dict(sorted(declared.items(), key=lambda item: (item[1].published_on, item[0])))
    revisions = {
        edition_id: _revisions(edition, by_edition.get(edition_id, []))
        for edition_id, edition in ordered.items()
        if edition.tables or edition_id in by_edition
    }
    return Editions(registered, ordered, revisions, receipts)


def _describe(edition_id: str, receipts: list[Receipt]) -> Edition:
    last, publisher = receipts[-1], publisher_of(edition_id)
    return Edition(
        id=edition_id,
        title=publisher.title(last.first_year, last.last_year),
        publisher=publisher.id,
        published_on=min(receipt.published_on for receipt in receipts),
        first_year=last.first_year,
        last_year=last.last_year,
        tables={},
        download=HttpUrl(last.origin) if last.origin.startswith("https://") else None,
        credit=publisher.credit,
        terms=publisher.terms,
        notes="Described by its workbook; the registry has no entry for it yet.",
    )


def _revisions(edition: Edition, receipts: Iterable[Receipt]) -> tuple[Revision, ...]:
    """Order an edition's revisions; files with equal cells are one, and stand under the first of them."""
    found: dict[str, Revision] = {}
    if edition.tables:
        found[edition.cells_sha256 or ""] = _embedded(edition)
    for receipt in receipts:
        # Receipts come by document date and hash, so the first of equal cells does not depend on arrival.
        if not is_embedded(receipt, edition):
            found.setdefault(receipt.cells_sha256, _archived(receipt))
    ordered = sorted(found.values(), key=_rank)
    return tuple(
        replace(revision, revision=number, is_current=number == len(ordered))
        for number, revision in enumerate(ordered, start=1)
    )


def is_embedded(receipt: Receipt, edition: Edition) -> bool:
    """Tell whether an archived file holds the embedded figures, by its bytes or by its cells, however hashed."""
    return bool(edition.tables) and (
        receipt.sha256 == edition.sha256 or receipt.cells_sha256 in (edition.cells_sha256, edition.former_cells_sha256)
    )


def _rank(revision: Revision) -> tuple[int, tuple[str, str]]:
    exactness = _EXACTNESS.get(revision.source_kind or "", 0)
    return (exactness, document_order(revision.document_date, revision.sha256 or ""))


def _embedded(edition: Edition) -> Revision:
    return Revision(
        edition_id=edition.id,
        revision=1,
        is_current=True,
        source_kind=edition.way,
        source_file=edition.file_name,
        sha256=edition.sha256,
        cells_sha256=edition.cells_sha256,
        document_date=edition.document_date,
        tables=tuple(edition.tables),
        first_year=edition.first_year,
        last_year=edition.last_year,
        price_base_year=edition.price_base_year,
        receipt=None,
    )


def _archived(receipt: Receipt) -> Revision:
    return Revision(
        edition_id=receipt.edition_id,
        revision=1,
        is_current=True,
        source_kind=receipt.source_kind,
        source_file=receipt.file_name,
        sha256=receipt.sha256,
        cells_sha256=receipt.cells_sha256,
        document_date=receipt.document_date,
        tables=receipt.tables,
        first_year=receipt.first_year,
        last_year=receipt.last_year,
        price_base_year=receipt.price_base_year,
        receipt=receipt,
    )
