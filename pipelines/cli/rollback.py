"""The command that goes back to an earlier release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .output import console, fail

if TYPE_CHECKING:
    from ..settings import Settings


def rollback(
    context: typer.Context,
    release: Annotated[str | None, typer.Argument(help="Where to go back to; else the release before.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why; the history keeps it.")] = None,
) -> None:
    """Make an earlier release current, and hold back the one that was left.

    It is not published again until inputs or SQL change, or `burdenshare release --resume`.
    """
    from ..files.lock import WarehouseBusy
    from ..releases.catalog import UnknownRelease, current_id
    from ..releases.remote import NotPushed, push
    from ..releases.rollback import CannotRollBack
    from ..releases.rollback import rollback as go_back

    settings: Settings = context.obj
    left = current_id(settings)
    try:
        path = go_back(settings, release, reason)
        pushed = push(settings, path)
    except (UnknownRelease, CannotRollBack, WarehouseBusy, NotPushed) as error:
        raise fail(str(error)) from error
    console.print(f"[bold]{path.name} is current again[/]; {left} is held back.", highlight=False)
    # Dagster takes a second to import, which whoever cannot go back is spared.
    from ..orchestration.noted import note_rollback

    try:
        note_rollback(settings, path.name, left, reason)
    except ValueError as error:
        console.print(f"Dagster's pages do not show it: {error}", markup=False, highlight=False)
    console.print("Publish it again with [bold]burdenshare release --resume[/].")
    if pushed:
        console.print(f"{pushed} points to it, too.", markup=False, highlight=False)
