"""The command that lists what the current release holds."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.cli.opening import open_current
from pipelines.cli.output import console, fail, print_table


def tables(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="A table or view, to see its columns.")] = None,
) -> None:
    """List the tables and views of the current release, or the columns of one, with units and meaning."""
    connection = open_current(context.obj)
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
