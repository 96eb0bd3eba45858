"""Growth: by year, as published against like for like, and who drove it."""

from __future__ import annotations

from typing import Any

from pipelines.report import charts, wording
from pipelines.report.content import Axis, Cells, Chart, Choice, Column, Figure, Page, Table
from pipelines.report.pages.common import (
    ally_axis,
    ally_name_cell,
    by_edition_and_year,
    edition_axis,
    most,
    named,
    year_axis,
)
from pipelines.report.release import EUROPE_AND_CANADA, Release, Row


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
            nav="growth",
            axes=[edition_axis(release), year_axis(release), _group_axis(release), ally_axis(release)],
            specs=charts.specs("growth_by_year", "contributions"),
            context={
                "by_year": _by_group(release),
                "drivers": by_edition_and_year(release, lambda *keys: _drivers(release, *keys)),
                "everybody": by_edition_and_year(release, lambda *keys: _everybody(release, *keys)),
            },
        )
    ]


def _groups(release: Release) -> dict[str, str]:
    found = release.rows("from dim_entity where entity_kind <> 'ally'")
    names = {row["entity_code"]: row["entity_name"] for row in found}
    first = {EUROPE_AND_CANADA: names.pop(EUROPE_AND_CANADA)}
    return first | dict(sorted(names.items(), key=lambda item: item[1]))


def _group_axis(release: Release) -> Axis:
    return Axis("group", "Group", _groups(release), EUROPE_AND_CANADA)


def _by_group(release: Release) -> Choice:
    variants = {
        (edition["edition_id"], group): growth_chart(release, edition, group)
        for edition in release.editions
        for group in _groups(release)
    }
    return Choice(("edition", "group"), variants, (release.newest["edition_id"], EUROPE_AND_CANADA))


def growth_chart(release: Release, edition: Row, group: str) -> Chart:
    """Draw a group's real growth by year, as published (or recomputed, for groups that NATO does not publish)."""
    found = [release.growth[edition["edition_id"], group, year] for year in edition["years"]]
    rows = []
    for row in found:
        for series, column in _series(row):
            rows.append(
                Cells(row).point(
                    column,
                    wording.pct(row[column]),
                    year=wording.year_label(row["year"], row["is_estimate"]),
                    series=series,
                )
            )
    title = _finding(release, found, group)
    return Chart(
        f"real-growth-{group.lower().replace('_', '-')}",
        "growth_by_year",
        title,
        f"Real change of defence expenditure on the year before, {wording.the(release.names[group])}, percent, at "
        f"{release.basis_label(edition, 'constant')}. Pale with a dashed edge: estimates.",
        f"Bar chart by year, as published beside like for like. {title}.",
        release.source_line(edition, "Tables 2 and 3"),
        rows,
        _table(release, edition, found, group),
    )


def _series(row: Row) -> list[tuple[str, str]]:
    """Name the bars of a year: a figure that is not there draws none."""
    bars = [(charts.PUBLISHED, "real_growth_published_pct"), (charts.LIKE_FOR_LIKE, "like_for_like_growth_pct")]
    return [(series, column) for series, column in bars if row[column] is not None]


def _finding(release: Release, found: list[Row], group: str) -> str:
    joined = [row for row in found if row["accession_effect_pp"] and abs(row["accession_effect_pp"]) >= 0.05]
    if joined:
        row = max(joined, key=lambda row: abs(row["accession_effect_pp"]))
        column = "real_growth_published_pct" if row["real_growth_published_pct"] is not None else "real_growth_pct"
        return (
            f"{wording.number(row['accession_effect_pp'], 1)} of the {wording.number(row[column], 1)} "
            f"points of growth in {row['year']} come from Allies that joined"
        )
    given = [row for row in found if row["real_growth_published_pct"] is not None]
    column = "real_growth_published_pct" if given else "like_for_like_growth_pct"
    best = most(found, column, 1)
    if not best:
        return f"This edition does not give the growth of {release.names[group]}"
    year = wording.year_label(best[0]["year"], best[0]["is_estimate"])
    return f"{release.names[group]}: fastest real growth in {year}, {wording.pct(best[0][column], 1)}"


def _table(release: Release, edition: Row, found: list[Row], group: str) -> Table:
    columns = ["As published", "Recomputed", "Like for like", "This year's members"]
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
    if not stayed:
        reason = release.growth[edition["edition_id"], EUROPE_AND_CANADA, year]["null_reason"]
        return f"Contributions for {year} cannot be computed: {reason or 'the edition gives no dollars'}."
    growth = release.growth[edition["edition_id"], EUROPE_AND_CANADA, year]
    stayed.sort(key=lambda row: -row["contribution_pp"])
    top = [row for row in stayed if row["contribution_pp"] > 0][:3]
    title = "No Ally added to the growth of this year"
    if top:
        sum_of_top = sum(row["contribution_pp"] for row in top)
        title = (
            f"{wording.first_upper(named(release, [row['entity_code'] for row in top]))} account for "
            f"{wording.number(sum_of_top, 1)} of the {wording.number(growth['like_for_like_growth_pct'], 1)} points of "
            f"like-for-like growth in {wording.year_label(year, is_estimate)}"
        )
    rows = [_bar(release, row, order) for order, row in enumerate(stayed)]
    return Chart(
        f"growth-contributions-{year}",
        "contributions",
        title,
        "Contribution of each Ally to the like-for-like real growth of European Allies and Canada: the change of its "
        "expenditure over the sum of the year before. The bars add to the like-for-like growth.",
        f"Bar chart, one bar for each Ally. {title}.",
        release.source_line(edition, "Table 2, constant prices"),
        rows,
        _driver_table(release, edition, year, is_estimate, found),
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
            Column("Nominal", "%, own currency"),
            Column(f"Since {min(edition['years'])}", "%, real"),
            Column("A year, on average", "%, real"),
        ],
        [
            [
                ally_name_cell(release, row["entity_code"])
                if release.is_ally(row["entity_code"])
                else Figure(release.names[row["entity_code"]]),
                *(
                    Cells(row).pct(column)
                    for column in ("real_growth_published_pct", "real_growth_pct", "nominal_growth_lcu_pct")
                ),
                Cells(row).pct("cumulative_real_growth_pct", 1),
                Cells(row).pct("average_real_growth_pct", 1),
            ]
            for row in ordered
        ],
        [row["entity_code"] for row in ordered],
        filterable=True,
    )
