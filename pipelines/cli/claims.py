"""The command that shows how the known public statements stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from .opening import open_current
from .output import console, fail, print_table
from .output.export import Format, FormatOption, OutputOption, choose_format, write_result
from .statements import complete_claim, print_verdicts

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


def claims(
    context: typer.Context,
    claim: Annotated[
        str | None, typer.Argument(help="A claim, to read its verdicts in words.", autocompletion=complete_claim)
    ] = None,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Show how the known public claims stand by each edition, or one of them in words."""
    from ..reading.current import current_release
    from ..reading.suggest import there_is_no

    form = choose_format(form, output)
    connection = open_current(context.obj, "dim_claim", "dim_edition", "fct_claim")
    release = current_release(context.obj)
    known = [row[0] for row in connection.execute("select claim_id from dim_claim order by 1").fetchall()]
    if claim is not None and claim not in known:
        raise fail(there_is_no("claim", claim, known))
    if form is not Format.table or output is not None:
        asked = "public claims, by each edition"
        query = "select * from fct_claim where claim_id = coalesce(?, claim_id) order by claim_id, edition_id"
        write_result(connection.sql(query, params=[claim]).to_arrow_table(), form, output, release=release, asked=asked)
    elif claim is None:
        table = _overview(connection)
        print_table(table, table.num_rows)
        console.print("Read one in words with [bold]burdenshare claims CLAIM[/].")
    else:
        _print_claim(connection, claim)


def _overview(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """Set claims against the editions that we hold: the verdict, and the figure behind it."""
    editions = connection.execute(
        "select edition_id from dim_edition where has_figures and upper(publisher) = 'NATO' order by published_on"
    ).fetchall()
    figure = (
        "case unit when 'count' then figure_value::bigint::varchar when 'boolean' then null "
        "else round(figure_value, decimals + 1)::varchar end"
    )
    verdicts = ", ".join(
        f"max(replace(verdict, '_', ' ') || coalesce(': ' || {figure}, '')) filter (edition_id = '{edition}') "
        f'as "{edition}"'
        for (edition,) in editions
    )
    return connection.sql(
        f"select claim_id, any_value(statement) as statement, any_value(claimed_value) as claimed, {verdicts} "
        "from fct_claim inner join (select claim_id, statement, published_on, decimals from dim_claim) "
        "using (claim_id) group by claim_id order by any_value(published_on), claim_id"
    ).to_arrow_table()


def _print_claim(connection: duckdb.DuckDBPyConnection, claim: str) -> None:
    statement, publisher, day, value, unit, source = connection.execute(
        "select statement, publisher, published_on, value, unit, source from dim_claim where claim_id = ?", [claim]
    ).fetchall()[0]
    said = escape(f": {value:g} {unit} ({publisher}, {day})")
    console.print(f"[bold]{escape(statement)}[/]{said}", highlight=False)
    console.print(f"Source: {source}", highlight=False, markup=False, style="dim")
    rows = connection.execute(
        "select edition_id, verdict, sentence from fct_claim where claim_id = ? order by edition_id", [claim]
    ).fetchall()
    print_verdicts(rows)
