"""Assemble the commands, and turn expected errors into a message and an exit code."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup

from ..version import __version__
from . import (
    build,
    check,
    claims,
    diff,
    editions,
    explain,
    fetch,
    ingest,
    prune,
    query,
    release,
    releases,
    report,
    revisions,
    rollback,
    seeds,
    shell,
    status,
    tables,
    ui,
    verify,
)
from .output import fail

# What a system says of a place that cannot be used; any other error is a fault of ours and keeps its traceback.
REFUSALS = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.ENOTDIR, errno.EEXIST, errno.ENAMETOOLONG}


class Commands(TyperGroup):
    """Turn what the system refused (a folder that cannot be written, a full disk) into a sentence."""

    # typer hands its own Context, a subclass of the one that the method is declared with.
    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]  # typer brings its own Context
        """Run a command; an error of the system ends it with a message instead of a traceback."""
        try:
            return super().invoke(ctx)
        except OSError as error:
            if error.errno not in REFUSALS:
                raise
            place = f"{error.filename}: " if error.filename else ""
            raise fail(
                f"{place}{error.strerror}. Who runs this must be able to write there; name another folder where not "
                "(for the warehouse: --warehouse, or BURDENSHARE_WAREHOUSE)."
            ) from error


app = typer.Typer(
    name="burdenshare",
    cls=Commands,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help=(
        "The warehouse of NATO defence spending: every edition kept, every figure traced to where it was published.\n\n"
        "Start with [bold]burdenshare build[/], look around with [bold]burdenshare tables[/], and ask with "
        '[bold]burdenshare query "select ..."[/].'
    ),
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"burdenshare {__version__}")
        raise typer.Exit


@app.callback()
def main(
    context: typer.Context,
    warehouse: Annotated[
        Path | None,
        typer.Option(help="Folder of the warehouse, where not the one that is set, or the project's own."),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    """Read the settings once, for whichever command follows."""
    if warehouse:
        # Through the environment, so that programs which a command starts see the same warehouse.
        os.environ["BURDENSHARE_WAREHOUSE"] = str(warehouse.expanduser().resolve())
    # What judges settings takes as long to import as all commands together, and --help needs none.
    from ..settings import Settings

    try:
        context.obj = Settings.from_environment()
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


# In the order of --help: making, asking, editions, statements, releases.
COMMANDS = (
    build.build,
    ui.ui,
    status.status,
    seeds.seeds,
    report.report,
    query.query,
    tables.tables,
    shell.shell,
    editions.editions,
    revisions.revisions,
    ingest.ingest,
    fetch.fetch,
    claims.claims,
    check.check,
    explain.explain,
    releases.releases,
    release.release,
    diff.diff,
    rollback.rollback,
    verify.verify,
    prune.prune,
)
for command in COMMANDS:
    app.command()(command)
