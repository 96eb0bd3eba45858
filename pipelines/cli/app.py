"""Assemble the commands, and turn expected errors into a message and an exit code."""

from __future__ import annotations

import errno
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup

from ..files.whole import DamagedFile
from ..version import __version__
from . import (
    build,
    check,
    claims,
    compare,
    diff,
    editions,
    explain,
    fetch,
    ingest,
    mcp,
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

# What is to be done about a place that cannot be used, by what the system says of it.
NOT_OURS = (
    "Who runs this must be able to write there; name another folder where not (for the warehouse: --warehouse, or "
    "BURDENSHARE_WAREHOUSE)."
)
ADVICE = {
    errno.ENOSPC: "Make room on that disk, then run it again; what readers see is as it was.",
    errno.EDQUOT: "Make room within the quota, then run it again; what readers see is as it was.",
    errno.ENOENT: "If it belongs to the warehouse, `burdenshare verify` names what is missing.",
    errno.EIO: "The disk cannot read or write it: see to the disk, then `burdenshare verify`.",
}


class Commands(TyperGroup):
    """Turn into a sentence what the system refused (a folder that cannot be written, a full disk), or being stopped."""

    # typer hands its own Context, a subclass of the one that the method is declared with.
    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]  # typer brings its own Context
        """Run a command; an error of the system, or a signal, ends it with a message instead of a traceback."""
        try:
            with _clearing_up_when_told_to_end():
                return super().invoke(ctx)
        except OSError as error:
            # A pipe is closed by whoever has read enough, such as `head`.
            if error.errno is None or isinstance(error, BrokenPipeError):
                raise
            place = f"{error.filename}: " if error.filename else ""
            raise fail(f"{place}{error.strerror}. {ADVICE.get(error.errno, NOT_OURS)}") from error
        except UnicodeEncodeError as error:
            raise fail("What was typed holds bytes that are no text in UTF-8; type it again.") from error
        except Exception as error:
            if _was_interrupted(error):
                raise _stopped(signal.SIGINT) from None
            if not _met_damage(error):
                raise
            words = str(error).splitlines()[0]
            raise fail(f"{words}\n`burdenshare verify` names what is damaged and what to do.") from error
        except (KeyboardInterrupt, _Ended) as error:
            raise _stopped(signal.SIGTERM if isinstance(error, _Ended) else signal.SIGINT) from None


def _stopped(number: signal.Signals) -> typer.Exit:
    return fail(f"Stopped by {number.name}. What readers see is whole; run it again to go on.", 128 + number)


def _was_interrupted(error: Exception) -> bool:
    """Tell whether a signal came while DuckDB was at work: it swallows what Python raises, and raises this instead."""
    return isinstance(error, RuntimeError) and str(error) == "Query interrupted"


def _met_damage(error: Exception) -> bool:
    """Tell whether what went wrong is a file of the warehouse; libraries say so in errors of their own."""
    library = type(error).__module__.partition(".")[0]
    return library in {"_duckdb", "duckdb", "pyarrow"} or isinstance(error, DamagedFile)


class _Ended(BaseException):
    """Say that the system asked the program to end."""


@contextmanager
def _clearing_up_when_told_to_end() -> Iterator[None]:
    """Let SIGTERM end a command as Ctrl-C does: what is under way removes its temporary files."""

    def end(number: int, _frame: object) -> None:
        # A second one ends the program at once.
        signal.signal(number, signal.SIG_DFL)
        raise _Ended

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


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
    mcp.mcp,
    editions.editions,
    revisions.revisions,
    ingest.ingest,
    fetch.fetch,
    claims.claims,
    check.check,
    compare.compare,
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
