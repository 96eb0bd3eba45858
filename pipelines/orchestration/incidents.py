"""Find what is wrong by what Dagster's instance remembers: failed runs, failed checks, silence, lost runs.

Looks at the present state instead of waiting for events, so that nothing is missed while the daemon
was away, and runs of the command line count as well as those that the UI or the schedule started.
"""

from __future__ import annotations

import os
import re
import shlex
import socket
from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
from dagster import DagsterEventType as Event

from ..alerts.incident import Incident
from ..settings import Settings
from . import private
from .names import EVERYTHING, NIGHTLY, SOUND

# The tag by which a run of the command line says on which machine its process is.
HOST = "burdenshare/host"
# The kernel's clock counts from the start of the machine, and the time of day may be set after that.
CLOCKS_DIFFER_S = 60
RECENT_RUNS = 100
# What the job `everything` does not do, and so does not heal.
HEALED_ALONE = {"write_report", "report", "verify"}
# The metadata of a check result under which it names each offender, with words, as an incident of its own.
SEPARATELY = "each on its own"
# The metadata of a check result that holds the command with which people begin; `NAMED` in it is each offender's name.
COMMAND, NAMED = "command", "{name}"
FINISHED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE]


@dataclass(frozen=True)
class Cause:
    """Hold why a run failed: the first thing that went wrong, and where."""

    text: str
    asset: str | None = None
    check: str | None = None
    offenders: str | None = None
    advice: str | None = None
    command: str | None = None


def find(
    instance: dg.DagsterInstance, keys: Iterable[dg.AssetCheckKey], settings: Settings, since: float, now: float
) -> dict[str, list[Incident]]:
    """Return all that people must be told of, by kind, each thing once; `since` and `now` are Unix times."""
    failing = _failing(instance)
    return {
        "failed_run": [_run_incident(run, instance, settings) for run in failing.values()],
        "failed_check": failed_checks(instance, keys, settings, {run.run_id for run in failing.values()}),
        # Who was told that the night fails knows that none succeeds.
        "silence": [] if EVERYTHING in failing else silence(instance, settings, since, now),
    }


def finished_runs(instance: dg.DagsterInstance) -> list[dg.RunRecord]:
    """Return the last finished runs, the newest end first; cancelled ones were somebody's wish."""
    records = instance.get_run_records(dg.RunsFilter(statuses=FINISHED), limit=RECENT_RUNS)
    return sorted(records, key=lambda record: record.end_time or 0, reverse=True)


def failed_runs(instance: dg.DagsterInstance, settings: Settings) -> list[Incident]:
    """Return the jobs whose last run failed and which no later success of theirs, or of everything, has healed.

    A run that is tried again says nothing yet, neither good nor bad.
    """
    return [_run_incident(run, instance, settings) for run in _failing(instance).values()]


def _failing(instance: dg.DagsterInstance) -> dict[str, dg.DagsterRun]:
    found: dict[str, dg.DagsterRun] = {}
    seen: set[str] = set()
    everything_succeeded = False
    for record in finished_runs(instance):
        run = record.dagster_run
        job = _job_in_words(run)
        if job in seen or private.is_tried_again(run) or (everything_succeeded and job not in HEALED_ALONE):
            continue
        seen.add(job)
        everything_succeeded |= run.is_success and job == EVERYTHING
        if run.status is dg.DagsterRunStatus.FAILURE:
            found[job] = run
    return found


def _run_incident(run: dg.DagsterRun, instance: dg.DagsterInstance, settings: Settings) -> Incident:
    job, cause = _job_in_words(run), first_cause(instance, run.run_id)
    place = f" at {cause.asset}" if cause.asset else ""
    return Incident(
        subject=job,
        key="/".join([job, cause.asset or "", cause.check or ""]),
        title=f"the run of {job} failed{place}",
        cause=cause.text,
        asset=cause.asset,
        offenders=cause.offenders,
        advice=cause.advice or "open the run; until it is mended, readers keep the last good release.",
        link=f"{settings.ui_url}/runs/{run.run_id}",
        over=f"the run of {job} succeeds",
        command=_command(job, cause),
    )


def _command(job: str, cause: Cause) -> str:
    """Name the command that does the same again: its answer says what is wrong, and after mending that all is well."""
    if "--accept" in cause.text:
        return 'burdenshare build --accept "why it is right"'
    return {"write_report": "burdenshare report", "report": "burdenshare report", "verify": "burdenshare verify"}.get(
        job, "burdenshare build"
    )


def _job_in_words(run: dg.DagsterRun) -> str:
    """Name what ran: a job, or the assets that a person selected, since success of others heals nothing."""
    if not private.is_made_up(run):
        return run.job_name
    return ", ".join(sorted(key.to_user_string() for key in run.asset_selection or ())) or "selected assets"


def first_cause(instance: dg.DagsterInstance, run_id: str) -> Cause:
    """Find the first thing that went wrong in a run: a check that blocks, an error, or the end of its process."""
    kinds = {Event.ASSET_CHECK_EVALUATION, Event.STEP_FAILURE, Event.RUN_FAILURE}
    return cause_of(private.run_events(instance, run_id, kinds))


def cause_of(events: Iterable[dg.DagsterEvent]) -> Cause:
    """Find the first cause among a run's events; see `first_cause`."""
    last, damage = None, ""
    for event in events:
        if event.event_type is Event.ASSET_CHECK_EVALUATION:
            evaluation = private.evaluation_of(event)
            if not evaluation.passed and evaluation.severity == dg.AssetCheckSeverity.ERROR:
                return _check_cause(evaluation)
            if not evaluation.passed and evaluation.check_name == SOUND:
                damage = f"{evaluation.description}\n"
        elif event.event_type is Event.STEP_FAILURE:
            error = private.step_error(event)
            # An exception's module and class come first; people need what it says.
            text = re.sub(r"^[\w.]+(Error|Exception|Failure|NotPublished|Problem)?: ", "", error.message)
            return Cause(damage + text, asset=error.step)
        elif event.event_type is Event.RUN_FAILURE:
            last = Cause(event.message or "the run ended before its first step")
    return last or Cause("the run failed before its first step; the Dagster UI shows its log")


def _check_cause(evaluation: dg.AssetCheckEvaluation) -> Cause:
    metadata = {key: str(value.value) for key, value in evaluation.metadata.items()}
    told = f"{metadata['failing rows']} rows break the rule: {metadata['expected']}" if "expected" in metadata else None
    return Cause(
        text=told or evaluation.description or f"the check {evaluation.check_name} failed",
        asset=evaluation.asset_key.to_user_string(),
        check=evaluation.check_name,
        offenders=metadata.get("in short") or metadata.get("first failing rows"),
        advice=metadata.get("what to do"),
        command=metadata.get(COMMAND, "burdenshare build"),
    )


def failed_checks(
    instance: dg.DagsterInstance,
    keys: Iterable[dg.AssetCheckKey],
    settings: Settings,
    failing: Container[str] = (),
) -> list[Incident]:
    """Return the checks whose last evaluation failed without stopping the run; those that stop one are its cause.

    A check that names its offenders singly (`SEPARATELY` in its metadata) is an incident for each of them,
    so that one that is known already does not hide the next. `failing` holds the ids of the failed runs that are
    told anyway, with the damage that they found.
    """
    found = []
    for last in private.last_checks(instance, keys):
        key, evaluation = last.key, last.evaluation
        if evaluation.passed or evaluation.severity == dg.AssetCheckSeverity.ERROR:
            continue
        if key.name == SOUND and last.run_id in failing:
            continue
        cause, name = _check_cause(evaluation), key.to_user_string()
        whole = Incident(
            subject=name,
            key=name,
            title=f"the check {key.name} of {cause.asset} found something, without stopping the run",
            cause=cause.text,
            asset=cause.asset,
            offenders=cause.offenders,
            advice=cause.advice,
            link=f"{settings.ui_url}/runs/{last.run_id}",
            over=f"the check {key.name} of {cause.asset} passes",
            command=cause.command,
        )
        single = evaluation.metadata.get(SEPARATELY)
        named = single.value if isinstance(single, dg.JsonMetadataValue) and isinstance(single.value, dict) else None
        found += [_single(whole, str(name), str(words)) for name, words in named.items()] if named else [whole]
    return found


def _single(whole: Incident, name: str, words: str) -> Incident:
    return replace(
        whole,
        subject=f"{whole.subject}/{name}",
        key=f"{whole.key}/{name}",
        title=f"{name}: {whole.title}",
        cause=words,
        over=f"{name}: {whole.over}",
        command=whole.command and whole.command.replace(NAMED, shlex.quote(name)),
    )


def last_success(instance: dg.DagsterInstance) -> dg.RunRecord | None:
    """Return the last run of everything that succeeded."""
    wanted = dg.RunsFilter(job_name=EVERYTHING, statuses=[dg.DagsterRunStatus.SUCCESS])
    records = instance.get_run_records(wanted, limit=10)
    return max(records, key=lambda record: record.end_time or 0, default=None)


def last_night(instance: dg.DagsterInstance) -> dg.RunRecord | None:
    """Return the last run of the schedule that succeeded; one started by hand or by a sensor is no night."""
    wanted = dg.RunsFilter(statuses=[dg.DagsterRunStatus.SUCCESS], tags=private.schedule_tags(NIGHTLY))
    records = instance.get_run_records(wanted, limit=10)
    return max(records, key=lambda record: record.end_time or 0, default=None)


def silence(instance: dg.DagsterInstance, settings: Settings, since: float, now: float) -> list[Incident]:
    """Return an incident when nothing succeeded for too long; `since` (Unix time) counts where nothing ever did."""
    success = last_success(instance)
    start = (success.end_time if success else None) or since
    hours = (now - start) / 3600
    if hours <= settings.silence_hours:
        return []
    moment = datetime.fromtimestamp(start, UTC).strftime("%Y-%m-%d %H:%M UTC")
    cause = f"The last run of everything that succeeded ended on {moment}." if success else "None ever succeeded."
    return [
        Incident(
            subject="silence",
            key="silence",
            title=f"no successful night for {settings.silence_hours:g} hours",
            cause=cause,
            advice="see whether the schedule `nightly` is on, and why the last run failed or waits in the queue.",
            link=f"{settings.ui_url}/runs",
            over="a run of everything succeeded",
            command="burdenshare status",
        )
    ]


def lost_runs(instance: dg.DagsterInstance) -> list[tuple[dg.DagsterRun, int]]:
    """Return the runs that count as started though their process is gone, with its number.

    Such a run would hold up the queue for ever. Processes are looked for on this machine; a run that says
    that it belongs to another one is left alone.
    """
    found = []
    for record in instance.get_run_records(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])):
        run = record.dagster_run
        if run.tags.get(HOST, socket.gethostname()) != socket.gethostname():
            continue
        process = private.process_of(instance, run.run_id)
        if process and not _is_alive(process, since=record.start_time):
            found.append((run, process))
    return found


def _is_alive(process: int, since: float | None) -> bool:
    """Return whether a process still runs, and is the one that was there at `since` (Unix time)."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        # Somebody else's: after a restart the number may be another process's.
        pass
    status = Path(f"/proc/{process}/stat")
    if not status.exists():
        return True
    fields = status.read_text().rpartition(")")[2].split()
    # A killed process that its parent has not collected yet still has its number, and the state Z.
    if fields[0] == "Z":
        return False
    # After a restart another process may have got the number: that one began after the run did.
    booted = next(int(line.split()[1]) for line in Path("/proc/stat").read_text().splitlines() if "btime" in line)
    began = booted + int(fields[19]) / os.sysconf("SC_CLK_TCK")
    return since is None or began <= since + CLOCKS_DIFFER_S
