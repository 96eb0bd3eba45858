"""An interactive SQL session on the current release: the client that is installed, or a plain prompt."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from .output import console, errors, fail, print_table

if TYPE_CHECKING:
    import duckdb

    from ..settings import Settings

PROMPT, CONTINUED = "warehouse> ", "      ...> "
SHOWN_ROWS = 40


class Client(StrEnum):
    """The programs that can hold the session."""

    auto = "auto"
    duckdb = "duckdb"
    harlequin = "harlequin"
    plain = "plain"


def shell(
    context: typer.Context,
    client: Annotated[
        Client,
        typer.Option(metavar="CLIENT", help=f"Which program: {', '.join(Client)}; auto takes what is installed."),
    ] = Client.auto,
) -> None:
    """Open an interactive SQL session on the current release, read-only.

    It stays on the release that was current when it began.
    """
    from ..reading.connection import open_release
    from ..reading.current import NoRelease, current_release
    from ..releases.names import DATABASE
    from ..releases.verify import holder_of

    settings: Settings = context.obj
    try:
        folder = current_release(settings)
    except NoRelease as error:
        raise fail(str(error)) from error
    chosen = _installed(client)
    if chosen == Client.plain or not sys.stdin.isatty():
        _plain_session(open_release(folder))
        return
    if holder := holder_of(folder):
        raise fail(
            f"{DATABASE} is open for writing in {holder}, which keeps {chosen} out. Close it there; "
            "--client plain does not need the file."
        )
    database = str(folder / DATABASE)
    arguments = {
        Client.duckdb: ["duckdb", "-readonly", database],
        Client.harlequin: ["harlequin", "--read-only", database],
    }[chosen]
    os.execvp(arguments[0], arguments)


def _installed(client: Client) -> Client:
    if client == Client.plain:
        return client
    wanted = [Client.duckdb, Client.harlequin] if client == Client.auto else [client]
    for name in wanted:
        if shutil.which(name):
            return name
    if client == Client.auto:
        return Client.plain
    raise fail(f"{client} is not installed here; --client plain needs nothing.")


def _plain_session(connection: duckdb.DuckDBPyConnection) -> None:
    """Read statements that end in a semicolon, from a person or from a pipe, and answer each."""
    interactive = sys.stdin.isatty()
    if interactive:
        _remember_lines()
        console.print("End a query with ; and the session with Ctrl-D. `show tables;` lists what there is.")
    failed, text = False, ""
    while True:
        try:
            line = input((CONTINUED if text else PROMPT) if interactive else "")
        except KeyboardInterrupt:
            console.print()
            text = ""
            continue
        except EOFError:
            break
        if not text and line.strip().lower() in ("exit", "quit", r"\q", ".quit", ".exit"):
            break
        text += line + "\n"
        if line.rstrip().endswith(";"):
            failed |= not _answer(connection, text)
            text = ""
    if text.strip():
        failed |= not _answer(connection, text)
    if failed and not interactive:
        raise typer.Exit(1)


def _remember_lines() -> None:
    # Importing it is what gives input() its arrow keys and its history.
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401


def _answer(connection: duckdb.DuckDBPyConnection, text: str) -> bool:
    import duckdb

    from ..reading.connection import ASKS
    from ..reading.results import as_arrow_keeps

    try:
        for statement in duckdb.extract_statements(text):
            if (kind := statement.type.name) not in ASKS:
                raise ValueError(f"The session is read-only: it answers questions, and {kind} is none.")
            result = connection.sql(statement.query)
            if result is not None:
                print_table(as_arrow_keeps(result).to_arrow_table(), SHOWN_ROWS)
    except KeyboardInterrupt:
        connection.interrupt()
        console.print("interrupted")
    except (duckdb.Error, ValueError, OSError) as error:
        errors.print(str(error), style="red", markup=False, highlight=False)
        return False
    return True
