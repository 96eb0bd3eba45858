"""Read the transcriptions of editions whose workbook is not at hand into observations.

A transcription says table, block, label and header as printed, so the words of `layout.yml` give
its meaning, as they do for a workbook. It has no cells.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from ..entities import Entities
from ..errors import Offender, SourceError
from ..observations import ESTIMATE, observation_frame
from ..registry import Edition
from ..text import is_missing, number
from .labels import row_label, year_header
from .layout import layout_file
from .names import DATASET, PUBLISHER_ID

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
# The columns of the June 2019 transcription: the block that each transcribes, and the parts into which it
# divides the unit of that block: dollars and not millions, persons and not thousands.
COUNTRY_COLUMNS: dict[str, tuple[str, str | None, int]] = {
    "Defense expenditure (USD, current prices)": ("2", "Current prices and exchange rates", 1_000_000),
    "Defense expenditure (USD, 2015 prices)": ("2", "Constant 2015 prices and exchange rates", 1_000_000),
    "Defense expenditure (% real GDP)": ("3", "Share of real GDP (%)", 1),
    "Defense expenditure annual real change (% GDP)": ("3", "Annual real change (%)", 1),
    "Real GDP (2015 prices)": ("5", None, 1_000_000),
    "GDP per capita (USD)": ("6", "GDP per capita (thousand US dollars)", 1_000),
    "Defence expenditure per capita (USD)": ("6", "Defence expenditure per capita (US dollars)", 1),
    "Military personnel": ("7", None, 1_000),
    "Equipment expenditure (%)": ("8a", "Equipment (a)", 1),
    "Personnel expenditure (%)": ("8a", "Personnel (b)", 1),
    "Infrastructure expenditure (%)": ("8b", "Infrastructure (c)", 1),
    "Other expenditure (%)": ("8b", "Other (d)", 1),
}
COUNTRY, YEAR = "country_stanag", "year"


@dataclass(frozen=True)
class Printed:
    """Hold one figure as a transcription says it: its place in the file, and what is printed.

    `code` and `currency` are given where the transcription says them apart from the label; `parts` is into
    how many parts the transcription divides the printed unit.
    """

    place: str
    table_id: str
    block: str | None
    label: str
    header: str
    value: str
    code: str | None = None
    currency: str | None = None
    parts: int = 1


def read_wide(folder: Path, edition: Edition, entities: Entities) -> pd.DataFrame:
    """Read files of one block each: a row per label, a column per year header."""
    printed = []
    for name, (table_id, block) in WIDE_FILES.items():
        for line, row in _lines(folder / name):
            label = row.pop("country")
            place = f"{name} line {line}"
            printed += [Printed(place, table_id, block, label, header, row[header]) for header in row]
    return _observe(printed, edition, entities, folder.name)


def read_long(folder: Path, edition: Edition, entities: Entities) -> pd.DataFrame:
    """Read `figures*.csv` with a line per figure: table, block, label, header, value.

    Table 1 takes the currency of each label from `table1-currencies.csv`. Figures come in the order in which
    NATO prints its tables.
    """
    currencies = {row["label"]: row["currency"] for _, row in _optional(folder / "table1-currencies.csv")}
    printed = []
    for path in sorted(folder.glob("figures*.csv")):
        for line, row in _lines(path):
            figure = Printed(
                f"{path.name} line {line}",
                row["table"].removeprefix("Table "),
                row["block"] or None,
                row["label"],
                row["header"],
                row["value"],
            )
            is_in_lcu = figure.table_id in _tables_with_currency()
            printed.append(replace(figure, currency=currencies.get(figure.label)) if is_in_lcu else figure)
    return _observe(_in_order(printed), edition, entities, folder.name)


def is_by_country(path: Path) -> bool:
    """Tell whether a file has a line per country and year, as the June 2019 transcription does."""
    with path.open(encoding="utf-8", newline="") as file:
        return COUNTRY in next(csv.reader(file), [])


def read_by_country(folder: Path, edition: Edition, entities: Entities) -> pd.DataFrame:
    """Read `figures.csv` with a line per country and year, a column per block; labels are codes.

    Its years have no marks; the registry's `estimates_from` says from which year on they are estimates.
    """
    printed = []
    for line, row in _lines(folder / "figures.csv"):
        for column, (table_id, block, parts) in COUNTRY_COLUMNS.items():
            code = row[COUNTRY] if row[COUNTRY] in entities.codes_by_name.values() else None
            place = f"figures.csv line {line}, {column}"
            printed.append(Printed(place, table_id, block, row[COUNTRY], row[YEAR], row[column], code, None, parts))
    by_block = {key: place for place, key in enumerate((table, block) for table, block, _ in COUNTRY_COLUMNS.values())}
    printed.sort(key=lambda figure: by_block[figure.table_id, figure.block])
    return _observe(printed, edition, entities, folder.name)


def _lines(path: Path) -> list[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(enumerate(csv.DictReader(file), start=2))


def _optional(path: Path) -> list[tuple[int, dict[str, str]]]:
    return _lines(path) if path.exists() else []


def _in_order(printed: list[Printed]) -> list[Printed]:
    order = {table_id: place for place, table_id in enumerate(layout_file().tables)}
    return sorted(printed, key=lambda figure: order.get(figure.table_id, len(order)))


def _tables_with_currency() -> set[str]:
    return {number for number, layouts in layout_file().tables.items() if layouts[0].currency_in_label}


def _observe(printed: Sequence[Printed], edition: Edition, entities: Entities, source: str) -> pd.DataFrame:
    rows: list[dict[str, object]] = []
    offenders = []
    for figure in printed:
        found = _rows(figure, edition, entities)
        if found is None:
            shown = ", ".join(map(str, (figure.table_id, figure.block, figure.label, figure.header, figure.value)))
            offenders.append(Offender(figure.place, shown, "words of layout.yml, names and currencies of the seeds"))
        else:
            rows += found
    if offenders:
        raise SourceError(source, offenders, "compare these lines with the published tables, then mend them.")
    return observation_frame(rows, publisher=PUBLISHER_ID, dataset=DATASET)


def _rows(figure: Printed, edition: Edition, entities: Entities) -> list[dict[str, object]] | None:
    """Turn what is printed into an observation: none where no figure is given, None where it cannot be read."""
    label, year = row_label(figure.label), year_header(figure.header)
    code = figure.code or (entities.code(label.name, PUBLISHER_ID) if label else None)
    meaning = layout_file().meaning(figure.table_id, figure.block)
    value = number(figure.value)
    if label is None or code is None or year is None or meaning is None:
        return None
    if is_missing(figure.value) or value is None:
        return [] if is_missing(figure.value) else None
    currency = entities.currency(code, figure.currency) if figure.currency else None
    if figure.table_id in _tables_with_currency() and currency is None:
        return None
    is_estimate = edition.estimates_from is not None and year.year >= edition.estimates_from
    return [
        {
            "edition_id": edition.id,
            "table_id": figure.table_id,
            "measure": meaning.measure,
            "price_basis": meaning.price_basis,
            "price_base_year": edition.price_base_year if meaning.price_basis == "constant" else None,
            "unit": meaning.unit,
            "currency_code": currency,
            "entity_code": code,
            "repeats": meaning.repeats,
            "period": str(year.year),
            "status": ESTIMATE if is_estimate else year.status,
            "value": value / figure.parts,
            "marks": label.marks,
            "source_kind": "transcription",
            "block": figure.block,
            "label": figure.label,
            "header": figure.header,
        }
    ]
