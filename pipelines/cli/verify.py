"""The command that looks for damage in releases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .opening import RELEASE_NAMES, require_release
from .output import console, fail

if TYPE_CHECKING:
    from ..settings import Settings


def verify(
    context: typer.Context,
    release: Annotated[str, typer.Argument(help=RELEASE_NAMES)] = "current",
    everything: Annotated[bool, typer.Option("--all", help="Every release.")] = False,
) -> None:
    """Hash a release anew, and with the current one tables, kept observations and the archive; name what is damaged.

    Ends with 1 where anything is.
    """
    from ..files.ledger import read_ledger
    from ..releases.catalog import current_id, releases
    from ..releases.names import DATABASE
    from ..releases.soundness import find_all_damage, release_damage
    from ..releases.verify import find_damage, holder_of

    settings: Settings = context.obj
    paths = [entry.path for entry in releases(settings)] if everything else [require_release(settings, release)]
    current, ledger = current_id(settings), read_ledger(settings.tables)
    broken, advice = False, dict[str, None]()
    if current in {path.name for path in paths}:
        behind = find_all_damage(settings)
        broken, advice = bool(behind), {found.advice: None for found in behind}
        for found in behind:
            if found.kind != "release":
                fail(f"{found.name} is damaged: {found.found}")
        if not [found for found in behind if found.kind != "release"]:
            console.print("Tables, kept observations and the archive are as they were written.", highlight=False)
    for path in paths:
        damage = release_damage(path, ledger) or find_damage(path)
        broken |= bool(damage)
        if damage and path.name != current:
            advice[f"no reader sees {path.name}; it is made anew if it is ever published again"] = None
        if not damage:
            console.print(f"{path.name}: every file is as it was published", highlight=False)
            if holder := holder_of(path):
                console.print(
                    f"  {DATABASE} is open for writing in {holder}, which keeps other DuckDB clients out. "
                    "Commands here do not need it; let that program open it read-only.",
                    highlight=False,
                    markup=False,
                )
            continue
        fail(f"{path.name} is damaged:\n  - " + "\n  - ".join(damage))
    if broken:
        raise fail("What to do:\n  - " + "\n  - ".join(advice))
