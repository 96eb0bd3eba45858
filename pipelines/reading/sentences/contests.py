"""Rules for one against another in other words: who overtook whom, and who is a third of whom."""

from __future__ import annotations

import re

from ...contracts.metrics import Metric
from ..statements import Statement, decimals_of
from . import orders
from .amounts import Amount
from .parts import PASSED
from .scene import Scene

_BY = rf"\b(?:is|was|were|been|being) (?:{PASSED}) by\b"


def overtaken(scene: Scene, numbers: list[Amount]) -> tuple[list[tuple[int, Statement]], set[int]]:
    """Read who overtook whom: more in that year, less in the year before."""
    if passive := re.search(_BY, scene.text):
        scene.doubts.append(passive[0])
        return [], set()
    match = re.search(rf"\b(?:{PASSED})\b", scene.text)
    metric = orders.measure(scene)
    if not match or metric is None:
        return [], set()
    before = [s for s in scene.people if s.code != "NATO_TOTAL" and s.start < match.start()]
    after = [s for s in scene.people if s.code != "NATO_TOTAL" and 0 <= s.start - match.end() <= 6]
    if not before or not after or before[-1].code == after[0].code:
        return [], set()
    year = scene.year_at(after[0].end)
    if re.match(r"edg|push|pass", match[0]) or not scene.year_said:
        pairs = [(before[-1].code, after[0].code, year)]
    else:
        pairs = [(before[-1].code, after[0].code, year), (after[0].code, before[-1].code, year - 1)]
    return [(match.start(), _more(metric, *pair)) for pair in pairs], set()


def _more(metric: Metric, first: str, second: str, year: int) -> Statement:
    return Statement(metric, first, year, 1.0, 0, None, None, "compare", "more_than", "times", against=second)


def fractions(scene: Scene, numbers: list[Amount]) -> tuple[list[tuple[int, Statement]], set[int]]:
    """Read who is a part of whom: "a third of Germany's", "half as much as France"."""
    metric = orders.measure(scene)
    if metric is not None and (times := _times_of(scene, numbers, metric)):
        return times
    for number in numbers:
        part = number.value / 100 if number.unit == "%" else number.value
        if part >= 1 or not (number.text and number.text[0].isalpha()) or metric is None:
            continue
        behind = re.match(
            r" (?:of (?:what |that of |the (?:size|level) of )?|as (?:much|many|big|large|high)\b[^.;,]{0,40}? as |the (?:size|level|amount) of "
            r"|that of |what )(?:the )?",
            scene.text[number.end :],
        )
        if not behind:
            continue
        at = number.end + behind.end()
        other = next((s for s in scene.people if abs(s.start - at) <= 4 and s.code != "NATO_TOTAL"), None)
        own = [s for s in scene.people if s.start < number.start and s.code not in ("NATO_TOTAL", other and other.code)]
        tail = scene.text[other.end :] if other else ""
        # "A third of Germany's budget goes on equipment" is a part of one budget.
        if not other or not own or re.search(r"\b(?:goes|went|is spent|was spent)\b", tail):
            continue
        if re.search(r"\b(?:pays?|paid|foots?|bears?|bore|accounts? for|contribut\w+|makes? up)\b", scene.text):
            continue
        comparator, low, high = _around(number, part)
        made = Statement(
            metric,
            own[-1].code,
            scene.year_at(other.end),
            low,
            3,
            None,
            None,
            "compare",
            comparator,
            "times",
            against=other.code,
            value_to=high,
        )
        return [(number.start, made)], {id(number)}
    return [], set()


def _times_of(
    scene: Scene, numbers: list[Amount], metric: Metric
) -> tuple[list[tuple[int, Statement]], set[int]] | None:
    """Read "nearly three times Poland's": the other is named right behind."""
    for number in numbers:
        if number.unit != "times" or number.value <= 1:
            continue
        other = next((s for s in scene.people if 0 < s.start - number.end <= 5 and s.code != "NATO_TOTAL"), None)
        own = [s for s in scene.people if s.start < number.start and s.code != "NATO_TOTAL"]
        if not other or not own or not scene.text[: other.end].endswith(("'s", "s'")) or own[-1].code == other.code:
            continue
        words = {"nearly": "times_nearly", "about": "times_about", "plain": "times" if number.step >= 1 else "plain"}
        comparator = words.get(number.comparator, number.comparator)
        made = Statement(
            metric,
            own[-1].code,
            scene.year_at(other.end),
            number.value,
            decimals_of(number.step),
            claim_kind="compare",
            comparator=comparator,
            unit_said="times",
            against=other.code,
        )
        return [(number.start, made)], {id(number)}
    return None


def _around(number: Amount, part: float) -> tuple[str, float, float | None]:
    """Say what the words allow about a part: 2.5 hundredths more or less, or a bound."""
    if number.comparator in ("more_than", "at_least", "less_than", "at_most"):
        return number.comparator, part, None
    if number.comparator in ("fraction_nearly", "times_nearly"):
        return "between", part - 0.05, part
    return "between", round(part - 0.025, 6), round(part + 0.025, 6)
