"""Turn a workbook into observations: find its tables by their titles, read them, hold them together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from ..entities import Entities
from ..errors import Offender, SourceError
from ..observations import half_step, observation_frame
from ..text import fold, printed
from ..workbook import Sheet, Workbook
from .gaps import Gap, gaps_of
from .layout import TITLE, LayoutFile, TableLayout, layout_file, plain
from .names import DATASET, PUBLISHER_ID
from .sheet import SheetReader

ADVICE = (
    "compare these cells with the published file. If NATO changed its wording, add the new words to "
    "pipelines/sources/nato/layout.yml; a new name belongs in warehouse/seeds/entity_names.csv, a "
    "new Ally in entities.csv and memberships.csv, a new currency in currencies.csv. Nothing was taken from this file."
)
# The title of a page's table stands below the name of the document at most; prose mentions tables further down.
TITLE_LINES = 4


def parse_workbook(
    workbook: Workbook,
    edition_id: str,
    entities: Entities,
    tables: Iterable[str] | None = None,
    layouts: LayoutFile | None = None,
) -> pd.DataFrame:
    """Read a NATO workbook of any known layout into observations (see `observations.py`).

    `tables` names the tables that the edition holds; all nine where it is None. `layouts` is `layout.yml`
    where it is None. Cells without a figure give no row. Raises `SourceError` with every offender and its cell.
    """
    layouts = layouts or layout_file()
    found, offenders = _find_tables(workbook, layouts)
    wanted = set(tables) if tables is not None else set(layouts.tables)
    offenders += [
        Offender(workbook.path.name, f"no sheet with the title of Table {table_id}", "one visible sheet")
        for table_id in sorted(wanted - set(found))
    ]
    readers = [SheetReader(sheet, layout, entities) for sheet, layout in found.values()]
    for reader in readers:
        reader.read()
        offenders += reader.offenders
    offenders += _disagreements(readers)
    if offenders:
        raise SourceError(workbook.path.name, offenders, ADVICE)
    base_year = next((year for reader in readers for year in reader.base_years), None)
    rows = [
        row | {"edition_id": edition_id, "price_base_year": base_year if row["price_basis"] == "constant" else None}
        for reader in readers
        for row in reader.rows
    ]
    return _with_printed_steps(observation_frame(rows, publisher=PUBLISHER_ID, dataset=DATASET), readers)


def find_gaps(workbook: Workbook, entities: Entities, layouts: LayoutFile | None = None) -> list[Gap]:
    """List the blocks, years and rows of a workbook's tables that hold no figure."""
    found, _ = _find_tables(workbook, layouts or layout_file())
    gaps = []
    for sheet, layout in found.values():
        reader = SheetReader(sheet, layout, entities)
        reader.read()
        gaps += gaps_of(reader)
    return gaps


def _with_printed_steps(frame: pd.DataFrame, readers: list[SheetReader]) -> pd.DataFrame:
    """Take the half steps of scaled figures from what is printed: 0.05 billion is 50 million."""
    for reader in readers:
        for block in reader.layout.blocks:
            if block.scale != 1:
                mine = (frame["table_id"] == reader.layout.table_id) & (frame["measure"] == block.meaning.measure)
                mine &= frame["price_basis"] == block.meaning.price_basis
                # Back to the decimals that were printed, which multiplying and dividing may miss by the last bit.
                as_printed = (frame.loc[mine, "value"] / block.scale).round(9)
                frame.loc[mine, "half_step"] = half_step(as_printed.to_numpy()) * block.scale
    return frame


def _find_tables(
    workbook: Workbook, layouts: LayoutFile
) -> tuple[dict[str, tuple[Sheet, TableLayout]], list[Offender]]:
    found: dict[str, tuple[Sheet, TableLayout]] = {}
    offenders = []
    for sheet in workbook.sheets:
        matches = ((place, TITLE.match(fold(value))) for place, value in sorted(sheet.cells.items()))
        titles = [(place, match) for place, match in matches if match]
        if sheet.source_kind == "pdf" and not any(place[0] <= TITLE_LINES for place, _ in titles):
            # A PDF has pages of prose and pictures beside those of its tables.
            continue
        if sheet.cells and not titles:
            offenders.append(Offender(sheet.name, "a sheet without a table title", "a title such as 'Table 1: ...'"))
        for place, _ in titles[1:]:
            offenders.append(Offender(sheet.address(*place), "a second table title", "one table a sheet"))
        for place, title in titles[:1]:
            layout = layouts.titled(title["table"], title["title"])
            problem = _title_problem(layout, title["table"], layouts, found)
            if layout is None or problem:
                offenders.append(Offender(sheet.address(*place), f"{printed(sheet.cells[place])!r}", str(problem)))
            else:
                found[layout.table_id] = (sheet, layout)
    return found, offenders


def _title_problem(
    layout: TableLayout | None, number: str, layouts: LayoutFile, found: Mapping[str, tuple[Sheet, TableLayout]]
) -> str | None:
    """Say what was expected instead of this title; None where it fits."""
    if number not in layouts.tables:
        return f"one of Tables {', '.join(layouts.tables)}"
    if layout is None:
        return " or ".join(f"'Table {number}: {plain(known.title)}'" for known in layouts.tables[number])
    if layout.table_id in found:
        return f"each table once; sheet {found[layout.table_id][0].name} holds it too"
    return None


def _disagreements(readers: list[SheetReader]) -> list[Offender]:
    """Compare what the tables of one edition must share: the years and the base year."""
    offenders = []
    base_years = {year: place for reader in readers for year, place in reader.base_years.items()}
    if len(base_years) > 1:
        expected = "one base year in the whole edition"
        offenders += [Offender(place, f"{year} prices", expected) for year, place in base_years.items()]
    spans = {reader: reader.headers() for reader in readers if not reader.layout.other_columns}
    whole = max(spans.values(), key=len, default=[])
    for reader, span in spans.items():
        if span and [header.year for header in span] != [header.year for header in whole]:
            shown = ", ".join(header.text for header in span)
            expected = f"the years of the other tables, {whole[0].text} to {whole[-1].text}"
            offenders.append(Offender(reader.sheet.name, f"the years {shown}", expected))
    return offenders + _estimates_in_doubt(readers)


def _estimates_in_doubt(readers: list[SheetReader]) -> list[Offender]:
    """Name the headers of each year that some tables call an estimate and others do not."""
    cells: dict[int, dict[bool, list[str]]] = {}
    for reader in readers:
        for (year, is_estimate), place in reader.year_cells.items():
            cells.setdefault(year, {}).setdefault(is_estimate, []).append(place)
    offenders = []
    for year, places in cells.items():
        if len(places) == 2:
            few = min((False, True), key=lambda is_estimate: len(places[is_estimate]))
            names = {False: f"the year {year}", True: f"the estimate {year}e"}
            expected = f"{names[not few]}, as in {', '.join(places[not few])}"
            offenders += [Offender(place, names[few], expected) for place in places[few]]
    return offenders
