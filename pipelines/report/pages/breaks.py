"""Breaks: growth with and without broken Allies, the years that somebody says are broken, and those a rule finds."""

from __future__ import annotations

from typing import Any

from .. import charts, wording
from ..content import Cells, Chart, Column, Figure, Table
from ..release import EUROPE_AND_CANADA, Release, Row
from .common import named

MEASURES = {"gdp": "GDP", "defence_expenditure": "Defence expenditure", "military_personnel": "Personnel"}
# What each rule of `fct_break_candidate` finds, and the unit of what it found.
RULES = {
    "own_deflator": ("Deflated otherwise than GDP", "%"),
    "price_swing": ("Prices swing", "points"),
    "equipment_leap": ("Leap, mostly of equipment", "points"),
    "other_leap": ("Leap of other spending", "points"),
    "gdp_leap": ("GDP leaps", "points"),
    "accession": ("Joining or leaving", "points"),
}


def spans(release: Release) -> list[dict[str, Any]]:
    """Put each break's years together, a dictionary for each: first and last year, and what `dim_break` says."""
    same = ("entity_code", "measure", "break_kind", "said_by", "is_left_out", "reason")
    found = sorted(release.broken_years, key=lambda row: (*(str(row[name]) for name in same), row["year"]))
    together: list[dict[str, Any]] = []
    for row in found:
        before = together[-1] if together else None
        if before and all(before[name] == row[name] for name in same) and before["last"] == row["year"] - 1:
            before["last"] = row["year"]
        else:
            together.append({**row, "first": row["year"], "last": row["year"]})
    return sorted(together, key=lambda span: (release.names[span["entity_code"]], span["first"]))


def span_label(span: dict[str, Any]) -> str:
    """Write the years of a break: 2021, or 2021 to 2023."""
    return str(span["first"]) + (f" to {span['last']}" if span["last"] > span["first"] else "")


def without_breaks(release: Release, edition: Row) -> Chart | str:
    """Draw the growth of Europe and Canada like for like with all Allies and without the broken, where it differs."""
    found = [
        row
        for row in release.table("growth_without_breaks")
        if (row["edition_id"], row["group_code"]) == (edition["edition_id"], EUROPE_AND_CANADA)
        and row["like_for_like_growth_pct"] is not None
    ]
    broken = [row for row in found if row["allies_left_out"]]
    if not broken:
        why = "names no broken Ally in its years" if found else "gives no dollars that we hold"
        return f"The edition of {release.edition_names[edition['edition_id']]} {why}."
    series = {
        charts.LIKE_FOR_LIKE: "like_for_like_growth_pct",
        charts.WITHOUT_BREAKS: "growth_without_breaks_pct",
    }
    rows = [
        Cells(row).point(
            column, wording.pct(row[column]), year=wording.year_label(row["year"], row["is_estimate"]), series=name
        )
        for row in found
        for name, column in series.items()
    ]
    title = _without_title(release, max(broken, key=_difference))
    return Chart(
        "growth-without-breaks",
        "growth_by_year",
        title,
        "Real growth of European Allies and Canada like for like, percent, with all Allies and without those whose "
        f"year is named as broken, at {release.basis_label(edition, 'constant')}. {charts.ESTIMATES}",
        f"Bar chart by year. {title}.",
        release.source_line(edition, release.tables_of(edition, "2")),
        rows,
        Table(
            f"Growth with and without broken Allies, {release.edition_names[edition['edition_id']]}",
            [
                Column("Year"),
                Column("All", "%, like for like"),
                Column("Without", "%, like for like"),
                Column("Left out", numeric=False),
            ],
            [
                [
                    Figure(wording.year_label(row["year"], row["is_estimate"]), row["year"]),
                    *(Cells(row).pct(column) for column in series.values()),
                    Figure(named(release, (row["allies_left_out"] or "").split()) or wording.NOTHING),
                ]
                for row in reversed(found)
            ],
        ),
    )


def _difference(row: Row) -> float:
    return float(abs(row["growth_without_breaks_pct"] - row["like_for_like_growth_pct"]))


def _without_title(release: Release, row: Row) -> str:
    left_out = row["allies_left_out"].split()
    year = wording.year_label(row["year"], row["is_estimate"])
    return (
        f"Without {named(release, left_out)}, broken in {year}, growth of European Allies and Canada is "
        f"{wording.pct(row['growth_without_breaks_pct'], 1)} and not {wording.pct(row['like_for_like_growth_pct'], 1)}"
    )


def breaks_table(release: Release) -> Table:
    """List the breaks of Allies: all years, the kind, who says so, and whether trends leave them out."""
    found = [span for span in spans(release) if release.is_ally(span["entity_code"])]
    return Table(
        "Years that compare unlike things, by kind and by who says so",
        [
            Column("Who", numeric=False),
            Column("Years", numeric=False),
            Column("Figure", numeric=False),
            Column("Kind", numeric=False),
            Column("Said by", numeric=False),
            Column("In trends", numeric=False),
            Column("Why", numeric=False),
        ],
        [
            [
                Figure(release.names[span["entity_code"]]),
                Figure(span_label(span), span["first"]),
                Figure(MEASURES.get(span["measure"], span["measure"])),
                Figure(span["break_kind"]),
                Figure(span["said_by"]),
                Figure("left out" if span["is_left_out"] else "kept"),
                Figure(span["reason"]),
            ]
            for span in found
        ],
        [span["entity_code"] for span in found],
        filterable=True,
        note="Groups break in the years in which Allies join or leave; like for like leaves those out.",
    )


def candidates_table(release: Release, edition: Row) -> Table:
    """List the years of an edition that a rule finds and no source names, the farthest of each rule first."""
    found = [
        row
        for row in release.table("fct_break_candidate")
        if row["edition_id"] == edition["edition_id"] and not row["is_named"]
    ]
    order = list(RULES)
    found.sort(key=lambda row: (order.index(row["break_rule"]), -abs(row["found_size"])))
    return Table(
        f"Found by a rule and named by nobody, {release.edition_names[edition['edition_id']]}",
        [
            Column("Who", numeric=False),
            Column("Year"),
            Column("Rule", numeric=False),
            Column("Found", "percent or points"),
            Column("From", "on"),
            Column("Perhaps", numeric=False),
        ],
        [
            [
                Figure(release.names[row["entity_code"]]),
                Figure(wording.year_label(row["year"], row["is_estimate"]), row["year"]),
                Figure(f"{RULES[row['break_rule']][0]}, {RULES[row['break_rule']][1]}"),
                Cells(row).pp("found_size", 1),
                Figure(wording.number(row["rule_threshold"], 1), row["rule_threshold"]),
                Figure(row["likely_kind"]),
            ]
            for row in found
        ],
        [row["entity_code"] for row in found],
        filterable=True,
        note="A rule finds, and a source decides: these years stay in every trend. Leaps: the distance of real growth "
        "from the Ally's median of the edition, and of GDP's growth from the median of all Allies in the year.",
    )
