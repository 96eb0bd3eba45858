"""Read the transcriptions of editions whose workbook is not at hand into observations.

A transcription says table, block, label and header as printed, so the words of `layout.yml` give
its meaning, as they do for a workbook. It has no cells.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from pipelines.sources.entities import Entities
from pipelines.sources.errors import Offender, SourceError
from pipelines.sources.nato.labels import row_label, year_header
from pipelines.sources.nato.layout import Meaning, TableLayout, table_layouts
from pipelines.sources.nato.names import DATASET, PUBLISHER_ID
from pipelines.sources.observations import observation_frame
from pipelines.sources.registry import Edition
from pipelines.sources.text import fold, is_missing, number

# The files of the August 2025 transcription, one block each, and the block that each transcribes.
WIDE_FILES = {
    "shareofgdp.csv": ("3", "Share of real GDP (%)"),
    "realchange.csv": ("3", "Annual real change (%)"),
    "militarypersonelinthousands.csv": ("7", None),
    "portionofexpenditure_equipment.csv": ("8a", "Equipment (a)"),
    "portionofexpenditure_personel.csv": ("8a", "Personnel (b)"),
    "portionofexpenditure_infrastructure.csv": ("8b", "Infrastructure (c)"),
    "portionofexpenditure_other.csv": ("8b", "Other (d)"),
}
# Where a figure stands, table, block, label, header and value, as they are printed.
Printed = tuple[str, str, str | None, str, str, str]


def read_wide(folder: Path, edition: Edition, entities: Entities) -> pd.DataFrame:
    """Read files of one block each: a row per label, a column per year header."""
    printed: list[Printed] = []
    for name, (table_id, block) in WIDE_FILES.items():
        for line, row in _lines(folder / name):
            label = row.pop("country")
            printed += [(f"{name} line {line}", table_id, block, label, header, row[header]) for header in row]
    return _observe(printed, edition, entities, folder.name)


def read_long(path: Path, edition: Edition, entities: Entities) -> pd.DataFrame:
    """Read one file with a line per figure: table, block, label, header, value."""
    printed: list[Printed] = []
    for line, row in _lines(path):
        table_id = row["table"].removeprefix("Table ")
        printed.append((f"{path.name} line {line}", table_id, row["block"], row["label"], row["header"], row["value"]))
    return _observe(printed, edition, entities, path.name)


def _lines(path: Path) -> list[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(enumerate(csv.DictReader(file), start=2))


def _observe(printed: Sequence[Printed], edition: Edition, entities: Entities, source: str) -> pd.DataFrame:
    rows, offenders = [], []
    for place, table_id, block, label, header, value in printed:
        parts, year = row_label(label), year_header(header)
        code = entities.code(parts.name, PUBLISHER_ID) if parts else None
        meaning = _meaning(table_layouts().get(table_id), block)
        is_readable = is_missing(value) or number(value) is not None
        if parts is None or code is None or year is None or meaning is None or not is_readable:
            offenders.append(Offender(place, f"{table_id}, {block}, {label}, {header}, {value}", "words of layout.yml"))
        elif not is_missing(value):
            rows.append(
                {
                    "edition_id": edition.id,
                    "table_id": table_id,
                    "measure": meaning.measure,
                    "price_basis": meaning.price_basis,
                    "price_base_year": edition.price_base_year if meaning.price_basis == "constant" else None,
                    "unit": meaning.unit,
                    "entity_code": code,
                    "repeats": meaning.repeats,
                    "period": str(year.year),
                    "status": year.status,
                    "value": number(value),
                    "marks": parts.marks,
                    "source_kind": "transcription",
                    "block": block,
                    "label": label,
                    "header": header,
                }
            )
    if offenders:
        raise SourceError(source, offenders, "compare these lines with the published tables, then mend them.")
    return observation_frame(rows, publisher=PUBLISHER_ID, dataset=DATASET)


def _meaning(layout: TableLayout | None, block: str | None) -> Meaning | None:
    if layout is None:
        return None
    if not block:
        return layout.blocks[0].meaning if layout.blocks[0].subtitle is None else None
    found = layout.block_for(fold(block))
    return found[0].meaning if found else None
