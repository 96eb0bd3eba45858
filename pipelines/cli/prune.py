"""The command that lets old releases go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .opening import hold_lock
from .output import console

if TYPE_CHECKING:
    from ..settings import Settings


def prune(
    context: typer.Context,
    keep: Annotated[
        int | None, typer.Option(min=1, help="How many to keep, instead of BURDENSHARE_KEEP_RELEASES (10).")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
) -> None:
    """Delete old releases. The current one, the one before, and whatever was read within a day stay."""
    from ..releases.retention import retire

    settings: Settings = context.obj
    with hold_lock(settings, "pruning"):
        gone = retire(settings, keep, dry_run)
    verb = "would go" if dry_run else "deleted"
    for entry in gone:
        console.print(f"{entry.id} of {entry.made_at[:10]} {verb}", highlight=False)
    if not gone:
        console.print("Nothing to delete.")
