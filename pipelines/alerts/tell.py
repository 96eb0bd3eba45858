"""Tell people of incidents: once when one starts and once when it is over.

What has been told stands in `<warehouse>/alerts/`, so that a restart tells nothing twice. A channel
that fails is tried again at the next look; the others are not bothered again.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..settings import Settings
from .channels import Channel, open_channels
from .incident import Incident
from .memory import Memory


class NotTold(Exception):
    """Name the channels that could not be reached; they are tried again at the next look."""


def tell(
    kind: str,
    incidents: list[Incident],
    settings: Settings,
    on_told: Callable[[Incident, bool], None] = lambda incident, is_over: None,
) -> list[str]:
    """Tell what is new among all incidents of one kind and what is over; return in words what was told.

    `on_told` hears of each once as well, and whether it is over, whatever the channels do. Raises `NotTold` after
    everything was tried, where a channel failed.
    """
    memory = Memory(_folder(settings) / f"{kind}.json")
    look = _Look(open_channels(settings.alerts))
    present = {incident.key: incident for incident in incidents}
    told = []
    for key, incident in present.items():
        memory.begin(incident)
        for name in look.channels:
            if not memory.was_told(key, name) and look.send(name, incident, is_over=False):
                memory.note(key, name)
                memory.write()
        if memory.is_new(key):
            told.append(incident.title)
            on_told(incident, False)
    for key in memory.gone(present):
        incident = memory.incident(key)
        if incident.subject in {other.subject for other in incidents}:
            # Another cause took its place: that has been told, and nothing is well yet.
            memory.forget(key)
            continue
        for name in memory.still_to_comfort(key):
            if name not in look.channels or look.send(name, incident, is_over=True):
                memory.comforted(key, name)
                memory.write()
        if not memory.still_to_comfort(key):
            told.append(f"well again: {incident.title}")
            on_told(incident, True)
            memory.forget(key)
    memory.write()
    _note_undelivered(settings, kind, look.failures)
    if look.failures:
        raise NotTold("; ".join(look.failures.values()))
    return told


def send_test(settings: Settings) -> dict[str, str | None]:
    """Send a message that says it is a test through every channel; return what failed, or None, by channel."""
    test = Incident("test", "test", "this is a test", "Nothing is wrong. You asked for this message.", over="test")
    look = _Look(open_channels(settings.alerts))
    for name in look.channels:
        look.send(name, test, is_over=False)
    return {name: look.failures.get(name) for name in look.channels}


def undelivered(settings: Settings) -> list[str]:
    """Describe which alerts could not be sent at the last look; they are tried again at each."""
    return [path.read_text(encoding="utf-8") for path in sorted(_folder(settings).glob("*.undelivered.txt"))]


class _Look:
    """Send through channels, and leave one that failed alone: each try may take as long as a look is given."""

    def __init__(self, channels: dict[str, Channel]) -> None:
        self.channels = channels
        self.failures: dict[str, str] = {}

    def send(self, name: str, incident: Incident, *, is_over: bool) -> bool:
        """Send an incident and return whether it went; a failure is kept in words."""
        if name in self.failures:
            return False
        try:
            self.channels[name](incident, is_over)
        # Whatever a channel raises, the others are told, and what they were told is remembered.
        except Exception as error:
            # Addresses are secrets: name the kind of error and the status, never the address.
            status = getattr(getattr(error, "response", None), "status_code", None)
            kind = f"{type(error).__name__}{f', status {status}' if status else ''}"
            self.failures[name] = f"{name} could not be reached ({kind})"
            return False
        return True


def _note_undelivered(settings: Settings, kind: str, failures: dict[str, str]) -> None:
    path = _folder(settings) / f"{kind}.undelivered.txt"
    if failures:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"an alert waits to be sent: {'; '.join(failures.values())}", encoding="utf-8")
    else:
        path.unlink(missing_ok=True)


def _folder(settings: Settings) -> Path:
    return settings.warehouse / "alerts"
