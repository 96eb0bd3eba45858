"""Rules for counts of Allies, targets met, runs of years, and first times."""

from __future__ import annotations

import re

from ...contracts.metrics import Metric
from ..statements import Statement
from . import orders
from .amounts import CARDINALS, Amount
from .scene import Scene
from .words import ALLIES, CATEGORIES, FALLS, GDP, MEETS, MISSES, PEOPLE, RISES, SPENDING


def goal_of(scene: Scene, numbers: list[Amount]) -> tuple[str | None, float | None, str | None, set[int]] | None:
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
        if target is None and amount.comparator in ("less_than", "at_most"):
            # Below a threshold of its own nobody is counted.
            return None
        if target and not over:
            return target, None, None, {id(amount)}
        return None, amount.value, "over" if over else "at_least", {id(amount)}
    return None


# "Neither Belgium nor Spain met it", "is no longer short of it".
_NEGATED = re.compile(
    r"\bneither\b[^.;]*$|\b(?:no longer|not(?! only)|never|hardly|nowhere near|cannot|\w+n't)(?: \w+){0,2} ?$"
)


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
        if verbs and _NEGATED.search(text[: verbs[-1].start()]):
            missed = not missed
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
    # "More than 30 %" is a level, and of equipment or pay no growth is told.
    moving = "" if any(scene.has(words) for _, words in CATEGORIES) else re.sub(r"\b(?:more|higher) than\b", " ", text)
    rising = 1 if re.search(rf"\b(?:{RISES})\b", moving) else -1 if re.search(rf"\b(?:{FALLS})\b", moving) else 0
    goal = goal_of(scene, numbers)
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
    goal = goal_of(scene, numbers)
    if match and goal and goal[0] is None and goal[1] in (2.0, 3.5):
        goal = ("gdp_2" if goal[1] == 2.0 else "core_3_5", None, None, goal[3])
    if not match or not goal or goal[0] is None:
        return [], set()
    codes = [s.code for s in scene.people if s.code in ALLIES]
    if not codes:
        return [], set()
    # "For the first time since 2020" speaks of the years after it.
    since = scene.year_from + 1 if scene.year_from is not None and scene.exact_from else 2014
    if not scene.exact_from:
        # "In a decade" is no year: the tables since 2014 decide.
        since = max(scene.year_from or 2014, 2014)
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
