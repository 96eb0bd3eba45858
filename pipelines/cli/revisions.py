"""The command that tells one figure's history."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer
from rich.markup import escape

from .opening import open_current
from .output import console, fail

if TYPE_CHECKING:
    import duckdb

LONGEST_BAR, SHORTEST_BAR = 30, 8

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
    units.unit_name,
    every.table_id,
    every.price_base_year,
    every.cell
from every
inner join dim_edition as editions using (edition_id)
inner join dim_entity as entities using (entity_code)
inner join dim_unit as units on units.unit = every.unit
where entity_code = $1 and year = $2 and measure = $3 and price_basis = coalesce($4, price_basis)
    and every.publisher = 'nato' and not every.repeats
order by every.table_id, every.price_basis, editions.published_on, every.revision
"""

_TABLES = (
    "dim_edition",
    "dim_entity",
    "dim_revision",
    "dim_target",
    "dim_unit",
    "fct_compliance_flip",
    "fct_observation",
    "fct_superseded_observation",
)


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


def revisions(
    context: typer.Context,
    entity: Annotated[str, typer.Argument(help="An Ally or a group, by code or name: POL, Poland, NATO_EUR_CAN.")],
    year: Annotated[int, typer.Argument(help="The year.")],
    measure: Annotated[
        str, typer.Option(help="What to follow, by its name in fct_observation.")
    ] = "defence_share_of_gdp",
    price_basis: Annotated[str | None, typer.Option(help="current or constant, where there are both.")] = None,
) -> None:
    """Show one figure's history: what each edition, and each revision of it, gives for a year.

    Examples:

      burdenshare revisions POL 2024

      burdenshare revisions NATO_EUR_CAN 2024 --measure real_growth
    """
    from ..reading.current import NoRelease, current_release
    from ..reading.entities import UnknownEntity, read_entities
    from ..reading.suggest import there_is_no

    try:
        entities = read_entities(current_release(context.obj))
        entity = entities.code(entity)
    except (NoRelease, UnknownEntity) as error:
        raise fail(str(error)) from error
    connection = open_current(context.obj, *_TABLES)
    measures = connection.execute(
        "select distinct measure from fct_observation where publisher = 'nato' order by 1"
    ).fetchall()
    if (measure,) not in measures:
        raise fail(there_is_no("measure", measure, [name for (name,) in measures]))
    rows = connection.execute(_HISTORY, [entity, year, measure, price_basis]).fetchall()
    found = [_Row(*row) for row in rows]
    if not found:
        raise fail(f"No edition gives {measure} of {entities.listed(entity)} for {year}.{_years(connection, entity)}")
    console.print(f"[bold]{found[0].entity}, {year}: {measure.replace('_', ' ')}[/]", highlight=False)
    for _, group in groupby(found, key=lambda row: (row.table_id, row.price_basis)):
        _draw(list(group))
    _print_flips(connection, entity, year, measure)


def _years(connection: duckdb.DuckDBPyConnection, entity: str) -> str:
    """Say of which years there are figures of an entity."""
    first, last = connection.execute(
        "select min(year), max(year) from fct_observation where publisher = 'nato' and entity_code = ?", [entity]
    ).fetchall()[0]
    return f" Its figures are of {first} to {last}." if first else ""


def _draw(rows: list[_Row]) -> None:
    """Draw figures of one table and price basis as bars, as long as there is room; a superseded revision is dim."""
    is_money = not (rows[0].price_basis == "none" or rows[0].unit == "percent")
    prices = f", {rows[0].price_basis} prices" if is_money else ""
    console.print(f"\nTable {rows[0].table_id}, {rows[0].unit}{prices}", highlight=False)
    largest = max(abs(row.value) for row in rows) or 1
    labels = [row.edition + (f" r{row.revision}" if row.revisions > 1 else "") for row in rows]
    figures = [f"{row.value:,.4f}".rstrip("0").rstrip(".") + ("e" if row.is_estimate else " ") for row in rows]
    places = [_place(row, is_money) for row in rows]
    taken = [max(map(len, texts)) for texts in (labels, figures, places)]
    room = min(LONGEST_BAR, console.width - sum(taken) - len("    " * 2))
    for row, label, figure, place in zip(rows, labels, figures, places, strict=True):
        bar = "█" * max(1, round(room * abs(row.value) / largest)) if row.value else ""
        drawn = f"{bar:<{room}} " if room >= SHORTEST_BAR else ""
        console.print(
            f"  {label:<{taken[0]}} [{'cyan' if row.is_current else 'dim'}]{drawn}[/] "
            f"{figure:>{taken[1]}} [dim]{escape(place)}[/]",
            highlight=False,
        )


def _place(row: _Row, is_money: bool) -> str:
    base = f" of {row.base_year}" if is_money and row.price_basis == "constant" else ""
    return f"{row.cell or 'transcribed'}{base}"


def _print_flips(connection: duckdb.DuckDBPyConnection, entity: str, year: int, measure: str) -> None:
    """Print which edition changed whether the Ally meets a target that the figure measures."""
    flips = connection.execute(
        "select f.target_id, f.earlier_edition_id, f.edition_id, f.meets_target from fct_compliance_flip f "
        "join dim_target t using (target_id) where f.entity_code = $1 and f.year = $2 and t.measure = $3 order by all",
        [entity, year, measure],
    ).fetchall()
    for target, before, after, meets in flips:
        words = "meets" if meets else "no longer meets"
        console.print(f"\n{after} {words} {target}, other than {before}.", highlight=False)
