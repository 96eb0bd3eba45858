"""Rules for counts of Allies, targets met, runs of years, and first times."""

from __future__ import annotations

import re
from math import ceil, floor

from ...contracts.metrics import Metric
from ..statements import Statement
from . import orders
from .amounts import CARDINALS, Amount
from .scene import Scene
from .words import ALLIES, CATEGORIES, FALLS, GDP, MEETS, MISSES, PEOPLE, RISES, SPENDING

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
    goal = _goal(scene, numbers)
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
    number: Amount | None = None
    for amount in numbers:
        if nobody and nobody.start() <= amount.start < nobody.end():
            continue
        if id(amount) in taken or amount.unit is not None or amount.value > 40 or amount.value != int(amount.value):
            continue
        after = text[amount.end : amount.end + 60]
        if re.match(
            rf"(?: of (?:the |nato's |its )?(?:alliance's |nato's )?(?:\w+ |\d+ )?)?(?: other| european| eu| nato| allied| of| the| now| more|-)*[ -]?{_MEMBERS}\b|"
            rf" (?:european )?nato\b| european allies| nato allies| of (?:them|the \d+|nato's \d+)\b| (?:{MEETS}|{MISSES})\b| (?:did|do|were|are|had)\b|"
            r" eu (?:members|countries|allies|states)",
            after,
        ):
            number = amount
            break
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
        comparator, value, value_to = _counted(part, group, scene.year_at(part.start, part.end))
        start = part.start
        used.add(id(part))
    elif nobody:
        value, comparator, start = 0.0, "plain", nobody.start()
    elif one:
        value, comparator, start = 1.0, "plain", one.start()
    else:
        value, comparator, start = _all_of(group), "plain", everybody.start() if everybody else 0
        if everybody and re.search(r"\bnot (?:all|every)\b", text):
            value, comparator = _all_of(group), "less_than"
    used |= {
        id(n) for n in numbers if n.unit is None and n.text in ("a single", "one", "no", "none") and id(n) not in used
    }
    if everybody:
        used |= {id(n) for n in numbers if n.unit is None and n.value in (28, 29, 30, 31, 32)}
        if value == 32 and group == "NATO_TOTAL":
            value = 32.0
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
    return [(start, found)], used


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


def _counted(part: Amount, group: str, year: int) -> tuple[str, float, float | None]:
    """Turn a share of the Allies with armed forces of a year into the counts that the words allow."""
    share, there = part.value / 100, _members(group, year)
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
    return "between", float(ceil((share - 0.025) * there)), float(floor((share + 0.025) * there))


# How many Allies with armed forces there were, from a year on.
_THERE_WERE = {
    "NATO_TOTAL": ((2024, 31), (2023, 30), (2020, 29), (2017, 28), (0, 27)),
    "EU_ALLIES": ((2024, 23), (2023, 22), (2020, 21), (0, 22)),
}


def _members(group: str, year: int) -> int:
    outside = {"EUROPE": 2, "NATO_EUR_CAN": 1}.get(group, 0)
    there = _THERE_WERE.get(group, _THERE_WERE["NATO_TOTAL"])
    return next(count for first, count in there if year >= first) - outside


def _all_of(group: str) -> float:
    """Count those with armed forces; what a group of another size makes of all is not understood."""
    return {"NATO_TOTAL": 31.0, "EUROPE": 29.0, "NATO_EUR_CAN": 30.0, "EU_ALLIES": 23.0}.get(group, -1.0)


def _goal(scene: Scene, numbers: list[Amount]) -> tuple[str | None, float | None, str | None, set[int]] | None:
    """Find what Allies are counted by: a target, or a threshold of GDP."""
    if scene.targets:
        return scene.targets[0][0], None, None, set()
    for amount in numbers:
        if amount.unit != "%" or amount.value_to is not None or amount.value > 30:
            continue
        over = amount.comparator == "more_than" or bool(
            re.search(r"(?:beyond|exceed\w*|past) (?:the )?$", scene.text[: amount.start])
        )
        equipment = scene.has(CATEGORIES[0][1])
        if equipment and amount.value == 20 and not over:
            return "equipment_20", None, None, {id(amount)}
        if equipment or not (scene.has(GDP) or scene.has(SPENDING) or scene.has(MEETS)):
            return None
        target = {2.0: "gdp_2", 3.5: "core_3_5"}.get(amount.value)
        if target and not over:
            return target, None, None, {id(amount)}
        return None, amount.value, "over" if over else "at_least", {id(amount)}
    return None


def meets(scene: Scene) -> list[tuple[int, Statement]]:
    """Read who met which target, or missed it: each Ally with each target that has a verb of its own."""
    text = scene.text
    if not re.search(rf"\b(?:{MEETS}|{MISSES})\b", text):
        return []
    made = []
    for target, start, _, _ in scene.targets:
        before = text[:start]
        verbs = list(re.finditer(rf"\b(?P<miss>{MISSES})\b|\b(?P<meet>{MEETS})\b", before)) or list(
            re.finditer(rf"\b(?P<miss>{MISSES})\b|\b(?P<meet>{MEETS})\b", text)
        )
        missed = bool(verbs[-1]["miss"]) if verbs else False
        codes = list(dict.fromkeys(s.code for s in scene.people if s.code in ALLIES))
        if len(scene.targets) > 1:
            codes = codes[:1]
        for code in codes:
            made.append(
                (
                    start,
                    Statement(
                        Metric.meets_target,
                        code,
                        scene.year_at(start),
                        0.0 if missed else 1.0,
                        0,
                        target,
                        None,
                        "meets",
                        "plain",
                        "boolean",
                    ),
                )
            )
    return made


def _number_word(word: str) -> int | None:
    ordinal = orders.ORDINAL.get(word)
    if ordinal:
        return ordinal
    if match := re.fullmatch(r"(\d+)(?:st|nd|rd|th)?", word):
        return int(match[1])
    return CARDINALS.get(word)


def streaks(scene: Scene, numbers: list[Amount]) -> tuple[list[tuple[int, Statement]], set[int]]:
    """Read for how many years in a row something has been so, or since which year in every one."""
    text = scene.text
    match = re.search(
        r"\b(?P<n>[\w-]+) (?:years?|calendar years) (?:in a row|running|straight|on the trot|in succession|consecutively)|"
        r"\b(?P<n2>[\w-]+) (?:consecutive|straight|successive|unbroken) years?|(?P<n3>[\w-]+) years? of (?:uninterrupted|unbroken|continuous|steady|consecutive|rising|growth)",
        text,
    )
    every = re.search(
        r"\b(?:every|each)(?: single)? year since (\d{4})|\bwithout (?:interruption|a break) since (\d{4})|\bin (?:every|each|all)(?: single)? years? since (\d{4})",
        text,
    )
    used = {id(n) for n in numbers if match and match.start() <= n.start < match.end()}
    rising = (
        0 if not re.search(rf"\b(?:{RISES}|{FALLS})\b", text) else 1 if re.search(rf"\b(?:{RISES})\b", text) else -1
    )
    goal = _goal(scene, numbers)
    codes = [s.code for s in scene.people]
    if not (match or every) or not codes:
        return [], set()
    who = next((c for c in codes if c in ALLIES), next((c for c in codes if c != "NATO_TOTAL"), codes[0]))
    by_target = goal is not None and goal[0] is not None
    year = scene.year_at(0)
    if every and scene.year_from and by_target:
        used |= goal[3] if goal else set()
        return [
            (
                every.start(),
                Statement(
                    Metric.meets_target,
                    who,
                    year,
                    1.0,
                    0,
                    goal[0] if goal else None,
                    None,
                    "since",
                    "plain",
                    "boolean",
                    year_from=scene.year_from,
                    direction="every_year",
                ),
            )
        ], used
    if every and scene.year_from and rising and scene.has(SPENDING):
        return [
            (
                every.start(),
                Statement(
                    Metric.real_growth,
                    who,
                    year,
                    float(year - scene.year_from),
                    0,
                    None,
                    "constant",
                    "streak",
                    "at_least",
                    "years",
                    direction="rising" if rising > 0 else "falling",
                ),
            )
        ], used
    if not match:
        return [], set()
    count = _number_word(match["n"] or match["n2"] or match["n3"])
    if count is None:
        return [], set()
    comparator = next((n.comparator for n in numbers if id(n) in used), "plain")
    if by_target and goal:
        used |= goal[3]
        if re.search(rf"\b(?:{MISSES})\b", text):
            return [], set()
        return [
            (
                match.start(),
                Statement(
                    Metric.meets_target,
                    who,
                    year,
                    float(count),
                    0,
                    goal[0],
                    None,
                    "streak",
                    comparator,
                    "years",
                    direction="meets",
                ),
            )
        ], used
    if rising and scene.has(SPENDING) and not scene.has(GDP) and not scene.has(PEOPLE):
        return [
            (
                match.start(),
                Statement(
                    Metric.real_growth,
                    who,
                    year,
                    float(count),
                    0,
                    None,
                    "constant",
                    "streak",
                    comparator,
                    "years",
                    direction="rising" if rising > 0 else "falling",
                ),
            )
        ], used
    return [], set()


def firsts(scene: Scene, numbers: list[Amount]) -> tuple[list[tuple[int, Statement]], set[int]]:
    """Read that a target was met for the first time."""
    match = re.search(r"\bfirst time\b|\bfirst year in which\b|\bnever before\b|\bfor the first\b", scene.text)
    goal = _goal(scene, numbers)
    if match and goal and goal[0] is None and goal[1] in (2.0, 3.5):
        goal = ("gdp_2" if goal[1] == 2.0 else "core_3_5", None, None, goal[3])
    if not match or not goal or goal[0] is None:
        return [], set()
    codes = [s.code for s in scene.people if s.code in ALLIES]
    if not codes:
        return [], set()
    since = scene.year_from or 2014
    if not scene.exact_from:
        # "In a decade" is no year: the tables since 2014 decide.
        since = max(since, 2014)
    said = [y for y, start, _ in scene.years if start < match.end() or ("," not in scene.text[match.end() : start])]
    used = set(goal[3])
    made = Statement(
        Metric.meets_target,
        codes[0],
        said[0] if said else scene.year_to or scene.default_year,
        1.0,
        0,
        goal[0],
        None,
        "since",
        "plain",
        "boolean",
        year_from=since,
        direction="first_meets",
    )
    return [(match.start(), made)], used
