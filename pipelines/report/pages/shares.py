"""Shares: what each Ally carries of the total beside its share of the Alliance's GDP, at both price bases."""

from __future__ import annotations

from functools import partial
from typing import Any

from .. import charts, wording
from ..content import Cells, Chart, Choice, Column, Figure, Link, Page, Table, Variants, Words, phrase
from ..release import UNITED_STATES, Release, Row
from .common import (
    BASES,
    ally_axis,
    ally_name_cell,
    basis_axis,
    by,
    by_edition,
    did,
    edition_axis,
    is_summed,
    told,
    year_axis,
)

NAVIGATION = Link(30, "Shares", "shares.html")


def pages(release: Release) -> list[Page]:
    """Make the page on shares."""
    return [
        Page(
            path="shares.html",
            template="shares.html",
            title="Who carries how much of the total?",
            summary=(
                "Each Ally's share of NATO's total expenditure beside its share of the Alliance's GDP. Shares depend "
                "on the prices: current prices use each year's exchange rates, constant prices those of the base year."
            ),
            nav=NAVIGATION,
            axes=[edition_axis(release), year_axis(release), basis_axis(release), ally_axis(release)],
            specs=charts.specs("burden_gap", "share_by_year"),
            context={
                "us": by_edition(release, lambda edition: share_chart(release, edition, UNITED_STATES)),
                "now": _by_basis(release),
            },
        )
    ]


def _by_basis(release: Release) -> Choice:
    variants: Variants = {
        (edition["edition_id"], str(year), basis): partial(_year, release, edition, year, is_estimate, basis)
        for edition, year, is_estimate in release.edition_years()
        for basis in BASES
    }
    newest = release.newest
    default = (newest["edition_id"], str(max(newest["years"])), "constant")
    return Choice(("edition", "year", "basis"), variants, default)


def share_chart(release: Release, edition: Row, entity: str) -> Chart | str:
    """Draw one Ally's share of the total by year, on both price bases; say why where there is none."""
    found = [release.shares[edition["edition_id"], entity, year, basis] for basis in BASES for year in edition["years"]]
    given = [row for row in found if row["share_of_total_pct"] is not None]
    if not given:
        # The reason of the newest year: an early one may be that the Ally had not joined yet.
        return f"Shares of the total: {found[len(edition['years']) - 1]['null_reason'] or 'not given'}."
    series = {"constant": charts.CONSTANT, "current": charts.CURRENT}
    rows = [
        Cells(row).point(
            "share_of_total_pct",
            wording.pct(row["share_of_total_pct"]),
            year=wording.year_label(row["year"], row["is_estimate"]),
            series=series[row["price_basis"]],
        )
        for row in given
    ]
    constant = [row for row in given if row["price_basis"] == "constant"] or given
    title = _share_title(release, constant[0], constant[-1], entity)
    return Chart(
        f"share-of-total-{entity.lower()}",
        "share_by_year",
        title,
        f"Share of NATO's total defence expenditure, percent; the title speaks of "
        f"{BASES[constant[-1]['price_basis']]}. Hollow points: estimates.{_summed(release, edition)}",
        f"Line chart by year at constant and at current prices. {title}.",
        release.source_line(edition, "Table 2"),
        rows,
        _share_table(release, edition, entity),
    )


def _summed(release: Release, edition: Row) -> str:
    """Say of an edition without aggregates what its total is; nothing of the others."""
    return " The total is the sum of the Allies that the edition lists." if is_summed(release, edition) else ""


def _share_title(release: Release, first: Row, last: Row, entity: str) -> str:
    name = wording.first_upper(wording.the(release.names[entity]))
    # A small Ally's share has no digit before the second decimal.
    decimals = 1 if min(first["share_of_total_pct"], last["share_of_total_pct"]) >= 1 else 2
    now, then = (wording.pct(row["share_of_total_pct"], decimals) for row in (last, first))
    year = wording.year_label(last["year"], last["is_estimate"])
    carries = did(release, last["year"], last["is_estimate"], "carry", count=1)
    title = f"{name} {carries} {now} of the total in {year}"
    if first is last:
        return title
    return f"{title}, as in {first['year']}" if now == then else f"{title}, against {then} in {first['year']}"


def _share_table(release: Release, edition: Row, entity: str) -> Table:
    years = sorted(edition["years"], reverse=True)

    def cells(year: int, basis: str) -> list[Figure]:
        row = release.shares[edition["edition_id"], entity, year, basis]
        return [
            Cells(row).usd("expenditure_usd_m"),
            Cells(row).pct("share_of_total_pct"),
            Cells(row).pct("share_of_alliance_gdp_pct"),
        ]

    columns = [
        Column(name, unit)
        for basis in BASES.values()
        for name, unit in (("Spending", basis), ("Share of total", f"%, {basis}"), ("Share of GDP", f"%, {basis}"))
    ]
    return Table(
        f"{release.names[entity]}: spending and shares, {release.edition_names[edition['edition_id']]}",
        [Column("Year"), *columns],
        [
            [
                Figure(wording.year_label(year, edition["years"][year]), year),
                *cells(year, "constant"),
                *cells(year, "current"),
            ]
            for year in years
        ],
    )


def _year(release: Release, edition: Row, year: int, is_estimate: bool, basis: str) -> dict[str, Any]:
    rows = [release.shares[edition["edition_id"], ally["entity_code"], year, basis] for ally in release.allies]
    rows = [row for row in rows if row["share_of_total_pct"] is not None]
    label = wording.year_label(year, is_estimate)
    if not rows:
        reason = release.shares[edition["edition_id"], UNITED_STATES, year, basis]["null_reason"]
        return {"absent": f"No shares at {BASES[basis]} for {label}: {reason or 'not given'}."}
    rows.sort(key=lambda row: -row["share_of_total_pct"])
    gaps = sorted((row for row in rows if row["burden_gap_pp"] is not None), key=lambda row: -row["burden_gap_pp"])
    return {
        "absent": "",
        "sentence": _sentence(release, edition, year, is_estimate, basis, label, rows),
        "chart": _gap_chart(release, edition, basis, label, gaps) if gaps else None,
        "no_gap": f"We hold no GDP of this edition at {BASES[basis]}, so there is nothing to compare the shares with.",
        "table": _table(release, edition, basis, label, rows),
    }


def _sentence(
    release: Release, edition: Row, year: int, is_estimate: bool, basis: str, label: str, rows: list[Row]
) -> Words:
    largest = rows[0]
    whose = "the Allies' sum" if is_summed(release, edition) else "NATO's total"
    said = phrase(
        f"{by(release, edition)} {wording.the(release.names[largest['entity_code']])} "
        f"{did(release, year, is_estimate, 'carry', count=1)} {{share}} of {whose} of {{total}}",
        share=Cells(largest).pct("share_of_total_pct", 1),
        total=Cells(largest).usd("total_expenditure_usd_m"),
    )
    current = release.shares[edition["edition_id"], largest["entity_code"], year, "current"]
    if basis == "constant" and current["total_expenditure_usd_m"] is not None:
        # Dollars of a base year do not stand alone: readers take them for today's.
        said += phrase(" ({now} at current prices)", now=Cells(current).usd("total_expenditure_usd_m"))
    said += [f" in {label}"]
    if largest["share_of_alliance_gdp_pct"] is not None:
        said += [", with ", *told(largest, "share_of_alliance_gdp_pct", 1), " of the Alliance's GDP"]
    if found := release.concentration.get((edition["edition_id"], year, basis)):
        count = found["allies_for_90_pct"]
        carry = did(release, year, is_estimate, "carry", count)
        said += phrase(
            f"; {{few}} {'Ally' if count == 1 else 'Allies'} {carry} nine tenths of the spending, and the "
            "largest three {three} of it",
            few=str(found["allies_for_90_pct"]),
            three=Cells(found).pct("largest_3_share_pct", 1),
        )
    return [*said, f" ({release.basis_label(edition, basis)})."]


def _gap_chart(release: Release, edition: Row, basis: str, label: str, gaps: list[Row]) -> Chart:
    above = [row for row in gaps if row["burden_gap_pp"] > 0]
    below = len(gaps) - len(above)
    carry = did(release, gaps[0]["year"], gaps[0]["is_estimate"], "carry", len(above))
    title = f"{wording.allies(len(above))} {carry} more of the spending than of the GDP in {label}, {below} less"
    if len(above) == 1:
        title = f"Only one Ally {carry} more of the spending than of the GDP in {label}"
    bars = [
        Cells(row).point(
            "burden_gap_pp",
            wording.number(row["burden_gap_pp"], 2, sign=True),
            ally=release.names[row["entity_code"]],
            code=row["entity_code"],
            spending=wording.pct(row["share_of_total_pct"]),
            gdp=wording.pct(row["share_of_alliance_gdp_pct"]),
            series=charts.MORE if row["burden_gap_pp"] > 0 else charts.LESS,
            order=order,
        )
        for order, row in enumerate(gaps)
    ]
    derived = (
        " GDP is derived from spending and its published share of GDP." if gaps[0]["gdp_source"] == "derived" else ""
    )
    return Chart(
        "burden-gap",
        "burden_gap",
        title,
        f"Share of NATO's total expenditure minus share of the Alliance's GDP, points, at "
        f"{release.basis_label(edition, basis)}. It is positive exactly where spending as a share of the Ally's own "
        f"GDP exceeds NATO's.{derived}{_summed(release, edition)}"
        + (f" {charts.ESTIMATES}" if gaps[0]["is_estimate"] else ""),
        f"Bar chart of Allies. {title}. The table below lists every Ally.",
        release.source_line(edition, "Tables 2 and 5" if not derived else "Tables 2 and 3"),
        bars,
    )


def _table(release: Release, edition: Row, basis: str, label: str, rows: list[Row]) -> Table:
    return Table(
        f"Shares in {label} at {BASES[basis]}, {release.edition_names[edition['edition_id']]}",
        [
            Column("Ally", numeric=False),
            Column("Spending", f"US dollars, {BASES[basis]}"),
            Column("Share of spending", "%"),
            Column("Share of GDP", "%"),
            Column("Difference", "points"),
        ],
        [
            [
                ally_name_cell(release, row["entity_code"]),
                Cells(row).usd("expenditure_usd_m"),
                Cells(row).pct("share_of_total_pct"),
                Cells(row).pct("share_of_alliance_gdp_pct"),
                Cells(row).pp("burden_gap_pp"),
            ]
            for row in rows
        ],
        [row["entity_code"] for row in rows],
        filterable=True,
    )
