"""Describe one thing that is wrong, in the words that people are told."""

from __future__ import annotations

from dataclasses import dataclass

# Slack refuses texts above 3,000 characters, and nobody reads more on a telephone.
LONGEST_CAUSE = 1500


@dataclass(frozen=True)
class Incident:
    """Describe one thing that is wrong: `subject` is what is ill, `key` stays the same while the cause does.

    `over` says in words what is true again once it is over; `command` is what to type, where one command is a start.
    """

    subject: str
    key: str
    title: str
    cause: str
    asset: str | None = None
    offenders: str | None = None
    advice: str | None = None
    link: str | None = None
    over: str | None = None
    command: str | None = None

    def headline(self, is_over: bool) -> str:
        """Return the message's title."""
        return f"Burdenshare: {f'well again: {self.over or self.title}' if is_over else self.title}"

    def lines(self, is_over: bool) -> list[str]:
        """Return the message in paragraphs, without the title."""
        if is_over:
            return [f"It is over: {self.title}."]
        parts = [f"Asset: {self.asset}" if self.asset else None, self.cause, self.offenders]
        parts += [f"What to do: {self.advice}" if self.advice else None]
        parts += [f"Run: {self.command}" if self.command else None, self.link]
        return [part if len(part) <= LONGEST_CAUSE else part[:LONGEST_CAUSE] + " ..." for part in parts if part]
