"""Commands that read the current release: ask it with SQL, and look at what it holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import duckdb
import typer

from pipelines.cli.output import Format, console, fail, print_table, write_result
from pipelines.releases.reader import NoRelease, open_warehouse
from pipelines.settings import Settings


def query(
    context: typer.Context,
    sql: Annotated[str, typer.Argument(help="One SQL query, in DuckDB's dialect.")],
    form: Annotated[Format, typer.Option("--format", "-f", help="How to print the result.")] = Format.table,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write to.")] = None,
    rows: Annotated[int, typer.Option(min=1, help="Rows to draw in a table; other formats give all.")] = 40,
) -> None:
    """Ask the current release with SQL.

    The warehouse is opened read-only, and the query sees nothing else on this machine.

    Examples:

      burdenshare query "from edition_headline"

      burdenshare query "select entity_code, value_pct from fct_target_compliance
                         where edition_id = 'nato-2026-07' and year = 2025
                         and target_id = 'gdp_2' and not meets_target"

      burdenshare query "from fct_growth" --format csv --output growth.csv
    """
    connection = _open(context.obj)
    try:
        statements = len(duckdb.extract_statements(sql))
        if statements != 1:
            raise fail(f'This holds {statements} statements; a query is one. Put it in quotes: query "select ...".')
        result = connection.sql(sql)
    except duckdb.Error as error:
        raise fail(_explain(str(error))) from error
    if result is None:
        raise fail("This statement gives no rows; ask with a select.")
    write_result(result.to_arrow_table(), form, output, rows)


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


def _explain(message: str) -> str:
    """Say in plain words what the reader's door refuses; leave other errors as DuckDB words them."""
    lowered = message.lower()
    if "read-only" in lowered:
        return f"The warehouse is open for reading only; this query would change it.\n{message}"
    if "disabled by configuration" in lowered or "has been locked" in lowered:
        return f"A query can read the warehouse and nothing else on this machine.\n{message}"
    if "does not exist" in lowered:
        return f"{message}\nSee `burdenshare tables` for what there is, `burdenshare tables NAME` for columns."
    return message
