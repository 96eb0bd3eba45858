"""Compliance: every Ally against the guidelines, the counts over the years, and the path to 2035."""

from __future__ import annotations

from typing import Any

from pipelines.report import charts, wording
from pipelines.report.content import Cells, Chart, Column, Figure, Link, Page, Table, Words, phrase
from pipelines.report.pages.common import (
    ally_axis,
    ally_name_cell,
    by,
    by_edition,
    by_edition_and_year,
    counted,
    edition_axis,
    is_known,
    is_past,
    most,
    named,
    of_all,
    value_with_status,
    year_axis,
)
from pipelines.report.release import CORE, EQUIPMENT, GDP, Release, Row
from pipelines.report.wording import verb

NAMES = {"gdp": GDP, "core": CORE, "equipment": EQUIPMENT}
OWN_TREND = "last five years"

NAVIGATION = Link(20, "Targets", "compliance.html")


def pages(release: Release) -> list[Page]:
    """Make the page on compliance."""
    return [
        Page(
            path="compliance.html",
            template="compliance.html",
            title="Who meets the targets?",
            summary=(
                "Every Ally against 2 % of GDP, 3.5 % of GDP on core defence by 2035, and 20 % of its spending on "
                "equipment."
            ),
            nav=NAVIGATION,
            axes=[edition_axis(release), year_axis(release), ally_axis(release)],
            specs=charts.specs("guideline_scatter", "target_bars", "counts_by_year"),
            context={
                "now": by_edition_and_year(release, lambda *keys: _year(release, *keys)),
                "counts": by_edition(release, lambda edition: counts_chart(release, edition)),
                "path": by_edition(release, lambda edition: _path(release, edition)),
                "targets": list(release.targets.values()),
            },
        )
    ]


def _year(release: Release, edition: Row, year: int, is_estimate: bool) -> dict[str, Any]:
    rows = {
        target: [
            release.compliance[edition["edition_id"], ally["entity_code"], year, target] for ally in release.allies
        ]
        for target in (GDP, CORE, EQUIPMENT)
    }
    return {
        "sentence": _sentence(release, edition, year, is_estimate, rows),
        "near": _near(release, rows),
        "scatter": _scatter(release, edition, year, is_estimate, rows),
        "bars": _bars(release, edition, year, is_estimate, rows),
        "table": _table(release, edition, year, is_estimate, rows),
    }


def _sentence(release: Release, edition: Row, year: int, is_estimate: bool, rows: dict[str, list[Row]]) -> Words:
    count = {target: release.counts[edition["edition_id"], year, target] for target in rows}
    below = [row["entity_code"] for row in rows[GDP] if row["compliance_status"] == "fails"]
    unknown = [row["entity_code"] for row in rows[GDP] if row["compliance_status"] == "unknown"]
    if not is_known(count[GDP]):
        return [f"{by(release, edition)} we hold no shares of GDP for {wording.year_label(year, is_estimate)}."]
    past = is_past(release, year)
    numbers = {name: Cells(count[target]).count("allies_meeting") for name, target in NAMES.items()}
    shown = {name: number if number.value else "none" for name, number in numbers.items()}
    words = {
        name: ("reached" if past else verb(numbers[name].value, "reach"))
        if name != "equipment"
        else ("spent" if past else verb(numbers[name].value, "spend"))
        for name in numbers
    }
    said = phrase(
        f"{by(release, edition)} {{gdp}} {of_all(release, edition, year)} {words['gdp']} 2 % of GDP in "
        f"{wording.year_label(year, is_estimate)}, {{core}} {words['core']} 3.5 %, and {{equipment}} "
        f"{words['equipment']} 20 % of defence expenditure or more on equipment.",
        **shown,
    )
    if 0 < len(below) <= 5:
        said.append(f" Below 2 %: {named(release, below)}.")
    if unknown:
        said.append(f" Not given: {named(release, unknown)}.")
    return said


def _near(release: Release, rows: dict[str, list[Row]]) -> Words:
    """Name the Allies that a revision may carry over the line: within 0.05 points of 2 %."""
    near = [row for row in rows[GDP] if row["gap_pp"] is not None and abs(round(row["gap_pp"], 6)) <= 0.05]
    if not near:
        return ["No Ally's share is within 0.05 points of 2 %."]
    names = [f"{wording.the(release.names[row['entity_code']])} at {{{row['entity_code']}}}" for row in near]
    figures = {row["entity_code"]: Cells(row).pct("value_pct") for row in near}
    return phrase(f"Within 0.05 points of 2 %, where a revision may decide: {wording.join(names)}.", **figures)


def _scatter(release: Release, edition: Row, year: int, is_estimate: bool, rows: dict[str, list[Row]]) -> Chart:
    points = []
    for gdp, equipment in zip(rows[GDP], rows[EQUIPMENT], strict=True):
        if gdp["value_pct"] is None or equipment["value_pct"] is None:
            continue
        met = (bool(gdp["meets_target"]), bool(equipment["meets_target"]))
        group = charts.COMPLIANCE_GROUPS[{(True, True): 0, (True, False): 1, (False, True): 2, (False, False): 3}[met]]
        points.append(
            {
                "ally": release.names[gdp["entity_code"]],
                "code": gdp["entity_code"],
                "gdp": gdp["value_pct"],
                "equipment": equipment["value_pct"],
                "gdp_label": wording.pct(gdp["value_pct"]),
                "equipment_label": wording.pct(equipment["value_pct"]),
                "group": group,
                "estimate": is_estimate,
                "origin": gdp.cell("value_pct"),
                "equipment_origin": equipment.cell("value_pct"),
            }
        )
    both = sum(point["group"] == charts.COMPLIANCE_GROUPS[0] for point in points)
    title = f"We hold no figures of both guidelines for {wording.year_label(year, is_estimate)}"
    if points:
        title = (
            f"{wording.allies(both)} of {len(points)} with figures reach both guidelines, 2 % of GDP and 20 % "
            f"equipment, in {wording.year_label(year, is_estimate)}"
        )
    return Chart(
        f"guidelines-{year}",
        "guideline_scatter",
        title,
        "Defence expenditure as a share of GDP against the share of it spent on equipment. Dashed lines: 2 % and "
        "3.5 % of GDP, 20 % equipment. Names that would cover others are left out."
        + (" All figures of this year are estimates, drawn pale." if is_estimate else ""),
        f"Scatter of Allies. {title}. The table below lists every Ally.",
        release.source_line(edition, "Tables 3 and 8a"),
        points,
    )


def _level(row: Row) -> str:
    value = round(row["value_pct"], 2)
    return charts.LEVELS[0 if value >= 3.5 else 1 if value >= 2 else 2]


def _bars(release: Release, edition: Row, year: int, is_estimate: bool, rows: dict[str, list[Row]]) -> Chart:
    ordered = most(rows[GDP], "value_pct", len(rows[GDP]))
    bars = [
        Cells(row).point(
            "value_pct",
            wording.number(row["value_pct"], 2),
            ally=release.names[row["entity_code"]],
            code=row["entity_code"],
            order=order,
            level=_level(row),
        )
        for order, row in enumerate(ordered)
    ]
    title = "We hold no shares of GDP of this edition for this year"
    if ordered:
        first, last = ordered[0], ordered[-1]
        title = (
            f"From {wording.pct(first['value_pct'])} in {wording.the(release.names[first['entity_code']])} to "
            f"{wording.pct(last['value_pct'])} in {wording.the(release.names[last['entity_code']])}"
        )
    return Chart(
        f"share-of-gdp-{year}",
        "target_bars",
        title,
        f"Defence expenditure as a share of real GDP, {wording.year_label(year, is_estimate)}, as published. "
        "Dashed lines: 2 % and 3.5 %." + (f" {charts.ESTIMATES}" if is_estimate else ""),
        f"Bar chart of Allies by share of GDP. {title}. The table below lists every Ally.",
        release.source_line(edition, "Table 3"),
        bars,
    )


def _table(release: Release, edition: Row, year: int, is_estimate: bool, rows: dict[str, list[Row]]) -> Table:
    together = list(zip(rows[GDP], rows[CORE], rows[EQUIPMENT], strict=True))
    together.sort(key=lambda three: -(three[0]["value_pct"] or -1))
    return Table(
        f"Every Ally in {wording.year_label(year, is_estimate)}, {release.edition_names[edition['edition_id']]}",
        [
            Column("Ally", numeric=False),
            Column("Share of GDP", "target 2 %"),
            Column("Gap to 2 %", "points"),
            Column("Gap to 2 %", "dollars"),
            Column("Gap to 3.5 %", "points"),
            Column("Gap to 3.5 %", "dollars"),
            Column("Equipment", "target 20 %"),
            Column("2 % first met", "year"),
            Column("Years in a row", "at 2 %"),
        ],
        [
            [
                ally_name_cell(release, gdp["entity_code"]),
                value_with_status(gdp),
                Cells(gdp).pp("gap_pp"),
                Cells(gdp).usd("gap_constant_usd_m", sign=True),
                Cells(core).pp("gap_pp"),
                Cells(core).usd("gap_constant_usd_m", sign=True),
                value_with_status(equipment),
                Figure(str(gdp["first_year_met"] or wording.NOTHING), gdp["first_year_met"]),
                Cells(gdp).count("years_met_in_a_row"),
            ]
            for gdp, core, equipment in together
        ],
        [gdp["entity_code"] for gdp, *_ in together],
        filterable=True,
        note=f"Dollars at {release.basis_label(edition, 'constant')}. "
        "Iceland has no armed forces; the targets do not apply to it. Years before accession are included.",
    )


def not_given(release: Release, edition: Row, *years: int) -> str:
    """Write whose share of GDP an edition does not give in which of the years; nothing where it gives all."""
    told = []
    for year in years:
        unknown = [
            ally["entity_code"]
            for ally in release.allies
            if release.compliance[edition["edition_id"], ally["entity_code"], year, GDP]["compliance_status"]
            == "unknown"
        ]
        if unknown:
            told.append(f"{named(release, unknown)} in {wording.year_label(year, edition['years'][year])}")
    return f" Not given by {release.edition_names[edition['edition_id']]}: {'; '.join(told)}." if told else ""


def counts_chart(release: Release, edition: Row) -> Chart:
    """Draw how many Allies reach 2 % in each year of an edition."""
    found = [release.counts[edition["edition_id"], year, GDP] for year in edition["years"]]
    known = [row for row in found if is_known(row)]
    rows = [
        Cells(row).point(
            "allies_meeting",
            wording.allies(row["allies_meeting"]),
            year=wording.year_label(row["year"], edition["years"][row["year"]]),
        )
        | {"estimate": edition["years"][row["year"]]}
        for row in known
    ]
    name = release.edition_names[edition["edition_id"]]
    title = "We hold no shares of GDP of this edition"
    if known:
        first, last = known[0], known[-1]
        title = (
            f"{last['allies_meeting']} Allies reach 2{wording.SPACE}% of GDP in {rows[-1]['year']}, "
            f"against {first['allies_meeting']} in {first['year']}"
        )
    return Chart(
        "allies-at-2-percent",
        "counts_by_year",
        title,
        "Allies whose published share of GDP, rounded to two decimals, is 2 % or more; rows of "
        f"{counted(release, edition)}. {charts.ESTIMATES}{not_given(release, edition, *edition['years'])}",
        f"Bar chart by year. {title}.",
        release.source_line(edition, "Table 3"),
        rows,
        Table(
            f"Allies at 2 % of GDP by year, {name}",
            [Column("Year"), Column("At 2 %", "Allies"), Column("Members of that year", "Allies")]
            + [Column("Recomputed", "Allies"), Column("Not given", "Allies")],
            [
                [Figure(shown["year"], row["year"])]
                + [
                    Cells(row).count(column)
                    for column in ("allies_meeting", "allies_meeting_members", "allies_meeting_recomputed")
                ]
                + [Cells(row).count("allies_unknown")]
                for row, shown in zip(known, rows, strict=True)
            ],
        ),
    )


def _path(release: Release, edition: Row) -> dict[str, Any] | None:
    """Describe what it takes each Ally to reach 3.5 % by the due year, and whether its present trend does it."""
    rows = release.paths.get((edition["edition_id"], CORE), [])
    if not rows:
        return None
    trend = [row for row in rows if row["gdp_growth_assumption"] == OWN_TREND]
    by_status: dict[str, list[str]] = {}
    for row in trend:
        by_status.setdefault(row["path_status"], []).append(row["entity_code"])
    due = rows[0]["due_year"]
    there, on_time = by_status.get("already there", []), by_status.get("in time", [])
    late, never = (
        sorted(by_status.get(status, []), key=lambda code: release.names[code])
        for status in ("late", "not in this century")
    )
    already = f"{wording.allies(len(there))} {'is' if len(there) == 1 else 'are'}" if there else "no Ally is"
    on_time_too = f"{len(on_time)} more" if there else f"{len(on_time)}"
    sentence = (
        f"{by(release, edition)} {already} at 3.5 % already; "
        f"{on_time_too} would reach it by {due} if spending and GDP went on growing as in the last five years, "
        f"and {len(late) + len(never)} would not."
    )
    told = [f"after {due}: {named(release, late)}"] if late else []
    told += [f"not in this century: {named(release, never)}"] if never else []
    return {
        "sentence": sentence,
        "late": f"At the present trend, {'; '.join(told)}." if told else "",
        "table": _path_table(release, edition, rows, trend, due),
    }


def _path_table(release: Release, edition: Row, rows: list[Row], trend: list[Row], due: int) -> Table:
    fixed = {(row["entity_code"], row["gdp_growth_assumption"]): row for row in rows}
    assumed = [name for name in dict.fromkeys(row["gdp_growth_assumption"] for row in rows) if name != OWN_TREND]
    ordered = sorted(trend, key=lambda row: -row["required_real_growth_pct"])

    def required(code: str, assumption: str) -> Figure:
        row = fixed.get((code, assumption))
        return Cells(row).pct("required_real_growth_pct", 1) if row else Figure(wording.NOTHING)

    return Table(
        f"The path to 3.5 % by {due}, {release.edition_names[edition['edition_id']]}",
        [
            Column("Ally", numeric=False),
            Column("Last year given"),
            Column("Share then", "% of GDP"),
            Column("GDP trend", "% a year"),
            Column("Needed", "% a year, GDP at trend"),
            *(Column("Needed", f"GDP at {name.replace(' per year', '')}") for name in assumed),
            Column("Spending trend", "% a year"),
            Column("Reached in", "at this trend"),
        ],
        [
            [
                ally_name_cell(release, row["entity_code"]),
                Figure(str(row["base_year"]), row["base_year"]),
                Cells(row).pct("value_pct"),
                Cells(row).pct("assumed_gdp_growth_pct", 1),
                Cells(row).pct("required_real_growth_pct", 1),
                *(required(row["entity_code"], name) for name in assumed),
                Cells(row).pct("trend_real_growth_pct", 1),
                _arrival(row, due),
            ]
            for row in ordered
        ],
        [row["entity_code"] for row in ordered],
        note="All growth is real. Needed: growth of expenditure in every year from the last year given on. Trends: "
        "the last five years, without broken ones (such as a change of a country's GDP statistics). That is "
        "arithmetic, no forecast: one large purchase moves a trend for years.",
    )


def _arrival(row: Row, due: int) -> Figure:
    if row["path_status"] == "already there":
        return Figure("there already", row["base_year"], css="good")
    year = row["year_reached_at_trend"]
    if year is None:
        return Figure(row["path_status"], 9999, css="bad")
    return Cells(row).year("year_reached_at_trend", css="good" if year <= due else "bad")
