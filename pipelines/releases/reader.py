"""Open the current release for reading: the one door for people, notebooks and this project's own commands.

A reader is pinned to the release that was current when it opened the door, however often the
pointer moves after that.
"""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

from pipelines.settings import Settings

# Readers see the warehouse and nothing else on the machine, and cannot change that.
LOCKED = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "lock_configuration": "true",
}


class NoRelease(Exception):
    """Say that there is nothing to read yet, and what to do."""


def current_release(settings: Settings) -> Path:
    """Find the folder of the current release; raises `NoRelease` where there is none."""
    if not (settings.current / "warehouse.duckdb").exists():
        raise NoRelease(f"There is no release in {settings.warehouse} yet. Run `burdenshare build` first.")
    return settings.current.resolve()


def read_manifest(settings: Settings) -> dict:
    """Read what the current release is made of: id, time, tables with rows and hashes."""
    return json.loads((current_release(settings) / "release.json").read_text(encoding="utf-8"))


def open_warehouse(warehouse: Path | str | None = None) -> duckdb.DuckDBPyConnection:
    """Open the current release read-only and give a DuckDB connection.

    `warehouse` is the folder of a warehouse; the one of `BURDENSHARE_WAREHOUSE`, or the project's
    own, where it is None. Raises `NoRelease` where nothing has been published there.
    """
    settings = Settings(Path(warehouse)) if warehouse else Settings.from_environment()
    database = current_release(settings) / "warehouse.duckdb"
    return duckdb.connect(str(database), read_only=True, config=LOCKED)
