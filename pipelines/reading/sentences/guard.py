"""What a reading would pass over: words that ask for more than the statements say. Where there are any, we abstain."""

from __future__ import annotations

import re

from ...contracts.metrics import Metric
from ..statements import Statement
from .scene import Scene
from .words import ALLIES, CATEGORIES, STATES

_PARTIAL = re.compile(
    r"\b(?:nordic|scandinavian|eastern|western|southern|northern|central|balkan|mediterranean|front-?line|founding|newest|newer|new|smaller|"
    r"larger|biggest|smallest|richest|poorest|big|small|flank|rich|poor|wealthy|visegrad|benelux)(?: european| nato| flank)* "
    r"(?:allies|members|member states|countries|states|nations)\b"
)


def _not_the_whole(scene: Scene, made: list[Statement]) -> list[str]:
    """Name a part of the Alliance that is none of our groups, where a statement would take it for the whole."""
    grouped = [s for s in made if s.scope not in ALLIES]
    if not grouped:
        return []
    partial = _PARTIAL.search(scene.text)
    union = re.search(r"\b(?:eu|european union)\b", scene.text)
    if union and not any(s.code == "EU_ALLIES" for s in scene.people):
        return [union[0]]
    return [partial[0]] if partial else []


_SUPERLATIVE = re.compile(
    r"\b(?:highest|lowest|biggest|largest|smallest|greatest|stingiest|fastest|slowest|steepest|sharpest|second-\w+|third-\w+)\b"
)
_RUN = re.compile(r"\b(?:in a row|running|consecutive|straight|in succession|on the trot|every year|each year)\b")
_FIRST = re.compile(r"\bfirst time\b|\bfor the first\b|\bfirst since\b|\bnever before\b")
_THAN = re.compile(
    r"\bthan\b(?! (?:ever|before|expected|planned|half|a (?:third|quarter|fifth|dozen)|the (?:guideline|target)))"
)


# Of the Allies' figures no mean is published: NATO's own is what all spent together.
_MEAN = re.compile(r"\b(?:average|mean|median|typical)(?: \w+){0,2} (?:member|ally|country|state|nation)\b|\bmedian\b")
# What somebody has set himself, what lies between two, what came together over years, and what is no spending.
_OWN_GOAL = re.compile(
    r"\b(?:its|their|his|her|own|national) (?:\w+ ){0,2}(?:goal|target|aim|objective|ambition|pledge|plan)s? (?:of|to)\b"
)
_BOTH_GOALS = re.compile(
    r"\bboth (?:of )?(?:the |its |their |nato(?:'s)? |alliance(?:'s)? |spending )*(?:guidelines|targets|goals|benchmarks|criteria|tests|marks)\b"
)
_BETWEEN = re.compile(r"\b(?:gap|difference|distance|gulf) between\b")
_OVER_YEARS = re.compile(r"\b(?:additional|extra|cumulative\w*|altogether|all told|in all)\b")
_NO_SPENDING = re.compile(
    r"\b(?:largest|biggest|smallest|richest|poorest|wealthiest|strongest|weakest|most \w+)(?: \w+)?"
    r" (?:econom(?:y|ies)|populations?|powers?|exporters?|importers?|producers?|neighbou?rs?|borders?|fleet|navy|navies)\b"
)
# NATO counts research among equipment, and tells nothing of it alone.
_RESEARCH = re.compile(r"^(?!.*\bequipment\b).*\b(?:research|r&d)\b")
_BEFORE_THE_TABLES = re.compile(r"\b(?:cold war|berlin wall|soviet union|warsaw pact|world war|iron curtain)\b")
_PARITY = re.compile(r"\bpurchasing[- ]power\b|\bppp\b|\bparity\b")
_THE_AVERAGE = re.compile(r"\b(?:above|below|over|under|beneath|than) (?:the )?(?:\w+ ){0,2}average\b")
_OWN_CURRENCY = re.compile(r"\b(?:national|local|own|domestic) currenc(?:y|ies)\b")
_TOGETHER = re.compile(r"\b(?:together|combined|jointly|between them|in total|taken together)\b")
_NOT = re.compile(r"\b(?:not|never|neither|nor|nowhere near|\w+n't)\b(?! (?:only|least|just|counting|including|even))")
_PART_OF_A_YEAR = re.compile(
    r"\b(?:(?:first|second|third|fourth|last) (?:quarter|half|six months|three months)|(?:a|per|each|every) (?:month|week|day|hour|minute)|"
    r"monthly|weekly|daily|on average|average annual|a year on average)\b"
)


# Words, and the kinds of statement that stand for them.
_TOLD_BY: tuple[tuple[re.Pattern[str], set[str]], ...] = (
    (_RUN, {"streak", "since"}),
    (_FIRST, {"since"}),
    (_NOT, {"meets", "count", "rank"}),
    (_PART_OF_A_YEAR, set()),
    (_THE_AVERAGE, {"compare"}),
    (_OWN_CURRENCY, set()),
    (_NO_SPENDING, set()),
    (_MEAN, set()),
    (_PARITY, set()),
    (_RESEARCH, set()),
    (_BEFORE_THE_TABLES, set()),
    (_BOTH_GOALS, {"meets", "count"}),
)


def _are_several(scene: Scene, made: list[Statement]) -> bool:
    """Say whether several Allies are named whose sum nothing stands for."""
    named = {s.code for s in scene.people if s.code in STATES}
    said = {code for s in made for code in (s.scope, s.against) if code}
    return len(named) > 1 and said <= STATES


def unread(scene: Scene, made: list[Statement]) -> list[str]:
    """Name the words of a sentence that no statement made of it stands for."""
    if not made:
        return []
    kinds, text = {s.kind for s in made}, scene.text
    left = _not_the_whole(scene, made)
    years = {y for s in made for y in (s.year, s.year_from) if y}
    # "First time since 2020" speaks of the years from 2021 on.
    years |= {s.year_from - 1 for s in made if s.kind == "since" and s.year_from}
    if "since" not in kinds:
        left += [str(year) for year, *_ in scene.years if year not in years]
    if scene.year_from and scene.exact_from and not kinds & {"streak", "since"} and scene.year_from not in years:
        left.append(str(scene.year_from))
    if (found := _SUPERLATIVE.search(text)) and not kinds & {"rank", "since", "compare"} and not _vague(text, found):
        left.append(found[0])
    if (found := _TOGETHER.search(text)) and _are_several(scene, made):
        left.append(found[0])
    if (found := _OWN_GOAL.search(text)) and "value" in kinds and not scene.targets:
        left.append(found[0])
    if (found := _BETWEEN.search(text)) and "value" in kinds:
        left.append(found[0])
    if (found := _OVER_YEARS.search(text)) and scene.year_from and kinds & {"diff", "value"} and "% " not in text:
        left.append(found[0])
    if kinds & {"compare", "diff"} and all(s.metric is Metric.expenditure for s in made):
        left += [found[0] for _, words in CATEGORIES if (found := re.search(rf"\b(?:{words})\b", text))]
    left += [found[0] for words, told_by in _TOLD_BY if not kinds & told_by and (found := words.search(text))]
    for found in _THAN.finditer(text):
        numbered = any(n.start <= found.start() < n.end for n in scene.numbers)
        if not numbered and not kinds & {"rank", "compare", "diff", "change", "since"}:
            left.append(text[max(0, found.start() - 12) : found.end()].strip())
    return left


def _vague(text: str, found: re.Match[str]) -> bool:
    """Say whether a superlative is no place: "one of the biggest"."""
    return bool(re.search(r"\b(?:one of|among|some of) [^.;,]{0,20}$", text[: found.start()]))
