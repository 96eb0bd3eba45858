"""Change a workbook in one place, in the ways in which files go wrong, and ask whether it would be taken silently.

A mutant is a workbook in memory with one cell, row, column, block, header, unit or mark changed. It is read and
judged as a file that comes in beside the other editions; nothing is archived. What is taken must be told: by the
list of what moved (`stg_nato_move`), or it changes nothing.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string

from pipelines.intake.judge import Judge
from pipelines.models.project import Project
from pipelines.settings import PROJECT
from pipelines.sources.catalogue import Sources
from pipelines.sources.editions import Editions
from pipelines.sources.entities import Entities
from pipelines.sources.errors import SourceError
from pipelines.sources.nato.parser import find_gaps, parse_workbook
from pipelines.sources.opening import open_file
from pipelines.sources.tables import edition_rows
from pipelines.sources.workbook import Sheet, Workbook
from tests.workbooks import modern_workbook, read_figures, save

ORIGINAL = PROJECT.parent / "shared/data/nato/2024-06/240617-def-exp-2024-TABLES-en.xlsx"
Cells = dict[tuple[int, int], object]
KEY = ["measure", "unit", "price_basis", "entity_code", "period", "repeats"]


@dataclass(frozen=True)
class Mutant:
    """Hold a changed workbook: where and how it was changed."""

    kind: str
    place: str
    workbook: Workbook


@dataclass(frozen=True)
class Verdict:
    """Tell how a mutant fared: `refused`, `told`, `silent` or `harmless`, and how far its figures moved, in percent."""

    outcome: str
    moved_pct: float
    words: str


@dataclass(frozen=True)
class Part:
    """Hold the cells of one block of one table as a grid: rows and columns of places."""

    sheet: Sheet
    name: str
    rows: list[int]
    columns: list[int]
    label_column: int

    def number(self, cells: Cells, row: int, column: int) -> float | None:
        value = cells.get((row, column))
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def parts_of(workbook: Workbook, frame: pd.DataFrame) -> list[Part]:
    """Find the blocks of a workbook by the cells of its figures."""
    places = defaultdict(list)
    for row in frame.itertuples():
        sheet, cell = row.cell.rsplit("!", 1)
        letters, line = coordinate_from_string(cell)
        places[sheet, f"{row.measure} {row.price_basis} {row.unit}"].append((line, column_index_from_string(letters)))
    sheets = {sheet.name: sheet for sheet in workbook.sheets}
    found = []
    for (name, series), cells in places.items():
        lines, columns = sorted({line for line, _ in cells}), sorted({column for _, column in cells})
        sheet = sheets[name]
        label = max(c for (r, c), v in sheet.cells.items() if r == lines[0] and c < columns[0] and isinstance(v, str))
        found.append(Part(sheet, f"{name} {series}", lines, columns, label))
    return found


def mutate(workbook: Workbook, frame: pd.DataFrame, count: int, seed: int, first: int = 0) -> Iterator[Mutant]:
    """Yield `count` mutants, each kind in its turn from the `first` on, at places that the seed picks."""
    chance = random.Random(seed)
    parts = parts_of(workbook, frame)
    kinds = list(KINDS.items())
    kinds = kinds[first:] + kinds[:first]
    made = 0
    while made < count:
        kind, change = kinds[made % len(kinds)]
        part = chance.choice(parts)
        cells = dict(part.sheet.cells)
        place = change(part, cells, chance, parts)
        if place is None:
            kinds.remove((kind, change)) if chance.random() < 0.02 else None
            continue
        sheets = tuple(replace(s, cells=cells) if s.name == part.sheet.name else s for s in workbook.sheets)
        made += 1
        yield Mutant(kind, f"{part.name}: {place}", replace(workbook, sheets=sheets))


def _scaled(factor: float, what: str) -> Callable[..., str | None]:
    def change(part: Part, cells: Cells, chance: random.Random, parts: list[Part]) -> str | None:
        rows = part.rows if what in ("column", "block") else [chance.choice(part.rows)]
        columns = part.columns if what in ("row", "block") else [chance.choice(part.columns)]
        for row in rows:
            for column in columns:
                value = part.number(cells, row, column)
                if value is not None:
                    cells[row, column] = value * factor
        return f"{what} x {factor:g} at row {rows[0]}, column {columns[0]}"

    return change


def _emptied(what: str, by: object = None) -> Callable[..., str | None]:
    def change(part: Part, cells: Cells, chance: random.Random, parts: list[Part]) -> str | None:
        rows = part.rows if what in ("column", "block") else [chance.choice(part.rows)]
        columns = part.columns if what in ("row", "block") else [chance.choice(part.columns)]
        for place in [(row, column) for row in rows for column in columns]:
            if by is None:
                cells.pop(place, None)
            elif place in cells:
                cells[place] = by
        return f"{what} emptied at row {rows[0]}, column {columns[0]}"

    return change


def _exchanged(what: str, copied: bool) -> Callable[..., str | None]:
    def change(part: Part, cells: Cells, chance: random.Random, parts: list[Part]) -> str | None:
        i, j = chance.randrange(len(part.rows)), chance.randrange(len(part.columns))
        a, b = (part.rows[i], part.rows[(i + 1) % len(part.rows)])
        c, d = (part.columns[j], part.columns[j - 1])
        if what == "row":
            pairs = [((a, column), (b, column)) for column in part.columns]
        elif what == "column":
            pairs = [((row, c), (row, d)) for row in part.rows]
        elif what == "label":
            pairs = [((a, part.label_column), (b, part.label_column))]
        else:
            pairs = [((a, c), (a, d))]
        for one, other in pairs:
            left, right = cells.get(one), cells.get(other)
            cells[one] = right
            if not copied:
                cells[other] = left
        for place in [place for pair in pairs for place in pair if cells.get(place) is None]:
            cells.pop(place, None)
        return f"{what} {'copied' if copied else 'exchanged'}: {pairs[0]}"

    return change


def _blocks_exchanged(part: Part, cells: Cells, chance: random.Random, parts: list[Part]) -> str | None:
    others = [p for p in parts if p.sheet.name == part.sheet.name and p.name != part.name]
    if not others or len(others[0].rows) != len(part.rows):
        return None
    for a, b in zip(part.rows, others[0].rows, strict=True):
        for column in part.columns:
            one, other = cells.pop((a, column), None), cells.pop((b, column), None)
            cells |= {(a, column): other} if other is not None else {}
            cells |= {(b, column): one} if one is not None else {}
    return f"figures of {others[0].name}"


def _shifted(part: Part, cells: Cells, chance: random.Random, parts: list[Part]) -> str | None:
    rows = part.rows if chance.random() < 0.5 else [chance.choice(part.rows)]
    for row in rows:
        values = [cells.get((row, column)) for column in part.columns]
        for column, value in zip(part.columns, [values[0], *values[:-1]], strict=True):
            cells[row, column] = value
            if value is None:
                cells.pop((row, column))
    return f"{len(rows)} rows one year on"


def _header_off(part: Part, cells: Cells, chance: random.Random, parts: list[Part]) -> str | None:
    wanted = chance.choice(part.columns)
    for (row, column), value in sorted(part.sheet.cells.items()):
        if column == wanted and (found := re.fullmatch(r"(20\d\d)(e?)", str(value))):
            cells[row, column] = f"{int(found[1]) + 1}{found[2]}"
            return f"header {value}"
    return None


def _unit_word(part: Part, cells: Cells, chance: random.Random, parts: list[Part]) -> str | None:
    for place, value in sorted(part.sheet.cells.items()):
        if place[0] <= 20 and isinstance(value, str) and re.search(r"million|thousand|\(%\)|percentage", value, re.I):
            cells[place] = re.sub("(?i)million", "Thousand", value) if "illion" in value else f"{value}s"
            return f"unit {value!r}"
    return None


def _base_year(part: Part, cells: Cells, chance: random.Random, parts: list[Part]) -> str | None:
    for place, value in sorted(part.sheet.cells.items()):
        if isinstance(value, str) and re.search(r"20\d\d prices", value):
            cells[place] = re.sub(r"20(\d\d) prices", "2010 prices", value)
            return f"base year {value!r}"
    return None


def _mark(part: Part, cells: Cells, chance: random.Random, parts: list[Part]) -> str | None:
    place = (chance.choice(part.rows), part.label_column)
    label = str(cells.get(place, ""))
    cells[place] = label.replace("*", "") if "*" in label else re.sub(r"^([^(]+?)(\s*\(|$)", r"\1*\2", label, count=1)
    return f"mark of {label!r}"


def _thousands(part: Part, cells: Cells, chance: random.Random, parts: list[Part]) -> str | None:
    place = (chance.choice(part.rows), chance.choice(part.columns))
    value = part.number(cells, *place)
    if value is None or not 1000 <= value < 1e6:
        return None
    cells[place] = f"{int(value) // 1000}.{int(value) % 1000:03d}"
    return f"text {cells[place]!r}"


KINDS: dict[str, Callable[..., str | None]] = {
    **{f"cell x {factor:g}": _scaled(factor, "cell") for factor in (10, 100, 1000, 0.1, 0.001, 1.02, 1.1, 0.5, -1)},
    **{f"row x {factor:g}": _scaled(factor, "row") for factor in (10, 1000, 0.1, 1.1, -1)},
    **{f"column x {factor:g}": _scaled(factor, "column") for factor in (10, 1000, 0.001, 1.1, -1)},
    **{f"block x {factor:g}": _scaled(factor, "block") for factor in (10, 1000, 0.001, 1.1, -1)},
    "cell zero": _emptied("cell", 0),
    "row zero": _emptied("row", 0),
    **{f"{what} emptied": _emptied(what) for what in ("cell", "row", "column", "block")},
    **{f"{what} exchanged": _exchanged(what, copied=False) for what in ("cell", "row", "column", "label")},
    **{f"{what} copied": _exchanged(what, copied=True) for what in ("cell", "row", "column")},
    "blocks exchanged": _blocks_exchanged,
    "shifted": _shifted,
    "header off by one": _header_off,
    "unit word": _unit_word,
    "base year": _base_year,
    "mark": _mark,
    "point for thousands": _thousands,
}


class Court:
    """Judge mutants of one workbook as an edition that comes in beside the others."""

    def __init__(
        self, judge: Judge, entities: Entities, workbook: Workbook, edition_id: str, editions: Editions
    ) -> None:
        self.judge, self.entities, self.workbook, self.edition_id = judge, entities, workbook, edition_id
        self.tables = parse_workbook(workbook, edition_id, entities, ()).table_id.unique().tolist()
        self.frame = parse_workbook(workbook, edition_id, entities, ())
        self.editions = edition_rows(editions)
        self.gaps = editions.declared[edition_id].gaps if edition_id in editions.declared else ()
        self.judge.held = {edition: rows for edition, rows in judge.held.items() if edition != edition_id}

    def try_mutant(self, workbook: Workbook) -> Verdict:
        """Read and judge a workbook; figures that moved are compared with those of the unchanged one."""
        try:
            frame = parse_workbook(workbook, self.edition_id, self.entities, self.tables)
            gaps = [g.offender for g in find_gaps(workbook, self.entities) if not g.is_said_by(self.gaps)]
        except SourceError as error:
            return Verdict("refused", 0, str(error.offenders[0]))
        both = self.frame.merge(frame, on=KEY, how="outer", suffixes=("", "_now"))
        differ = both[both["value"].ne(both["value_now"]).fillna(True)]
        differ = differ[~(differ["value"].isna() & differ["value_now"].isna())]
        if differ.empty:
            return Verdict("harmless", 0, "no figure differs")
        moved = float((100 * (differ["value_now"] / differ["value"] - 1).abs()).fillna(100).max())
        alone = [] if gaps else self.judge.ask_alone(self.editions, frame, self.edition_id)
        if any((rows["edition_id"] == self.edition_id).any() for _, rows in alone):
            # Most mutants: they need not be asked beside the other editions too.
            return Verdict("refused", moved, "it contradicts itself")
        offenders = gaps or self.judge.find_contradictions(self.editions, frame, self.edition_id)
        if offenders:
            return Verdict("refused", moved, str(offenders[0]))
        told = self.judge.moves(self.edition_id)
        keys = set(map(tuple, told[["measure", "unit", "price_basis", "entity_code", "year"]].itertuples(index=False)))
        mine = {(r.measure, r.unit, r.price_basis, r.entity_code, int(r.period)) for r in differ.itertuples()}
        first = differ.iloc[0]
        words = (
            f"{first['measure']} {first['entity_code']} {first['period']}: {first['value']} now {first['value_now']}"
        )
        return Verdict("told" if mine & keys else "silent", moved, words)


def courts(project: Project, sources: Sources, folder: Path) -> Iterator[Court]:
    """Lay out the three editions, each in its own layout, and give a court for each."""
    for edition_id, core in (("nato-2024-06", True), ("nato-2025-08", False), ("nato-2026-07", True)):
        path = ORIGINAL
        if edition_id != "nato-2024-06" or not path.exists():
            book = modern_workbook(read_figures(sources.seeds, edition_id), core=core)
            path = save(book, folder / f"{edition_id}.xlsx")
        yield Court(Judge(project, sources), sources.entities, open_file(path), edition_id, sources.editions)
