"""The command that writes the embedded figures anew."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .output import console, fail, short_path

if TYPE_CHECKING:
    from ..settings import Settings


def seeds(
    context: typer.Context,
    originals: Annotated[
        Path,
        typer.Argument(
            help="Folder with the original files: 2019-06/*.csv, 2024-06/*.xlsx, 2025-08/*.csv, 2026-07/*.csv."
        ),
    ],
) -> None:
    """Write the embedded figures anew from the original files, which are not part of the project."""
    from ..files.whole import in_words
    from ..sources.errors import SourceError
    from ..sources.figures import regenerate

    settings: Settings = context.obj
    if not originals.is_dir():
        raise fail(f"{originals} is not a folder. Name the one that holds 2019-06, 2024-06, 2025-08 and 2026-07.")
    try:
        counts = regenerate(originals, settings.seeds)
    except FileNotFoundError as error:
        raise fail(f"{in_words(error)}. Every file of every edition is read anew.") from error
    except SourceError as error:
        raise fail(str(error)) from error
    for edition, count in counts.items():
        console.print(f"{edition}: {count:,} figures", highlight=False)
    written = short_path(settings.seeds / "figures")
    console.print(f"written to {written}; `git diff` shows what changed", highlight=False)
