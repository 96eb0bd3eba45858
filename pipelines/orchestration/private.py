"""Hold what we use of Dagster and what it does not promise to keep: an upgrade breaks here, in `storage`, or nowhere.

`glance` beside it reads Dagster's files, and asks here where they are not as it knows them.

Each use says why it is needed. Nothing is judged here: what Dagster knows is handed on in plain terms.
"""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dagster as dg
from dagster import DagsterEventType as Event
from dagster._core.definitions.metadata import RawMetadataValue
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition
from dagster._core.scheduler.instigation import InstigatorStatus, SensorInstigatorData
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus as CheckStatus
from dagster._utils.schedules import get_next_cron_tick, is_valid_cron_schedule

from .names import DAEMONS, HEARTBEAT_S, LOOK_S

# What assets and checks may tell: Dagster exports the functions that take it, and not its type.
Metadata = dict[str, RawMetadataValue]
# A job of assets is known by its selection until the graph is whole: `define_asset_job` returns a class that is hidden.
Job = dg.JobDefinition | UnresolvedAssetJobDefinition

# `dagster dev` starts the UI and the daemon together; a service that keeps the daemon alone has this program only.
DAEMON_PROGRAM = "dagster._daemon"
# `dagster dev` warns at each start that `dg dev` is to take its place, which wants a package more.
DEV_WARNING = "ignore:Function `dev_command` is superseded"
# A run of selected assets has no job of ours; Dagster marks the one that it makes up by its first letters.
MADE_UP_JOB = "__"


if TYPE_CHECKING:
    Materialized = dg.MaterializeResult[None]
else:
    # Dagster reads the annotation of a step, and takes this class with a type argument for several outputs.
    Materialized = dg.MaterializeResult


# --- schedules -------------------------------------------------------------------------------------
def is_schedule(text: str) -> bool:
    """Return whether Dagster can follow a schedule: it loads nothing at all where it cannot, and says so too late."""
    return is_valid_cron_schedule(text)


def next_tick(schedule: str, timezone: str) -> datetime:
    """Return the schedule's next time: the instance keeps only the ticks that were."""
    return get_next_cron_tick(schedule, datetime.now(UTC), timezone)


# --- tags ------------------------------------------------------------------------------------------
def origin_tags(code_location: str) -> dict[str, str]:
    """Return the tags by which the UI finds the job of a run that it did not start; it sets them itself otherwise."""
    return {".dagster/repository": f"__repository__@{code_location}"}


def schedule_tags(schedule: str) -> dict[str, str]:
    """Return the tags of the runs that a schedule started: the only mark that tells a night from a day's build."""
    return {"dagster/schedule_name": schedule}


def partition_of(run: dg.DagsterRun) -> str | None:
    """Return the partition that a run was started for: in a sensor there is no context that knows it."""
    return run.tags.get("dagster/partition")


def is_tried_again(run: dg.DagsterRun) -> bool:
    """Return whether the daemon will start a failed run again, in which case it is too early to tell anybody.

    Dagster marks a run of the command line as well, which it then cannot start: it does not know from where.
    """
    return run.tags.get("dagster/will_retry") == "true" and run.remote_job_origin is not None


def is_made_up(run: dg.DagsterRun) -> bool:
    """Return whether a person selected assets, for which Dagster made a job up."""
    return run.job_name.startswith(MADE_UP_JOB)


def materialized(
    asset: str, metadata: Metadata, data_version: str, code_version: str, partition: str | None = None
) -> dg.AssetMaterialization:
    """Return the event that an asset was made, with its versions: Dagster adds them to what a step returns alone.

    That is one event, of all partitions of its run; and what people do by hand is no step.
    """
    tags = {"dagster/data_version": data_version, "dagster/code_version": code_version}
    return dg.AssetMaterialization(asset, partition=partition, metadata=metadata, tags=tags)


def code_of_materialization(entry: dg.EventLogEntry) -> str | None:
    """Return the code version by which an asset was made; Dagster keeps it in a tag of the event."""
    made = entry.asset_materialization
    return (made.tags or {}).get("dagster/code_version") if made else None


@contextmanager
def told_of_beta() -> Iterator[None]:
    """Define what Dagster calls beta without its warning at every start, which no reader of a terminal can act on."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)
        yield


# --- events ----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class StepError:
    """Hold what a step raised: the step, and the innermost error with its class in front."""

    step: str
    message: str


def run_events(instance: dg.DagsterInstance, run_id: str, kinds: set[Event]) -> Iterator[dg.DagsterEvent]:
    """Yield a run's events of some kinds, the oldest first: the public interface gives those of assets only."""
    for entry in instance.all_logs(run_id, of_type=kinds):
        if entry.dagster_event is not None:
            yield entry.dagster_event


def step_error(event: dg.DagsterEvent) -> StepError:
    """Return what a failed step raised, out of the errors of its own that Dagster wraps it in.

    What that was raised from stays in the run's log: it says what a library found, and not what to do.
    """
    error = event.step_failure_data.error
    while error is not None and error.cause is not None and (error.cls_name or "").startswith("Dagster"):
        error = error.cause
    return StepError(event.step_key or "", error.message.strip() if error else "it failed without an error")


def evaluation_of(event: dg.DagsterEvent) -> dg.AssetCheckEvaluation:
    """Return what a check found, of an event that is a check's evaluation: a run's log has no typed reader."""
    return event.asset_check_evaluation_data


def process_of(instance: dg.DagsterInstance, run_id: str) -> int | None:
    """Return the number of a run's process, which Dagster tells in words to people only."""
    for event in reversed(list(run_events(instance, run_id, {Event.ENGINE_EVENT}))):
        if (number := event.engine_event_data.metadata.get("pid")) is not None:
            return int(str(number.value))
    return None


def event_of(record: logging.LogRecord) -> dg.DagsterEvent | None:
    """Return the event that a line of a run's log was written for: a listener in the same process has nothing else."""
    meta: Mapping[str, object] = getattr(record, "dagster_meta", {})
    event = meta.get("dagster_event")
    return event if isinstance(event, dg.DagsterEvent) else None


def step_count(job: dg.JobDefinition) -> int:
    """Return how many steps a job has, before any ran: a plan is public in the UI only."""
    return len(job.all_node_defs)


def mark_lost(instance: dg.DagsterInstance, run: dg.DagsterRun, message: str) -> None:
    """Mark a run as failed: Dagster's own monitor cannot see the processes of our launcher."""
    instance.report_run_failed(run, message)


# --- checks ----------------------------------------------------------------------------------------
_JUDGED = {CheckStatus.SUCCEEDED, CheckStatus.FAILED}


@dataclass(frozen=True)
class LastCheck:
    """Hold the last evaluation of a check, and the run that made it."""

    key: dg.AssetCheckKey
    run_id: str
    evaluation: dg.AssetCheckEvaluation


def last_checks(instance: dg.DagsterInstance, keys: Iterable[dg.AssetCheckKey]) -> list[LastCheck]:
    """Return the last evaluation of each check by name; the public interface gives those of one run at a time.

    A run that is planned or under way has not judged yet: what the last one found still stands.
    """
    storage, found = instance.event_log_storage, []
    latest = storage.get_latest_asset_check_execution_by_key(list(keys))
    for key, newest in sorted(latest.items(), key=lambda pair: pair[0].to_user_string()):
        record = newest
        if record.status not in _JUDGED:
            before = storage.get_asset_check_execution_history(key, limit=1, status=_JUDGED)
            if not before:
                continue
            record = before[0]
        if record.event is not None and record.event.dagster_event is not None:
            found.append(LastCheck(key, record.run_id, evaluation_of(record.event.dagster_event)))
    return found


def log_check(context: dg.OpExecutionContext, evaluation: dg.AssetCheckEvaluation) -> None:
    """Report a check from an op: Dagster takes it at run time, and its annotations do not say so."""
    context.log_event(evaluation)  # type: ignore[arg-type]  # the annotation knows three kinds of events, the code all


# --- the daemon ------------------------------------------------------------------------------------
def begin_events(instance: dg.DagsterInstance) -> None:
    """Let the daemon's reader of events begin with the next one, as it does anyhow with a warning for nobody."""
    keys = {f"EVENT_LOG_CONSUMER_CURSOR-{kind.value}" for kind in (Event.RUN_SUCCESS, Event.RUN_FAILURE)}
    if new := keys - set(instance.daemon_cursor_storage.get_cursor_values(keys)):
        newest = instance.event_log_storage.get_maximum_record_id() or 0
        instance.daemon_cursor_storage.set_cursor_values(dict.fromkeys(new, str(newest)))


def daemon_is_alive(instance: dg.DagsterInstance) -> bool:
    """Return whether all that starts runs has beaten lately; only the UI's page asks for it otherwise."""
    beats = instance.get_daemon_heartbeats()
    return all(name in beats and time.time() - beats[name].timestamp < HEARTBEAT_S for name in DAEMONS)


def sensors_look(instance: dg.DagsterInstance) -> bool:
    """Return whether a sensor has looked lately: a daemon lives on where it cannot load the project."""
    data = [state.instigator_data for state in instance.all_instigator_state() if state.is_running]
    ticks = [one.last_tick_timestamp or 0 for one in data if isinstance(one, SensorInstigatorData)]
    return time.time() - max(ticks, default=0) < LOOK_S


def turned_off(instance: dg.DagsterInstance) -> set[str]:
    """Return the names of the sensors and schedules that somebody turned off in the UI, which keeps it to itself."""
    states = instance.all_instigator_state()
    return {state.instigator_name for state in states if state.status is InstigatorStatus.STOPPED}
