"""What several rules share: whose a number is, and whether it is of a rise or a fall."""

from __future__ import annotations

import re
from dataclasses import replace

from ...contracts.metrics import Metric
from ..statements import Statement, coarser, decimals_of
from .amounts import Amount
from .scene import Scene, Someone
from .words import FALLS, RISES

# Who stands behind these has been passed, and is not the one of whom a place is said.
PASSED = (
    r"overt(?:ook|akes?|aken|aking)|pass(?:ed|es|ing)?|replac(?:ed|es|ing)|displac(?:ed|es|ing)|supplant(?:ed|s|ing)|dethron(?:ed|es|ing)|"
    r"unseat(?:ed|s|ing)|leapfrog(?:ged|s|ging)?|oust(?:ed|s|ing)|knock(?:ed|s|ing)|edg(?:ed|es|ing) out|push(?:ed|es|ing)"
)


def percent_decimals(number: Amount, metric: Metric) -> int:
    """Return the decimals of a stated percentage; a share of GDP is never coarser than a tenth."""
    step = number.step
    if metric is Metric.defence_share_of_gdp:
        step = min(step, 0.1)
    elif number.value >= 100:
        step = coarser(number.value, step)
    return decimals_of(step)


def owner_of(scene: Scene, number: Amount, base: Statement) -> Statement:
    """Take the one who does, where the whole of the Alliance stands nearer to the number."""
    if base.scope != "NATO_TOTAL":
        return base
    others = [s for s in scene.people if s.code != "NATO_TOTAL"]
    before = [s for s in others if s.start < number.start]
    chosen = before[-1] if before else others[0] if others else None
    return replace(base, scope=chosen.code) if chosen else base


def direction_of(scene: Scene, number: Amount) -> int:
    """Say whether a number is that of a rise (1), of a fall (-1), or of neither (0)."""
    text = scene.text
    if re.search(r"\b(?:below|under|above|beyond|past) ?$", text[: number.start]) or re.match(
        r"(?:well |just )?(?:below|under|above|beyond|past)\b", text[number.start : number.end]
    ):
        # "Slipped below 60 %" says where it stands.
        return 0
    before, after = text[max(0, number.start - 70) : number.start], text[number.end : number.end + 45]
    if re.match(r" (?:\w+ ){0,2}(?:growth|increase|rise|jump|surge|hike|boost|leap|more|extra|gain|higher)\b", after):
        return 1
    if re.match(r" (?:\w+ ){0,2}(?:cut|fall|drop|decline|decrease|reduction|less|lower)\b", after):
        return -1
    ups = [m.end() for m in re.finditer(rf"\b(?:{RISES})\b", before)]
    downs = [m.end() for m in re.finditer(rf"\b(?:{FALLS})\b", before)]
    if not ups and not downs:
        return 0
    return 1 if max(ups, default=-1) > max(downs, default=-1) else -1


def signed(statement: Statement, change: int) -> Statement:
    """Turn what was said of a fall into a change below nothing."""
    if change > 0:
        return statement
    mirrored = {"more_than": "less_than", "less_than": "more_than", "at_least": "at_most", "at_most": "at_least"}
    low, high = statement.value, statement.value_to
    return replace(
        statement,
        value=-(high if high is not None else low),
        value_to=-low if high is not None else None,
        comparator=mirrored.get(statement.comparator, statement.comparator),
    )


def people_of_a_place(scene: Scene) -> list[Someone]:
    """Return whom the words make a candidate for a place in an order: not who was passed, or stands beside."""
    beside = rf"\b(?:after|behind|than|only|ahead of|in front of|followed by|from|against|unlike|not|past|{PASSED}) (?:the )?$"
    return [
        someone
        for someone in scene.people
        if someone.code != "NATO_TOTAL" and not re.search(beside, scene.text[: someone.start])
    ]
