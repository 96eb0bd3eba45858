"""The command that asks the current release with SQL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.output import Format, fail, without_formulas, write_result

if TYPE_CHECKING:
    from pipelines.settings import Settings


def query(
    context: typer.Context,
    sql: Annotated[str, typer.Argument(help="One SQL query, in DuckDB's dialect.")],
    form: Annotated[Format, typer.Option("--format", "-f", help="How to print the result.")] = Format.table,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write to.")] = None,
    rows: Annotated[int, typer.Option(min=1, help="Rows to draw in a table; other formats give all.")] = 40,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds after which the query is stopped.")] = 60,
    memory: Annotated[int, typer.Option(min=64, help="Megabytes that the query and its result may take.")] = 1024,
    escape_formulas: Annotated[
        bool,
        typer.Option(
            "--escape-formulas",
            help="Put ' before texts that a spreadsheet would run as a formula (=, +, -, @ in front).",
        ),
    ] = False,
) -> None:
    """Ask the current release with SQL.

    The warehouse is opened read-only, the query sees nothing else on this machine, and it ends.

    Examples:

      burdenshare query "from edition_headline"

      burdenshare query "select entity_code, value_pct from fct_target_compliance
                         where edition_id = 'nato-2026-07' and year = 2025
                         and target_id = 'gdp_2' and not meets_target"

      burdenshare query "from fct_growth" --format csv --output growth.csv
    """
    from pipelines.reading.current import NoRelease, current_release
    from pipelines.reading.query import Limits, QueryRefused, QueryStopped, run_query

    settings: Settings = context.obj
    try:
        result = run_query(current_release(settings), sql, Limits(timeout, memory))
    except (NoRelease, QueryRefused, QueryStopped) as error:
        raise fail(str(error)) from error
    if escape_formulas:
        result = without_formulas(result)
    write_result(result, form, output, rows)
