"""Make statements of what was seen in a sentence, or say what was not understood. Nothing is guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from ..statements import Statement
from . import rules
from .pledges import pledged
from .scene import Membership, look
from .spelling import normalise
from .words import FUTURE, NON_ALLIES, OUTSIDE, PLANS, PUBLISHERS


@dataclass
class Understood:
    """Hold what a sentence says: statements, what was not understood, and why no table can tell."""

    sentence: str
    said_on: date | None
    statements: list[Statement] = field(default_factory=list)
    not_understood: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    is_plan: bool = False
    pledges: list[tuple[str, float]] = field(default_factory=list)

    @property
    def abstained(self) -> bool:
        """Say whether nothing is left to judge."""
        return not self.statements


def understand(
    sentence: str,
    said_on: date | None,
    last_year: int,
    members: tuple[Membership, ...] = (),
    by_publisher: bool = False,
) -> Understood:
    """Read one sentence; `last_year` is the last year of the newest edition of the day on which it was said.

    `members` are the memberships by which "all", "a third" and the like become counts. `by_publisher` says that
    another publisher than NATO is asked, who has figures of some states outside the Alliance.
    """
    found = Understood(sentence, said_on)
    text = normalise(sentence)
    inside: list[str] = []
    outside: list[str] = []
    for clause in _clauses(text, by_publisher):
        (outside if _outside(clause, by_publisher) else inside).append(clause)
    for clause in outside:
        why, where = _outside(clause, by_publisher) or ("", "")
        found.reasons.append(f"{why}; {where}")
        found.not_understood.append(clause.strip(" ,.;"))
    if outside and not any(
        re.search(r"\d|[$€]|highest|lowest|most|more|half|third|quarter", clause) for clause in inside
    ):
        return found
    kept = sentence if not outside else " and ".join(inside)
    scene = look(kept, said_on, last_year, members, by_publisher)
    if plan := re.search(PLANS, normalise(kept)):
        found.is_plan = True
        found.reasons.append("a plan, a wish or an assumption about what is to come is no figure of the tables")
        found.not_understood.append(plan[0])
        found.pledges = pledged(scene)
        return found
    ahead = [year for year, *_ in scene.years if said_on and year > said_on.year]
    coming = re.search(FUTURE, scene.text) if not scene.year_said else None
    if ahead or coming:
        found.is_plan = True
        found.pledges = pledged(scene)
        found.reasons.append("it speaks of what was still to come on that day")
        found.not_understood.append(str(ahead[0]) if ahead else coming[0] if coming else "")
        return found
    made, left = rules.statements(scene)
    if left:
        found.not_understood += left
        found.reasons.append("part of the sentence was not understood")
        if any(re.search(r"\d.* (?:billion|bn|million)$", part) for part in left):
            found.reasons.append("a sum needs its currency; a shell keeps $ in single quotation marks only")
        return found
    if not made and not outside:
        found.reasons.append("no statement that the tables could decide was found in it")
        found.not_understood.append(sentence.strip())
    found.statements = made
    return found


def _clauses(text: str, by_publisher: bool) -> list[str]:
    """Part a sentence where another subject may begin."""
    if not _outside(text, by_publisher):
        return [text]
    parts = re.split(r"; | and (?=\w+ )|, (?:while|but|whereas|and|yet) | while | but | whereas ", text)
    return [part for part in parts if part.strip()]


def _outside(clause: str, by_publisher: bool) -> tuple[str, str] | None:
    if by_publisher:
        clause = re.sub(rf"\b(?:{'|'.join([*NON_ALLIES.values(), PUBLISHERS])})\b", "", clause)
    # What names an Ally's rival in passing changes nothing about a figure.
    for pattern, why, where in OUTSIDE:
        if re.search(rf"\b(?:{pattern})\b", clause) or (pattern.startswith("1") and re.search(pattern, clause)):
            if (
                pattern.startswith("russia")
                and re.search(r"since russia|invasion|annex|crimea|donbas|war (?:in|against|on)|border", clause)
                and not re.search(r"russia(?:n)? (?:spen|budget)", clause)
            ):
                continue
            return why, where
    return None
