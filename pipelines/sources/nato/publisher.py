"""NATO as a publisher: what `sources/publisher.py` asks, answered by this package's modules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import ClassVar

import pandas as pd

from ..editions import Editions
from ..entities import Entities
from ..errors import Offender
from ..publisher import Addresses, Clues, Publisher
from ..registry import Edition
from ..text import fold
from ..workbook import SourceKind, Workbook, open_workbook
from . import addresses, identify
from .layout import TITLE, layout_file
from .names import DATASET, PUBLISHER_ID
from .parser import find_gaps, parse_workbook
from .transcriptions import is_by_country, read_by_country, read_long, read_wide


class Nato(Publisher):
    """Read NATO's workbooks of any known layout, and transcriptions of its tables."""

    id: ClassVar[str] = PUBLISHER_ID
    name: ClassVar[str] = "NATO"
    credit: ClassVar[str] = "NATO"
    terms: ClassVar[str] = "Credit NATO; not for sale or advertising. NATO's terms for the use of its content apply."
    dataset: ClassVar[str] = DATASET
    tables: ClassVar[tuple[str, ...]] = tuple(layout_file().tables)
    topic_page: ClassVar[str | None] = addresses.TOPIC_PAGE
    reads: ClassVar[tuple[SourceKind, ...]] = ("workbook", "pdf")

    def title(self, first_year: int, last_year: int) -> str:
        """Return the title that NATO has given these tables for years."""
        return f"Defence Expenditure of NATO Countries ({first_year}-{last_year})"

    def discover(self, links: Sequence[str]) -> Addresses:
        """Pick workbooks from a page's links, and guess those that may stand beside a PDF."""
        return addresses.discover(links)

    def guess(self, downloads: Sequence[str], today: date) -> tuple[str, ...]:
        """Guess this year's workbook by the name of the last one."""
        return tuple(addresses.named_for(url, today.year) for url in downloads[-1:])

    def recognises(self, workbook: Workbook) -> bool:
        """Tell whether any sheet, or page, has the title of a table."""
        return any(TITLE.match(fold(value)) for sheet in workbook.sheets for value in sheet.cells.values())

    def parse(
        self, workbook: Workbook, edition_id: str, entities: Entities, tables: Iterable[str] | None = None
    ) -> pd.DataFrame:
        """Read a workbook's tables."""
        return parse_workbook(workbook, edition_id, entities, tables)

    def empty_parts(self, workbook: Workbook, entities: Entities, known: Sequence[str]) -> list[Offender]:
        """List blocks, years and rows without a figure; `known` are the `gaps` of the edition's entry."""
        return [gap.offender for gap in find_gaps(workbook, entities) if not gap.is_said_by(known)]

    def identify(
        self, clues: Clues, editions: Editions, edition_id: str | None, published: date | None
    ) -> tuple[str, date]:
        """Tell an edition by what a person passes, hashes, the file's name and its dates."""
        return identify.identify(clues, editions, edition_id, published)

    def read_original(self, folder: Path, edition: Edition, entities: Entities) -> pd.DataFrame | None:
        """Read NATO's own workbook where we have it, and a transcription otherwise."""
        if set(edition.tables.values()) == {"workbook"} and edition.file_name:
            return parse_workbook(open_workbook(folder / edition.file_name), edition.id, entities, edition.tables)
        if (path := folder / "figures.csv").exists():
            return (read_by_country if is_by_country(path) else read_long)(folder, edition, entities)
        return read_wide(folder, edition, entities)
