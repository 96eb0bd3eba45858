"""The World Bank as a publisher."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

import pandas as pd

from ..editions import Editions
from ..entities import Entities
from ..identify import identify_dated
from ..opening import open_file
from ..publisher import Addresses, Clues, Publisher
from ..registry import Edition
from ..workbook import SourceKind, Workbook
from .indicators import INDICATORS
from .parser import DATASET, PUBLISHER_ID, document_day, left_out, parse, recognises

# What the facts ask for: the Allies, and whom people compare them with.
NEIGHBOURS, EMBEDDED_SINCE = {"CHN", "EU", "RUS", "UKR"}, 2014


class WorldBank(Publisher):
    """Read extracts of the World Development Indicators.

    An edition is an update of the indicators; an extract of a single indicator is one of its own, since people
    download them one by one and none replaces the others.
    """

    id: ClassVar[str] = PUBLISHER_ID
    name: ClassVar[str] = "World Bank"
    credit: ClassVar[str] = "World Bank, World Development Indicators"
    terms: ClassVar[str] = "CC BY 4.0: credit the World Bank."
    dataset: ClassVar[str] = DATASET
    tables: ClassVar[tuple[str, ...]] = tuple(INDICATORS)
    edition_pattern: ClassVar[str] = r"\d{4}-\d{2}(-[a-z0-9]+)*"
    reads: ClassVar[tuple[SourceKind, ...]] = ("csv", "workbook")
    may_hold_part: ClassVar[bool] = True

    def title(self, first_year: int, last_year: int) -> str:
        """Return the title of an extract."""
        return f"World Development Indicators ({first_year}-{last_year})"

    def discover(self, links: Sequence[str]) -> Addresses:
        """Pick the CSV among the links of a page."""
        return Addresses(tuple(link for link in links if urlsplit(link).path.lower().endswith(".csv")))

    def recognises(self, workbook: Workbook) -> bool:
        """Tell whether a file has the World Bank's headings."""
        return recognises(workbook)

    def document_day(self, workbook: Workbook) -> date | None:
        """Return the day of the update that the file or its name gives."""
        return document_day(workbook)

    def parse(
        self, workbook: Workbook, edition_id: str, entities: Entities, tables: Iterable[str] | None = None
    ) -> pd.DataFrame:
        """Read an extract's indicators."""
        return parse(workbook, edition_id, entities, tables)

    def left_out(self, workbook: Workbook) -> tuple[str, ...]:
        """Name the indicators that no fact asks for."""
        return left_out(workbook)

    def identify(
        self, clues: Clues, editions: Editions, edition_id: str | None, published: date | None
    ) -> tuple[str, date]:
        """Tell an edition by the day of the update, and by its indicator where it holds one alone."""
        day = published or clues.document_day or clues.sent_on
        part = f"-{clues.tables[0].replace('.', '-').lower()}" if len(clues.tables) == 1 else ""
        own = f"{self.id}-{day:%Y-%m}{part}" if day else None
        return identify_dated(self, clues, editions, edition_id, published, own)

    def read_original(self, folder: Path, edition: Edition, entities: Entities) -> pd.DataFrame | None:
        """Read the extract from which an edition's figures are taken."""
        path = folder / (edition.file_name or "")
        if not path.is_file():
            return None
        frame = parse(open_file(path), edition.id, entities, edition.tables)
        needed = {member.code for member in entities.memberships["NATO"]} | NEIGHBOURS
        is_needed = frame["entity_code"].isin(needed) & (frame["period"].astype(int) >= EMBEDDED_SINCE)
        return frame[is_needed].reset_index(drop=True)
