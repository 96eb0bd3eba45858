"""The command that takes workbooks into the archive."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from .opening import hold_lock, require_project
from .output import command_name, console, fail, print_labelled

if TYPE_CHECKING:
    from ..intake.ingest import Taken
    from ..settings import Settings


_WORDS = {
    "new edition": "a new edition",
    "new revision": "a new revision, which replaces the figures held so far; those stay in fct_superseded_observation",
    "older revision": "an older revision; it is kept in fct_superseded_observation, and the facts stay as they are",
    "equal cells": "a copy: its figures are those of a revision that is held; nothing changes",
    "known file": "a file that is archived already; nothing changes",
}


def ingest(
    context: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(help="NATO's workbooks (.xlsx) or PDFs, SIPRI's and the EDA's workbooks, the World Bank's CSV."),
    ],
    edition: Annotated[
        str | None, typer.Option(help="The edition, such as nato-2027-06, where the file does not tell.")
    ] = None,
    published: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day of publication of an edition not yet known.")
    ] = None,
    tables: Annotated[
        str | None,
        typer.Option(help="The tables that the file holds, where not all: 2,3,8a,8b, or an indicator's code."),
    ] = None,
) -> None:
    """Take publishers' files into the archive, or refuse them with the cells that are wrong.

    Nothing is built yet: `burdenshare build` does that. A file dropped into warehouse/inbox is taken by
    the next build without this command.

    Examples:

      burdenshare ingest ~/Downloads/def-exp-2026-en.xlsx

      burdenshare ingest tables.xlsx --edition nato-2027-06 --published 2027-06-12
    """
    from ..intake.inbox import clear
    from ..intake.ingest import ingest as take_in
    from ..sources.errors import SourceError

    settings: Settings = context.obj
    project = require_project(settings)
    outcomes, refused = [], []
    for path in files:
        if not path.is_file():
            refused.append(f"{path} is no file." if path.exists() else f"There is no file {path}.")
            continue
        try:
            with hold_lock(settings, "taking sources in"):
                taken = take_in(
                    path,
                    settings,
                    project,
                    edition_id=edition,
                    published=published.date() if published else None,
                    tables=[table.strip() for table in tables.split(",")] if tables else None,
                )
        except SourceError as error:
            refused.append(str(error))
            continue
        if path.resolve().parent == settings.inbox.resolve():
            clear(path)
        outcomes.append(taken)
        _tell(path, taken)
    if any(taken.changes_figures for taken in outcomes):
        console.print(f"\nNext: [bold]{command_name()} build[/] brings what is new into the warehouse.")
    if refused:
        raise fail("\n\n".join(refused))


def _tell(path: Path, taken: Taken) -> None:
    receipt = taken.receipt
    console.print(f"[bold]{escape(path.name)}[/] is {_WORDS[taken.outcome]}", highlight=False)
    base = f", constant {receipt.price_base_year} prices" if receipt.price_base_year else ""
    lines = [
        ("edition", f"{receipt.edition_id}, published on {receipt.published_on}, revision {taken.revision}"),
        ("tables", f"{', '.join(receipt.tables)}: {receipt.figures:,} figures"),
        ("years", f"{receipt.first_year} to {receipt.last_year}{base}"),
        ("archived", f"under {receipt.sha256}"),
    ]
    for name, text in lines:
        print_labelled(name, text, 13)
    if taken.tables_lost:
        lost = ", ".join(taken.tables_lost)
        console.print(f"  [yellow]note       it lacks Tables {lost}, which were held; the facts lose them[/]")
    if taken.left_out:
        print_labelled("not read", f"no fact asks for {', '.join(taken.left_out)}", 13)
