"""Load `layout.yml`: which printed text means which measure, unit and price basis."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ..text import fold

# A second line below the unit line that only repeats the price base.
REMARK = re.compile(r"(based on )?\(?(?P<base_year>\d{4}) prices( and exchange rates)?\)?")
TITLE = re.compile(r"^table\s*(?P<table>\d+[a-z]?)\s*:\s*(?P<title>.+)$")


@dataclass(frozen=True)
class Meaning:
    """Say what a figure is: measure, unit and price basis (`current`, `constant` or `none`).

    `repeats` marks what another table of the same edition says too.
    """

    measure: str
    unit: str
    price_basis: str
    repeats: bool = False


@dataclass(frozen=True)
class Block:
    """Describe one block of rows; `subtitle` is None where a table has a single block.

    Figures are multiplied by `scale` to be in the unit of their meaning (1000 where billions are printed).
    `optional` tells whether a table may lack the block: always, or where it ends before a year.
    """

    subtitle: re.Pattern[str] | None
    meaning: Meaning
    without_forces: bool
    optional: bool | int
    scale: float

    def may_be_absent(self, last_year: int) -> bool:
        """Tell whether a table that runs to `last_year` may lack the block."""
        return self.optional if isinstance(self.optional, bool) else last_year < self.optional


@dataclass(frozen=True)
class OtherColumn:
    """Describe a column headed by words instead of a year (Table 4)."""

    header: re.Pattern[str]
    meaning: Meaning


@dataclass(frozen=True)
class TableLayout:
    """Describe one way in which a table was printed: its title, unit line, blocks and columns."""

    table_id: str
    title: re.Pattern[str]
    unit_line: re.Pattern[str]
    aggregates: bool
    currency_in_label: bool
    blocks: tuple[Block, ...]
    other_columns: tuple[OtherColumn, ...]

    def block_for(self, text: str) -> tuple[Block, re.Match[str]] | None:
        """Find the block whose subtitle is this folded text."""
        for block in self.blocks:
            if block.subtitle and (match := block.subtitle.fullmatch(text)):
                return block, match
        return None

    def expects_aggregates(self, last_year: int) -> bool:
        """Tell whether this table must list the aggregates when the tables run to `last_year`."""
        return self.aggregates and last_year >= layout_file().aggregates_since


@dataclass(frozen=True)
class LayoutFile:
    """Hold what `layout.yml` says: of each printed table number the layouts that it has had, the present one first.

    A number alone tells nothing: older editions number their tables otherwise, so a layout is found by number
    and title. Tables that end before `aggregates_since` may lack the aggregates.
    """

    tables: dict[str, tuple[TableLayout, ...]]
    aggregates_since: int

    def titled(self, number: str, title: str) -> TableLayout | None:
        """Find the layout of a table by its printed number and its folded title."""
        return next((layout for layout in self.tables.get(number, ()) if layout.title.fullmatch(title)), None)

    def meaning(self, number: str, block: str | None) -> Meaning | None:
        """Find what the figures below a printed subtitle mean; `block` is None or empty where a table has none."""
        for layout in self.tables.get(number, ()):
            if not block and layout.blocks[0].subtitle is None:
                return layout.blocks[0].meaning
            if block and (found := layout.block_for(fold(block))):
                return found[0].meaning
        return None


@cache
def layout_file() -> LayoutFile:
    """Load `layout.yml`; its tables are keyed `1` to `8b`, in the order in which NATO prints them."""
    return read_layouts(Path(__file__).with_name("layout.yml").read_text(encoding="utf-8"))


def read_layouts(text: str) -> LayoutFile:
    """Read layouts from YAML. A variant says only what differs from the present layout of its number."""
    raw = yaml.safe_load(text)
    tables = {
        number: (_table(number, table), *(_table(number, table | variant) for variant in table.get("variants", [])))
        for number, table in raw["tables"].items()
    }
    return LayoutFile(tables, raw["aggregates_since"])


def _table(table_id: str, raw: dict[str, Any]) -> TableLayout:
    return TableLayout(
        table_id=table_id,
        title=re.compile(raw["title"]),
        unit_line=re.compile(raw["unit_line"]),
        aggregates=raw["aggregates"],
        currency_in_label=raw.get("currency_in_label", False),
        blocks=tuple(_block(block) for block in raw["blocks"]),
        other_columns=tuple(
            OtherColumn(re.compile(column["header"]), _meaning(column)) for column in raw.get("other_columns", [])
        ),
    )


def _block(raw: dict[str, Any]) -> Block:
    return Block(
        subtitle=re.compile(raw["subtitle"]) if "subtitle" in raw else None,
        meaning=_meaning(raw),
        without_forces=raw.get("without_forces", False),
        optional=raw.get("optional", False),
        scale=raw.get("scale", 1),
    )


def _meaning(raw: dict[str, Any]) -> Meaning:
    return Meaning(raw["measure"], raw["unit"], raw["price_basis"], raw.get("repeats", False))


def plain(pattern: re.Pattern[str]) -> str:
    """Turn a pattern of `layout.yml` into words for an error message."""
    text = re.sub(r"\(\?P<\w+>\\d\{4\}(e\?)?\)|\\d\{4\}(e\?)?", "YYYY", pattern.pattern)
    text = re.sub(r"\((?!\?)([^()]*(?<!\\))\)\?", r"\1", text.replace("(core )?", ""))
    return text.replace(" ?", " ").replace("\\", "")
