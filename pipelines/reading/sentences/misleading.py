"""Say what is misleading about a statement: what was revised since, what new members add, what other prices give."""

from __future__ import annotations

import re
from typing import Any

_SAME_MEMBERS = re.compile(r"like for like, members of both years \((-?[\d.]+)\)")
# From so many points on, what new members add is worth a word.
NOTEWORTHY_PCT = 0.1
_OTHERWISE = re.compile(r"It equals the figure ([^.]*(?:\.\d[^.]*)*), which")


def misleading(entry: dict[str, Any]) -> str | None:
    """Return what a reader would take wrongly from a judged statement; None where the tables show nothing of it."""
    told = [_revised(entry), _new_members(entry), _prices(entry)]
    return " ".join(part for part in told if part) or None


def same_members(sentence: str) -> float | None:
    """Return the growth in percent with the same members in both years, of which a verdict's sentence tells beside."""
    found = _SAME_MEMBERS.search(sentence)
    return float(found[1]) if found else None


def _revised(entry: dict[str, Any]) -> str | None:
    then, now = entry["verdict_then"], entry["verdict_now"]
    if then == now or "cannot_tell" in (then, now) or entry["edition_then"] == entry["edition_now"]:
        return None
    before, after = _shown(entry["figure_then"]), _shown(entry["figure_now"])
    if "undecided" in (then, now) or before == after:
        return f"The tables have changed since: {then} by those of the day, {now} by those of now."
    return f"NATO has revised it since: {before} by the tables of the day, {after} by those of now."


def _new_members(entry: dict[str, Any]) -> str | None:
    if entry["unit"] != "percent" or not isinstance(entry["figure_now"], float):
        return None
    same = same_members(entry["reason_now"])
    if same is None or abs(same - entry["figure_now"]) < NOTEWORTHY_PCT:
        return None
    return f"New members are part of the figure: with the same members in both years it is {same:.6g} %."


def _prices(entry: dict[str, Any]) -> str | None:
    if entry["verdict_now"] == "differs" and (other := _OTHERWISE.search(entry["reason_now"])):
        return f"Another figure of the tables fits: {other[1]}."
    if entry["verdict_now"] == "holds" and ", not at " in entry["reason_now"]:
        return "It depends on the prices, which the sentence does not name."
    return None


def _shown(figure: float | list[float | None] | None) -> str:
    if isinstance(figure, list):
        low, high = figure
        return f"{low:.6g} to {high:.6g}" if low is not None and high is not None else "open"
    return "nothing" if figure is None else f"{figure:.6g}"
