"""Remember how the last look at the web went; apart from looking, so that whoever only asks starts fast."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from ..settings import Settings

# How long nobody may answer before it is more than a machine that is offline.
PATIENCE = timedelta(days=3)


@dataclass
class Memory:
    """Remember how the last look went, and by which marks each address is known."""

    looked_at: str | None = None
    marks: dict[str, dict[str, str | None]] = field(default_factory=dict)
    findings: list[dict[str, str]] = field(default_factory=list)
    reached_at: str | None = None

    def is_offline(self, now: datetime) -> bool:
        """Tell whether nobody answered when the web was last looked at, and that is no news yet.

        A machine that is offline for a day, or for ever, is nothing to be alarmed at; one that reached the sites
        before and has not for some days is.
        """
        if not self.findings or any(finding["outcome"] != "failed" for finding in self.findings):
            return False
        return self.reached_at is None or now - datetime.fromisoformat(self.reached_at) < PATIENCE

    def failed(self) -> tuple[str, ...]:
        """Describe in words what the site did not give when it was last looked at."""
        return tuple(finding["words"] for finding in self.findings if finding["outcome"] == "failed")


def read_memory(settings: Settings) -> Memory:
    """Read how the last look at the web went; empty where there was none, or where nobody is to look."""
    if settings.topic_page is None:
        return Memory()
    try:
        return Memory(**json.loads(memory_path(settings).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return Memory()


def memory_path(settings: Settings) -> Path:
    """Name the file that remembers."""
    return settings.warehouse / "fetch.json"
