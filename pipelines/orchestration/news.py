"""Start a build when there is something new: a file in the inbox or on the web, which the run takes in.

(Dagster reads the annotations of a sensor at run time, so they are not postponed here.)
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import dagster as dg

from ..intake.fetch import looked
from ..intake.inbox import (
    content_mark,
    name_of_refused,
    orphaned_reports,
    settled_files,
    waiting_files,
    was_refused,
)
from ..settings import Settings
from ..sources.kinds import shown_name
from .archive import LOOKING
from .names import EVERYTHING, FILES
from .private import Job
from .report import WRITE_REPORT, report_request

ON = dg.DefaultSensorStatus.RUNNING
EVERY_S = 30
SIX_HOURS = 6 * 60 * 60
# The tag of a run that tells why it was started.
BECAUSE = "burdenshare/because"


def files_sensor(jobs: Sequence[Job], settings: Settings) -> dg.SensorDefinition:
    """Make the sensor that watches files: what lies in the inbox, and which release is the current one."""

    @dg.sensor(
        name=FILES,
        jobs=[job for job in jobs if job.name in (EVERYTHING, WRITE_REPORT)],
        minimum_interval_seconds=EVERY_S,
        default_status=ON,
        description=(
            "Starts a build when a file was dropped into warehouse/inbox; one that was refused waits there with its "
            "report, and starts another build only when it is changed or taken away. Starts the report when it is not "
            "up to date: after each new release, after a rollback, and when its pages are others by an upgrade."
        ),
    )
    def files(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        asked = [one for one in (_inbox_request(settings), report_request(settings, context.instance)) if one]
        return dg.SensorResult(asked, skip_reason=None if asked else "Nothing new lies in the inbox, or to be shown.")

    return files


def _inbox_request(settings: Settings) -> dg.RunRequest | None:
    new = settled_files([path for path in waiting_files(settings) if not was_refused(path)])
    gone = orphaned_reports(settings)
    if not new and not gone:
        return None
    told = [shown_name(path) for path in new]
    told += [f"no longer {shown_name(path.with_name(name_of_refused(path)))}" for path in gone]
    tags = {BECAUSE: f"in the inbox: {', '.join(told)}"}
    return dg.RunRequest(job_name=EVERYTHING, run_key=_mark([*new, *gone]), tags=tags)


def _mark(paths: list[Path]) -> str:
    """Name a set of files by what they are, so that each set starts one build."""
    marks = [f"{shown_name(path)} {content_mark(path)}" for path in paths]
    return hashlib.sha256("\n".join(marks).encode()).hexdigest()[:16]


def web_sensor(jobs: Sequence[Job], settings: Settings) -> dg.SensorDefinition:
    """Make the sensor that looks at the publishers' sites, and writes nothing."""

    @dg.sensor(
        name="edition_on_the_web",
        job=next(job for job in jobs if job.name == EVERYTHING),
        minimum_interval_seconds=SIX_HOURS,
        default_status=ON,
        description=(
            "Looks at the publishers' sites every six hours, and starts a build that takes in what they have and we "
            "have not. It asks politely: an unchanged file is not sent again. Each file starts one build."
        ),
    )
    def edition_on_the_web(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        if settings.topic_page is None:
            return dg.SkipReason("BURDENSHARE_TOPIC_PAGE is off: the web is not looked at.")
        with looked(hasty(settings)) as found:
            names = [download.path.name for download in found.downloads]
            key = _mark([download.path for download in found.downloads])
        if names:
            because = f"on the web: {', '.join(names)}"
            return dg.RunRequest(run_key=f"web-{key}", run_config=LOOKING, tags={BECAUSE: because})
        failed = [finding.words for finding in found.findings if finding.outcome == "failed"]
        return dg.SkipReason("; ".join(failed) or "The publishers' sites have nothing that we do not have.")

    return edition_on_the_web


def hasty(settings: Settings) -> Settings:
    """Return the settings for a look by a sensor or a schedule, which has a minute; a run's own is more patient."""
    return settings.replace(
        fetch_attempts=1,
        fetch_timeout_s=min(settings.fetch_timeout_s, 7),
        fetch_seconds=min(settings.fetch_seconds, 40),
    )
