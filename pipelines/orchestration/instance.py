"""Give the one Dagster instance that the command line, the UI and the daemon share."""

from __future__ import annotations

from importlib.resources import files

import dagster as dg

from pipelines.settings import Settings

CODE_LOCATION = "pipelines.definitions"


def prepare_home(settings: Settings) -> None:
    """Make Dagster's folder with our `dagster.yaml`; a file that the user changed stays as it is."""
    settings.dagster_home.mkdir(parents=True, exist_ok=True)
    target = settings.dagster_home / "dagster.yaml"
    if not target.exists():
        target.write_text(files("pipelines.orchestration").joinpath("dagster.yaml").read_text(encoding="utf-8"))


def open_instance(settings: Settings) -> dg.DagsterInstance:
    """Open the instance that keeps runs, materializations and schedules below the warehouse."""
    prepare_home(settings)
    return dg.DagsterInstance.from_config(str(settings.dagster_home))
