"""What commands need before they begin: a release, the project, the lock; or the sentence that tells why not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .output import console, fail

if TYPE_CHECKING:
    import duckdb

    from ..models.project import Project
    from ..settings import Settings

RELEASE_NAMES = "A release: its id or the first letters, current, previous."
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for another program.")]


def open_current(settings: Settings, *names: str) -> duckdb.DuckDBPyConnection:
    """Open `names` of the current release; raises `typer.Exit` where nothing has been published, or it is damaged."""
    from ..reading.current import NoRelease, open_warehouse

    try:
        return open_warehouse(settings.warehouse, names, copied=False)
    except NoRelease as error:
        raise fail(str(error)) from error


def require_release(settings: Settings, name: str) -> Path:
    """Find the folder of a release by id, first letters, `current` or `previous`; raises `typer.Exit` for others."""
    from ..releases.catalog import UnknownRelease, find_release

    try:
        return find_release(settings, name)
    except UnknownRelease as error:
        raise fail(str(error)) from error


def require_project(settings: Settings) -> Project:
    """Read SQL and seeds; raises `typer.Exit` with the file and what is wrong with it."""
    from ..models.project import ProjectError, read_project

    try:
        return read_project(settings.sql, settings.seeds)
    except ProjectError as error:
        raise fail(str(error)) from error


@contextmanager
def hold_lock(settings: Settings, doing: str) -> Iterator[None]:
    """Hold the warehouse's one writing lock; raises `typer.Exit` that names its holder where waiting does not help."""
    from ..files.lock import WarehouseBusy, writing

    try:
        with writing(settings, doing, lambda words: console.print(words, highlight=False)):
            yield
    except WarehouseBusy as error:
        raise fail(str(error)) from error
