"""Load `layout.yml`: which printed text means which measure, unit and price basis."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

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
    """Describe one block of rows; `subtitle` is None where a table has a single block."""

    subtitle: re.Pattern[str] | None
    meaning: Meaning
    without_forces: bool


@dataclass(frozen=True)
class OtherColumn:
    """Describe a column headed by words instead of a year (Table 4)."""

    header: re.Pattern[str]
    meaning: Meaning


@dataclass(frozen=True)
class TableLayout:
    """Describe one table: its title, unit line, blocks and columns."""

    table_id: str
    title: re.Pattern[str]
    unit_line: re.Pattern[str]
    aggregates: bool
    currency_in_label: bool
    blocks: tuple[Block, ...]
    other_columns: tuple[OtherColumn, ...]

    def meanings(self) -> set[Meaning]:
        """Give everything that this table can say."""
        return {part.meaning for part in (*self.blocks, *self.other_columns)}

    def block_for(self, text: str) -> tuple[Block, re.Match[str]] | None:
        """Find the block whose subtitle is this folded text."""
        for block in self.blocks:
            if block.subtitle and (match := block.subtitle.fullmatch(text)):
                return block, match
        return None


@cache
def table_layouts() -> dict[str, TableLayout]:
    """Load the nine tables, keyed `1` to `8b`, in the order in which NATO prints them."""
    text = Path(__file__).with_name("layout.yml").read_text(encoding="utf-8")
    return {table_id: _table(table_id, raw) for table_id, raw in yaml.safe_load(text)["tables"].items()}


def _table(table_id: str, raw: dict) -> TableLayout:
    return TableLayout(
        table_id=table_id,
        title=re.compile(raw["title"]),
        unit_line=re.compile(raw["unit_line"]),
        aggregates=raw["aggregates"],
        currency_in_label=raw.get("currency_in_label", False),
        blocks=tuple(
            Block(
                re.compile(block["subtitle"]) if "subtitle" in block else None,
                _meaning(block),
                block.get("without_forces", False),
            )
            for block in raw["blocks"]
        ),
        other_columns=tuple(
            OtherColumn(re.compile(column["header"]), _meaning(column)) for column in raw.get("other_columns", [])
        ),
    )


def _meaning(raw: dict) -> Meaning:
    return Meaning(raw["measure"], raw["unit"], raw["price_basis"], raw.get("repeats", False))


def plain(pattern: re.Pattern[str]) -> str:
    """Turn a pattern of `layout.yml` into words for an error message."""
    text = re.sub(r"\(\?P<\w+>\\d\{4\}(e\?)?\)|\\d\{4\}(e\?)?", "YYYY", pattern.pattern)
    text = re.sub(r"\((?!\?)([^()]*(?<!\\))\)\?", r"\1", text.replace("(core )?", ""))
    return text.replace(" ?", " ").replace("\\", "")
