"""Remember who has been told of which incident, in a file of its own for each kind of look."""

from __future__ import annotations

import json
from collections.abc import Container
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..files.whole import write_json
from .incident import Incident


class Memory:
    """Keep, for each incident that lasts, what was told of it and by which channels."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._entries = _read(path)
        self._written = json.dumps(self._entries, sort_keys=True)
        self._new: set[str] = set()

    def begin(self, incident: Incident) -> None:
        """Take an incident in, if it is not known yet."""
        if incident.key not in self._entries:
            self._new.add(incident.key)
            self._entries[incident.key] = {"incident": asdict(incident), "told": []}

    def is_new(self, key: str) -> bool:
        """Return whether an incident was taken in at this look."""
        return key in self._new

    def incident(self, key: str) -> Incident:
        """Return an incident as it was when it was taken in."""
        return Incident(**self._entries[key]["incident"])

    def was_told(self, key: str, channel: str) -> bool:
        """Return whether a channel has carried an incident."""
        return channel in self._entries[key]["told"]

    def note(self, key: str, channel: str) -> None:
        """Note that a channel has carried an incident."""
        self._entries[key]["told"].append(channel)

    def gone(self, present: Container[str]) -> list[str]:
        """Return the keys of the incidents that are known and no longer there."""
        return [key for key in self._entries if key not in present]

    def still_to_comfort(self, key: str) -> list[str]:
        """Return the channels that carried an incident, and not yet that it is over."""
        return list(self._entries[key]["told"])

    def comforted(self, key: str, channel: str) -> None:
        """Note that a channel has carried that an incident is over."""
        self._entries[key]["told"].remove(channel)

    def forget(self, key: str) -> None:
        """Drop an incident."""
        del self._entries[key]

    def write(self) -> None:
        """Write what changed since the last time."""
        text = json.dumps(self._entries, sort_keys=True)
        if text != self._written:
            self._written = text
            write_json(self._path, self._entries)


def _read(path: Path) -> dict[str, dict[str, Any]]:
    """Read what has been told; a damaged file is moved aside, since telling twice is better than never."""
    if not path.exists():
        return {}
    try:
        entries: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        path.replace(path.with_suffix(".damaged"))
        return {}
    return {
        key: {"incident": entry.get("incident") or entry["trouble"], "told": entry["told"]}
        for key, entry in entries.items()
    }
