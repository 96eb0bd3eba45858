"""Name every path and knob once, read from the environment into one frozen object.

What belongs here: where things lie and what a user may turn. What does not: how anything is done.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """Hold the paths of one warehouse.

    `sql` and `seeds` are inputs that come with the project; all else is made by runs and lies
    below `warehouse`, so that moving that one folder moves everything.
    """

    warehouse: Path
    sql: Path = PROJECT / "sql"
    seeds: Path = PROJECT / "warehouse" / "seeds"
    ui_port: int = 3000
    schedule: str = "30 3 * * *"
    timezone: str = "UTC"

    @property
    def tables(self) -> Path:
        """Give the folder of the tables that assets write: one Parquet file (or folder) each."""
        return self.warehouse / "tables"

    @property
    def releases(self) -> Path:
        """Give the folder that keeps every published release under its id."""
        return self.warehouse / "releases"

    @property
    def current(self) -> Path:
        """Give the link that readers follow to the current release."""
        return self.warehouse / "current"

    @property
    def dagster_home(self) -> Path:
        """Give the folder where Dagster keeps runs, schedules and its own settings."""
        return self.warehouse / "dagster"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the settings from `BURDENSHARE_*` variables; each has a default.

        Raises `ValueError` with the variable's name where a value cannot be used.
        """
        env = os.environ if environ is None else environ
        port = env.get("BURDENSHARE_UI_PORT", "3000")
        if not port.isdigit():
            raise ValueError(f"BURDENSHARE_UI_PORT is {port!r}; expected a port number such as 3000")
        return cls(
            warehouse=_path(env, "BURDENSHARE_WAREHOUSE", PROJECT / "warehouse"),
            sql=_path(env, "BURDENSHARE_SQL", PROJECT / "sql"),
            seeds=_path(env, "BURDENSHARE_SEEDS", PROJECT / "warehouse" / "seeds"),
            ui_port=int(port),
            schedule=env.get("BURDENSHARE_SCHEDULE", cls.schedule),
            timezone=env.get("BURDENSHARE_TIMEZONE", cls.timezone),
        )


def _path(env: Mapping[str, str], name: str, default: Path) -> Path:
    return Path(env[name]).expanduser().resolve() if env.get(name) else default
