"""Run the main job in this process, on the instance that the UI shows, and tell how it goes."""

from __future__ import annotations

import gc
import logging
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass

import dagster as dg

from ..files.ledger import read_ledger
from ..files.lock import writing
from ..settings import Settings
from . import private, storage, unchanged
from .incidents import HOST
from .instance import CODE_LOCATION, open_instance, put_damaged_aside
from .names import ARCHIVE, EVERYTHING, RELEASE
from .retention import tidy


@dataclass(frozen=True)
class Step:
    """Hold that an asset's step started, succeeded or failed."""

    asset: str
    state: str


@dataclass(frozen=True)
class BuildReport:
    """Hold how a build went: the checks by outcome, and for a failure its first cause in words."""

    run_id: str
    succeeded: bool
    checks_passed: int
    checks_failed: int
    warnings: tuple[str, ...]
    published: bool
    failure: str | None
    held: bool = False
    changes: tuple[str, ...] = ()


_STATES = {
    dg.DagsterEventType.STEP_START: "started",
    dg.DagsterEventType.STEP_SUCCESS: "succeeded",
    dg.DagsterEventType.STEP_FAILURE: "failed",
}


def build(
    settings: Settings,
    on_step: Callable[[Step], None] = lambda step: None,
    on_plan: Callable[[int], None] = lambda steps: None,
    on_wait: Callable[[str], None] = lambda words: None,
    *,
    fetch: bool = False,
    accept: str | None = None,
) -> BuildReport:
    """Run everything and publish; `on_plan` hears the number of steps, `on_step` of each as it happens.

    `fetch` looks at the publishers' sites first, as the nightly run does. `accept` is why a grave change without
    a cause is right. Where another build is writing, `on_wait` hears of it, and `WarehouseBusy` is
    raised when it does not end in time.
    """
    try:
        with writing(settings, "a build", on_wait):
            for words in put_damaged_aside(settings):
                on_wait(words)
            return _build(settings, on_step, on_plan, fetch, accept)
    except dg.DagsterExecutionInterruptedError as error:
        # Dagster's own word for a signal that it waited to hand on.
        raise KeyboardInterrupt from error


def _build(
    settings: Settings,
    on_step: Callable[[Step], None],
    on_plan: Callable[[int], None],
    fetch: bool,
    accept: str | None,
) -> BuildReport:
    loggers = {"progress": _listening_logger(on_step)}
    kept = None if accept else unchanged.nothing_to_do(settings)
    with unchanged.looked_first(settings, fetch and kept is not None) as look, open_instance(settings) as instance:
        if kept and look and not unchanged.brought_nothing(look, settings):
            kept = None
        if kept and (made := unchanged.last_made(instance, settings, kept)):
            job = unchanged.build_job(settings, made, loggers)
            on_plan(len(made))
            return _report_unchanged(settings, _run(job, instance, settings, {}))
        # What reads, computes and publishes takes a second to import.
        from .assembly import assemble

        job = assemble(settings, loggers, look).resolve_job_def(EVERYTHING)
        # A long job leaves garbage in circles; a command looks for it so rarely that it would add up (see `command`).
        gc.set_threshold(100_000, 20, 100)
        on_plan(private.step_count(job))
        steps = {ARCHIVE: {"config": {"fetch": fetch}}, RELEASE: {"config": {"accept": accept}}}
        return _report(_run(job, instance, settings, steps))


def _run(
    job: dg.JobDefinition, instance: dg.DagsterInstance, settings: Settings, steps: dict[str, object]
) -> dg.ExecuteInProcessResult:
    result = job.execute_in_process(
        instance=instance,
        raise_on_error=False,
        run_config={"loggers": {"progress": {}}, "ops": steps},
        tags=private.origin_tags(CODE_LOCATION) | {HOST: socket.gethostname()},
    )
    storage.show_in_timeline(instance, result.run_id, CODE_LOCATION)
    tidy(instance, settings)
    return result


def _report_unchanged(settings: Settings, result: dg.ExecuteInProcessResult) -> BuildReport:
    """Tell of a run that found nothing to do: what was checked is as it was checked."""
    checks = read_ledger(settings.tables).checks.values()
    return BuildReport(
        run_id=result.run_id,
        succeeded=result.success,
        checks_passed=sum(len(checked.checks) for checked in checks) + unchanged.JUDGED,
        checks_failed=0,
        warnings=(),
        published=False,
        failure=None if result.success else _first_cause(result),
        changes=(unchanged.NOTHING,),
    )


def _report(result: dg.ExecuteInProcessResult) -> BuildReport:
    evaluations, told = result.get_asset_check_evaluations(), _told(result)
    return BuildReport(
        run_id=result.run_id,
        succeeded=result.success,
        checks_passed=sum(evaluation.passed for evaluation in evaluations),
        checks_failed=sum(not evaluation.passed for evaluation in evaluations),
        warnings=tuple(_in_words(evaluation) for evaluation in evaluations if _is_warning(evaluation)),
        published=bool(told.get("changed")),
        failure=None if result.success else _first_cause(result),
        held=bool(told.get("held back")),
        changes=tuple(str(told.get("changes", "")).splitlines()),
    )


def _is_warning(evaluation: dg.AssetCheckEvaluation) -> bool:
    return not evaluation.passed and evaluation.severity == dg.AssetCheckSeverity.WARN


def _in_words(evaluation: dg.AssetCheckEvaluation) -> str:
    """Describe what a failed check found: the rule, the first rows with their cells, and what to do."""
    name = f"{evaluation.asset_key.to_user_string()}, {evaluation.check_name}"
    told = {key: value.value for key, value in evaluation.metadata.items()}
    if "in short" not in told:
        return evaluation.description or f"{name} failed"
    rows = f"{told['failing rows']} {'row breaks' if told['failing rows'] == 1 else 'rows break'}"
    return f"{name}: {rows} the rule '{told['expected']}'\n{told['in short']}\nWhat to do: {told['what to do']}"


def _listening_logger(on_step: Callable[[Step], None]) -> dg.LoggerDefinition:
    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            event = private.event_of(record)
            if event is not None and event.event_type in _STATES:
                on_step(Step(event.step_key or "", _STATES[event.event_type]))

    def progress(_: dg.InitLoggerContext) -> logging.Logger:
        logger = logging.Logger("burdenshare.progress", level=logging.DEBUG)
        logger.addHandler(Listener())
        return logger

    return dg.LoggerDefinition(progress, description="Tells the command line how the build goes.")


def _told(result: dg.ExecuteInProcessResult) -> dict[str, object]:
    """Read what the release's step told of itself; nothing where it did not run to its end."""
    found = result.asset_materializations_for_node(RELEASE) if result.success else []
    return {key: value.value for key, value in found[-1].metadata.items()} if found else {}


def _first_cause(result: dg.ExecuteInProcessResult) -> str:
    failed = [evaluation for evaluation in result.get_asset_check_evaluations() if not evaluation.passed]
    for evaluation in failed:
        if evaluation.severity == dg.AssetCheckSeverity.ERROR:
            return _in_words(evaluation)
    for event in result.get_step_failure_events():
        error = private.step_error(event)
        # People need the sentence; the name of the exception's class stands in the UI.
        sentence = re.sub(r"^[\w.]+: ", "", error.message)
        return f"{error.step}: {sentence}"
    return "the run failed before its first step; the Dagster UI shows its log"
