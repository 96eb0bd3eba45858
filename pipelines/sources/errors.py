"""Say what is wrong with a source so that a person can act on it.

Every reader collects all offenders and raises once: mending a file one error at a time is a
waste of somebody's day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Offender:
    """Point at one thing that cannot be accepted.

    `place` is a cell (`TABLE3!N35`), a sheet, or a line of a seed file; `found` and `expected`
    are plain words.
    """

    place: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.place}: found {self.found}; expected {self.expected}"


class SourceError(Exception):
    """Refuse a source, listing all offenders at once.

    `source` names the file, `offenders` holds what is wrong, `advice` says what to do next.
    """

    def __init__(self, source: str, offenders: Iterable[Offender], advice: str) -> None:
        self.source = source
        self.offenders = sorted(set(offenders))
        self.advice = advice
        super().__init__(self._message())

    def _message(self) -> str:
        count = len(self.offenders)
        head = f"{self.source} cannot be read: {count} {'problem' if count == 1 else 'problems'}."
        lines = [f"  - {offender}" for offender in self.offenders]
        return "\n".join([head, *lines, f"What to do: {self.advice}"])
