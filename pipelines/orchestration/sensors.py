"""Watch over the night: sensors that tell people of incidents, and one that frees the queue of dead runs.

Each looks at what is, by `incidents`, and tells by `pipelines.alerts`. All are on by default.
(Dagster reads the annotations of a sensor at run time, so they are not postponed here.)
"""

import time

import dagster as dg
import httpx

from ..alerts.channels import TIMEOUT_S
from ..alerts.incident import Incident
from ..alerts.tell import tell
from ..settings import Settings
from . import incidents, private

ON = dg.DefaultSensorStatus.RUNNING
NOBODY = " Nobody is told, as neither BURDENSHARE_ALERT_WEBHOOK nor BURDENSHARE_SMTP is set."


def build_sensors(settings: Settings, check_keys: list[dg.AssetCheckKey]) -> list[dg.SensorDefinition]:
    """Make the sensors that watch the runs and checks of this warehouse."""
    return [
        _failed_run(settings),
        _failed_check(settings, check_keys),
        _silence(settings),
        _heartbeat(settings),
        _lost_run(),
    ]


def _report(kind: str, found: list[Incident], settings: Settings) -> dg.SkipReason:
    """Tell what has not been told, and sum up for the sensor's page."""
    told = tell(kind, found, settings)
    now = "; ".join(incident.title for incident in found) or "All is well."
    silent = NOBODY if found and not (settings.alerts.webhook or settings.alerts.smtp) else ""
    return dg.SkipReason(f"{now}{f' New: {chr(59).join(told)}.' if told else ''}{silent}")


def _failed_run(settings: Settings) -> dg.SensorDefinition:
    @dg.sensor(
        name="failed_run",
        minimum_interval_seconds=30,
        default_status=ON,
        description=(
            "Tells once when a run failed, with the first cause, the asset, the offenders and a link to the run, and "
            "once when it is well again: after a successful run of the same job, or of everything."
        ),
    )
    def failed_run(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        return _report("failed_run", incidents.failed_runs(context.instance, settings), settings)

    return failed_run


def _failed_check(settings: Settings, keys: list[dg.AssetCheckKey]) -> dg.SensorDefinition:
    @dg.sensor(
        name="failed_check",
        minimum_interval_seconds=30,
        default_status=ON,
        description=(
            "Tells once when a check failed that does not stop a run, with the first rows that it found, and once when "
            "it passes again. A check that stops a run is told as the cause of the failed run."
        ),
    )
    def failed_check(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        return _report("failed_check", incidents.failed_checks(context.instance, keys, settings), settings)

    return failed_check


def _silence(settings: Settings) -> dg.SensorDefinition:
    @dg.sensor(
        name="silence",
        minimum_interval_seconds=300,
        default_status=ON,
        description=(
            f"Tells once when no run of everything has succeeded for {settings.silence_hours:g} hours "
            "(BURDENSHARE_SILENCE_HOURS), whatever the reason. A dead daemon cannot tell: for that there is the "
            "heartbeat, and `burdenshare status`."
        ),
    )
    def silence(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        # The first look counts as the start where nothing has ever succeeded.
        since = context.cursor or str(time.time())
        context.update_cursor(since)
        found = incidents.silence(context.instance, settings, float(since), time.time())
        return _report("silence", found, settings)

    return silence


def _heartbeat(settings: Settings) -> dg.SensorDefinition:
    @dg.sensor(
        name="heartbeat",
        minimum_interval_seconds=30,
        default_status=ON,
        description=(
            "Asks for the address BURDENSHARE_HEARTBEAT_URL once after each night that succeeded, so that a service "
            "elsewhere can tell you when the pings stop: this machine cannot tell that it is off. A build by day is no "
            "night."
        ),
    )
    def heartbeat(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        success = incidents.last_night(context.instance)
        if settings.alerts.heartbeat is None:
            return dg.SkipReason("BURDENSHARE_HEARTBEAT_URL is not set, so there is nobody to ping.")
        if success is None or success.dagster_run.run_id == context.cursor:
            return dg.SkipReason("There is no successful night that has not been told.")
        try:
            httpx.get(settings.alerts.heartbeat.get_secret_value(), timeout=TIMEOUT_S).raise_for_status()
        except httpx.HTTPError as error:
            # The address is a secret of the user's, and an HTTPError's text holds it.
            raise RuntimeError(f"the heartbeat's address did not answer well ({type(error).__name__})") from None
        context.update_cursor(success.dagster_run.run_id)
        return dg.SkipReason(f"Pinged after the night's run {success.dagster_run.run_id[:8]}.")

    return heartbeat


def _lost_run() -> dg.SensorDefinition:
    @dg.sensor(
        name="lost_run",
        minimum_interval_seconds=30,
        default_status=ON,
        description=(
            "Marks a run as failed whose process is gone (killed, or the machine was switched off), so that the queue "
            "goes on. Dagster then starts the night again by itself, from where it stopped."
        ),
    )
    def lost_run(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        lost = incidents.lost_runs(context.instance)
        for run, process in lost:
            # It may have ended well between the two looks.
            now = context.instance.get_run_by_id(run.run_id)
            if now is None or now.status is not dg.DagsterRunStatus.STARTED:
                continue
            message = f"Its process {process} is gone: it was killed, or the machine was switched off."
            private.mark_lost(context.instance, run, message)
        return dg.SkipReason("; ".join(f"run {run.run_id[:8]} was lost" for run, _ in lost) or "No run is lost.")

    return lost_run
