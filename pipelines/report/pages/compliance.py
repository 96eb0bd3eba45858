"""Compliance: every Ally against the guidelines, the counts over the years, and the path to 2035."""

from __future__ import annotations

from typing import Any

from .. import charts, wording
from ..content import Cells, Chart, Column, Figure, Link, Page, Table, Words, phrase
from ..release import CORE, EQUIPMENT, GDP, Release, Row
from . import outlook, paths
from .common import (
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

NAMES = {"gdp": GDP, "core": CORE, "equipment": EQUIPMENT}

DERIVED = "this edition has no GDP at current prices, so it is taken from spending and the published share"

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
                "path": by_edition(release, lambda edition: paths.described(release, edition)),
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
        "short": _short(edition, rows[CORE]),
        "near": outlook.near_sentence(release, edition, year),
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
    past = is_past(release, year) if not is_estimate else year < edition["published_on"].year
    numbers = {name: Cells(count[target]).count("allies_meeting") for name, target in NAMES.items()}
    shown = {name: number if number.value else "none" for name, number in numbers.items()}
    words = {
        name: wording.conjugate(
            numbers[name].value, "spend" if name == "equipment" else "reach", past, is_estimate, again=name != "gdp"
        )
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


def _short(edition: Row, rows: list[Row]) -> Words:
    """Add up what the Allies below 3.5 % at current prices lack, in dollars of the year."""
    short = [row for row in rows if (row["gap_current_usd_m"] or 0) < 0]
    if not short:
        return []
    total = -sum(row["gap_current_usd_m"] for row in short)
    derived = any(row["gap_current_source"] == "derived" for row in short)
    said: Words = [
        f"{wording.allies(len(short))} {'lacks' if len(short) == 1 else 'together lack'} {wording.usd(total)} to "
        "3.5 % of GDP, at current prices and exchange rates"
    ]
    if usa := [row for row in short if row["entity_code"] == "USA"]:
        said += phrase(
            "; the United States’ own distance is {usa}", usa=Cells(usa[0]).usd("gap_current_usd_m", sign=True)
        )
    return [*said, f" (derived: {DERIVED})." if derived else "."]


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
            f"{wording.allies(both)} of {len(points)} with figures "
            f"{wording.conjugate(both, 'reach', False, is_estimate)} both guidelines, 2 % of GDP and 20 % equipment, "
            f"in {wording.year_label(year, is_estimate)}"
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
    behind = outlook.editions_behind(release, edition, year) if is_estimate else 0
    begins = min((row["data_begin_year"] for row in rows[GDP] if row["data_begin_year"]), default=None)
    since = f", figures from {begins}" if begins else ""
    return Table(
        f"Every Ally in {wording.year_label(year, is_estimate)}, {release.edition_names[edition['edition_id']]}",
        [
            Column("Ally", numeric=False),
            Column("Share of GDP", "target 2 %"),
            *(outlook.columns(behind) if behind else []),
            Column("Share of GDP", "current prices"),
            Column("Gap to 2 %", "points"),
            Column("Gap to 2 %", "current dollars"),
            Column("Gap to 3.5 %", "points"),
            Column("Gap to 3.5 %", "current dollars"),
            Column("Equipment", "target 20 %"),
            Column("2 % first met", f"year{since}"),
            Column("Years in a row", f"at 2 %{since}"),
        ],
        [
            [
                ally_name_cell(release, gdp["entity_code"]),
                value_with_status(gdp),
                *(outlook.cells(release, gdp) if behind else []),
                Cells(gdp).pct("value_current_pct"),
                Cells(gdp).pp("gap_pp"),
                gap_in_current_dollars(gdp),
                Cells(core).pp("gap_pp"),
                gap_in_current_dollars(core),
                value_with_status(equipment),
                _first_met(gdp),
                Cells(gdp).count("years_met_in_a_row"),
            ]
            for gdp, core, equipment in together
        ],
        [gdp["entity_code"] for gdp, *_ in together],
        filterable=True,
        note=_note(rows, behind),
    )


def gap_in_current_dollars(row: Row) -> Figure:
    """Show a gap at current prices and exchange rates, marked where its GDP is derived."""
    derived = row["gap_current_source"] == "derived"
    more = {"css": "soft", "title": f"derived: {DERIVED}"} if derived else {}
    return Cells(row).usd("gap_current_usd_m", sign=True, **more)


def _first_met(gdp: Row) -> Figure:
    """Show the year in which 2 % was first met; what held when the figures begin may have held before."""
    year = gdp["first_year_met"]
    if year is None:
        return Figure(wording.NOTHING)
    return Figure(f"{year} or before" if year == gdp["data_begin_year"] else str(year), year)


def _note(rows: dict[str, list[Row]], behind: int) -> str:
    given = {row["gap_current_source"] for row in rows[GDP]}
    dollars = (
        "Dollars at current prices and exchange rates: spending less the target times GDP, so with the sign of the "
        "share at current prices, which can differ from that of the published share. "
        if given & {"published", "derived"}
        else ""
    )
    return (
        dollars
        + (f"Pale: derived; {DERIVED}. " if "derived" in given else "")
        + "Iceland has no armed forces; the targets do not apply to it. Years before accession are included; what was "
        "before an edition’s figures begin is not known." + (f" {outlook.note(behind)}" if behind else "")
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


def _ways(release: Release, edition: Row, year: int) -> str:
    """Name the Allies whom the other ways of counting at 2 % leave out or add."""
    told = []
    for way, label in (("recomputed", "recomputed at constant prices"), ("current prices", "at current prices")):
        row = release.by_basis[edition["edition_id"], year, GDP, way]
        parts = [f"without {row['names_only_as_published']}"] if row["names_only_as_published"] else []
        parts += [f"with {row['names_not_as_published']}"] if row["names_not_as_published"] else []
        if parts:
            told.append(f"{label} {' and '.join(parts)}")
    return wording.first_upper("; ".join(told)) + "." if told else ""


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
            f"{wording.allies(last['allies_meeting'])} "
            f"{wording.conjugate(last['allies_meeting'], 'reach', False, rows[-1]['estimate'])} "
            f"2{wording.SPACE}% of GDP in {rows[-1]['year']}, "
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
            [Column("Year"), Column("At 2 %", "as published"), Column("Members of that year", "as published")]
            + [Column("Recomputed", "constant prices"), Column("Recomputed", "current prices")]
            + [Column("Not given", "Allies"), Column("Where the ways differ", numeric=False)],
            [
                [Figure(shown["year"], row["year"])]
                + [
                    Cells(row).count(column)
                    for column in ("allies_meeting", "allies_meeting_members", "allies_meeting_recomputed")
                ]
                + [Cells(row).count("allies_meeting_current"), Cells(row).count("allies_unknown")]
                + [Figure(_ways(release, edition, row["year"]))]
                for row, shown in zip(known, rows, strict=True)
            ],
        ),
    )
