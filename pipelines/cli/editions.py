"""Commands about editions: take one in, look for new ones, list them, and tell what they changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Annotated, NamedTuple

import duckdb
import typer
from rich.markup import escape

from pipelines.cli.output import command_name, console, fail, print_table, short_path
from pipelines.files.lock import WarehouseBusy, writing
from pipelines.intake.inbox import clear
from pipelines.intake.ingest import Taken
from pipelines.intake.ingest import ingest as take_in
from pipelines.models.project import Project, ProjectError, read_project
from pipelines.reading.current import NoRelease, open_warehouse
from pipelines.settings import Settings
from pipelines.sources.errors import SourceError

_WORDS = {
    "new edition": "a new edition",
    "new revision": "a new revision, which replaces the figures held so far; those stay in fct_superseded_observation",
    "older revision": "an older revision; it is kept in fct_superseded_observation, and the facts stay as they are",
    "equal cells": "a copy whose cells are equal to the revision held; nothing changes",
    "known file": "a file that is archived already; nothing changes",
}


def ingest(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="Workbooks of NATO's tables (.xlsx).")],
    edition: Annotated[
        str | None, typer.Option(help="The edition, such as nato-2027-06, where the file does not tell.")
    ] = None,
    published: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day of publication of an edition not yet known.")
    ] = None,
    tables: Annotated[
        str | None, typer.Option(help="The tables that the workbook holds, where not all nine: 2,3,8a,8b.")
    ] = None,
) -> None:
    """Take workbooks into the archive, or refuse them with the cells that are wrong.

    Nothing is built yet: `burdenshare build` does that. A file dropped into warehouse/inbox is taken by
    the next build without this command.

    Examples:

      burdenshare ingest ~/Downloads/def-exp-2026-en.xlsx

      burdenshare ingest tables.xlsx --edition nato-2027-06 --published 2027-06-12
    """
    settings: Settings = context.obj
    project = _project(settings)
    outcomes, refused = [], []
    for path in files:
        if not path.is_file():
            refused.append(f"There is no file {path}.")
            continue
        try:
            with _writing(settings):
                taken = take_in(
                    path,
                    settings,
                    project,
                    edition_id=edition,
                    published=published.date() if published else None,
                    tables=[table.strip() for table in tables.split(",")] if tables else None,
                )
        except SourceError as error:
            refused.append(str(error))
            continue
        if path.resolve().parent == settings.inbox.resolve():
            clear(path)
        outcomes.append(taken)
        _tell(path, taken)
    if any(taken.changes_figures for taken in outcomes):
        console.print(f"\nNext: [bold]{command_name()} build[/] brings what is new into the warehouse.")
    if refused:
        raise fail("\n\n".join(refused))


def _tell(path: Path, taken: Taken) -> None:
    receipt = taken.receipt
    console.print(f"[bold]{path.name}[/] is {_WORDS[taken.outcome]}", highlight=False)
    base = f", constant {receipt.price_base_year} prices" if receipt.price_base_year else ""
    lines = [
        ("edition", f"{receipt.edition_id}, published on {receipt.published_on}, revision {taken.revision}"),
        ("tables", f"{', '.join(receipt.tables)}: {receipt.figures:,} figures"),
        ("years", f"{receipt.first_year} to {receipt.last_year}{base}"),
        ("archived", f"under {receipt.sha256}"),
    ]
    for name, text in lines:
        console.print(f"  {name:<10} {text}", highlight=False)
    if taken.tables_lost:
        lost = ", ".join(taken.tables_lost)
        console.print(f"  [yellow]note       it lacks Tables {lost}, which were held; the facts lose them[/]")


def fetch(context: typer.Context) -> None:
    """Look on NATO's site for new workbooks and take them in, as every night does.

    Ends well when the site cannot be reached: the warehouse goes on with what it has, and says so.
    """
    from pipelines.intake.fetch import fetch as look

    settings: Settings = context.obj
    styles = {"failed": "red", "refused": "red", "new edition": "green", "new revision": "green"}

    def show(finding) -> None:
        style = styles.get(finding.outcome, "dim")
        console.print(f"[{style}]{finding.outcome:<14}[/] {escape(finding.words)}", highlight=False)

    with _writing(settings):
        findings = look(settings, _project(settings), show)
    if any(finding.is_new for finding in findings):
        console.print(f"\nNext: [bold]{command_name()} build[/] brings what is new into the warehouse.")
    elif any(finding.outcome == "failed" for finding in findings):
        console.print("\nThe site did not give everything. What is archived stays as it is; try again later.")
    else:
        console.print("\nNothing new.")
    if any(finding.outcome == "refused" for finding in findings):
        raise fail(f"A workbook was refused; it lies in {short_path(settings.inbox)} with its report.")


def editions(context: typer.Context) -> None:
    """List the editions with what we hold of each, its base year, and its headline for its last year."""
    connection = _open(context.obj)
    table = connection.sql(
        """
        with last_years as (
            select *
            from edition_headline
            qualify row_number() over (partition by edition_id order by year desc) = 1
        )

        select
            editions.edition_id,
            editions.published_on,
            editions.tables_held as tables,
            editions.revision,
            (select count(*) from fct_observation as held where held.edition_id = editions.edition_id) as figures,
            editions.price_base_year as prices,
            last_years.year,
            last_years.real_growth_published_pct as real_growth_pct,
            last_years.allies_at_2_pct,
            last_years.allies_at_2_pct_unknown as unknown,
            last_years.us_share_constant_pct as us_share_pct
        from dim_edition as editions
        left join last_years using (edition_id)
        order by editions.published_on
        """
    ).to_arrow_table()
    print_table(table, table.num_rows)
    console.print("Editions without tables are listed because they are quoted. Growth is that of Europe and Canada.")


def revisions(
    context: typer.Context,
    entity: Annotated[str, typer.Argument(help="An Ally or a group: POL, USA, NATO_EUR_CAN.")],
    year: Annotated[int, typer.Argument(help="The year.")],
    measure: Annotated[
        str, typer.Option(help="What to follow, by its name in fct_observation.")
    ] = "defence_share_of_gdp",
    price_basis: Annotated[str | None, typer.Option(help="current or constant, where there are both.")] = None,
) -> None:
    """Tell one figure's history: what each edition, and each revision of it, gives for a year.

    Examples:

      burdenshare revisions POL 2024

      burdenshare revisions NATO_EUR_CAN 2024 --measure real_growth
    """
    connection = _open(context.obj)
    _require(connection, "entity_code", entity)
    _require(connection, "measure", measure)
    rows = connection.execute(_HISTORY, [entity, year, measure, price_basis]).fetchall()
    found = [_Row(*row) for row in rows]
    if not found:
        raise fail(f"No edition gives {measure} of {entity} for {year}.")
    console.print(f"[bold]{found[0].entity}, {year}: {measure.replace('_', ' ')}[/]", highlight=False)
    for _, group in groupby(found, key=lambda row: (row.table_id, row.price_basis)):
        _draw(list(group))
    _print_flips(connection, entity, year, measure)


class _Row(NamedTuple):
    """One edition's figure, as `_HISTORY` lists it."""

    edition: str
    revision: int
    revisions: int
    is_current: bool
    price_basis: str
    value: float
    is_estimate: bool
    entity: str
    unit: str
    table_id: str
    base_year: int | None
    cell: str | None


def _draw(rows: list[_Row]) -> None:
    """Draw figures of one table and price basis as bars; a superseded revision is dim."""
    prices = "" if rows[0].price_basis == "none" or rows[0].unit == "percent" else f", {rows[0].price_basis} prices"
    console.print(f"\nTable {rows[0].table_id}, {_UNITS.get(rows[0].unit, rows[0].unit)}{prices}", highlight=False)
    largest = max(abs(row.value) for row in rows) or 1
    for row in rows:
        bar = "█" * max(1, round(30 * abs(row.value) / largest)) if row.value else ""
        label = row.edition + (f" r{row.revision}" if row.revisions > 1 else "")
        base = f" of {row.base_year}" if prices and row.price_basis == "constant" else ""
        style = "cyan" if row.is_current else "dim"
        mark = "e" if row.is_estimate else " "
        console.print(
            f"  {label:<16}[{style}]{bar:<30}[/] {row.value:>14,.4f}{mark} [dim]{row.cell or 'transcribed'}{base}[/]",
            highlight=False,
        )


_UNITS = {
    "percent": "%",
    "usd_m": "million US dollars",
    "lcu_m": "million units of national currency",
    "usd": "US dollars",
    "usd_thousand": "thousand US dollars",
    "thousand": "thousand",
}


_HISTORY = """
with every as (
    select *, true as is_current
    from fct_observation
    union all by name
    select *, false as is_current
    from fct_superseded_observation
)

select
    every.edition_id,
    every.revision,
    (select count(*) from dim_revision as r where r.edition_id = every.edition_id) as revisions,
    every.is_current,
    every.price_basis,
    every.value,
    every.is_estimate,
    entities.entity_name,
    every.unit,
    every.table_id,
    every.price_base_year,
    every.cell
from every
inner join dim_edition as editions using (edition_id)
inner join dim_entity as entities using (entity_code)
where entity_code = $1 and year = $2 and measure = $3 and price_basis = coalesce($4, price_basis)
    and not every.repeats
order by every.table_id, every.price_basis, editions.published_on, every.revision
"""


def _print_flips(connection: duckdb.DuckDBPyConnection, entity: str, year: int, measure: str) -> None:
    """Say which edition changed whether the Ally meets a target that the figure measures."""
    flips = connection.execute(
        "select f.target_id, f.earlier_edition_id, f.edition_id, f.meets_target from fct_compliance_flip f "
        "join dim_target t using (target_id) where f.entity_code = $1 and f.year = $2 and t.measure = $3 order by all",
        [entity, year, measure],
    ).fetchall()
    for target, before, after, meets in flips:
        words = "meets" if meets else "no longer meets"
        console.print(f"\n{after} {words} {target}, other than {before}.", highlight=False)


def _require(connection: duckdb.DuckDBPyConnection, column: str, value: str) -> None:
    known = [
        row[0] for row in connection.execute(f"select distinct {column} from fct_observation order by 1").fetchall()
    ]
    if value not in known:
        raise fail(f"There is no {column} {value!r}. There are: {', '.join(known)}.")


def _open(settings: Settings) -> duckdb.DuckDBPyConnection:
    try:
        return open_warehouse(settings.warehouse)
    except NoRelease as error:
        raise fail(str(error)) from error


@contextmanager
def _writing(settings: Settings) -> Iterator[None]:
    """Hold the warehouse's one writing lock, or say who holds it."""
    try:
        with writing(settings, "taking sources in", lambda words: console.print(words, highlight=False)):
            yield
    except WarehouseBusy as error:
        raise fail(str(error)) from error


def _project(settings: Settings) -> Project:
    try:
        return read_project(settings.sql, settings.seeds)
    except ProjectError as error:
        raise fail(str(error)) from error
