"""Rules for counts of Allies: how many, which part of them, all but some."""

from __future__ import annotations

import re
from dataclasses import replace
from math import ceil, floor

from ...contracts.metrics import Metric
from ..statements import Statement
from .amounts import CARDINALS, Amount
from .scene import Scene
from .tallies import goal_of
from .words import ALLIES, MEETS, MISSES

_MEMBERS = (
    r"(?:nato )?(?:allies|allied (?:countries|nations|states|governments)|ally|countries|country|members?|member states?|nations?|states?|capitals|governments|"
    r"armies)"
)


def _group(scene: Scene, place: int) -> str:
    groups = [s for s in scene.people if s.code not in ALLIES]
    named = [s for s in groups if s.code != "NATO_TOTAL"]
    near = sorted(named or groups, key=lambda s: abs(s.start - place))
    return near[0].code if near else "NATO_TOTAL"


def counts(scene: Scene, numbers: list[Amount]) -> tuple[list[tuple[int, Statement]], set[int]]:
    """Read how many Allies meet, miss or go beyond something."""
    text = scene.text
    goal = goal_of(scene, numbers)
    if goal is None:
        return [], set()
    target, threshold, direction, taken = goal
    found = None
    everybody = re.search(
        rf"\b(?:all|every|each)(?: single| one of the| of the| the| nato's?)?(?: nato| european| nato's| eu| \d+| thirty-one| thirty-two)?(?: of the)?"
        rf" {_MEMBERS}\b|\b(?:every|each) (?:nato )?(?:ally|member|country)\b|\ball (?:of )?(?:its |the )?(?:nato )?{_MEMBERS}\b",
        text,
    )
    nobody = re.search(
        rf"\b(?:no|not a single|not one|not even one|none of(?: the| nato's| its)?)(?: other| nato| european| eu)? {_MEMBERS}\b|"
        r"\bnobody in (?:nato|the alliance)\b",
        text,
    )
    one = re.search(
        r"\b(?:a single|one|only one|just one) (?:nato |european )?(?:ally|member|country|nation|state)\b", text
    )
    group = _group(scene, 0)
    if exception := _ALL_BUT.search(text):
        return _all_but(scene, numbers, exception, group, target, taken)
    number = next(
        (n for n in numbers if not (nobody and nobody.start() <= n.start < nobody.end()) and _counts(text, n, taken)),
        None,
    )
    part = None if number else _part_of_all(scene, numbers, taken)
    if number is None and part is None and not everybody and not nobody and not one:
        return [], set()
    used = set(taken)
    value_to = number.value_to if number else None
    misses = bool(re.search(rf"\b(?:{MISSES})\b", text)) and not re.search(r"not (?:below|under)", text)
    if number is not None:
        value, comparator, start = number.value, number.comparator, number.start
        # "12 of the 32 Allies": the second number is how many there are.
        for other in numbers:
            if (
                other is not number
                and other.unit is None
                and other.value in (28, 29, 30, 31, 32)
                and other.start > number.end
                and other.start - number.end < 20
            ):
                used.add(id(other))
        used.add(id(number))
        if comparator == "plain" and number.value <= 40 and re.search(r"fewer than $", text[: number.start]):
            comparator = "less_than"
    elif part is not None:
        comparator, value, value_to = _counted(part, scene.count_members(group, scene.year_at(part.start, part.end)))
        start = part.start
        used.add(id(part))
    elif nobody:
        value, comparator, start = 0.0, "plain", nobody.start()
    elif one:
        value, comparator, start = 1.0, "plain", one.start()
    else:
        value, comparator, start = _all_of(scene, group), "plain", everybody.start() if everybody else 0
        if everybody and re.search(r"\bnot (?:all|every)\b", text):
            value, comparator = _all_of(scene, group), "less_than"
    used |= {
        id(n) for n in numbers if n.unit is None and n.text in ("a single", "one", "no", "none") and id(n) not in used
    }
    if everybody:
        used |= {id(n) for n in numbers if n.unit is None and n.value in (28, 29, 30, 31, 32)}
    metric = Metric.allies_above_threshold if threshold is not None else Metric.allies_meeting_target
    if misses:
        if threshold is not None:
            return [], set()
        metric = Metric.allies_below_target
    found = Statement(
        metric,
        group,
        scene.year_at(start),
        value,
        0,
        target,
        None,
        "count",
        comparator,
        "count",
        threshold=threshold,
        direction=direction,
        value_to=value_to,
    )
    made = [(start, found)]
    for other in numbers:
        if number is not None and id(other) not in used and _is_beside(text, other):
            year = scene.year_at(other.start, other.end)
            made.append((other.start, replace(found, year=year, value=other.value, comparator=other.comparator)))
            used.add(id(other))
    return made, used


def _counts(text: str, amount: Amount, taken: set[int]) -> bool:
    """Say whether a number counts Allies: "23 of the 32 members", "the number of Allies rose to 28"."""
    if id(amount) in taken or amount.unit is not None or amount.value > 40 or amount.value != int(amount.value):
        return False
    if re.search(
        rf"\bnumber of (?:\w+ ){{0,2}}{_MEMBERS}\b[^.;]*\b(?:to|is|was|at|reached|hit|of) (?:\w+ )?$",
        text[: amount.start],
    ):
        return True
    return bool(
        re.match(
            rf"(?: of (?:the |nato's |its )?(?:alliance's |nato's )?(?:\w+ |\d+ )?)?(?: other| european| eu| nato| allied| of| the| now| more|-)*[ -]?{_MEMBERS}\b|"
            rf" (?:european )?nato\b| european allies| nato allies| of (?:them|the \d+|nato's \d+)\b| (?:{MEETS}|{MISSES})\b| (?:did|do|were|are|had)\b|"
            r" eu (?:members|countries|allies|states)",
            text[amount.end : amount.end + 60],
        )
    )


def _is_beside(text: str, amount: Amount) -> bool:
    """Say whether a number is the count of another year: "up from three in 2014", "compared with seven in 2022"."""
    if amount.unit is not None or amount.value > 40 or amount.value != int(amount.value):
        return False
    before, after = text[: amount.start], text[amount.end :]
    beside = r"\b(?:from|compared (?:with|to)|against|after|versus|and) (?:just |only |a mere )?$"
    return bool(re.search(beside, before) and re.match(r"(?: \w+)? (?:in (?:20\d\d)|last year|the year before)", after))


_ALL_BUT = re.compile(
    rf"\b(?:all|every (?:ally|member|country)) (?:but|except|bar|save)(?: for)? (?P<n>[\w-]+)(?: of)?(?: the| nato's| its)*(?: {_MEMBERS})?"
)


def _all_but(
    scene: Scene, numbers: list[Amount], match: re.Match[str], group: str, target: str | None, taken: set[int]
) -> tuple[list[tuple[int, Statement]], set[int]]:
    """Read "all but three Allies met it" as how many did not."""
    count = CARDINALS.get(match["n"]) or (int(match["n"]) if match["n"].isdigit() else None)
    if count is None or target is None or re.search(rf"\b(?:{MISSES})\b", scene.text):
        scene.doubts.append(match[0])
        return [], set()
    metric = Metric.allies_below_target
    made = Statement(
        metric, group, scene.year_at(match.start()), float(count), 0, target, None, "count", "plain", "count"
    )
    used = {id(n) for n in numbers if match.start() <= n.start < match.end()}
    return [(match.start(), made)], used | taken


def _part_of_all(scene: Scene, numbers: list[Amount], taken: set[int]) -> Amount | None:
    """Find a share that is one of a number of Allies: "a third of the members", "one in five allies"."""
    for amount in numbers:
        if amount.unit != "%" or id(amount) in taken:
            continue
        behind = scene.text[amount.end : amount.end + 60]
        if re.match(
            rf"(?: of)?(?: all| the| nato's| its| \d\d| european| eu| nato| alliance's| of| other)* {_MEMBERS}\b"
            r"(?!'s|'| (?:spend|defen|budget|expend|gdp|output|money))",
            behind,
        ):
            return amount
    return None


def _counted(part: Amount, there: int) -> tuple[str, float, float | None]:
    """Turn a share of the Allies that there were into the counts that the words allow."""
    share = part.value / 100
    exact = round(share * there, 6)
    match part.comparator:
        case "more_than":
            return "at_least", floor(exact) + 1.0, None
        case "at_least":
            return "at_least", float(ceil(exact)), None
        case "less_than":
            return "at_most", ceil(exact) - 1.0, None
        case "at_most":
            return "at_most", float(floor(exact)), None
        case "fraction_nearly":
            return "between", float(ceil((share - 0.05) * there)), ceil(exact) - 1.0
    low, high = float(ceil((share - 0.025) * there)), float(floor((share + 0.025) * there))
    return ("plain", low, None) if low == high else ("between", low, high)


def _all_of(scene: Scene, group: str) -> float:
    """Count those with armed forces; what a group that is not of the tables makes of all is not understood."""
    return float(scene.count_present(group) or -1)
