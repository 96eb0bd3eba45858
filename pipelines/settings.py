"""Name every path and knob once, read from the environment into one frozen object.

What belongs here: where things lie and what a user may turn. What does not: how anything is done.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
TOPIC_PAGE = "https://www.nato.int/en/what-we-do/introduction-to-nato/defence-expenditures-and-natos-5-commitment"


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
    topic_page: str = TOPIC_PAGE
    allow_loopback: bool = False
    fetch_timeout_s: float = 60
    fetch_attempts: int = 3
    fetch_wait_s: float = 1
    keep_releases: int = 10
    publish_url: str | None = None
    wait_s: int = 600

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
    def raw(self) -> Path:
        """Give the folder of the archive: every source file ever read, unchanged."""
        return self.warehouse / "raw"

    @property
    def inbox(self) -> Path:
        """Give the folder into which people drop workbooks; what is refused stays there with its report."""
        return self.warehouse / "inbox"

    @property
    def observations(self) -> Path:
        """Give the folder with the observations of each edition, one Parquet file an edition."""
        return self.tables / "observations"

    @property
    def report(self) -> Path:
        """Give the folder of the static site that shows the current release."""
        return self.warehouse / "report"

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
            topic_page=env.get("BURDENSHARE_TOPIC_PAGE", cls.topic_page),
            allow_loopback=env.get("BURDENSHARE_ALLOW_LOOPBACK", "") == "1",
            keep_releases=_count(env, "BURDENSHARE_KEEP_RELEASES", cls.keep_releases, least=1),
            publish_url=env.get("BURDENSHARE_PUBLISH_URL") or None,
            wait_s=_count(env, "BURDENSHARE_WAIT_S", cls.wait_s, least=0),
        )


def _path(env: Mapping[str, str], name: str, default: Path) -> Path:
    return Path(env[name]).expanduser().resolve() if env.get(name) else default


def _count(env: Mapping[str, str], name: str, default: int, least: int) -> int:
    text = env.get(name) or str(default)
    if not text.isdigit() or int(text) < least:
        raise ValueError(f"{name} is {text!r}; expected a whole number, at least {least}")
    return int(text)
