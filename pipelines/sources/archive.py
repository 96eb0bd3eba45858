"""Keep every source file ever read, unchanged, under its hash, with a receipt.

`<sha256>.xlsx` (or `.pdf`, `.csv`) holds the bytes, `<sha256>.json` the receipt: where from, when, what it is. The
receipt is written last, so a file without one was never taken in. Nothing here is ever overwritten.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from pathlib import Path

from ..files.whole import sha256_of, write_bytes
from .errors import Offender, SourceError
from .workbook import SourceKind

_ENDINGS: dict[SourceKind, str] = {"workbook": "xlsx", "pdf": "pdf", "csv": "csv"}


@dataclass(frozen=True)
class Receipt:
    """Say of one archived file where it came from, and which edition it holds.

    `cells_sha256` is what files share that are one revision: the hash of the visible cells, or, of a file whose
    figures are those of a revision that was held, that revision's. `document_date` is the document's own date of
    change. `tables`, the years and the base year were read from its cells.
    """

    sha256: str
    cells_sha256: str
    bytes: int
    file_name: str
    origin: str
    received_at: datetime
    etag: str | None
    last_modified: str | None
    document_date: datetime | None
    edition_id: str
    published_on: date
    tables: tuple[str, ...]
    first_year: int
    last_year: int
    price_base_year: int | None
    figures: int
    source_kind: SourceKind = "workbook"


def stored_file(raw: Path, receipt: Receipt) -> Path:
    """Name the archived bytes of a receipt."""
    return raw / f"{receipt.sha256}.{_ENDINGS[receipt.source_kind]}"


def withdrawn_folder(raw: Path) -> Path:
    """Name the folder into which people move archived files, with their receipts, that are to be held back."""
    return raw / "withdrawn"


def is_withdrawn(raw: Path, sha256: str) -> bool:
    """Tell whether somebody holds these bytes back."""
    return any(withdrawn_folder(raw).glob(f"{sha256}.*"))


def store(raw: Path, data: bytes, receipt: Receipt) -> bool:
    """Archive a file with its receipt; tell whether it is new (a known hash changes nothing)."""
    paper = raw / f"{receipt.sha256}.json"
    if paper.exists():
        return False
    write_bytes(stored_file(raw, receipt), data)
    write_bytes(paper, (json.dumps(asdict(receipt), indent=2, ensure_ascii=False, default=str) + "\n").encode())
    return True


def read_receipts(raw: Path) -> list[Receipt]:
    """Read every receipt, in an order that does not depend on arrival: edition, document date, hash.

    Raises `SourceError` that names each receipt which cannot be read.
    """
    receipts, offenders = [], []
    for path in sorted(raw.glob("*.json")):
        try:
            receipts.append(_read(path))
        except (ValueError, KeyError, TypeError) as error:
            offenders.append(Offender(path.name, f"a receipt that cannot be read ({error})", "a receipt as written"))
    if offenders:
        raise SourceError(raw.name, offenders, "restore the archive from a backup, or move these files out of it.")
    return sorted(receipts, key=lambda r: (r.edition_id, document_order(r.document_date, r.sha256)))


def document_order(document_date: datetime | None, sha256: str) -> tuple[str, str]:
    """Order documents by their own date, those without one first, then by hash."""
    return (document_date.isoformat() if document_date else "", sha256)


def read_stored(raw: Path, receipt: Receipt) -> Path:
    """Give the path of an archived file after proving that it still is what its receipt says.

    Raises `SourceError` where it is missing or damaged.
    """
    path = stored_file(raw, receipt)
    found = sha256_of(path) if path.exists() else None
    if found != receipt.sha256:
        what = "no file" if found is None else f"bytes with the hash {found}"
        offender = Offender(path.name, what, f"the archived bytes of {receipt.file_name}")
        raise SourceError("warehouse/raw", [offender], f"restore it from a backup, or from {receipt.origin}.")
    return path


def _read(path: Path) -> Receipt:
    entry = json.loads(path.read_text(encoding="utf-8"))
    # Receipts of before PDFs were read do not say that they are of a workbook.
    entry = {"source_kind": "workbook"} | entry
    entry = {field.name: entry[field.name] for field in fields(Receipt)}
    document_date = entry["document_date"]
    return Receipt(
        **entry
        | {
            "received_at": datetime.fromisoformat(entry["received_at"]),
            "document_date": datetime.fromisoformat(document_date) if document_date else None,
            "published_on": date.fromisoformat(entry["published_on"]),
            "tables": tuple(entry["tables"]),
        }
    )
