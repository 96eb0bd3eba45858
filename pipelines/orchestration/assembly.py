"""Put everything that Dagster knows together: assets, the job that runs them, its schedule."""

from __future__ import annotations

from collections.abc import Mapping

import dagster as dg

from pipelines.models.project import read_project
from pipelines.orchestration.archive import ARCHIVE, OBSERVATIONS
from pipelines.orchestration.assets import build_assets
from pipelines.orchestration.report import REPORT, report_definitions
from pipelines.settings import Settings

EVERYTHING = "everything"


def assemble(settings: Settings, loggers: Mapping[str, dg.LoggerDefinition] | None = None) -> dg.Definitions:
    """Read the project and build its definitions; policy (executor, schedule) is applied here, once."""
    project = read_project(settings.sql, settings.seeds)
    everything = dg.define_asset_job(
        EVERYTHING,
        # The observations of one edition are for rebuilding it by hand; the archive's step reads them all.
        # The report has a job of its own: a release does not wait for pages.
        selection=dg.AssetSelection.all() - dg.AssetSelection.assets(OBSERVATIONS, REPORT),
        description="Read every edition, build every table, check it, and publish a release.",
    )
    nightly = dg.ScheduleDefinition(
        name="nightly",
        job=everything,
        # By day a build reads what is there; by night it also looks at the publisher's site.
        run_config={"ops": {ARCHIVE: {"config": {"fetch": True}}}},
        cron_schedule=settings.schedule,
        execution_timezone=settings.timezone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Build and publish every night. BURDENSHARE_SCHEDULE and BURDENSHARE_TIMEZONE set the hour.",
    )
    main = dg.Definitions(
        assets=build_assets(project, settings),
        jobs=[everything],
        schedules=[nightly],
        # A process for each step would take ten times as long as the work itself.
        executor=dg.in_process_executor,
        loggers=loggers,
    )
    return dg.Definitions.merge(main, report_definitions(settings))
