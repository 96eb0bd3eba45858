"""Claims: what was said in public, and whether it holds, by which edition and on which basis."""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any

from ...contracts.metrics import COMPARED
from ...reading.sentences.misleading import NOTEWORTHY_PCT, same_members
from .. import wording
from ..content import Figure, Link, Page
from ..release import Release, Row

VERDICTS = {
    "holds": ("holds", "good"),
    "differs": ("differs", "bad"),
    "undecided": ("undecided", "soft"),
    "cannot_tell": ("cannot tell", "soft"),
}

# What became of a claim, in the order of the page: a heading, and the verdicts then and now that belong under it.
GROUPS = (
    ("Held then and now", lambda then, now: then == "holds" and now == "holds"),
    ("Held then, no longer", lambda then, now: then == "holds" and now != "holds"),
    ("Never held", lambda then, now: then == "differs" and now == "differs"),
    ("Holds only now", lambda then, now: then == "differs" and now == "holds"),
    ("Cannot be told of the day", lambda then, now: now != "cannot_tell"),
    ("Cannot be told", lambda then, now: True),
)

WHOLE = ("count", "rank", "years")

NAVIGATION = Link(50, "Claims", "claims.html")


def pages(release: Release) -> list[Page]:
    """Make the page on claims."""
    claims = [_claim(release, claim) for claim in release.claims]
    return [
        Page(
            path="claims.html",
            template="claims.html",
            title="May I quote this?",
            summary=(
                "Statements made in public about these data, each held against every edition that can speak to it. A "
                "claim that differs may have been right by the edition of its day."
            ),
            nav=NAVIGATION,
            context={"groups": _grouped(claims), "told_alike": _told_alike, "sentence": _sentence(release)},
        )
    ]


def _grouped(claims: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put each claim under the first heading that fits."""
    left = list(claims)
    groups = []
    for title, fits in GROUPS:
        found = [claim for claim in left if fits(claim["then"], claim["now"])]
        left = [claim for claim in left if claim not in found]
        if found:
            groups.append({"title": title, "claims": found})
    return groups


def _then_and_now(release: Release, claim: Row, judged: list[Row]) -> dict[str, Any]:
    """Name the verdict by the newest edition of the day, and by the newest that can speak to it; both in words too."""
    days = {edition["edition_id"]: edition["published_on"] for edition in release.editions}
    held = sorted((row for row in judged if row["edition_id"] in days), key=lambda row: days[row["edition_id"]])
    out = [row for row in held if days[row["edition_id"]] <= claim["published_on"]]
    missing = _own_edition_missing(release, judged)
    known_then = None if missing or not out else out[-1]
    then = known_then["verdict"] if known_then else "cannot_tell"
    now = held[-1]["verdict"] if held else "cannot_tell"
    words = f"{VERDICTS[then][0]} then, {VERDICTS[now][0]} now"
    return {
        "then": then,
        "now": now,
        "both": words if then != now else f"{VERDICTS[now][0]} then and now",
        "told": [
            _told_then(release, claim, known_then, bool(missing)),
            _told_now(release, claim, held[-1]) if held else "No edition that we hold has that year.",
        ],
    }


def _told_then(release: Release, claim: Row, row: Row | None, is_own_missing: bool) -> str:
    """Say what the tables said on the day, or why that cannot be told."""
    stated = "it" if claim["unit"] == "boolean" else claim_figure(claim)
    if row is None or row["verdict"] == "cannot_tell":
        why = (
            "we hold no tables of that report"
            if is_own_missing
            else "we hold no tables of that day"
            if row is None
            else f"the tables of that day ({release.edition_names[row['edition_id']]}) do not give it"
        )
        return f"We cannot tell whether {stated} was right on the day: {why}."
    tables = f"On the day, NATO's tables ({release.edition_names[row['edition_id']]})"
    return f"{tables} {_bore_out(claim, row, 'said')}."


def _told_now(release: Release, claim: Row, row: Row) -> str:
    """Say what the newest tables say, and beside growth what it is with the same members in both years."""
    tables = f"NATO's tables now ({release.edition_names[row['edition_id']]})"
    if row["verdict"] == "cannot_tell":
        return f"{tables} do not give it."
    beside, same = same_members(row["sentence"]), ""
    if beside is not None and row["figure_low"] is not None and abs(beside - row["figure_low"]) >= NOTEWORTHY_PCT:
        same = f"; with the same members in both years, {_written(beside, claim['unit'], 1)}"
    return f"{tables} {_bore_out(claim, row, 'say')}{same}."


def _bore_out(claim: Row, row: Row, say: str) -> str:
    """Write what an edition gives: a figure, a range, or yes and no."""
    low, high, unit = row["figure_low"], row["figure_high"], claim["unit"]
    if unit == "boolean":
        so = {"holds": "bear", "differs": "contradict"}.get(row["verdict"])
        past = {"bear": "bore", "contradict": "contradicted"}
        if so is None:
            return "left it open" if say == "said" else "leave it open"
        return f"{past[so] if say == 'said' else so} it{' out' if so == 'bear' else ''}"
    if low is None or high is None:
        return f"{say} something open"
    places = 0 if unit in WHOLE else max(2 if low != high else 1, claim["decimals"])
    if low == high:
        return f"{say} {_written(low, unit, places)}"
    return f"{say} from {wording.number(low, places)} to {_written(high, unit, places)}"


def in_dispute(release: Release, count: int) -> list[dict[str, Any]]:
    """Choose claims worth a second look: those that no edition bears out, then those that some do, newest first."""
    found = [_claim(release, claim) for claim in release.claims]
    disputed = [c for c in found if c["never_holds"] or {"holds", "differs"} <= {v["verdict"] for v in c["verdicts"]}]
    return sorted(disputed, key=lambda claim: not claim["never_holds"])[:count]


def _claim(release: Release, claim: Row) -> dict[str, Any]:
    judged = sorted(release.verdicts.get(claim["claim_id"], []), key=lambda row: row["edition_id"])
    spoken = [row for row in judged if row["verdict"] != "cannot_tell"]
    return {
        "id": claim["claim_id"],
        **_then_and_now(release, claim, judged),
        "statement": _statement(claim),
        # A statement that something is so, or is not, has no figure beside it.
        "title": _statement(claim)
        if claim["unit"] == "boolean" or claim["claim_kind"] == "compare"
        else f"{_statement(claim)}: {claim_figure(claim)}",
        "figure": claim_figure(claim),
        "value": float(claim["value"]),
        "by": claim["publisher"],
        "who": f"{claim['publisher']}: {claim['report']}, {wording.day(claim['published_on'])}",
        "published_on": claim["published_on"],
        # What the source adds to publisher, report and day: how the figure reached us.
        "how": claim["source"].partition("; ")[2],
        "address": (claim["address"] or "").partition("://")[2],
        "own_edition_missing": _own_edition_missing(release, judged),
        "never_holds": bool(spoken) and all(row["verdict"] == "differs" for row in spoken),
        "verdicts": [
            {
                "edition": release.edition_names[row["edition_id"]],
                "edition_id": row["edition_id"],
                "verdict": row["verdict"],
                "badge": badge(row["verdict"]),
                "figure": _figure(row),
                "sentence": _name_editions(release, row["sentence"]),
            }
            for row in judged
        ],
    }


def _told_alike(verdicts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put editions that follow on each other and say the same in one line, with the cell of the newest of them."""
    lines = []
    for _, alike in groupby(verdicts, key=lambda one: (one["badge"].text, *_words(one["figure"]), one["sentence"])):
        first, *others = [*alike]
        last = others[-1] if others else first
        names = [first["edition"], last["edition"]][: len(others) + 1]
        many = f" ({len(others) + 1} editions)" if len(others) > 1 else ""
        lines.append(last | {"edition": (" to " if many else " and ").join(names) + many})
    return lines


def _words(figure: Figure | None) -> list[str]:
    return [figure.text] if figure else []


def _statement(claim: Row) -> str:
    """Return a statement without the unit that its figure bears."""
    return str(claim["statement"]).removesuffix(" in billion US dollars")


def _own_edition_missing(release: Release, judged: list[Row]) -> str | None:
    """Name the edition that a claim comes from, where we hold no tables of it."""
    own = next((row for row in judged if row["own_edition_id"] and not row["own_edition_held"]), None)
    return release.edition_names[own["own_edition_id"]] if own else None


def claim_figure(claim: Row) -> str:
    """Write the figure of a claim as it was stated: "about 20 %", "from 70 to 90 %"."""
    text = _written(float(claim["value"]), claim["unit"], max(0, claim["decimals"]))
    if claim["comparator"] == "between":
        return f"{wording.number(float(claim['value']), max(0, claim['decimals']))} to " + _written(
            float(claim["value_to"]), claim["unit"], max(0, claim["decimals"])
        )
    return f"{COMPARED.get(claim['comparator'], '')}{text}"


def _written(value: float, unit: str, decimals: int) -> str:
    text = wording.number(value, decimals)
    if unit == "boolean":
        return "as worded"
    return {
        "percent": f"{text}{wording.SPACE}%",
        "USD billion": f"${text}{wording.SPACE}bn",
        "USD per head": f"${text}",
        "thousand persons": f"{text}{wording.SPACE}thousand",
        "rank": f"place {text}",
        "years": f"{text} years",
        "times": f"{text} times",
    }.get(unit, text)


def _figure(row: Row) -> Figure | None:
    """Show what the edition gives, with its origin; nothing where it gives no single figure."""
    if row["figure_value"] is None or row["unit"] not in ("percent", "USD billion", "count"):
        return None
    text = _written(row["figure_value"], row["unit"], 0 if row["unit"] in WHOLE else 2)
    return Figure(text, row["figure_value"], row.cell("figure_value"))


def _name_editions(release: Release, sentence: str) -> str:
    """Write the edition of August 2025 where the table has nato-2025-08."""
    for edition, name in release.edition_names.items():
        sentence = re.sub(rf"{re.escape(edition)}\b", f"the edition of {name}", sentence)
    return sentence


def badge(verdict: str) -> Figure:
    """Show a verdict in words and colour."""
    text, css = VERDICTS[verdict]
    return Figure(text, text, css=f"badge {css}")


def _sentence(release: Release) -> str:
    """Count how many claims hold by the edition that they came from, and how many by the newest: two questions."""
    own = [
        row for rows in release.verdicts.values() for row in rows if row["is_own_edition"] and row["own_edition_held"]
    ]
    newest = _by_newest(release)
    return (
        f"Of {len(release.claims)} claims, {len(own)} come from editions that we hold: of these, "
        f"{_tally(own)} by the edition they came from. Editions revise the past: by the newest edition that can speak "
        f"to them, of all {len(newest)}, {_tally(newest)}."
    )


def _tally(rows: list[Row]) -> str:
    words = {
        "holds": ("holds", "hold"),
        "undecided": ("is undecided", "are undecided"),
        "differs": ("differs", "differ"),
    }
    counts = {verdict: sum(row["verdict"] == verdict for row in rows) for verdict in words}
    return wording.join([f"{n} {words[verdict][n != 1]}" for verdict, n in counts.items() if n])


def _by_newest(release: Release) -> list[Row]:
    """Return each claim's verdict by the newest edition that can speak to it."""
    newest_first = [edition["edition_id"] for edition in release.editions]
    chosen = []
    for rows in release.verdicts.values():
        able = {row["edition_id"]: row for row in rows if row["verdict"] != "cannot_tell"}
        chosen += [able[edition] for edition in newest_first if edition in able][:1]
    return chosen
