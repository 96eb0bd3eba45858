"""The command that looks for damage in releases."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.cli.opening import RELEASE_NAMES, require_release
from pipelines.cli.output import console, fail
from pipelines.settings import Settings


def verify(
    context: typer.Context,
    release: Annotated[str, typer.Argument(help=RELEASE_NAMES)] = "current",
    everything: Annotated[bool, typer.Option("--all", help="Every release.")] = False,
) -> None:
    """Hash every file of a release anew, open it, and name what is damaged. Ends with 1 where anything is."""
    from pipelines.releases.catalog import releases
    from pipelines.releases.verify import find_damage

    settings: Settings = context.obj
    paths = [entry.path for entry in releases(settings)] if everything else [require_release(settings, release)]
    broken = False
    for path in paths:
        damage = find_damage(path)
        broken |= bool(damage)
        if not damage:
            console.print(f"{path.name}: every file is as it was published", highlight=False)
            continue
        fail(f"{path.name} is damaged:\n  - " + "\n  - ".join(damage))
    if broken:
        raise fail(
            "What to do: `burdenshare rollback` to a release that is whole, then `burdenshare release --resume` "
            "makes the damaged one anew from the tables."
        )
