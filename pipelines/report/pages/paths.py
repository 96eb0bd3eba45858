"""The path to 3.5 %: what it takes each Ally, and whether its paces lead there in time."""

from __future__ import annotations

from typing import Any

from .. import wording
from ..content import Cells, Column, Figure, Table, Words, phrase
from ..release import CORE, Release, Row
from .common import ally_name_cell, by, named

PLAIN_GDP_GROWTH = "median year"
IN_TIME = ("already there", "in time")


def plain(release: Release, edition: Row) -> list[Row]:
    """Return an edition's paths to 3.5 % if GDP grows as in its median year."""
    rows = release.paths.get((edition["edition_id"], CORE), [])
    return [row for row in rows if row["gdp_growth_assumption"] == PLAIN_GDP_GROWTH]


def described(release: Release, edition: Row) -> dict[str, Any] | None:
    """Describe what it takes each Ally to reach 3.5 % by the due year, and whether its paces lead there."""
    rows = release.paths.get((edition["edition_id"], CORE), [])
    trend = plain(release, edition)
    if not trend:
        return None
    due = trend[0]["due_year"]
    return {
        "sentence": _sentence(release, edition, trend, due),
        "differ": _differ(release, trend),
        "assumed": _assumed(trend, rows),
        "table": _table(release, edition, rows, trend, due),
    }


def _sentence(release: Release, edition: Row, trend: list[Row], due: int) -> str:
    there = [row for row in trend if row["path_status"] == "already there"]
    five = [row for row in trend if row["path_status"] == "in time"]
    this = [row for row in trend if row["path_status_this_year"] == "in time"]
    differ = sum(bool(row["verdicts_differ"]) for row in trend)
    estimated = "estimated to be " if any(row["is_estimate"] for row in trend) else ""
    return (
        f"{by(release, edition)} {_are(len(there))} {estimated}at 3.5 % "
        f"already; at the five-year pace of spending {len(five)} more would reach it by {due}, at this year’s pace "
        f"{len(this)}, and for {wording.allies(differ)} the two verdicts disagree."
    )


def _are(count: int) -> str:
    return "no Ally is" if not count else f"{wording.allies(count)} {'is' if count == 1 else 'are'}"


def _differ(release: Release, trend: list[Row]) -> str:
    """Name whom the two paces judge differently."""
    differ = sorted((row for row in trend if row["verdicts_differ"]), key=lambda row: release.names[row["entity_code"]])
    slower = [row["entity_code"] for row in differ if row["path_status"] in IN_TIME]
    faster = [row["entity_code"] for row in differ if row["path_status"] not in IN_TIME]
    neither = [
        row["entity_code"]
        for row in sorted(trend, key=lambda row: release.names[row["entity_code"]])
        if row["path_status"] not in IN_TIME and row["path_status_this_year"] not in (*IN_TIME, "no trend")
    ]
    told = [f"In time at the five-year pace but not at this year’s: {named(release, slower)}."] if slower else []
    told += [f"In time at this year’s pace but not at the five-year pace: {named(release, faster)}."] if faster else []
    told += [f"At neither: {named(release, neither)}."] if neither else []
    return " ".join(told)


def _assumed(trend: list[Row], rows: list[Row]) -> Words:
    """Say which growth of GDP is assumed and how much hangs on it."""
    key = max(trend, key=lambda row: row["required_growth_per_gdp_point_pp"])
    least = min(trend, key=lambda row: row["required_growth_per_gdp_point_pp"])
    said = phrase(
        "GDP is taken to grow as in the median of all years that the edition has. Each point by which it grows faster "
        "adds {least} to {most} points to the growth that is needed",
        least=Cells(least).number("required_growth_per_gdp_point_pp", 2),
        most=Cells(key).number("required_growth_per_gdp_point_pp", 2),
    )
    counts: dict[str, list[bool]] = {}
    for row in rows:
        counts.setdefault(row["gdp_growth_assumption"], []).append(row["path_status"] in IN_TIME)
    fixed = [
        f"{sum(found)} if GDP grows by {name.replace(' per year', '')}" for name, found in counts.items() if "%" in name
    ]
    return [*said, f"; at the five-year pace {wording.join(fixed)} a year are there in time, or already."]


def _table(release: Release, edition: Row, rows: list[Row], trend: list[Row], due: int) -> Table:
    fixed = {(row["entity_code"], row["gdp_growth_assumption"]): row for row in rows}
    assumed = [name for name in dict.fromkeys(row["gdp_growth_assumption"] for row in rows) if "%" in name]
    ordered = sorted(trend, key=lambda row: -row["required_real_growth_pct"])

    def required(code: str, assumption: str) -> Figure:
        row = fixed.get((code, assumption))
        return Cells(row).pct("required_real_growth_pct", 1) if row else Figure(wording.NOTHING)

    return Table(
        f"The path to 3.5 % by {due}, {release.edition_names[edition['edition_id']]}",
        [
            Column("Ally", numeric=False),
            Column("Share", "% of GDP, last year given"),
            Column("GDP growth", "median year, %"),
            Column("Needed", "% a year, GDP at its median"),
            *(Column("Needed", f"GDP at {name.replace(' per year', '')}") for name in assumed),
            Column("Five-year pace", "% a year"),
            Column("Verdict", "at the five-year pace"),
            Column(f"Share in {due}", "at the five-year pace"),
            Column("This year’s pace", "%"),
            Column("Verdict", "at this year’s pace"),
            Column("Reached", "earliest of three paces"),
            Column("Reached", "latest of three paces"),
        ],
        [
            [
                ally_name_cell(release, row["entity_code"]),
                Cells(row).pct("value_pct", title=f"in {wording.year_label(row['base_year'], row['is_estimate'])}"),
                Cells(row).pct("assumed_gdp_growth_pct", 1),
                Cells(row).pct("required_real_growth_pct", 1),
                *(required(row["entity_code"], name) for name in assumed),
                Cells(row).pct("trend_real_growth_pct", 1),
                verdict(row["path_status"]),
                Cells(row).capped("share_in_due_year_at_trend_pct", bool(row["is_capped_at_trend"])),
                Cells(row).pct("this_year_real_growth_pct", 1),
                verdict(row["path_status_this_year"]),
                *_reached(row),
            ]
            for row in ordered
        ],
        [row["entity_code"] for row in ordered],
        note="All growth is real, in percent a year. Needed: growth of expenditure in every year from the last year "
        "given on. The paces are those of the last five years, the last two and this year, without broken years (such "
        "as a change of a country’s GDP statistics). The year of reaching is a range over the three. That is "
        "arithmetic, no forecast: one large purchase moves a pace for years, and what would lead beyond 10 % of GDP is "
        "told as such.",
    )


def verdict(status: str | None) -> Figure:
    """Show a verdict on a path."""
    if status is None or status == "no trend":
        return Figure(wording.NOTHING)
    return Figure(status, css="good" if status in IN_TIME else "bad")


def _reached(row: Row) -> list[Figure]:
    """Show the earliest and the latest year of reaching; open where one of the paces never leads there."""
    if row["path_status"] == "already there":
        return [Figure("already", row["base_year"], css="good"), Figure("already", row["base_year"], css="good")]
    if not row["paces_given"]:
        return [Figure(wording.NOTHING), Figure(wording.NOTHING)]
    never = Figure("not before 2100", 9999, css="bad")
    return [
        never if row[name] is None else Cells(row).year(name, css="good" if row[name] <= row["due_year"] else "bad")
        for name in ("year_reached_earliest", "year_reached_latest")
    ]
