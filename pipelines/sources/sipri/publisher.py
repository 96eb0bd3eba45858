"""SIPRI as a publisher: what `sources/publisher.py` asks, answered by this package's modules."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import ClassVar
from urllib.parse import unquote, urlsplit

import pandas as pd

from ..editions import Editions
from ..entities import Entities
from ..identify import identify_dated
from ..opening import open_file
from ..publisher import Addresses, Clues, Publisher
from ..registry import Edition
from ..workbook import SourceKind, Workbook
from .parser import parse
from .tables import DATASET, PUBLISHER_ID, TABLES, table_of

_FILE = re.compile(r"sipri[-_ ]milex[-_ ]data.*\.xlsx$", re.I)


class Sipri(Publisher):
    """Read the releases of SIPRI's Military Expenditure Database; an edition is the year of a release."""

    id: ClassVar[str] = PUBLISHER_ID
    name: ClassVar[str] = "SIPRI"
    credit: ClassVar[str] = "SIPRI Military Expenditure Database"
    terms: ClassVar[str] = (
        "Credit SIPRI; not for commercial use. No more than a tenth of the data set may be republished without leave."
    )
    dataset: ClassVar[str] = DATASET
    tables: ClassVar[tuple[str, ...]] = tuple(table.table_id for table in TABLES)
    edition_pattern: ClassVar[str] = r"\d{4}"
    reads: ClassVar[tuple[SourceKind, ...]] = ("workbook",)

    def title(self, first_year: int, last_year: int) -> str:
        """Return the title that SIPRI gives a release."""
        return f"SIPRI Military Expenditure Database ({first_year}-{last_year})"

    def discover(self, links: Sequence[str]) -> Addresses:
        """Pick the workbooks among the links of SIPRI's page."""
        return Addresses(tuple(link for link in links if _FILE.search(unquote(urlsplit(link).path))))

    def recognises(self, workbook: Workbook) -> bool:
        """Tell whether any sheet has the title of one of SIPRI's tables."""
        return any(table_of(sheet) for sheet in workbook.sheets)

    def parse(
        self, workbook: Workbook, edition_id: str, entities: Entities, tables: Iterable[str] | None = None
    ) -> pd.DataFrame:
        """Read a release's tables."""
        return parse(workbook, edition_id, entities, tables)

    def identify(
        self, clues: Clues, editions: Editions, edition_id: str | None, published: date | None
    ) -> tuple[str, date]:
        """Tell a release by its last year: it comes out in the spring after it."""
        spring = clues.last_year + 1
        return identify_dated(self, clues, editions, edition_id, published, f"{self.id}-{spring}", spring)

    def read_original(self, folder: Path, edition: Edition, entities: Entities) -> pd.DataFrame | None:
        """Read a release; what of it may be embedded is chosen by the seeds."""
        path = folder / (edition.file_name or "")
        return parse(open_file(path), edition.id, entities) if path.is_file() else None

    def same_state(self, workbook: Workbook) -> str:
        """Return the hash of the visible cells and of their colours, which tell estimates."""
        digest = hashlib.sha256(workbook.cells_sha256.encode())
        for sheet in workbook.sheets:
            digest.update(f"[{sheet.name}]{sorted(sheet.colours.items())}".encode())
        return digest.hexdigest()
