"""The command that lists the releases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from .opening import AsJson
from .output import fail, print_rows

if TYPE_CHECKING:
    from ..settings import Settings

# Changes of a release that are named in the list.
SHOWN = 4


def releases(context: typer.Context, as_json: AsJson = False) -> None:
    """List the releases: which is current, which is held back, when each was made and what it changed."""
    from ..releases import catalog

    settings: Settings = context.obj
    entries = catalog.releases(settings)
    rows = [
        {
            "release": entry.id,
            "state": "current" if entry.is_current else "held" if entry.is_held else "",
            "made_at": entry.made_at[:19].replace("T", " "),
            "megabytes": round(entry.bytes / 1e6, 1),
            "changes": "; ".join(_changes(entry.path)),
        }
        for entry in entries
    ]
    if as_json:
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    if not rows:
        raise fail(f"There is no release in {settings.warehouse} yet. Run `burdenshare build` first.")
    print_rows([row | {"changes": _in_brief(_changes(entry.path))} for row, entry in zip(rows, entries, strict=True)])


def _in_brief(changes: list[str]) -> str:
    more = len(changes) - SHOWN
    return "; ".join([*changes[:SHOWN], *([f"and {more} more (--json gives them all)"] if more > 0 else [])])


def _changes(path: Path) -> list[str]:
    from ..releases.description import OWN, read_manifest_of

    try:
        own = read_manifest_of(path)[OWN]
    except (OSError, ValueError, KeyError):
        return ["its manifest cannot be read"]
    accepted = [f"accepted: {own['accepted']}"] if own["accepted"] else []
    return [*own["changes"], *accepted]
