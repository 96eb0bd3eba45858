"""Revisions: how each year's count and growth moved from edition to edition, and from statement to table."""

from __future__ import annotations

import datetime
from functools import partial
from typing import Any

from .. import charts, wording
from ..content import Axis, Cells, Chart, Choice, Column, Figure, Link, Page, Table, Variants
from ..release import EUROPE_AND_CANADA, GDP, TOTAL, Release, Row
from .common import count_cell, is_known, named, no_growth_published
from .compliance import not_given

NAVIGATION = Link(40, "Revisions", "revisions.html")
MOVES_SHOWN = 12


def pages(release: Release) -> list[Page]:
    """Make the page on revisions."""
    years = sorted({year for edition in release.editions for year in edition["years"]}, reverse=True)
    stated = {row["year"] for row in _claims(release, "allies_meeting_target", GDP)}
    # The year of which most has been said shows best what a revision does.
    told = {year: _times_told(release, year) for year in years}
    default = str(max(sorted(stated & set(years)), key=lambda year: told[year], default=years[0]))
    variants: Variants = {(str(year),): partial(_year, release, year) for year in years}
    return [
        Page(
            path="revisions.html",
            template="revisions.html",
            title="How do the figures change from edition to edition?",
            summary=(
                "NATO revises the past with every edition. The same year has another count and another growth rate in "
                "each, so a figure needs its edition to be quoted."
            ),
            nav=NAVIGATION,
            axes=[Axis("year", "Year", {str(year): str(year) for year in years}, default)],
            specs=charts.specs("count_by_edition", "growth_by_edition"),
            context={
                "now": Choice(("year",), variants, (default,)),
                "counts": _matrix(release, years, "count"),
                "growth": _matrix(release, years, "growth"),
                "fair": _matrix(release, years, "fair"),
                "moves": _moves(release),
            },
        )
    ]


def _claims(release: Release, metric: str, target: str | None = None) -> list[Row]:
    # Of an edition, held or not: what others say of it is on the page of claims alone.
    found = [
        row
        for row in release.claims
        if row["metric"] == metric
        and row["claim_kind"] in ("value", "count")
        and any(judged["own_edition_id"] for judged in release.verdicts.get(row["claim_id"], []))
    ]
    if metric == "real_growth":
        return [row for row in found if row["scope"] == EUROPE_AND_CANADA]
    # What is said of a group of Allies is no count of the Alliance.
    return [row for row in found if row["target_id"] == target and row["scope"] == TOTAL]


def _times_told(release: Release, year: int) -> int:
    editions = [edition for edition in release.editions if year in edition["years"]]
    stated = [row for row in _claims(release, "allies_meeting_target", GDP) if row["year"] == year]
    return len(editions) + len(stated)


def _year(release: Release, year: int) -> dict[str, Any]:
    return {
        "count": _story(release, year, "count"),
        "growth": _story(release, year, "growth"),
        "flips": _flips(release, year),
    }


def _story(release: Release, year: int, what: str) -> Chart | None:
    """Draw one year's figure in the order in which it was published: statements and tables."""
    rows = sorted(_told(release, year, what), key=lambda row: row["on"])
    if not rows:
        return None
    named_in = wording.join(list(dict.fromkeys(row["edition"] for row in rows)))
    for order, row in enumerate(rows):
        row["order"] = order
        # What was said beside the tables of the same month has a place of its own.
        if row["edition"] in {other["edition"] for other in rows[:order]}:
            row["edition"] += " stated"
    sequence = ", ".join(row["label"] for row in rows)
    if what == "count":
        title = f"Allies at 2 % of GDP in {year}: {sequence}"
        subtitle = "How many Allies reach 2 %, in the order of publication. Hollow circles: estimates in the tables."
        subtitle += "".join(not_given(release, e, year) for e in reversed(release.editions) if year in e["years"])
    else:
        title = f"Real growth of European Allies and Canada in {year}: {sequence}"
        subtitle = (
            "Real change on the year before, as published, in the order of publication. Hollow circles: estimates."
        )
    return Chart(
        f"{what}-of-{year}-by-edition",
        f"{what}_by_edition",
        title,
        subtitle,
        f"Points by date of publication. {title}.",
        f"Source: NATO, {named_in}"
        + ("; statements as in the page on claims" if any(row["series"] == charts.STATED for row in rows) else "")
        + f". Release {release.manifest['id'][:8]}.",
        [{key: value for key, value in row.items() if key != "on"} for row in rows],
        _story_table(release, year, what, rows),
    )


def _told(release: Release, year: int, what: str) -> list[dict[str, Any]]:
    rows = []
    for edition in release.editions:
        if year in edition["years"] and (row := _row(release, edition, year, what)) is not None:
            value = row["allies_meeting"] if what == "count" else row["real_growth_published_pct"]
            if value is not None and (what == "growth" or is_known(row)):
                origin = row.cell("allies_meeting" if what == "count" else "real_growth_published_pct")
                point = _point(edition["published_on"], value, charts.COMPUTED, what)
                rows.append(point | {"origin": origin, "estimate": edition["years"][year]})
    metric, target = ("allies_meeting_target", GDP) if what == "count" else ("real_growth", None)
    for claim in _claims(release, metric, target):
        if claim["year"] == year:
            point = _point(claim["published_on"], float(claim["value"]), charts.STATED, what, claim["decimals"])
            # What its own tables say as well is drawn once; what they do not say is worth a point.
            if not any(row["on"] == point["on"] and _agree(row["value"], claim) for row in rows):
                rows.append(point)
    return rows


def _agree(value: float, claim: Row) -> bool:
    return bool(round(value, claim["decimals"]) == float(claim["value"]))


def _point(on: datetime.date, value: float, series: str, what: str, decimals: int = 2) -> dict[str, Any]:
    label = wording.number(value, 0 if what == "count" else decimals)
    edition = f"{on:%b %Y}"
    return {"edition": edition, "series": series, "value": value, "label": label, "on": on}


def _row(release: Release, edition: Row, year: int, what: str) -> Row | None:
    if what == "count":
        return release.counts.get((edition["edition_id"], year, GDP))
    return release.growth.get((edition["edition_id"], EUROPE_AND_CANADA, year))


def _cell(release: Release, edition: Row, year: int, what: str) -> Figure:
    row = _row(release, edition, year, what)
    if row is None:
        return Figure(wording.NOTHING)
    if what == "count":
        return count_cell(row)
    return Cells(row).pct("like_for_like_growth_pct" if what == "fair" else "real_growth_published_pct")


def _story_table(release: Release, year: int, what: str, told: list[dict[str, Any]]) -> Table:
    name = "Allies at 2 %" if what == "count" else "Real growth"
    by_day = {edition["published_on"]: edition for edition in release.editions}
    rows = []
    for point in told:
        edition = by_day.get(point["on"]) if point["series"] == charts.COMPUTED else None
        status = "statement" if edition is None else "estimate" if edition["years"][year] else "not an estimate"
        figure = _cell(release, edition, year, what) if edition else Figure(point["label"], point["value"])
        rows.append([Figure(wording.day(point["on"]), str(point["on"])), Figure(status), figure])
    return Table(
        f"{name} in {year}, in the order of publication",
        [Column("Published", numeric=False), Column("Kind", numeric=False), Column(name)],
        rows,
    )


def _flips(release: Release, year: int) -> list[str]:
    """List who crossed 2 % between one edition and the next."""
    sentences = []
    held = [edition for edition in reversed(release.editions) if year in edition["years"]]
    for then, now in zip(held, held[1:], strict=False):
        up, down, newly = crossings(release, then["edition_id"], now["edition_id"], year)
        names = f"{release.edition_names[then['edition_id']]} to {release.edition_names[now['edition_id']]}"
        if not up and not down and not newly:
            sentences.append(f"{names}: nobody crossed 2 %.")
            continue
        parts = [f"up {named(release, up)}"] if up else []
        parts += [f"down {named(release, down)}"] if down else []
        parts += [f"not given before, now at 2 % {named(release, newly)}"] if newly else []
        sentences.append(f"{names}: {'; '.join(parts)}.")
    return sentences


def crossings(release: Release, then_id: str, now_id: str, year: int) -> tuple[list[str], list[str], list[str]]:
    """Find the Allies that a later edition carries above 2 % in a year, those below, and those it newly shows there."""
    up, down, newly = [], [], []
    for ally in release.allies:
        code = ally["entity_code"]
        then, now = (release.compliance[e, code, year, GDP]["meets_target"] for e in (then_id, now_id))
        if now and then is False:
            up.append(code)
        if then and now is False:
            down.append(code)
        if now and then is None:
            newly.append(code)
    return up, down, newly


def _moves(release: Release) -> Table:
    """List what moved farthest from the edition before, the farthest of each pair of editions first."""
    found = [
        row
        for row in release.table("fct_large_change")
        if row["compared_with"] == "edition" and row["present_value"] is not None and row["size_rank"] <= MOVES_SHOWN
    ]
    order = {edition["edition_id"]: place for place, edition in enumerate(release.editions)}
    found.sort(key=lambda row: (order[row["edition_id"]], order[row["earlier_edition_id"]], row["size_rank"]))
    return Table(
        "What moved most from one edition to the next",
        [
            Column("Edition", numeric=False),
            Column("Beside", numeric=False),
            Column("Whose", numeric=False),
            Column("Figure", numeric=False),
            Column("Before"),
            Column("Now"),
            Column("Change"),
        ],
        [
            [
                Figure(release.edition_names[row["edition_id"]], row["edition_id"]),
                Figure(release.edition_names[row["earlier_edition_id"]], row["earlier_edition_id"]),
                Figure(f"{release.names[row['entity_code']]} {wording.year_label(row['year'], row['is_estimate'])}"),
                Figure(_series(release, row)),
                Cells(row).number("earlier_value", 2),
                Cells(row).number("present_value", 2),
                Cells(row).pct("relative_change_pct") if row["unit"] != "percent" else Cells(row).number("moved_by", 2),
            ]
            for row in found
        ],
        filterable=True,
        note=(
            f"The {MOVES_SHOWN} farthest of each pair of editions, by more than 5 percent or 0.3 points. Nothing is "
            "refused for its size: NATO revises the past by as much. The table fct_large_change has all."
        ),
    )


def _series(release: Release, row: Row) -> str:
    """Name a series as tables do: its measure, prices and unit."""
    prices = [] if row["price_basis"] == "none" else [f"{row['price_basis']} prices"]
    return ", ".join([row["measure"].replace("_", " "), *prices, release.units[row["unit"]]])


def _matrix(release: Release, years: list[int], what: str) -> Table:
    caption = {
        "count": "Allies at 2 % of GDP, by year and edition",
        "growth": "Real growth of European Allies and Canada as published, by year and edition",
        "fair": "Real growth of European Allies and Canada like for like, by year and edition",
    }
    editions = list(reversed(release.editions))
    notes = {
        "growth": no_growth_published(release, editions).strip(),
        "fair": "Of the Allies that belonged in both years; a dash where we hold no dollars of the edition.",
    }
    return Table(
        caption[what],
        [Column("Year"), *(Column(release.edition_names[edition["edition_id"]]) for edition in editions)],
        [[Figure(str(year), year), *(_cell(release, edition, year, what) for edition in editions)] for year in years],
        note=notes.get(what, ""),
    )
