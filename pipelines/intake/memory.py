"""Remember how the last look at the web went; apart from looking, so that whoever only asks starts fast."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from ..settings import Settings


@dataclass
class Memory:
    """Remember how the last look went, and by which marks each address is known."""

    looked_at: str | None = None
    marks: dict[str, dict[str, str | None]] = field(default_factory=dict)
    findings: list[dict[str, str]] = field(default_factory=list)

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
