"""Growth: by year, as published against like for like, and who drove it."""

from __future__ import annotations

from functools import partial
from typing import Any

from .. import charts, wording
from ..content import Axis, Cells, Chart, Choice, Column, Figure, Link, Page, Table, Variants
from ..release import EUROPE_AND_CANADA, Release, Row
from ..wording import verb
from .breaks import breaks_table, candidates_table, without_breaks
from .common import (
    ally_axis,
    ally_name_cell,
    by_edition,
    by_edition_and_year,
    edition_axis,
    is_summed,
    most,
    named,
    year_axis,
)
from .equipment import equipment_chart
from .over_time import over_time

NAVIGATION = Link(10, "Growth", "growth.html")


def pages(release: Release) -> list[Page]:
    """Make the page on growth."""
    return [
        Page(
            path="growth.html",
            template="growth.html",
            title="How fast does spending grow, and who drives it?",
            summary=(
                "NATO's published growth of a group mixes two things: Allies that spend more, and Allies that join. "
                "Like for like, only those that belonged in both years count."
            ),
            nav=NAVIGATION,
            axes=[edition_axis(release), year_axis(release), _group_axis(release), ally_axis(release)],
            specs=charts.specs("growth_by_year", "contributions"),
            context={
                "by_year": _by_group(release),
                "over_time": by_edition_and_year(release, lambda *keys: over_time(release, *keys)),
                "drivers": by_edition_and_year(release, lambda *keys: _drivers(release, *keys)),
                "equipment": by_edition(release, lambda edition: equipment_chart(release, edition)),
                "without_breaks": by_edition(release, lambda edition: without_breaks(release, edition)),
                "breaks": breaks_table(release),
                "candidates": by_edition(release, lambda edition: candidates_table(release, edition)),
                "everybody": by_edition_and_year(release, lambda *keys: _everybody(release, *keys)),
            },
        )
    ]


def _group_axis(release: Release) -> Axis:
    return Axis("group", "Group", release.groups, EUROPE_AND_CANADA)


def _by_group(release: Release) -> Choice:
    variants: Variants = {
        (edition["edition_id"], group): partial(growth_chart, release, edition, group)
        for edition in release.editions
        for group in release.groups
    }
    return Choice(("edition", "group"), variants, (release.newest["edition_id"], EUROPE_AND_CANADA))


def growth_chart(release: Release, edition: Row, group: str) -> Chart:
    """Draw a group's real growth by year, its plain reading first: as published, or like for like of what we add up."""
    found = release.series(edition, group)
    is_published = any(row["real_growth_published_pct"] is not None for row in found)
    fair = {charts.LIKE_FOR_LIKE: "like_for_like_growth_pct"}
    bars = (
        {charts.PUBLISHED: "real_growth_published_pct"} | fair
        if is_published
        else fair | {charts.SUMMED: "real_growth_pct"}
    )
    rows = [
        Cells(row).point(
            column,
            wording.pct(row[column]),
            year=wording.year_label(row["year"], row["is_estimate"]),
            series=series,
        )
        for row in found
        for series, column in bars.items()
        if row[column] is not None
    ]
    title = _finding(release, edition, found, group)
    drawn = [series for series in bars if any(row["series"] == series for row in rows)]
    absent = "" if charts.LIKE_FOR_LIKE in drawn else " We hold no dollars of this edition to compute like for like."
    if group == EUROPE_AND_CANADA and is_summed(release, edition):
        absent += " The edition, as we hold it, gives no aggregate: the sum is that of its Allies."
    return Chart(
        f"real-growth-{group.lower().replace('_', '-')}",
        "growth_by_year",
        title,
        f"Real change of defence expenditure on the year before, {wording.the(release.names[group])}, percent, at "
        f"{release.basis_label(edition, 'constant')}. {charts.ESTIMATES}{absent}",
        f"Bar chart by year, {wording.join(drawn, 'beside').lower()}. {title}.",
        release.source_line(edition, release.tables_of(edition, *(("2", "3") if is_published else ("2",)))),
        rows,
        _table(release, edition, found, group),
    )


def _finding(release: Release, edition: Row, found: list[Row], group: str) -> str:
    moved = [row for row in found if row["accession_effect_pp"] and abs(row["accession_effect_pp"]) >= 0.05]
    if moved:
        return _moved_by_members(release, max(moved, key=lambda row: abs(row["accession_effect_pp"])), group)
    given = [row for row in found if row["real_growth_published_pct"] is not None]
    column = "real_growth_published_pct" if given else "like_for_like_growth_pct"
    best = most(found, column, 1)
    if not best:
        return f"We hold no figures of this edition for the growth of {release.names[group]}"
    year = wording.year_label(best[0]["year"], best[0]["is_estimate"])
    return f"{release.names[group]}: fastest real growth in {year}, {wording.pct(best[0][column], 1)}"


def _moved_by_members(release: Release, row: Row, group: str) -> str:
    """Describe what Allies that joined or left did to a group's growth: a part of it, or more than all of it."""
    whole = row["real_growth_published_pct"] if row["real_growth_published_pct"] is not None else row["real_growth_pct"]
    effect, year = row["accession_effect_pp"], wording.year_label(row["year"], row["is_estimate"])
    contributions = release.contributions.get((row["edition_id"], group, row["year"]), [])
    changes = {r["entity_code"]: r["membership_change"] for r in contributions if r["membership_change"] != "stayed"}
    verbs = {"joined": "joining", "left": "leaving"}
    who = wording.join(
        [f"{wording.the(release.names[code])} {verbs[change]}" for code, change in changes.items() if change in verbs]
    )
    if whole is not None and 0 < effect <= whole:
        return (
            f"{wording.number(effect, 1)} of the {wording.number(whole, 1)} points of growth in {year} come from {who}"
        )
    return (
        f"{wording.first_upper(who)} moves growth in {year} by {wording.number(effect, 1, sign=True)} points; like "
        f"for like it is {wording.pct(row['like_for_like_growth_pct'], 1, sign=True)}"
    )


def _table(release: Release, edition: Row, found: list[Row], group: str) -> Table:
    columns = ["As published", "Sum of each year's members", "Like for like", "The later year's members"]
    return Table(
        f"Real growth, {release.names[group]}, {release.edition_names[edition['edition_id']]}",
        [Column("Year"), *(Column(name, "%") for name in columns), Column("Accession effect", "points")],
        [
            [
                Figure(wording.year_label(row["year"], row["is_estimate"]), row["year"]),
                Cells(row).pct("real_growth_published_pct"),
                Cells(row).pct("real_growth_pct"),
                Cells(row).pct("like_for_like_growth_pct"),
                Cells(row).pct("this_years_members_growth_pct"),
                Cells(row).pp("accession_effect_pp"),
            ]
            for row in reversed(found)
        ],
    )


def _drivers(release: Release, edition: Row, year: int, is_estimate: bool) -> Chart | str:
    """Draw each Ally's contribution to the growth of Europe and Canada, or say why it cannot be."""
    found = release.contributions.get((edition["edition_id"], EUROPE_AND_CANADA, year), [])
    stayed = [row for row in found if row["contribution_pp"] is not None]
    growth = release.growth[edition["edition_id"], EUROPE_AND_CANADA, year]
    if not stayed:
        return f"Contributions for {year} cannot be computed: {growth['null_reason'] or 'we hold no dollars'}."
    stayed.sort(key=lambda row: -row["contribution_pp"])
    title = _drivers_title(release, stayed, growth, wording.year_label(year, is_estimate))
    rows = [_bar(release, row, order) for order, row in enumerate(stayed)]
    joined = [
        f"{wording.the(release.names[row['entity_code']])} ({wording.number(row['accession_effect_pp'], 2, sign=True)} "
        "points of the published growth)"
        for row in found
        if row["accession_effect_pp"]
    ]
    not_drawn = f" Not drawn, since it is no growth: joining, {wording.join(joined)}." if joined else ""
    return Chart(
        f"growth-contributions-{year}",
        "contributions",
        title,
        "Contribution of each Ally to the like-for-like real growth of European Allies and Canada: the change of its "
        "expenditure over the sum of the year before. The bars add to the like-for-like growth. They contain what "
        f"dollars at {release.basis_label(edition, 'constant')} contain: the base year's exchange rates as weights, "
        "the prices of GDP as deflator, and every reclassification of what counts as defence."
        f"{not_drawn}" + (f" {charts.ESTIMATES}" if is_estimate else ""),
        f"Bar chart, one bar for each Ally. {title}.",
        release.source_line(edition, "Table 2, constant prices"),
        rows,
        _driver_table(release, edition, year, is_estimate, found),
    )


def _drivers_title(release: Release, stayed: list[Row], growth: Row, year: str) -> str:
    """Name the three that added most: a part of the growth, or more than all of it where others fell."""
    top = [row for row in stayed if row["contribution_pp"] > 0][:3]
    if not top:
        return f"No Ally added to the growth of European Allies and Canada in {year}"
    names = wording.first_upper(named(release, [row["entity_code"] for row in top]))
    sum_of_top, whole = sum(row["contribution_pp"] for row in top), growth["like_for_like_growth_pct"]
    if round(sum_of_top, 1) <= round(whole, 1):
        return (
            f"{names} {'accounts' if len(top) == 1 else 'account'} for {wording.number(sum_of_top, 1)} of the "
            f"{wording.number(whole, 1)} points of like-for-like growth of European Allies and Canada in {year}"
        )
    return (
        f"{names} {verb(len(top), 'add')} {wording.number(sum_of_top, 1)} points in {year}; others fall, and European "
        f"Allies and Canada together {'grow' if whole >= 0 else 'shrink'} by {wording.pct(abs(whole), 1)} like for like"
    )


def _bar(release: Release, row: Row, order: int) -> dict[str, Any]:
    return Cells(row).point(
        "contribution_pp",
        wording.number(row["contribution_pp"], 2, sign=True),
        ally=release.names[row["entity_code"]],
        code=row["entity_code"],
        order=order,
    )


def _driver_table(release: Release, edition: Row, year: int, is_estimate: bool, found: list[Row]) -> Table:
    ordered = sorted(found, key=lambda row: -(row["contribution_pp"] or row["accession_effect_pp"] or 0))
    return Table(
        f"Who drove growth in {wording.year_label(year, is_estimate)}, {release.edition_names[edition['edition_id']]}",
        [Column("Ally", numeric=False), Column("Contribution", "points"), Column("By joining", "points")]
        + [Column("Year before"), Column("This year"), Column("Change")],
        [
            [
                ally_name_cell(release, row["entity_code"]),
                *(Cells(row).pp(column) for column in ("contribution_pp", "accession_effect_pp")),
                Cells(row).usd("expenditure_before_constant_usd_m"),
                Cells(row).usd("expenditure_constant_usd_m"),
                Cells(row).usd("change_constant_usd_m", sign=True),
            ]
            for row in ordered
        ],
        [row["entity_code"] for row in ordered],
        note=f"Dollars at {release.basis_label(edition, 'constant')}.",
    )


def _everybody(release: Release, edition: Row, year: int, is_estimate: bool) -> Table:
    """List the growth of every Ally and group in a year."""
    found = [release.growth.get((edition["edition_id"], code, year)) for code in release.names]
    ordered = sorted((row for row in found if row), key=lambda row: -(row["real_growth_published_pct"] or -1e9))
    return Table(
        f"Growth in {wording.year_label(year, is_estimate)}, {release.edition_names[edition['edition_id']]}",
        [
            Column("Ally or group", numeric=False),
            Column("Real, as published", "%"),
            Column("Real, recomputed", "%"),
            Column("Like for like", "%, groups"),
            Column("Nominal", "%, own currency"),
            Column(f"Since {min(edition['years'])}", "%, real, plain reading"),
            Column("A year, on average", "%, real, plain reading"),
        ],
        [
            [
                ally_name_cell(release, row["entity_code"])
                if release.is_ally(row["entity_code"])
                else Figure(_group_name(release, edition, row["entity_code"])),
                *(
                    Cells(row).pct(column)
                    for column in (
                        "real_growth_published_pct",
                        "real_growth_pct",
                        "like_for_like_growth_pct",
                        "nominal_growth_lcu_pct",
                    )
                ),
                Cells(row).pct("cumulative_growth_pct", 1),
                Cells(row).pct("average_growth_pct", 1),
            ]
            for row in ordered
        ],
        [row["entity_code"] for row in ordered],
        filterable=True,
        note="Published growth of a group includes Allies that joined or left, and recomputed it is that of the sum "
        "of each year's members. The plain reading since the first year is as published of NATO's aggregates, and like "
        "for like of the groups that we add up. Published and recomputed growth differ where dollars were rounded "
        "before they were published."
        + ("" if "1" in release.tables_held(edition) else " We hold no Table 1, in own currencies, of this edition."),
    )


def _group_name(release: Release, edition: Row, code: str) -> str:
    """Name a group, and its first year where that is later than the edition's: its growth counts from there."""
    first = release.series(edition, code)[0]["year"]
    return release.names[code] + (f", from {first}" if first > min(edition["years"]) else "")
