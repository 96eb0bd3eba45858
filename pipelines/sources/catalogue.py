"""Hold what a step knows of its sources: where they lie, which editions there are, and who is who.

A step makes one and hands it on, so that registry, archive and names are read once, and all that the
step does goes by the same state of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .editions import Editions, read_editions
from .entities import Entities


@dataclass(frozen=True)
class Sources:
    """Name the folders of the sources, and hold what they say as it was when first asked.

    `raw` is the archive, `observations` keeps what was parsed; both may be left out by what needs the
    seeds alone.
    """

    seeds: Path
    raw: Path = Path("no archive")
    observations: Path = Path("no observations")

    @cached_property
    def editions(self) -> Editions:
        """Return the registry and the archive, put together; raises `SourceError` where either cannot be read."""
        return read_editions(self.seeds, self.raw)

    @cached_property
    def entities(self) -> Entities:
        """Return who is who by the names that tables print."""
        return Entities.load(self.seeds)
