"""Turn the Agency's workbook into observations: long sheets by state and year, and a wide one of the Union.

The sheet of the states' years is hidden in the published file, and is read all the same: its figures are in no other.
It is called `Billions` and holds millions; its GDP is in milliards.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from ..entities import Entities
from ..errors import Offender, SourceError
from ..observations import OUTTURN, observation_frame
from ..text import fold, is_missing, number, printed
from ..workbook import Sheet, Workbook, open_workbook

PUBLISHER_ID, DATASET = "eda", "defence_data"
STATES, UNION = "states", "union"
ADVICE = (
    "compare these cells with the published file. A new name of a state belongs in warehouse/seeds/entity_names.csv, a "
    "new measure in pipelines/sources/eda/parser.py and warehouse/seeds/measures.csv. Nothing was taken from this file."
)
_YEAR = re.compile(r"^(19|20)\d\d$")
_RT = "research_and_technology"


@dataclass(frozen=True)
class Column:
    """Say what a printed heading measures; `scale` turns what is printed into `unit`."""

    measure: str
    unit: str = "eur_m"
    scale: float = 1.0
    price_basis: str = "current"


COLUMNS = {
    "total defence expenditure": Column("defence_expenditure"),
    "total defence expenditure as % of gdp": Column("defence_share_of_gdp", "percent", 100),
    "total defence expenditure as % of government expenditure": Column("defence_share_of_government", "percent", 100),
    "total defence expenditure per capita": Column("defence_expenditure_per_capita", "eur"),
    "defence investment": Column("defence_investment"),
    "defence equipment procurement expenditure": Column("equipment_procurement"),
    "defence r&d expenditure": Column("research_and_development"),
    "defence r&t expenditure": Column(_RT),
    "collaborative defence equipment procurement expenditure": Column("collaborative_procurement"),
    "european collaborative defence equipment procurement expenditure": Column("european_procurement"),
    "collaborative defence r&t expenditure": Column(f"collaborative_{_RT}"),
    "european collaborative defence r&t expenditure": Column(f"european_{_RT}"),
    "gdp (mrd)": Column("gdp", scale=1000),
}
_STATE_HEADINGS = {"pms", "eu ms", "ms", "member state", "country"}


def recognises(workbook: Workbook) -> bool:
    """Tell whether any sheet has the Agency's headings."""
    texts = {fold(value) for sheet in workbook.sheets for value in sheet.cells.values() if isinstance(value, str)}
    return {"total defence expenditure", "total defence expenditure as % of gdp"} <= texts


def parse(workbook: Workbook, edition_id: str, entities: Entities, tables: Iterable[str] | None = None) -> pd.DataFrame:
    """Read the Agency's workbook into observations (`observations.py`).

    `tables` names what it must hold (`states`, `union`); both where it is None. Raises `SourceError` with every
    offender and its cell.
    """
    whole = open_workbook(workbook.path, hidden=True)
    readers = [_Reader(sheet, entities) for sheet in whole.sheets if sheet.cells]
    rows = [row | {"edition_id": edition_id} for reader in readers for row in reader.read()]
    offenders = [offender for reader in readers for offender in reader.offenders]
    missing = set((STATES, UNION) if tables is None else tables) - {str(row["table_id"]) for row in rows}
    offenders += [Offender(workbook.path.name, f"no figures of {table}", "a sheet of them") for table in missing]
    if offenders:
        raise SourceError(workbook.path.name, offenders, ADVICE)
    frame = observation_frame(rows, publisher=PUBLISHER_ID, dataset=DATASET)
    return frame.drop_duplicates(["measure", "unit", "entity_code", "period", "value"]).reset_index(drop=True)


class _Reader:
    """Read one sheet, and gather all that is wrong with it."""

    def __init__(self, sheet: Sheet, entities: Entities) -> None:
        self.sheet, self.entities = sheet, entities
        self.offenders: list[Offender] = []

    def read(self) -> Iterator[dict[str, object]]:
        """Give the figures of a sheet, by the form that its headings have."""
        lines = self.sheet.rows()
        for index, (row, cells) in enumerate(lines):
            folded = {fold(value): column for column, value in cells.items()}
            if "year" in folded:
                yield from self._long(row, cells, folded["year"], lines[index + 1 :])
                return
            years = {column: int(printed(value)) for column, value in cells.items() if _YEAR.match(printed(value))}
            if len(years) >= 2:
                yield from self._wide(row, cells, years, lines[index + 1 :])
                return

    def _long(
        self, row: int, header: dict[int, object], year: int, lines: list[tuple[int, dict[int, object]]]
    ) -> Iterator[dict[str, object]]:
        state = next((column for column, value in header.items() if fold(value) in _STATE_HEADINGS), min(header))
        columns = {}
        for place, value in header.items():
            if place not in (state, year):
                if fold(value) in COLUMNS:
                    columns[place] = COLUMNS[fold(value)]
                else:
                    self._refuse(row, place, value, "a heading that the Agency prints")
        for line, cells in lines:
            if _YEAR.match(printed(cells.get(year, ""))):
                code = self._entity(line, state, cells.get(state))
                for place, column in columns.items():
                    yield from self._figure(
                        line, place, cells.get(place), column, code, cells[year], STATES, cells[state]
                    )

    def _wide(
        self, row: int, header: dict[int, object], years: dict[int, int], lines: list[tuple[int, dict[int, object]]]
    ) -> Iterator[dict[str, object]]:
        label = min(header)
        code = self._entity(row, label, header[label])
        for line, cells in lines:
            # Years stand in two rows where their cells are merged.
            if all(printed(value) in ("", str(years.get(place))) for place, value in cells.items() if place in years):
                continue
            column = COLUMNS.get(fold(cells.get(label)))
            if column is None:
                self._refuse(line, label, cells.get(label), "a measure that the Agency prints")
                continue
            for place, year in years.items():
                yield from self._figure(line, place, cells.get(place), column, code, year, UNION, header[label])

    def _entity(self, row: int, column: int, label: object) -> str | None:
        code = self.entities.code(printed(label or ""), PUBLISHER_ID)
        if code is None:
            self._refuse(row, column, label, "the name of a member state")
        return code

    def _figure(
        self,
        row: int,
        place: int,
        value: object,
        column: Column,
        code: str | None,
        year: object,
        table: str,
        label: object,
    ) -> Iterator[dict[str, object]]:
        if is_missing(value) or code is None:
            return
        figure = number(value)
        if figure is None:
            self._refuse(row, place, value, "a figure, or -")
            return
        yield {
            "entity_code": code,
            "measure": column.measure,
            "unit": column.unit,
            "price_basis": column.price_basis,
            "currency_code": "EUR" if column.unit.startswith("eur") else None,
            "period": printed(year),
            "status": OUTTURN,
            "value": figure * column.scale,
            "repeats": False,
            "label": printed(label),
            "header": printed(year),
            "table_id": table,
            "source_kind": "workbook",
            "cell": self.sheet.address(row, place),
        }

    def _refuse(self, row: int, column: int, value: object, expected: str) -> None:
        self.offenders.append(Offender(self.sheet.address(row, column), repr(printed(value or "")), expected))
