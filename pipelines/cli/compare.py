"""The command that puts the publishers' figures of one entity and year side by side."""

from __future__ import annotations

from typing import Annotated

import typer

from .output import console, fail, print_rows

WIDTH = 40
_QUERY = """
select
    figures.publisher,
    figures.edition_id as edition,
    figures.value as share_of_gdp_pct,
    differences.difference as beside_nato_pp,
    differences.difference_reason as reason,
    coalesce(differences.marks, '') as footnote,
    figures.locator as cell
from fct_publisher_figure as figures
left join fct_publisher_difference as differences using (publisher, entity_code, year, measure, unit)
where figures.is_newest and figures.measure = 'defence_share_of_gdp'
    and figures.entity_code = ? and figures.year = ?
order by figures.publisher <> 'nato', figures.publisher
"""


def compare(
    context: typer.Context,
    entity: Annotated[str, typer.Argument(help="An Ally or another state, by code or name, such as POL.")],
    year: Annotated[int, typer.Argument(help="A calendar year.")],
) -> None:
    """Compare what every publisher says of a share of GDP, and tell why they differ.

    Example: burdenshare compare POL 2024
    """
    from ..reading.connection import open_release
    from ..reading.current import NoRelease, current_release
    from ..reading.entities import UnknownEntity, read_entities

    try:
        release = current_release(context.obj)
        names = read_entities(release)
        code = names.code(entity)
        tables = ("fct_publisher_figure", "fct_publisher_difference")
        found = open_release(release, names=tables).execute(_QUERY, [code, year])
        columns = [column[0] for column in found.description or ()]
        rows = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
    except (NoRelease, UnknownEntity) as error:
        raise fail(str(error)) from error
    if not rows:
        raise fail(f"no publisher has a share of GDP of {names.listed(code)} in {year} that may be shown.")
    shown = ("publisher", "edition", "share_of_gdp_pct", "beside_nato_pp", "reason", "cell")
    print_rows([{name: row[name] for name in shown} for row in rows])
    most = max(row["share_of_gdp_pct"] for row in rows)
    for row in rows:
        bar = "█" * max(1, round(WIDTH * row["share_of_gdp_pct"] / most))
        console.print(f"{row['publisher']:<10} {bar} {row['share_of_gdp_pct']:.2f} %", highlight=False)
    for row in rows:
        if row["footnote"]:
            console.print(f"{row['publisher']}: {row['footnote']}", markup=False, highlight=False)
