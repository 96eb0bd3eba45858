"""Numbers as people write them: what is said, how exactly, and which words stand beside."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
CARDINALS = {word: value for value, word in enumerate(_SMALL)} | _TENS
CARDINALS |= {f"{ten}{dash}{_SMALL[n]}": v + n for ten, v in _TENS.items() for n in range(1, 10) for dash in "- "}
CARDINALS |= {
    "a dozen": 12,
    "dozen": 12,
    "two dozen": 24,
    "a score": 20,
    "a single": 1,
    "none": 0,
    "no": 0,
    "half a dozen": 6,
    "a pair of": 2,
    "a couple of": 2,
}
_ORDINAL_WORDS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
]
ORDINALS = {word: n for n, word in enumerate(_ORDINAL_WORDS, 1)}
FRACTIONS = {
    "two thirds": 200 / 3,
    "two-thirds": 200 / 3,
    "one third": 100 / 3,
    "a third": 100 / 3,
    "three quarters": 75.0,
    "three-quarters": 75.0,
    "one quarter": 25.0,
    "a quarter": 25.0,
    "half": 50.0,
    "one half": 50.0,
    "a half": 50.0,
    "a fifth": 20.0,
    "one fifth": 20.0,
    "one-fifth": 20.0,
    "two fifths": 40.0,
    "two-fifths": 40.0,
    "three fifths": 60.0,
    "three-fifths": 60.0,
    "four fifths": 80.0,
    "four-fifths": 80.0,
    "a tenth": 10.0,
    "one tenth": 10.0,
    "a sixth": 100 / 6,
    "one in five": 20.0,
    "one in four": 25.0,
    "one in three": 100 / 3,
    "one in two": 50.0,
    "one in ten": 10.0,
    "two in three": 200 / 3,
    "three in four": 75.0,
    "two in five": 40.0,
    "three in five": 60.0,
    "four in five": 80.0,
    "one-third": 100 / 3,
    "one-quarter": 25.0,
    "an eighth": 12.5,
    "a seventh": 100 / 7,
    "two out of three": 200 / 3,
    "three out of four": 75.0,
    "one out of five": 20.0,
    "one out of four": 25.0,
    "one out of three": 100 / 3,
    "two out of every three": 200 / 3,
    "three out of every four": 75.0,
    "one dollar in five": 20.0,
    "one euro in five": 20.0,
    "one dollar in four": 25.0,
    "one dollar in three": 100 / 3,
    "two dollars in three": 200 / 3,
    "two out of every three dollars": 200 / 3,
    "two of every three dollars": 200 / 3,
}
MULTIPLES = {
    "doubled": 2,
    "doubling": 2,
    "doubles": 2,
    "double": 2,
    "twice": 2,
    "twofold": 2,
    "two-fold": 2,
    "tripled": 3,
    "trebled": 3,
    "triple": 3,
    "treble": 3,
    "threefold": 3,
    "three-fold": 3,
    "thrice": 3,
    "quadrupled": 4,
    "quadruple": 4,
    "fourfold": 4,
    "four-fold": 4,
    "quintupled": 5,
    "fivefold": 5,
    "five-fold": 5,
    "half": 0.5,
}
COMPARATORS = (
    (
        "nearly",
        r"nearly|almost|close to|just under|just short of|not quite|just below|approaching|nigh on|just shy of|a shade under|practically|"
        r"virtually|a little under|slightly under|slightly less than|a little less than|a fraction under|a touch under|all but|closing in on",
    ),
    (
        "at_least",
        r"at least|(?:at|on) or (?:above|over)|no less than|no fewer than|not less than|a minimum of|at a minimum",
    ),
    ("at_most", r"at most|at or (?:below|under)|no more than|not more than|up to|a maximum of|at the most"),
    (
        "more_than",
        r"(?:well |just |slightly |a little |a bit |a shade |a touch |far |a fraction |comfortably )?(?:more than|over|above|beyond|upwards? of|"
        r"in excess of|north of|exceed(?:s|ed|ing)?|surpass(?:es|ed|ing)?|topp?(?:s|ed|ing)?|past|passed|better than|greater than|"
        r"higher than)",
    ),
    ("less_than", r"(?:well |far |much )?(?:less than|fewer than|under|below|south of|lower than|beneath)"),
    (
        "about",
        r"about|some|roughly|around|approximately|circa|in the region of|an estimated|somewhere around|more or less|in the order of|or so|"
        r"in the neighbou?rhood of|something like|ca\.?|~|approx\.?",
    ),
    ("plain", r"exactly|precisely|only|just|merely|a full|a mere|barely|as much as|a staggering|a record"),
)
_COMP = "|".join(f"(?P<{name}>{words})" for name, words in COMPARATORS)
_WORDS = "|".join(sorted((re.escape(w) for w in CARDINALS), key=len, reverse=True))
_NUM = rf"(?:\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|\b(?:{_WORDS})\b)"
_SCALE = r"(?:trillion|tn|trn|billion|bn|million|mn|thousand|k\b|m\b|b\b)"
_UNIT = (
    r"(?:%|percentage[- ]points?|points?|pp\b|(?:us |american |u\.s\.)?dollars?|usd|bucks|euros?|eur\b|pounds?(?: sterling)?|gbp|kroner|kronor|zlot\w+|"
    r"times|-?fold)"
)
_MONEY = r"(?:us ?\$|usd ?|\$|€|eur ?|£)"
AMOUNT = re.compile(
    rf"(?:(?:\b|(?<= )|^)(?:{_COMP})\s+(?:the |a |an |as much as |of |that |as )?(?:staggering |whopping |mere |record )?)?"
    rf"(?P<cur>{_MONEY})? ?(?P<num>{_NUM})(?: ?(?P<scale1>{_SCALE}))?(?:(?: ?%| ?(?:us )?dollars)? ?(?P<joint>-|to|and|or) ?(?P<cur2>{_MONEY})? ?"
    rf"(?P<num2>\d+(?:,\d{{3}})*(?:\.\d+)?))?"
    rf"(?:[ -]?(?P<scale>{_SCALE}))?(?: ?-?(?P<unit>{_UNIT}))?(?P<suffix> (?:or (?:more|less|so|above|higher|better)|and (?:more|above)))?"
)
_FRACTION = "|".join(sorted((re.escape(w) for w in FRACTIONS), key=len, reverse=True))
FRACTION = re.compile(rf"(?:(?:{_COMP})\s+)?(?P<num>\b(?:{_FRACTION})\b)(?! (?:a )?(?:dozen|per|trillion|billion|as))")
_MULTIPLE = "|".join(sorted((re.escape(w) for w in MULTIPLES), key=len, reverse=True))
MULTIPLE = re.compile(rf"(?:(?:{_COMP})\s+)?(?P<num>\b(?:{_MULTIPLE})\b)")
_FACTOR = {
    "trillion": 1e12,
    "tn": 1e12,
    "trn": 1e12,
    "billion": 1e9,
    "bn": 1e9,
    "b": 1e9,
    "million": 1e6,
    "mn": 1e6,
    "m": 1e6,
    "thousand": 1e3,
    "k": 1e3,
    None: 1.0,
}


@dataclass(frozen=True)
class Amount:
    """Hold one stated number: `value` as written with its scale worked in, `step` the place of its last digit.

    `unit` is `%`, `points`, `USD`, `EUR`, another currency, `times` or None; `comparator` one of those of `dim_claim`.
    """

    value: float
    step: float
    comparator: str
    unit: str | None
    start: int
    end: int
    value_to: float | None = None
    text: str = ""


def comparator_of(match: re.Match[str]) -> str:
    """Name the comparator that stands before a number; plain where none does."""
    return next((name for name, _ in COMPARATORS if match.groupdict().get(name)), "plain")


def _number(text: str) -> tuple[float, int]:
    if text in CARDINALS:
        return float(CARDINALS[text]), 0
    plain = text.replace(",", "")
    return float(plain), len(plain.partition(".")[2])


def _unit(match: re.Match[str]) -> str | None:
    money = (match["cur"] or match["cur2"] or "").strip()
    if money:
        return {"€": "EUR", "eur": "EUR", "£": "GBP"}.get(money, "USD")
    unit = match["unit"]
    if unit is None:
        return None
    if unit == "%":
        return "%"
    if "point" in unit or unit == "pp":
        return "points"
    if "dollar" in unit or unit in ("usd", "bucks"):
        return "USD"
    if unit.startswith("eur"):
        return "EUR"
    return "times" if unit in ("times", "fold", "-fold") else "other currency"


def amounts(text: str) -> list[Amount]:
    """Find every number of a lower-case text, from left to right; years are among them."""
    found = []
    for match in AMOUNT.finditer(text):
        value, decimals = _number(match["num"])
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        factor = _FACTOR[match["scale1"] or match["scale"]]
        step = 10.0**-decimals * factor
        comparator = comparator_of(match)
        suffix = (match["suffix"] or "").strip()
        if suffix:
            comparator = "about" if suffix == "or so" else "at_most" if suffix == "or less" else "at_least"
        if match["num2"] is None:
            found.append(Amount(value * factor, step, comparator, _unit(match), start, match.end(), None, match["num"]))
            continue
        has_unit = bool(match["unit"] or match["cur"] or match["cur2"] or match["scale"])
        is_between = text[:start].endswith("between ")
        to_factor = _FACTOR[match["scale"] or match["scale1"]]
        other, places = _number(match["num2"])
        if is_between or (has_unit and match["joint"] != "and"):
            to, unit = other * to_factor, _unit(match)
            found.append(Amount(value * factor, step, "between", unit, start, match.end(), to, match["num"]))
            continue
        # Two numbers without a unit are no range, and "2.1 and 2.4 %" are of two.
        unit, end = (_unit(match), match.end()) if has_unit else (None, match.end("num2"))
        other_step, begin = 10.0**-places * to_factor, match.start("num2")
        found.append(Amount(value * factor, step, comparator, unit, start, match.end("num"), None, match["num"]))
        found.append(Amount(other * to_factor, other_step, "plain", unit, begin, end, None, match["num2"]))
    return found
