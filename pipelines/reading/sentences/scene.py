"""Look at a sentence once: who, which years, which targets, which numbers; each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from .amounts import FRACTION, FRACTIONS, MULTIPLE, MULTIPLES, Amount, amounts, comparator_of
from .spelling import normalise
from .words import ALLIES, GROUPS, NON_ALLIES, SPENDING, TARGET_WORDS

_TARGETS = {2.0: "gdp_2", 20.0: "equipment_20", 3.5: "core_3_5", 5.0: "total_5"}
_TARGET = re.compile(
    r"(?:(?:the |its |their )?(?:alliance|nato|allied|military alliance|wales|hague)(?:'s)? )?(?:the |its |their )?(?:old |new |agreed |official )?"
    r"(?P<num>2\.0|2|20|3\.5|5|two|twenty|five|three and a half) ?%?-?(?: of (?:gdp|gross domestic product))?,? ?(?:-of-gdp )?"
    rf"(?:on )?(?:equipment|defence|defense|spending|nato|gdp|investment|core|major equipment| )*\b(?:{TARGET_WORDS})s?\b"
)
# "The equipment guideline of 20 %": the number behind.
_TARGET_OF = re.compile(
    rf"\b(?:equipment |spending |defence |investment |alliance's |nato )*(?:{TARGET_WORDS})s? (?:of|at) (?P<num>2|20|3\.5)%"
    r"(?: of (?:gdp|gross domestic product))?(?: (?:for|on) (?:major )?equipment)?(?!\w|\.\d)"
)
_NUMBERLESS = re.compile(
    rf"(?:the |its |their )?(?:nato(?:'s)?|alliance(?:'s)?|wales|defence spending|spending|defence investment) (?:spending |defence |investment )*"
    rf"(?:{'|'.join(w for w in TARGET_WORDS.split('|') if w not in ('line', 'bar', 'mark', 'floor', 'rule', 'aim'))})\b"
)
# To meet, miss or hit 2 % says that it is the target.
_MET = re.compile(
    r"\b(?:me(?:e)?ts?|missed|misses|miss|hits?|reach(?:es|ed)?|cleared|clears|attained|failed to (?:meet|reach|hit)|short of|satisf(?:y|ied|ies))"
    r" (?:the )?(?P<num>2|20|3\.5)%(?: of (?:its |their )?gdp)?(?![\w.])"
)
_WORD_YEARS = {
    "ten": 10,
    "a decade": 10,
    "decade": 10,
    "five": 5,
    "three": 3,
    "four": 4,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "two": 2,
}
_SUMMITS = {
    "the wales summit": 2014,
    "the annexation of crimea": 2014,
    "crimea was annexed": 2014,
    "the wales pledge": 2014,
    "the full-scale invasion": 2022,
    "the invasion of ukraine": 2022,
}


@dataclass
class Someone:
    """Hold a mention of an Ally or a group."""

    code: str
    start: int
    end: int


@dataclass(frozen=True)
class Membership:
    """Hold from which year an Ally with armed forces belongs to a group, and to which; None where it still does."""

    group: str
    first_year: int
    last_year: int | None


@dataclass
class Scene:
    """Hold what was found in a sentence; `members` are all memberships of the groups that can be counted.

    `by_publisher` says that another publisher is asked, who has figures of states outside the Alliance.
    """

    text: str
    said_on: date | None
    members: tuple[Membership, ...] = ()
    people: list[Someone] = field(default_factory=list)
    years: list[tuple[int, int, int]] = field(default_factory=list)
    year_from: int | None = None
    year_to: int | None = None
    exact_from: bool = True
    targets: list[tuple[str, int, int, float | None]] = field(default_factory=list)
    numbers: list[Amount] = field(default_factory=list)
    default_year: int = 2026
    doubts: list[str] = field(default_factory=list)
    year_said: bool = False
    by_publisher: bool = False

    def has(self, pattern: str) -> bool:
        """Say whether the words stand somewhere."""
        return re.search(rf"\b(?:{pattern})\b", self.text) is not None

    def count_members(self, group: str, year: int) -> int:
        """Count the Allies with armed forces that belonged to a group in a year; 0 where it is no group."""
        return sum(
            one.group == group and one.first_year <= year and (one.last_year is None or year <= one.last_year)
            for one in self.members
        )

    def count_present(self, group: str) -> int:
        """Count those that belong to a group now; 0 where it is no group."""
        return sum(one.group == group and one.last_year is None for one in self.members)

    def year_at(self, place: int, end: int | None = None) -> int:
        """Name the year meant at a place: the nearest, rather after it, or the one that goes without saying."""
        behind = place if end is None else end
        near = [
            (start - behind if start >= behind else place - last + 5, year)
            for year, start, last in self.years
            # "2.25 %, up from 1.35 % in 2014": that year is the other number's.
            if not (start >= behind and re.search(r"\bfrom\b.*\d", self.text[behind:start]))
        ]
        return min(near)[1] if near else (self.year_to or self.default_year)

    def is_place(self, someone: Someone) -> bool:
        """Say whether the Alliance is only where somebody else stands: "the second-largest army in NATO"."""
        if someone.code != "NATO_TOTAL" or not any(other.start < someone.start for other in self.people):
            return False
        before, after = self.text[: someone.start], self.text[someone.end :]
        if re.search(
            r"\b(?:join(?:s|ed|ing)?|enter(?:s|ed|ing)?|accession to|entry (?:in)?to|membership (?:of|in)|leav(?:e|es|ing)|left) (?:the )?$",
            before,
        ):
            return True
        inside = r"\b(?:in|within|across|inside|of|among) (?:all (?:of )?|the )?$"
        # "Spending in NATO" is its own, "the highest spending in NATO" is somebody's.
        foremost = re.search(r"\b(?:\w{3,}est|top|most|least|number one|second|third)\b[^.;]{0,40}$", before)
        if not foremost and re.search(
            rf"\b(?:{SPENDING}) (?:in|within|across|inside|of) (?:all (?:of )?|the )?$", before
        ):
            return False
        return bool(
            re.search(inside, before) or re.match(r" (?:biggest|largest|top|highest|lowest|smallest|best|worst)", after)
        )

    def who_at(self, place: int, groups: bool = True) -> str | None:
        """Name who is meant at a place: the last mention before it, else the first after."""
        known = [someone for someone in self.people if groups or someone.code in ALLIES]
        known = [someone for someone in known if not self.is_place(someone)] or known
        before = [someone for someone in known if someone.start <= place]
        return before[-1].code if before else known[0].code if known else None


def _blank(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + "\u00b7" * (end - start) + text[end:]
    return text


def look(
    sentence: str,
    said_on: date | None,
    last_year: int,
    members: tuple[Membership, ...] = (),
    by_publisher: bool = False,
) -> Scene:
    """Find everything of our vocabulary in a sentence; `last_year` is the last of the newest edition of that day."""
    text = normalise(sentence)
    scene = Scene(text, said_on, members, by_publisher=by_publisher)
    scene.default_year = min(said_on.year, last_year) if said_on else last_year
    rest = _find_targets(scene, text)
    rest = _find_people(scene, rest)
    rest = _find_years(scene, rest)
    _find_numbers(scene, rest)
    return scene


def _find_targets(scene: Scene, text: str) -> str:
    spans = []
    for match in _TARGET.finditer(text):
        value = {"two": 2.0, "twenty": 20.0, "five": 5.0, "three and a half": 3.5}.get(match["num"]) or float(
            match["num"]
        )
        if "%" not in match[0] and "equipment" not in match[0] and not re.search(r"gdp", match[0]):
            continue
        target = _TARGETS[value]
        if target == "total_5" and scene.said_on and scene.said_on < date(2025, 6, 25):
            target = "proposal_5"
        if target == "total_5" and "core" in match[0]:
            continue
        scene.targets.append((target, match.start(), match.end(), value))
        spans.append(match.span())
    for match in _TARGET_OF.finditer(_blank(text, spans)):
        scene.targets.append((_TARGETS[float(match["num"])], *match.span(), float(match["num"])))
        spans.append(match.span())
    for match in _MET.finditer(_blank(text, spans)):
        scene.targets.append((_TARGETS[float(match["num"])], match.start("num"), match.end(), float(match["num"])))
        spans.append((match.start("num"), match.end()))
    text = _blank(text, spans)
    scene.targets.sort(key=lambda target: target[1])
    if not scene.targets:
        spans = []
        for match in _NUMBERLESS.finditer(text):
            scene.targets.append(("gdp_2" if "equip" not in text else "equipment_20", match.start(), match.end(), None))
            spans.append(match.span())
        text = _blank(text, spans)
    return text


def _find_people(scene: Scene, text: str) -> str:
    text = re.sub(
        r"\b(?:(?:by|according to|on|in|per|going by) (?:the )?nato(?:'s)? (?:own )?(?:reckoning|counts?|figures|tables|numbers|data|estimates?|"
        r"calculations?|statistics|books|definition|accounts?|reports?)|secretary[- ]general|north atlantic council|the hague (?:summit|declaration|commitment|pledge)|wales summit)",
        lambda m: "\u00b7" * len(m[0]),
        text,
    )
    for code, pattern in (*GROUPS, *(ALLIES | (NON_ALLIES if scene.by_publisher else {})).items()):
        spans = []
        for match in re.finditer(rf"\b(?:{pattern})(?:'s|s')?(?!\w)", text):
            if code == "USA" and match[0] == "us":
                continue
            scene.people.append(Someone(code, match.start(), match.end()))
            spans.append(match.span())
        text = _blank(text, spans)
    scene.people.sort(key=lambda someone: someone.start)
    return text


def _find_years(scene: Scene, text: str) -> str:
    said = scene.said_on.year if scene.said_on else None
    spans: list[tuple[int, int]] = []
    year = r"(?:19|20)\d\d"

    def take(match: re.Match[str]) -> None:
        spans.append(match.span())

    for match in re.finditer(
        rf"\b(?:from|between) ({year}) (?:to|and|until|through) ({year})\b|\b({year}) ?(?:-|to|and) ?({year})\b(?! ?%)",
        text,
    ):
        if match[3] and " and " in match[0]:
            continue
        first, last = (match[1], match[2]) if match[1] else (match[3], match[4])
        scene.year_from, scene.year_to = int(first), int(last)
        take(match)
    text = _blank(text, spans)
    spans.clear()
    for match in re.finditer(
        rf"\b(?:ever since|since|compared (?:with|to)|(?:up |down )?from|relative to|on|against|than in|as in|over|what it (?:was|spent) in|"
        rf"the (?:level|figure|total) of|starting (?:from|in))(?: at least| the year)? ({year})\b",
        text,
    ):
        if scene.year_from is None:
            scene.year_from = int(match[1])
            take(match)
    for words, its_year in _SUMMITS.items():
        for match in re.finditer(rf"\bsince {words}", text):
            scene.year_from = its_year
            take(match)
    text = _blank(text, spans)
    spans.clear()
    for match in re.finditer(
        rf"(?<![$€£\d.,])\b({year})\b(?! ?(?:%|dollars|billion|million|troops|soldiers|euros))", text
    ):
        before = text[max(0, match.start() - 14) : match.start()]
        if re.search(r"\$ ?$|€ ?$", before):
            continue
        if re.search(r"at $|in constant $|prices of $", before) and re.match(
            r" (?:prices|dollars)", text[match.end() :]
        ):
            take(match)
            continue
        scene.years.append((int(match[1]), *match.span()))
        scene.year_said = True
        take(match)
    if said:
        for words, shift in (
            ("this year", 0),
            ("the current year", 0),
            ("last year", -1),
            ("the previous year", -1),
            ("in the past year", 0),
            ("the year before last", -2),
        ):
            for match in re.finditer(rf"\b{words}(?:'s)?\b(?! before)", text):
                if words == "the previous year" and scene.years:
                    scene.year_from = scene.years[0][0] - 1
                else:
                    scene.years.append((said + shift, *match.span()))
                    scene.year_said = True
                take(match)
    text = _blank(text, spans)
    spans.clear()
    now = scene.year_to or (max(y for y, *_ in scene.years) if scene.years else scene.default_year)
    for match in re.finditer(
        r"\b(?:in|within|over|for|during|since)(?: the (?:space|course) of)?(?: the)?(?: past| last| previous)? (\w+|a decade) years?\b(?! (?:in a row|running|straight|on))|"
        r"\b(?:in|within|over|for|during) (?:the )?(?:past |last |previous )?(a decade|decade)\b|\b(a decade|\w+ years) (?:ago|earlier|before)\b",
        text,
    ):
        word = match[1] or match[2] or (match[3] or "").removesuffix(" years")
        count = _WORD_YEARS.get(word) or (int(word) if word.isdigit() else None)
        if count and scene.year_from is None:
            scene.year_from, scene.exact_from = now - count, False
            take(match)
    for match in re.finditer(
        r"\b(?:a|one) year (?:earlier|before|ago)\b|\bin a (?:single |year|twelvemonth)\s?(?:year)?|\bthe year before\b|\byear on year\b|\bon the year\b",
        text,
    ):
        if scene.year_from is None:
            scene.year_from = now - 1
            take(match)
    return _blank(text, spans)


def _find_numbers(scene: Scene, text: str) -> None:
    text = re.sub(
        r"\b\d{1,2} (?:january|february|march|april|may|june|july|august|september|october|november|december)\b|"
        r"\b(?:january|february|march|april|june|july|august|september|october|november|december) \d{1,2}\b|\b(?:\d+(?:st|nd|rd|th))\b",
        lambda m: "\u00b7" * len(m[0]) if not re.search(r"(?:st|nd|rd|th)$", m[0]) else m[0],
        text,
    )
    spans = []
    for match in FRACTION.finditer(text):
        if match["num"] == "half" and re.search(r"and a $|as much$", text[: match.start("num")]):
            continue
        if match["num"] in ("a third", "half") and re.match(r" (?:as much|the size|time)", text[match.end() :]):
            continue
        scene.numbers.append(
            Amount(
                FRACTIONS[match["num"]],
                1,
                _in_words("fraction", comparator_of(match)),
                "%",
                *match.span(),
                text=match["num"],
            )
        )
        spans.append(match.span())
    text = _blank(text, spans)
    spans = []
    for match in MULTIPLE.finditer(text):
        if re.match(r" (?:a )?dozen", text[match.end() :]):
            continue
        scene.numbers.append(
            Amount(
                MULTIPLES[match["num"]],
                1,
                _in_words("times", comparator_of(match)),
                "times",
                *match.span(),
                text=match["num"],
            )
        )
        spans.append(match.span())
    text = _blank(text, spans)
    for amount in amounts(text):
        if amount.text == "no" and not re.match(
            r" (?:\w+ )?(?:ally|allies|member|country|nato|nation|state|government|\u00b7)", text[amount.end :]
        ):
            continue
        if (
            amount.text in ("one", "zero", "a single", "none", "ten", "two", "three")
            and amount.unit is None
            and re.match(
                r" (?:of the|year|thing|day|way|side|hand|another|-|more|decades?|who|that)\b", text[amount.end :]
            )
            and not re.match(r" of the (?:\w+ )?\u00b7| years? (?:in a row|running|straight)", text[amount.end :])
        ):
            continue
        scene.numbers.append(amount)
    scene.numbers.sort(key=lambda amount: amount.start)


def _in_words(kind: str, comparator: str) -> str:
    if comparator in ("at_least", "at_most", "more_than", "less_than"):
        return comparator
    if comparator == "nearly":
        return f"{kind}_nearly"
    return "times_about" if kind == "times" and comparator == "about" else kind
