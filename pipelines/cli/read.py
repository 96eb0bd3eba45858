"""Commands that read the current release: ask it with SQL, and look at what it holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import duckdb
import typer

from pipelines.cli.output import Format, console, fail, print_table, without_formulas, write_result
from pipelines.reading.current import NoRelease, current_release, open_warehouse
from pipelines.reading.query import Limits, QueryRefused, QueryStopped, run_query
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
    settings: Settings = context.obj
    try:
        result = run_query(current_release(settings), sql, Limits(timeout, memory))
    except (NoRelease, QueryRefused, QueryStopped) as error:
        raise fail(str(error)) from error
    if escape_formulas:
        result = without_formulas(result)
    write_result(result, form, output, rows)


def tables(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="A table or view, to see its columns.")] = None,
) -> None:
    """List the tables and views of the current release, or the columns of one, with units and meaning."""
    connection = _open(context.obj)
    known = connection.sql(
        "select table_name, 'table' as kind, estimated_size as rows, comment as description from duckdb_tables() "
        "union all select view_name, 'view', null, comment from duckdb_views() where not internal "
        "order by kind, table_name"
    ).to_arrow_table()
    names = known.column("table_name").to_pylist()
    if name is None:
        print_table(known, known.num_rows)
        console.print("See the columns of one with [bold]burdenshare tables NAME[/].")
        return
    if name not in names:
        raise fail(f"There is no table {name!r}. There are: {', '.join(names)}.")
    columns = connection.sql(
        "select column_name, data_type, comment as description from duckdb_columns() where table_name = ? "
        "order by column_index",
        params=[name],
    ).to_arrow_table()
    row = names.index(name)
    console.print(f"[bold]{name}[/]: {known.column('description')[row].as_py()}", highlight=False)
    print_table(columns, columns.num_rows)


def _open(settings: Settings) -> duckdb.DuckDBPyConnection:
    try:
        return open_warehouse(settings.warehouse)
    except NoRelease as error:
        raise fail(str(error)) from error
