"""The command that asks the current release with SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .output import console, errors, fail
from .output.export import Format, FormatOption, OutputOption, choose_format, write_result

if TYPE_CHECKING:
    from ..settings import Settings


def query(
    context: typer.Context,
    sql: Annotated[str, typer.Argument(help="One SQL query, in DuckDB's dialect.")],
    form: FormatOption = None,
    output: OutputOption = None,
    rows: Annotated[int, typer.Option(min=1, help="Rows to draw on a screen; other formats give all.")] = 40,
    names: Annotated[bool, typer.Option("--names", help="Add the name beside each entity_code.")] = False,
    excel: Annotated[
        bool,
        typer.Option("--excel", help="CSV for Excel: marked as UTF-8, and no text of it runs as a formula."),
    ] = False,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds after which the query is stopped.")] = 60,
    memory: Annotated[int, typer.Option(min=64, help="Megabytes that the query and its result may take.")] = 1024,
) -> None:
    """Ask the current release with SQL.

    The warehouse is opened read-only, the query sees nothing else on this machine, and it ends.

    Examples:

      burdenshare query "from edition_headline"

      burdenshare query "select entity_code, value_pct from fct_target_compliance
                         where edition_id = 'nato-2026-07' and year = 2025
                         and target_id = 'gdp_2' and not meets_target"

      burdenshare query "from fct_growth" --names --output growth.xlsx
    """
    from ..reading.current import NoRelease, current_release
    from ..reading.query import Limits, QueryRefused, QueryStopped, run_query

    settings: Settings = context.obj
    # Before the query: a wrong file should not cost a minute.
    form = choose_format(form, output, excel)
    try:
        release = current_release(settings)
        result = run_query(release, sql, Limits(timeout, memory))
    except (NoRelease, QueryRefused, QueryStopped) as error:
        raise fail(str(error)) from error
    if names:
        from ..reading.entities import read_entities

        result = read_entities(release).beside_codes(result)
    to_screen = form is Format.table and output is None
    if result.num_rows == 0:
        from ..reading.hints import why_no_rows

        why = why_no_rows(release, sql)
        (console if to_screen else errors).print(f"no rows; {why}" if why else "no rows", markup=False, highlight=False)
        if to_screen:
            return
    write_result(result, form, output, release=release, asked=sql, shown_rows=rows, for_excel=excel)
