"""Write the report after each release, in a run of its own: the main job only notes where it is up to date.

(Dagster reads the annotations of an asset at run time, so they are not postponed here.)
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg

from ..releases.catalog import current_id
from ..report.mark import written_release
from ..settings import Settings
from .assets import RELEASE
from .code import report_code
from .freshness import nightly
from .names import EVERYTHING
from .names import REPORT as REPORT
from .private import Job, Materialized, Metadata, code_of_materialization

# Dagster loads nothing at all where a job and an asset share a name.
WRITE_REPORT = "write_report"


def report_job() -> Job:
    """Make the report's job, which the sensor of files starts after each new release, and after a rollback."""
    return dg.define_asset_job(
        WRITE_REPORT,
        selection=dg.AssetSelection.assets(REPORT),
        description="Write the static site of the current release. In a run of its own: no release waits for pages.",
    )


def is_up_to_date(settings: Settings, instance: dg.DagsterInstance) -> bool:
    """Tell whether the site shows the current release, by the pages and charts that we have now."""
    if written_release(settings.report) != current_id(settings):
        return False
    made = instance.get_latest_materialization_event(dg.AssetKey(REPORT))
    return made is not None and code_of_materialization(made) == report_code()


def report_request(settings: Settings, instance: dg.DagsterInstance) -> dg.RunRequest | None:
    """Ask for the report where it is not up to date; None where it is, or where there is nothing to show."""
    current = current_id(settings)
    if current is None or is_up_to_date(settings, instance):
        return None
    # Once for each move of the pointer and each change of the code, and where that failed once more a day.
    moved = settings.current.lstat().st_mtime_ns
    key = f"report-{current}-{moved}-{report_code()}-{datetime.now(UTC):%Y-%m-%d}"
    return dg.RunRequest(job_name=WRITE_REPORT, run_key=key, tags={"release": current})


def report_asset(settings: Settings) -> dg.AssetsDefinition:
    """Make the asset of the report: the folder of the static site."""

    @dg.asset(
        name=REPORT,
        deps=[RELEASE],
        group_name="report",
        description=(
            "The static site that shows the current release: pages, charts, and the data to take along. Written in a "
            "run of its own, since no release waits for pages; the job `everything` notes where it is up to date."
        ),
        kinds={"html"},
        code_version=report_code(),
        freshness_policy=nightly(settings),
        output_required=False,
        owners=["team:warehouse"],
    )
    def report(context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings]) -> Iterator[Materialized]:
        if context.run.job_name == EVERYTHING:
            if is_up_to_date(settings, context.instance):
                yield _made(settings.report, current_id(settings) or "", {"changed": False})
            else:
                context.log.info("the report is of another release, or of other pages; it follows in a run of its own")
            return
        # Charts take a second to import; the main job does without them.
        from ..report.site import write_site

        site = write_site(settings)
        context.log.info(f"{site.pages} pages of release {site.release_id} in {site.seconds:.1f} s")
        told: Metadata = {"changed": True, "pages": site.pages, "seconds": round(site.seconds, 1)}
        yield _made(site.path, site.release_id, told)

    return report


def _made(folder: Path, release_id: str, told: Metadata) -> Materialized:
    where: Metadata = {
        "release": release_id,
        "folder": dg.MetadataValue.path(str(folder)),
        "open": dg.MetadataValue.url((folder / "index.html").as_uri()),
    }
    return dg.MaterializeResult(metadata=where | told, data_version=dg.DataVersion(release_id))
