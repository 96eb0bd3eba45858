"""Open a release's database so that nothing but the warehouse can be read, and nothing changed.

Kept apart from `current` because the worker of a query imports it, and should start in no time.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipelines.releases.names import DATABASE

# Readers see the warehouse and nothing else on the machine, leave nothing in its folder, and cannot
# change that.
LOCKED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "temp_directory": "",
    "lock_configuration": "true",
}


def open_release(folder: Path, memory_limit: str | None = None) -> duckdb.DuckDBPyConnection:
    """Open one release by its folder, read-only; `memory_limit` such as `512MB` for strangers' queries."""
    limits = {"memory_limit": memory_limit} if memory_limit else {}
    return duckdb.connect(str(folder / DATABASE), read_only=True, config={**limits, **LOCKED})
