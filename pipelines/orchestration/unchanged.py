"""Record a build that finds nothing to do: one short run, in which the release and the report are seen to be fresh.

What has been built keeps its record of the run that built it. Whatever is not plainly as it was - a file in the inbox,
a check that failed, a run that did - is for the whole job.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import dagster as dg

from ..files.ledger import read_ledger
from ..intake.inbox import orphaned_reports, waiting_files
from ..intake.memory import read_memory
from ..intake.overdue import overdue
from ..releases.retention import clean_up
from ..releases.settled import settled_release
from ..report.mark import written_release
from ..settings import Settings
from . import private
from .names import ARCHIVE, EVERYTHING, PUNCTUAL, REFUSED, RELEASE, REPORT, SOUND, WEB

if TYPE_CHECKING:
    from ..intake.look import Look

NOTHING = "nothing changed, nothing published"
# So many checks the archive's step makes; that they would pass is asked here.
JUDGED = 4
ENDED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE]


def nothing_to_do(settings: Settings) -> str | None:
    """Return the release that a build would leave as it is, before Dagster is asked; None where there is work."""
    if not settings.inbox.is_dir() or waiting_files(settings) or orphaned_reports(settings):
        return None
    if read_memory(settings).failed():
        return None
    checks = read_ledger(settings.tables).checks.values()
    if any(check.failures for checked in checks for check in checked.checks):
        return None
    return settled_release(settings)


@contextmanager
def looked_first(settings: Settings, is_wanted: bool) -> Iterator[Look | None]:
    """Look at the publishers' sites before anything is planned, if they are to be looked at; hold what came."""
    if not is_wanted:
        yield None
        return
    # Here, since what reads workbooks takes as long to import as Dagster.
    from ..intake.fetch import looked

    with looked(settings) as found:
        yield found


def brings_nothing(found: Look) -> bool:
    """Tell whether a look gave no file, and did not fail."""
    return not found.downloads and not any(finding.outcome == "failed" for finding in found.findings)


def brought_nothing(found: Look, settings: Settings) -> bool:
    """Tell whether a look leaves nothing to do, and remember it then: no file, no failure, no edition overdue."""
    from ..intake.fetch import remember
    from ..intake.ingest import sources_of

    memory = read_memory(settings)
    if settings.topic_page is None:
        return True
    if not brings_nothing(found):
        return False
    remember(found.findings, memory, settings)
    return not overdue(sources_of(settings).editions, memory, datetime.now(UTC).date())


def last_made(
    instance: dg.DagsterInstance, settings: Settings, release_id: str
) -> list[dg.AssetMaterialization] | None:
    """Return how the release and the report were last made; None where Dagster remembers anything as unwell.

    The report is left out where it shows another release, or nobody made it in a run.
    """
    ended = instance.get_run_records(dg.RunsFilter(job_name=EVERYTHING, statuses=ENDED), limit=1)
    if not ended or not ended[0].dagster_run.is_success:
        return None
    keys = [dg.AssetCheckKey(dg.AssetKey(ARCHIVE), name) for name in (REFUSED, SOUND, WEB, PUNCTUAL)]
    judged = private.last_checks(instance, keys)
    if len(judged) < len(keys) or not all(check.evaluation.passed for check in judged):
        return None
    made = [_last(instance, name) for name in (RELEASE, REPORT)]
    release, report = made
    if release is None or _told(release) != release_id:
        return None
    is_shown = report is not None and written_release(settings.report) == _told(report) == release_id
    return [one for one in (release, report if is_shown else None) if one]


def _last(instance: dg.DagsterInstance, asset: str) -> dg.AssetMaterialization | None:
    event = instance.get_latest_materialization_event(dg.AssetKey(asset))
    return event.asset_materialization if event else None


def _told(made: dg.AssetMaterialization) -> Any:
    found = made.metadata.get("release")
    return found.value if found else None


def build_job(
    settings: Settings, made: list[dg.AssetMaterialization], loggers: Mapping[str, dg.LoggerDefinition]
) -> dg.JobDefinition:
    """Make the run's job, which goes by the name of the whole: a step for each asset that is as fresh as ever."""

    @dg.job(name=EVERYTHING, logger_defs=dict(loggers), executor_def=dg.in_process_executor)
    def everything() -> None:
        for one in made:
            _step(settings, one)()

    return everything


def _step(settings: Settings, made: dg.AssetMaterialization) -> dg.OpDefinition:
    asset = made.asset_key.to_user_string()

    @dg.op(name=asset, out=dg.Out(dg.Nothing))
    def step(context) -> None:  # type: ignore[no-untyped-def]  # Dagster reads the annotation of a context at run time
        if asset == RELEASE:
            clean_up(settings)
            if settings.publish_url:
                # Here, since what knows object stores takes long to import.
                from ..releases.remote import push

                push(settings, settings.releases / _told(made))
        told: private.Metadata = {"changed": False, "changes": NOTHING, "accepted": ""} if asset == RELEASE else {}
        # With its tags, which say of which versions of all that it reads it was made: they are still the present ones.
        metadata: private.Metadata = {**made.metadata, **told}
        context.log_event(dg.AssetMaterialization(asset, metadata=metadata, tags=made.tags))

    return step
