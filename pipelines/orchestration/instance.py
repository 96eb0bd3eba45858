"""Give the one Dagster instance that the command line, the UI and the daemon share."""

from __future__ import annotations

from importlib.resources import files
from importlib.util import find_spec

import dagster as dg

from pipelines.settings import Settings

CODE_LOCATION = "pipelines.definitions"
# The address itself stays out of the file: it holds a password.
POSTGRES = """storage:
  postgres:
    postgres_url:
      env: BURDENSHARE_POSTGRES_URL
"""


def prepare_home(settings: Settings) -> None:
    """Make Dagster's folder with our `dagster.yaml`; a file that the user changed stays as it is.

    Raises `ValueError` where the settings ask for PostgreSQL and the file, or this installation, does not.
    """
    settings.dagster_home.mkdir(parents=True, exist_ok=True)
    target = settings.dagster_home / "dagster.yaml"
    if settings.postgres and find_spec("dagster_postgres") is None:
        raise ValueError("BURDENSHARE_POSTGRES_URL is set, but dagster-postgres is missing: pip install '.[postgres]'")
    if not target.exists():
        text = files("pipelines.orchestration").joinpath("dagster.yaml").read_text(encoding="utf-8")
        target.write_text(text + (POSTGRES if settings.postgres else ""), encoding="utf-8")
    if settings.postgres and "\nstorage:" not in target.read_text(encoding="utf-8"):
        raise ValueError(
            f"BURDENSHARE_POSTGRES_URL is set, but {target} names no storage, so runs would go to SQLite. "
            f"Move that file away to have it written anew, or add to it:\n{POSTGRES}"
        )


def open_instance(settings: Settings) -> dg.DagsterInstance:
    """Open the instance that keeps runs, materializations and schedules: below the warehouse, or in PostgreSQL."""
    prepare_home(settings)
    return dg.DagsterInstance.from_config(str(settings.dagster_home))
