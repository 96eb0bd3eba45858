"""Equipment in dollars: what European Allies and Canada spend on it, like for like beside the sum."""

from __future__ import annotations

from .. import charts, wording
from ..content import Cells, Chart, Column, Figure, Table
from ..release import EUROPE_AND_CANADA, Release, Row
from .common import did


def equipment_chart(release: Release, edition: Row) -> Chart | str:
    """Draw the real growth of Europe and Canada's equipment by year, with the dollars at both prices in the table."""
    key = edition["edition_id"]
    series = {year: _row(release, key, year, "constant") for year in edition["years"]}
    given = {year: row for year, row in series.items() if row["category_usd_m"] is not None}
    if not given:
        why = next(iter(series.values()))["null_reason"] or "it gives no dollars"
        return f"Equipment in dollars by the edition of {release.edition_names[key]}: {why}."
    bars = {charts.LIKE_FOR_LIKE: "like_for_like_growth_pct", charts.SUMMED: "as_summed_growth_pct"}
    rows = [
        Cells(row).point(
            column, wording.pct(row[column]), year=wording.year_label(year, row["is_estimate"]), series=name
        )
        for year, row in given.items()
        for name, column in bars.items()
        if row[column] is not None
    ]
    title = _title(release, edition, given[max(given)])
    return Chart(
        "equipment-growth",
        "growth_by_year",
        title,
        "Real change of expenditure on equipment on the year before, European Allies and Canada, percent, at "
        f"{release.basis_label(edition, 'constant')}. Each Ally's share of equipment times its expenditure, added up. "
        f"{charts.ESTIMATES}",
        f"Bar chart by year, like for like beside the sum of each year's members. {title}.",
        release.source_line(edition, release.tables_of(edition, "2", "8a")),
        rows,
        _table(release, edition, given),
    )


def _row(release: Release, edition_id: str, year: int, basis: str) -> Row:
    return release.categories[edition_id, EUROPE_AND_CANADA, year, "equipment", basis]


def _title(release: Release, edition: Row, row: Row) -> str:
    """Tell the newest year's dollars, alone and so at current prices where they are given, and how they grow."""
    current = _row(release, edition["edition_id"], row["year"], "current")
    shown, prices = (row, "constant") if current["category_usd_m"] is None else (current, "current")
    spend = did(release, row["year"], row["is_estimate"], "spend")
    title = (
        f"European Allies and Canada {spend} {wording.usd(shown['category_usd_m'])} on equipment in "
        f"{wording.year_label(row['year'], row['is_estimate'])}, at {release.basis_label(edition, prices)}"
    )
    if row["like_for_like_growth_pct"] is None:
        return title
    return f"{title}; like for like that is {wording.pct(row['like_for_like_growth_pct'], 1, sign=True)} in real terms"


def _table(release: Release, edition: Row, given: dict[int, Row]) -> Table:
    base = edition["price_base_year"]
    constant = f"{base} prices" if base else "constant prices"
    return Table(
        f"Equipment of European Allies and Canada, {release.edition_names[edition['edition_id']]}",
        [
            Column("Year"),
            Column("All members", constant),
            Column("Without joiners", f"{constant}, members of both years"),
            Column("Year before", f"{constant}, members of both years"),
            Column("Like for like", "%, real"),
            Column("Sum of each year's members", "%, real"),
            Column("All members", "current prices"),
            Column("Share", "% of expenditure"),
        ],
        [
            [
                Figure(wording.year_label(year, row["is_estimate"]), year),
                Cells(row).usd("category_usd_m"),
                Cells(row).usd("like_for_like_usd_m"),
                Cells(row).usd("like_for_like_before_usd_m"),
                Cells(row).pct("like_for_like_growth_pct", 1),
                Cells(row).pct("as_summed_growth_pct", 1),
                Cells(_row(release, edition["edition_id"], year, "current")).usd("category_usd_m"),
                Cells(row).pct("category_share_pct", 1),
            ]
            for year, row in sorted(given.items(), reverse=True)
        ],
        note=f"Constant prices: {release.basis_label(edition, 'constant')}. Current: "
        f"{release.basis_label(edition, 'current')}.",
    )
