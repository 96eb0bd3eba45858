"""The European Defence Agency as a publisher."""

from __future__ import annotations

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
from ..publisher import Addresses, Clues, Publisher
from ..registry import Edition
from ..workbook import SourceKind, Workbook, open_workbook
from .parser import DATASET, PUBLISHER_ID, STATES, UNION, parse, recognises

_FILE = re.compile(r"eda.*defence[-_ ]data.*\.xlsx$", re.I)


class Eda(Publisher):
    """Read the Agency's Defence Data; an edition is the month in which they came out."""

    id: ClassVar[str] = PUBLISHER_ID
    name: ClassVar[str] = "EDA"
    credit: ClassVar[str] = "European Defence Agency, Defence Data"
    terms: ClassVar[str] = "Reuse is allowed with credit to the European Defence Agency."
    dataset: ClassVar[str] = DATASET
    tables: ClassVar[tuple[str, ...]] = (STATES, UNION)
    reads: ClassVar[tuple[SourceKind, ...]] = ("workbook",)
    may_hold_part: ClassVar[bool] = True

    def title(self, first_year: int, last_year: int) -> str:
        """Return the title that the Agency gives its data."""
        return f"Defence Data {first_year}-{last_year}"

    def discover(self, links: Sequence[str]) -> Addresses:
        """Pick the workbooks among the links of the Agency's page."""
        return Addresses(tuple(link for link in links if _FILE.search(unquote(urlsplit(link).path))))

    def recognises(self, workbook: Workbook) -> bool:
        """Tell whether any sheet has the Agency's headings."""
        return recognises(workbook)

    def parse(
        self, workbook: Workbook, edition_id: str, entities: Entities, tables: Iterable[str] | None = None
    ) -> pd.DataFrame:
        """Read the workbook's sheets, the hidden one too."""
        return parse(workbook, edition_id, entities, tables)

    def identify(
        self, clues: Clues, editions: Editions, edition_id: str | None, published: date | None
    ) -> tuple[str, date]:
        """Tell an edition by its day: the document's own, or that of the server."""
        day = published or clues.document_day or clues.sent_on
        own = f"{self.id}-{day:%Y-%m}" if day else None
        return identify_dated(self, clues, editions, edition_id, published, own)

    def read_original(self, folder: Path, edition: Edition, entities: Entities) -> pd.DataFrame | None:
        """Read the Agency's own workbook."""
        path = folder / (edition.file_name or "")
        return parse(open_workbook(path), edition.id, entities) if path.is_file() else None

    def same_state(self, workbook: Workbook) -> str:
        """Return the hash of all cells, those of the hidden sheets too."""
        return open_workbook(workbook.path, hidden=True).cells_sha256
