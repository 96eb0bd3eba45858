"""Write figures as readers expect them: rounded, with a unit, estimates marked, minus signs that are minus signs."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Sequence

# Narrow and unbreakable: a figure and its unit stay on one line.
SPACE = "\u202f"
MINUS = "\u2212"
NOTHING = "–"


def number(value: float | None, decimals: int = 0, sign: bool = False) -> str:
    """Write a number with thousands separated; a dash where there is none."""
    if value is None:
        return NOTHING
    # Adding 0.0 turns -0.0, which rounding can leave, into 0.0; and what rounds to nothing has no sign.
    rounded = round(value, decimals) + 0.0
    text = f"{rounded:{'+' if sign and rounded else ''},.{decimals}f}"
    return text.replace("-", MINUS)


def pct(value: float | None, decimals: int = 2, sign: bool = False) -> str:
    """Write a percentage: 17.95 %."""
    return NOTHING if value is None else f"{number(value, decimals, sign)}{SPACE}%"


def pp(value: float | None, decimals: int = 2) -> str:
    """Write a difference in percentage points: +0.49 pp."""
    return NOTHING if value is None else f"{number(value, decimals, sign=True)}{SPACE}pp"


def within(low: float | None, high: float | None, decimals: int = 2, write: Callable[[float, int], str] = pct) -> str:
    """Write a figure that lies between two by the digits that both share: 51.51 to 51.86 is about 52 %.

    `low` and `high` are the least and the most that it can be, in the unit of `write`, which takes a figure and
    its decimals. Where the two share all `decimals`, the figure is told without "about"; where they share not
    even the whole number, as whole numbers around them: 51 to 53 %.
    """
    if low is None or high is None:
        return NOTHING
    for shared in range(decimals, -1, -1):
        if (text := write(low, shared)) == write(high, shared):
            return text if shared == decimals else f"about {text}"
    return f"{number(math.floor(low))} to {write(math.ceil(high), 0)}"


def chance(value: float | None) -> str:
    """Write a chance in whole percents; no chance is told as 0 or 100 %."""
    if value is None:
        return NOTHING
    if value < 1 or value > 99:
        return f"{'under 1' if value < 1 else 'over 99'}{SPACE}%"
    return pct(value, 0)


def usd(millions: float | None, sign: bool = False) -> str:
    """Write millions of dollars in the unit that people say: $1,474.4 bn, $312 m."""
    if millions is None:
        return NOTHING
    mark = (MINUS if round(millions) < 0 else "+" if sign and round(millions) else "") + "$"
    size = abs(millions)
    if size >= 10_000:
        return f"{mark}{size / 1000:,.1f}{SPACE}bn"
    if size >= 1_000:
        return f"{mark}{size / 1000:,.2f}{SPACE}bn"
    return f"{mark}{size:,.0f}{SPACE}m"


def year_label(year: int, is_estimate: bool) -> str:
    """Mark an estimate as NATO does: 2026e."""
    return f"{year}{'e' if is_estimate else ''}"


def join(parts: Sequence[str], last: str = "and") -> str:
    """Join names as in a sentence: Latvia, Poland and Norway."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def plural(count: int, one: str, many: str) -> str:
    """Write a count with its noun: 1 Ally, 3 Allies."""
    return f"{count:,} {one if count == 1 else many}"


def allies(count: int) -> str:
    """Write a number of Allies."""
    return plural(count, "Ally", "Allies")


def verb(count: int | None, stem: str) -> str:
    """Conjugate for a count: 1 reaches, 1 carries, 3 reach."""
    if count != 1:
        return stem
    return f"{stem[:-1]}ies" if stem.endswith("ry") else f"{stem}{'es' if stem.endswith(('ch', 's')) else 's'}"


def conjugate(count: int | None, stem: str, past: bool, is_estimate: bool, again: bool = False) -> str:
    """Conjugate what Allies do in a year: an estimate is never told as something that happened.

    "reach" gives reach, reached, and are estimated to reach or to have reached; `again` leaves out "are estimated"
    for a later verb of the same sentence.
    """
    participle = {"carry": "carried", "spend": "spent"}.get(stem, f"{stem}ed")
    if not is_estimate:
        return participle if past else verb(count, stem)
    does = f"to have {participle}" if past else f"to {stem}"
    return does if again else f"{'is' if count == 1 else 'are'} estimated {does}"


def the(name: str) -> str:
    """Put the article before the names that take one."""
    return f"the {name}" if name in {"United States", "United Kingdom", "Netherlands", "Slovak Republic"} else name


def first_upper(text: str) -> str:
    """Begin a sentence."""
    return text[:1].upper() + text[1:]


def day(date: datetime.date) -> str:
    """Write a day: 7 July 2026."""
    return f"{date.day} {date:%B %Y}"
