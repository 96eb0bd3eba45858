"""Watch over the runs: one sensor frees the queue of dead ones, tells people of what is wrong, and pings after a night.

It looks at what is, by `incidents`, and tells by `pipelines.alerts`; what it tells stands on the page of the asset too.
(Dagster reads the annotations of a sensor at run time, so they are not postponed here.)
"""

import json
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import dagster as dg
import httpx

from ..alerts.channels import TIMEOUT_S
from ..alerts.incident import Incident
from ..alerts.tell import NotTold, tell
from ..settings import Settings
from . import incidents, private
from .assets import RELEASE
from .names import RUNS
from .retention import tidy

ON = dg.DefaultSensorStatus.RUNNING
EVERY_S = 60
NOBODY = "nobody is told, as neither BURDENSHARE_ALERT_WEBHOOK nor BURDENSHARE_SMTP is set"


def runs_sensor(settings: Settings, assets: Sequence[dg.AssetsDefinition]) -> dg.SensorDefinition:
    """Make the sensor that watches the runs and checks of this warehouse."""
    checks = [key for asset in assets for key in asset.check_keys]
    names = {key.to_user_string() for asset in assets for key in asset.keys}

    @dg.sensor(
        name=RUNS,
        minimum_interval_seconds=EVERY_S,
        default_status=ON,
        description=(
            "Watches what ran. A run whose process is gone is marked as failed, so that the queue goes on, and a night "
            "starts again. People are told once of a failed run, of a check that failed without stopping one, and "
            f"of {settings.silence_hours:g} hours without success (BURDENSHARE_SILENCE_HOURS), each with its first "
            "cause and a command, and once when it is over; each telling is an observation on the page of its asset. "
            "After each night that succeeded, BURDENSHARE_HEARTBEAT_URL is asked for. Old runs are forgotten where the "
            "records take more than BURDENSHARE_RECORDS_MB."
        ),
    )
    def runs(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        # The first look counts as the start where nothing has ever succeeded.
        kept = {"since": time.time(), "pinged": None} | json.loads(context.cursor or "{}")
        words = _free_the_queue(context.instance)
        telling = _Telling(settings, names)
        found = incidents.find(context.instance, checks, settings, kept["since"], time.time())
        for kind, present in found.items():
            telling.tell(kind, present)
        words += telling.words
        kept["pinged"], said = _ping(context.instance, settings, kept["pinged"])
        words += said + tidy(context.instance, settings)
        return dg.SensorResult(
            skip_reason="; ".join(words) or "All is well.", asset_events=telling.events, cursor=json.dumps(kept)
        )

    return runs


@dataclass
class _Telling:
    """Tell people, and gather what the sensor's and the assets' pages show of it."""

    settings: Settings
    assets: Collection[str]
    words: list[str] = field(default_factory=list)
    events: list[dg.AssetObservation] = field(default_factory=list)

    def tell(self, kind: str, found: list[Incident]) -> None:
        """Tell what has not been told of one kind of incident; a channel that fails is tried at the next look."""
        self.words += [incident.title for incident in found]
        if found and not (self.settings.alerts.webhook or self.settings.alerts.smtp):
            self.words.append(NOBODY)
        try:
            tell(kind, found, self.settings, self.note)
        except NotTold as error:
            self.words.append(str(error))

    def note(self, incident: Incident, is_over: bool) -> None:
        """Make the observation that keeps an incident where the UI shows its asset."""
        told: private.Metadata = {
            "alert": incident.headline(is_over).partition(": ")[2],
            "state": "well again" if is_over else "incident",
        }
        if not is_over:
            told["cause"] = dg.MetadataValue.md(incident.cause)
            told |= {"what to do": incident.advice} if incident.advice else {}
            told |= {"command": f"`{incident.command}`"} if incident.command else {}
            told |= {"look at": dg.MetadataValue.url(incident.link)} if incident.link else {}
        asset = incident.asset or ""
        self.events.append(dg.AssetObservation(asset if asset in self.assets else RELEASE, metadata=told))


def _ping(instance: dg.DagsterInstance, settings: Settings, pinged: str | None) -> tuple[str | None, list[str]]:
    """Ask for the heartbeat's address once after each good night; return the last night that was told, and words.

    This machine cannot tell that it is off: a service elsewhere does when the pings stop. A build by day is no night.
    """
    night = incidents.last_night(instance) if settings.alerts.heartbeat else None
    if settings.alerts.heartbeat is None or night is None or night.dagster_run.run_id == pinged:
        return pinged, []
    try:
        httpx.get(settings.alerts.heartbeat.get_secret_value(), timeout=TIMEOUT_S).raise_for_status()
    except httpx.HTTPError as error:
        # The address is a secret of the user's, and an HTTPError's text holds it.
        return pinged, [f"the heartbeat's address did not answer well ({type(error).__name__})"]
    return night.dagster_run.run_id, [f"pinged after the night's run {night.dagster_run.run_id[:8]}"]


def _free_the_queue(instance: dg.DagsterInstance) -> list[str]:
    """Mark as failed what counts as started though its process is gone; Dagster then starts a night again by itself."""
    words = []
    for run, process in incidents.lost_runs(instance):
        # It may have ended well between the two looks.
        now = instance.get_run_by_id(run.run_id)
        if now is None or now.status is not dg.DagsterRunStatus.STARTED:
            continue
        private.mark_lost(
            instance, run, f"Its process {process} is gone: it was killed, or the machine was switched off."
        )
        words.append(f"run {run.run_id[:8]} was lost")
    return words
