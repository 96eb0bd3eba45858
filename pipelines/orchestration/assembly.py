"""Put everything that Dagster knows together: assets, jobs, the nightly schedule, the sensors that watch it."""

from __future__ import annotations

from collections.abc import Mapping

import dagster as dg

from ..models.project import read_project
from ..settings import Settings
from .assets import build_assets
from .jobs import build_jobs, build_schedule
from .news import build_news_sensors
from .private import told_of_beta
from .report import report_definitions
from .sensors import build_sensors


def assemble(settings: Settings, loggers: Mapping[str, dg.LoggerDefinition] | None = None) -> dg.Definitions:
    """Read the project and build its definitions; policy (executor, schedule, sensors) is applied here, once."""
    project = read_project(settings.sql, settings.seeds)
    with told_of_beta():
        assets = build_assets(project, settings)
    jobs = build_jobs(project, settings)
    checks = [key for asset in assets for key in asset.check_keys]
    main = dg.Definitions(
        assets=assets,
        jobs=jobs,
        schedules=[build_schedule(jobs, settings)],
        sensors=[*build_news_sensors(jobs, settings), *build_sensors(settings, checks)],
        # A process for each step would take ten times as long as the work itself.
        executor=dg.in_process_executor,
        loggers=loggers,
    )
    return dg.Definitions.merge(main, report_definitions(settings))
