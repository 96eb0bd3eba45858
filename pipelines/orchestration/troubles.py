"""Find what is wrong by what Dagster's instance remembers: failed runs, failed checks, silence, lost runs.

Looks at the present state instead of waiting for events, so that nothing is missed while the daemon
was away, and runs of the command line count as well as those that the UI or the schedule started.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
from dagster import DagsterEventType as Event

from pipelines.orchestration.alerts import Trouble
from pipelines.settings import Settings

EVERYTHING = "everything"
RECENT_RUNS = 100
FINISHED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE]


@dataclass(frozen=True)
class Cause:
    """Tell why a run failed: the first thing that went wrong, and where."""

    text: str
    asset: str | None = None
    check: str | None = None
    offenders: str | None = None
    advice: str | None = None


def finished_runs(instance: dg.DagsterInstance) -> list[dg.RunRecord]:
    """Give the last finished runs, the newest end first; cancelled ones were somebody's wish."""
    records = instance.get_run_records(dg.RunsFilter(statuses=FINISHED), limit=RECENT_RUNS)
    return sorted(records, key=lambda record: record.end_time or 0, reverse=True)


def failed_runs(instance: dg.DagsterInstance, settings: Settings) -> list[Trouble]:
    """Give the jobs whose last run failed and which no successful run of everything has healed."""
    found: dict[str, Trouble] = {}
    seen: set[str] = set()
    for record in finished_runs(instance):
        run = record.dagster_run
        if run.is_success and run.job_name == EVERYTHING:
            break
        if run.job_name in seen:
            continue
        seen.add(run.job_name)
        if run.status is dg.DagsterRunStatus.FAILURE and not _is_tried_again(run):
            found[run.job_name] = _run_trouble(run, first_cause(instance, run.run_id), settings)
    return list(found.values())


def _is_tried_again(run: dg.DagsterRun) -> bool:
    return run.tags.get("dagster/will_retry") == "true"


def _run_trouble(run: dg.DagsterRun, cause: Cause, settings: Settings) -> Trouble:
    job = "selected assets" if run.job_name.startswith("__") else run.job_name
    place = f" at {cause.asset}" if cause.asset else ""
    return Trouble(
        subject=run.job_name,
        key="/".join([run.job_name, cause.asset or "", cause.check or ""]),
        title=f"the run of {job} failed{place}",
        cause=cause.text,
        asset=cause.asset,
        offenders=cause.offenders,
        advice=cause.advice or "open the run; until it is mended, readers keep the last good release.",
        link=f"{settings.ui_url}/runs/{run.run_id}",
    )


def first_cause(instance: dg.DagsterInstance, run_id: str) -> Cause:
    """Find the first thing that went wrong in a run: a check that blocks, an error, or the end of its process."""
    kinds = {Event.ASSET_CHECK_EVALUATION, Event.STEP_FAILURE, Event.RUN_FAILURE}
    return cause_of(entry.dagster_event for entry in instance.all_logs(run_id, of_type=kinds))


def cause_of(events: Iterable[dg.DagsterEvent]) -> Cause:
    """Find the first cause among a run's events; see `first_cause`."""
    last = None
    for event in events:
        if event.event_type is Event.ASSET_CHECK_EVALUATION:
            evaluation = event.event_specific_data
            if not evaluation.passed and evaluation.severity == dg.AssetCheckSeverity.ERROR:
                return _check_cause(evaluation)
        elif event.event_type is Event.STEP_FAILURE:
            error = event.step_failure_data.error
            while error.cause is not None:
                error = error.cause
            # An exception's module and class come first; people need what it says.
            text = re.sub(r"^[\w.]+(Error|Exception|Failure|NotPublished|Problem)?: ", "", error.message.strip())
            return Cause(text, asset=event.step_key)
        elif event.event_type is Event.RUN_FAILURE:
            last = Cause(event.message or "the run ended before its first step")
    return last or Cause("the run failed before its first step; the Dagster UI shows its log")


def _check_cause(evaluation: dg.AssetCheckEvaluation) -> Cause:
    metadata = {key: value.value for key, value in evaluation.metadata.items()}
    told = f"{metadata['failing rows']} rows break the rule: {metadata['expected']}" if "expected" in metadata else None
    return Cause(
        text=told or evaluation.description or f"the check {evaluation.check_name} failed",
        asset=evaluation.asset_key.to_user_string(),
        check=evaluation.check_name,
        offenders=metadata.get("first failing rows"),
        advice=metadata.get("what to do"),
    )


def failed_checks(instance: dg.DagsterInstance, keys: Iterable[dg.AssetCheckKey], settings: Settings) -> list[Trouble]:
    """Give the checks whose last evaluation failed without stopping the run; those that stop one are its cause."""
    found = []
    latest = instance.event_log_storage.get_latest_asset_check_execution_by_key(list(keys))
    for key, record in sorted(latest.items(), key=lambda pair: pair[0].to_user_string()):
        event = record.event.dagster_event if record.event else None
        if event is None or event.event_type is not Event.ASSET_CHECK_EVALUATION:
            continue
        evaluation = event.event_specific_data
        if evaluation.passed or evaluation.severity == dg.AssetCheckSeverity.ERROR:
            continue
        cause, name = _check_cause(evaluation), key.to_user_string()
        found.append(
            Trouble(
                subject=name,
                key=name,
                title=f"the check {key.name} of {cause.asset} found something, without stopping the run",
                cause=cause.text,
                asset=cause.asset,
                offenders=cause.offenders,
                advice=cause.advice,
                link=f"{settings.ui_url}/runs/{record.run_id}",
            )
        )
    return found


def last_success(instance: dg.DagsterInstance) -> dg.RunRecord | None:
    """Give the last run of everything that succeeded."""
    wanted = dg.RunsFilter(job_name=EVERYTHING, statuses=[dg.DagsterRunStatus.SUCCESS])
    records = instance.get_run_records(wanted, limit=10)
    return max(records, key=lambda record: record.end_time or 0, default=None)


def silence(instance: dg.DagsterInstance, settings: Settings, since: float, now: float) -> list[Trouble]:
    """Tell when no run of everything succeeded for too long; `since` (Unix time) counts where none ever did."""
    success = last_success(instance)
    start = (success.end_time if success else None) or since
    hours = (now - start) / 3600
    if hours <= settings.silence_hours:
        return []
    moment = datetime.fromtimestamp(start, UTC).strftime("%Y-%m-%d %H:%M UTC")
    cause = f"The last run of everything that succeeded ended on {moment}." if success else "None ever succeeded."
    return [
        Trouble(
            subject="silence",
            key="silence",
            title=f"no successful night for {settings.silence_hours:g} hours",
            cause=cause,
            advice="see whether the schedule `nightly` is on, and why the last run failed or waits in the queue.",
            link=f"{settings.ui_url}/runs",
        )
    ]


def lost_runs(instance: dg.DagsterInstance) -> list[tuple[dg.DagsterRun, int]]:
    """Give the runs that count as started though their process is gone, with its number.

    Such a run would hold up the queue for ever. Processes are looked for on this machine.
    """
    found = []
    for record in instance.get_run_records(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])):
        run = record.dagster_run
        process = _process_of(instance, run.run_id)
        if process and not _is_alive(process):
            found.append((run, process))
    return found


def _process_of(instance: dg.DagsterInstance, run_id: str) -> int | None:
    for entry in reversed(instance.all_logs(run_id, of_type={Event.ENGINE_EVENT})):
        metadata = entry.dagster_event.event_specific_data.metadata
        if "pid" in metadata:
            return int(metadata["pid"].value)
    return None


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    # A killed process that its parent has not collected yet still has its number, and the state Z.
    status = Path(f"/proc/{process}/stat")
    return not (status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z")
