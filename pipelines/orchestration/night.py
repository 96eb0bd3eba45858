"""Start the night: everything, or the three steps that are left where that would change nothing.

(Dagster reads the annotations of a schedule at run time, so they are not postponed here.)
"""

from collections.abc import Sequence

import dagster as dg

from ..intake.fetch import looked
from ..settings import Settings
from . import unchanged
from .archive import LOOKING
from .names import ARCHIVE, EVERYTHING, NIGHTLY, RELEASE, REPORT
from .news import BECAUSE, hasty
from .private import Job

# What is judged, and noted to be fresh, in a night that has nothing to build.
QUIET = (ARCHIVE, RELEASE, REPORT)


def build_schedule(jobs: Sequence[Job], settings: Settings) -> dg.ScheduleDefinition:
    """Make the nightly schedule, which is on from the start."""

    @dg.schedule(
        name=NIGHTLY,
        job=next(job for job in jobs if job.name == EVERYTHING),
        cron_schedule=settings.schedule,
        execution_timezone=settings.timezone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description=(
            "Look for new editions, build and publish every night; where there is nothing to build, judge the archive "
            "and note that release and report are as fresh as ever. BURDENSHARE_SCHEDULE (five fields of cron) and "
            "BURDENSHARE_TIMEZONE set the hour. The network is tried again with growing pauses, and a run whose "
            "process was killed is started again twice; a failed check or a bad file is not, since the same input "
            "would fail again: you are told instead."
        ),
    )
    def nightly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        if release_id := _nothing_to_build_since(settings, context):
            return dg.RunRequest(
                run_config=LOOKING,
                asset_selection=[dg.AssetKey(name) for name in QUIET],
                tags={BECAUSE: f"nothing to build since {release_id}"},
            )
        return dg.RunRequest(run_config=LOOKING)

    return nightly


def _nothing_to_build_since(settings: Settings, context: dg.ScheduleEvaluationContext) -> str | None:
    """Return the release to which a night would add nothing; None where there is work, or nobody can tell."""
    try:
        release_id = unchanged.nothing_to_do(settings)
        if release_id is None or not unchanged.last_made(context.instance, settings, release_id):
            return None
        with looked(hasty(settings)) as found:
            return release_id if unchanged.brings_nothing(found) else None
    except Exception as error:
        # Whatever is wrong, the night comes, meets it, and tells of it.
        context.log.warning(f"it is not known whether there is nothing to build: {error}")
        return None
