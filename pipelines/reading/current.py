"""Open the current release for reading: the one connection for people, notebooks and this project's own commands.

A reader is pinned to the release that was current when it connected, however often the
pointer moves after that.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..releases.description import read_manifest_of
from .connection import NoRelease as NoRelease
from .connection import open_release

if TYPE_CHECKING:
    import duckdb

    from ..settings import Settings


def current_release(settings: Settings) -> Path:
    """Find the folder of the current release; raises `NoRelease` where there is none."""
    folder = settings.current.resolve()
    if not folder.is_dir():
        raise NoRelease(f"There is no release in {settings.warehouse} yet. Run `burdenshare build` first.")
    return folder


def read_manifest(settings: Settings) -> dict[str, Any]:
    """Read the current release's manifest, `datapackage.json`; raises `NoRelease` where there is none."""
    return read_manifest_of(current_release(settings))


def open_warehouse(
    warehouse: Path | str | None = None, names: Iterable[str] | None = None, copied: bool = True
) -> duckdb.DuckDBPyConnection:
    """Open the current release and return a DuckDB connection to it.

    `warehouse` is the folder of a warehouse; the one of `BURDENSHARE_WAREHOUSE`, or the project's
    own, where it is None. Only the tables, views and macros in `names` are opened where they are given;
    who reads most of them once leaves them in their files (`copied=False`).
    Raises `NoRelease` where nothing has been published there, or it cannot be read. `docs/reading.md`
    shows what to do with it in pandas, Arrow and DuckDB.
    """
    from ..settings import Settings

    settings = Settings(Path(warehouse)) if warehouse else Settings.from_environment()
    return open_release(current_release(settings), names=names, copied=copied)
