"""Find what a table announces and does not give: blocks, years and rows without a single figure.

A single figure may be missing, and is then unknown. Where a whole block, year or row is, a column was lost on
the way - unless the edition is known to be so, which its entry in the registry says under `gaps`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..errors import Offender
from .layout import Block, plain
from .names import ALLIANCE
from .sheet import SheetReader


@dataclass(frozen=True)
class Gap:
    """Name what is empty, by its words (table, measure, price basis, entity or year), and where it stands."""

    words: frozenset[str]
    offender: Offender

    def is_said_by(self, entries: Iterable[str]) -> bool:
        """Tell whether an entry such as `5 ISL` or `8b infrastructure_share 2026` names this gap."""
        return any(set(entry.split()) <= self.words for entry in entries)


def gaps_of(reader: SheetReader) -> list[Gap]:
    """List the gaps of one table."""
    last_year = max((header.year for header in reader.headers()), default=0)
    # Rows that only some blocks have, such as Iceland's.
    rare = reader.entities.without_forces(ALLIANCE) & reader.entities.members(ALLIANCE, last_year)
    return [gap for block in reader.layout.blocks for gap in _in_block(reader, block, rare)]


def _in_block(reader: SheetReader, block: Block, rare: set[str]) -> Iterator[Gap]:
    if block not in reader.labels:
        return
    meanings = {column.meaning or block.meaning for column in reader.columns.values()} | {block.meaning}
    measures = {(meaning.measure, meaning.price_basis, meaning.repeats) for meaning in meanings}
    given = [row for row in reader.rows if (row["measure"], row["price_basis"], row["repeats"]) in measures]
    words = {reader.layout.table_id, block.meaning.measure, block.meaning.price_basis}
    name = f"the block '{plain(block.subtitle)}'" if block.subtitle else f"Table {reader.layout.table_id}"
    labels = reader.labels[block]
    if not given:
        place = reader.block_places.get(block) or next(iter(labels.values()))
        yield _gap(words, place, f"no figure in {name}", "figures below its headers")
        return
    headers = {row["header"] for row in given}
    for header, place in reader.header_places(block):
        if header.text not in headers:
            found = f"no figure below {header.text} in {name}"
            yield _gap({*words, str(header.year)}, place, found, "figures below this header")
    entities = {row["entity_code"] for row in given}
    for code, place in labels.items():
        if code not in entities:
            yield _gap({*words, code}, place, f"no figure for {code} in {name}", "figures in this row")
    if block.without_forces:
        for code in sorted(rare - set(labels)):
            yield _gap({*words, code}, reader.sheet.name, "nothing", f"the row {code} in {name}")


def _gap(words: set[str], place: str, found: str, expected: str) -> Gap:
    return Gap(frozenset(words), Offender(place, found, expected))
