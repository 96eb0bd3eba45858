"""The command that shows what changed between two releases."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from .opening import RELEASE_NAMES, AsJson, require_release
from .output import console, fail, print_rows

if TYPE_CHECKING:
    from ..releases.diff import TableDiff
    from ..settings import Settings


def diff(
    context: typer.Context,
    before: Annotated[str, typer.Argument(help=RELEASE_NAMES)] = "previous",
    after: Annotated[str, typer.Argument(help="The release to compare it with.")] = "current",
    as_json: AsJson = False,
) -> None:
    """Show what changed between two releases, and why.

    Values changed are large, moderate or small: from 1 point of percent or 10 % on large, from 0.1
    point or 1 % on moderate.
    """
    import duckdb

    from ..releases.diff import compare

    settings: Settings = context.obj
    try:
        found = compare(require_release(settings, before), require_release(settings, after))
    except (OSError, ValueError, KeyError, duckdb.Error) as error:
        raise fail(
            f"These releases cannot be compared: {error}\n`burdenshare verify` names what is damaged."
        ) from error
    if as_json:
        typer.echo(json.dumps(found.as_json(), indent=2, ensure_ascii=False, default=str))
        return
    console.print(f"[bold]{found.before} to {found.after}[/]", highlight=False)
    for line in found.summary():
        console.print(f"  {line}", markup=False, highlight=False)
    for table in found.tables:
        _print_samples(table)


def _print_samples(table: TableDiff) -> None:
    for name, rows in table.samples.items():
        title = {"keys_lost": "rows lost", "keys_added": "rows added"}.get(name, f"{name} changes")
        total = getattr(table, name, None) or table.values.get(name, 0)
        more = f", the first {len(rows)} of {total}" if total > len(rows) else ""
        console.print(f"\n[bold]{table.table}[/]: {title}{more}", highlight=False)
        print_rows(rows)
