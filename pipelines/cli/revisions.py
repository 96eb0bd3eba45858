"""The command that tells one figure's history."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from pipelines.cli.opening import open_current
from pipelines.cli.output import console, fail

if TYPE_CHECKING:
    import duckdb


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
    and not every.repeats
order by every.table_id, every.price_basis, editions.published_on, every.revision
"""


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
    entity: Annotated[str, typer.Argument(help="An Ally or a group: POL, USA, NATO_EUR_CAN.")],
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
    connection = open_current(context.obj)
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


def _draw(rows: list[_Row]) -> None:
    """Draw figures of one table and price basis as bars; a superseded revision is dim."""
    prices = "" if rows[0].price_basis == "none" or rows[0].unit == "percent" else f", {rows[0].price_basis} prices"
    console.print(f"\nTable {rows[0].table_id}, {rows[0].unit}{prices}", highlight=False)
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


def _require(connection: duckdb.DuckDBPyConnection, column: str, value: str) -> None:
    known = [
        row[0] for row in connection.execute(f"select distinct {column} from fct_observation order by 1").fetchall()
    ]
    if value not in known:
        raise fail(f"There is no {column} {value!r}. There are: {', '.join(known)}.")
