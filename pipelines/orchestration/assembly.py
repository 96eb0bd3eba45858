"""Put everything that Dagster knows together: assets, jobs, the nightly schedule, the sensors that watch it."""

from __future__ import annotations

from collections.abc import Mapping

import dagster as dg

from ..intake.look import Look
from ..models.project import read_project
from ..settings import Settings
from .assets import build_assets
from .jobs import build_jobs
from .news import files_sensor, web_sensor
from .night import build_schedule
from .private import told_of_beta
from .report import report_asset, report_job
from .sensors import runs_sensor

# What every step asks for: where things lie, and what a user turned.
SETTINGS = "settings"


def assemble(
    settings: Settings, loggers: Mapping[str, dg.LoggerDefinition] | None = None, look: Look | None = None
) -> dg.Definitions:
    """Read the project and build its definitions; policy (executor, schedule, sensors) is applied here, once.

    `look` is what the publishers' sites gave just now, for a run that would look at them otherwise.
    """
    project = read_project(settings.sql, settings.seeds)
    with told_of_beta():
        assets = [*build_assets(project, settings, look), report_asset(settings)]
    jobs = [*build_jobs(project), report_job()]
    return dg.Definitions(
        assets=assets,
        jobs=jobs,
        schedules=[build_schedule(jobs, settings)],
        sensors=[files_sensor(jobs, settings), web_sensor(jobs, settings), runs_sensor(settings, assets)],
        # A process for each step would take ten times as long as the work itself.
        executor=dg.in_process_executor,
        resources={SETTINGS: settings},
        loggers=loggers,
    )
