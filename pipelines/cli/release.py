"""The command that publishes the tables as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .opening import hold_lock, require_project
from .output import console, fail

if TYPE_CHECKING:
    from ..settings import Settings


def release(
    context: typer.Context,
    accept: Annotated[
        str | None,
        typer.Option(help="Why a lost row or a large change without a cause is right; kept in the manifest."),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Publish again what was held back by a rollback.")] = False,
) -> None:
    """Publish the tables as they were last built, without building anything."""
    from ..releases.baseline import NotPublished
    from ..releases.publish import publish
    from ..releases.remote import NotPushed, push
    from ..releases.rollback import resume as lift_holds

    settings: Settings = context.obj
    try:
        with hold_lock(settings, "publishing a release"):
            if resume and (held := lift_holds(settings)):
                console.print(f"No longer held back: {', '.join(sorted(held))}", highlight=False)
            published = publish(require_project(settings), settings, accept)
            pushed = None if published.is_held else push(settings, published.path)
    except (NotPublished, NotPushed) as error:
        raise fail(str(error)) from error
    console.print(f"[bold]{'Published' if published.is_new else 'Not published:'} {published.id}[/]", highlight=False)
    for line in published.summary():
        console.print(f"  {line}", markup=False, highlight=False)
    if pushed:
        console.print(f"  pushed to {pushed}", markup=False, highlight=False)
