"""Write the report after each release, in a job of its own: the main job does not wait for pages.

(Dagster reads the annotations of an asset at run time, so they are not postponed here.)
"""

from datetime import UTC, datetime

import dagster as dg

from ..releases.catalog import current_id
from ..report.mark import written_release
from ..settings import Settings
from .assets import RELEASE
from .names import REPORT as REPORT
from .private import Materialized

# Dagster loads nothing at all where a job and an asset share a name.
WRITE_REPORT = "write_report"


def report_definitions(settings: Settings) -> dg.Definitions:
    """Make the report's asset, its job, and the sensor that asks for it after each new release."""
    job = dg.define_asset_job(
        WRITE_REPORT,
        selection=dg.AssetSelection.assets(REPORT),
        description="Write the static site of the current release.",
    )

    @dg.sensor(
        name="report_after_release",
        job=job,
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=30,
        description=(
            "Writes the static site anew when it shows another release than the current one: after each new release, "
            "and after a rollback. In a run of its own, so that no release waits for pages."
        ),
    )
    def report_after_release(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        current = current_id(settings)
        if current is None or written_release(settings.report) == current:
            return dg.SkipReason("The report shows the current release.")
        # Once for each move of the pointer, and where that failed once more a day.
        moved = settings.current.lstat().st_mtime_ns
        key = f"report-{current}-{moved}-{datetime.now(UTC):%Y-%m-%d}"
        return dg.RunRequest(run_key=key, tags={"release": current})

    return dg.Definitions(assets=[_report_asset(settings)], jobs=[job], sensors=[report_after_release])


def _report_asset(settings: Settings) -> dg.AssetsDefinition:
    """Make the asset of the report: the folder of the static site."""

    @dg.asset(
        name=REPORT,
        deps=[RELEASE],
        group_name="report",
        description="The static site that shows the current release: pages, charts, and the data to take along.",
        kinds={"html"},
        owners=["team:warehouse"],
    )
    def report(context: dg.AssetExecutionContext) -> Materialized:
        # Charts take a second to import; the main job does without them.
        from ..report.site import write_site

        site = write_site(settings)
        context.log.info(f"{site.pages} pages of release {site.release_id} in {site.seconds:.1f} s")
        return dg.MaterializeResult(
            metadata={
                "release": site.release_id,
                "pages": site.pages,
                "seconds": round(site.seconds, 1),
                "folder": dg.MetadataValue.path(str(site.path)),
                "open": dg.MetadataValue.url((site.path / "index.html").as_uri()),
            },
            data_version=dg.DataVersion(site.release_id),
        )

    return report
