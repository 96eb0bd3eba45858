"""Publishers: what others than NATO say of the same shares of GDP, and why they differ."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from .. import charts, wording
from ..content import Cells, Chart, Column, Figure, Link, Page, Table
from ..release import Release, Row

NAVIGATION = Link(65, "Publishers", "publishers.html")


def pages(release: Release) -> list[Page]:
    """Make the page of publishers."""
    compared = _compared(release)
    return [
        Page(
            path="publishers.html",
            template="publishers.html",
            title="Why do others give other figures?",
            summary="Shares of GDP by NATO and by other publishers side by side, with the reason of each difference.",
            nav=NAVIGATION,
            specs=charts.specs("publisher_gap"),
            context={
                "summary": _summary(release),
                "charts": [_chart(release, publisher, rows) for publisher, rows in compared.items()],
                "warnings": _warnings(release),
                "credits": _credits(release, {"nato", *compared}),
            },
        )
    ]


def of_ally(release: Release, code: str) -> dict[str, Any] | None:
    """Show what every other publisher gives for an Ally beside NATO, newest year first; None where none does."""
    rows = [row for row in release.publisher_differences if row["entity_code"] == code]
    if not rows:
        return None
    return {
        "table": _of_ally(release, rows),
        "past": _past(release, code),
        "footnotes": _footnotes(release, rows),
        "credits": _credits(release, {row["publisher"] for row in rows}),
    }


def _footnotes(release: Release, rows: list[Row]) -> list[str]:
    """Write what publishers say beside their figures: by mouse alone, nobody on a phone would read it."""
    noted = {(row["publisher"], row["marks"]) for row in rows if row["marks"]}
    return [f"{release.publisher_names[publisher]}: {marks}" for publisher, marks in sorted(noted)]


def _past(release: Release, code: str) -> str | None:
    """Say since when SIPRI's newest share of GDP was not as high, and where its data begin."""
    rows = release.rows("from fct_long_history where entity_code = ? order by year desc limit 1", code)
    if not rows:
        return None
    (row,) = rows
    before = f"the highest since {row['as_high_in_year']}" if row["as_high_in_year"] else "higher than ever before"
    is_estimate = "" if row["status"] == "outturn" else ", an estimate,"
    return (
        f"By SIPRI, {row['share_of_gdp_pct']:.2f} % in {row['year']}{is_estimate} is {before}, in data that begin in "
        f"{row['data_begin_year']}."
    )


def _of_ally(release: Release, rows: list[Row]) -> Table:
    return Table(
        "Share of GDP by other publishers",
        [
            Column("Year"),
            Column("Publisher", numeric=False),
            Column("Difference", "points"),
            Column("Theirs", "% of GDP"),
            Column("NATO's", "newest"),
            Column("Reason", numeric=False),
        ],
        [
            [
                Figure(str(row["year"]), row["year"]),
                Figure(release.publisher_names[row["publisher"]]),
                *_figures(row),
            ]
            for row in sorted(rows, key=lambda row: (-row["year"], row["publisher"]))
        ],
    )


def _compared(release: Release) -> dict[str, list[Row]]:
    found = sorted(release.publisher_differences, key=lambda row: (row["publisher"], row["year"], row["entity_code"]))
    return {publisher: list(rows) for publisher, rows in groupby(found, key=lambda row: str(row["publisher"]))}


def _figures(row: Row) -> list[Figure]:
    cells = Cells(row)
    return [
        cells.pp("difference"),
        cells.pct("other_value"),
        cells.pct("nato_value"),
        Figure(row["difference_reason"], title=row["marks"] or "", css="sentence"),
    ]


def _chart(release: Release, publisher: str, rows: list[Row]) -> Chart:
    """Draw the differences of a publisher's newest year by Ally, largest first, with the reasons in the table."""
    year, name = max(row["year"] for row in rows), release.publisher_names[publisher]
    newest = sorted((row for row in rows if row["year"] == year), key=lambda row: -row["difference"])
    told = next(
        row for row in release.table("publisher_reasons") if (row["publisher"], row["year"]) == (publisher, year)
    )
    left, of = told["unexplained_allies"], told["compared_allies"]
    explained = f"{left} of {of} differences unexplained" if left else "each difference explained"
    title = f"{name} and NATO lie {told['mean_difference_pp']:.2f} points apart in {year} on average, {explained}"
    return Chart(
        f"gap-{publisher}",
        "publisher_gap",
        title,
        f"Shares of GDP in {year}: {name}'s newest minus NATO's newest, points.",
        f"Bar chart of Allies. {title}. The table below lists every Ally with the reason.",
        f"Source: {name}'s and NATO's newest editions, credited below. Release {release.manifest['id'][:8]}.",
        [
            Cells(row).point(
                "difference",
                wording.number(row["difference"], 2, sign=True),
                ally=release.names[row["entity_code"]],
                code=row["entity_code"],
                theirs=wording.pct(row["other_value"]),
                natos=wording.pct(row["nato_value"]),
                reason=row["difference_reason"],
                series=_series(row["difference_code"]),
                order=order,
            )
            for order, row in enumerate(newest)
        ],
        _differences(release, name, year, newest),
    )


def _series(code: str) -> str:
    return {"edition_older": charts.REVISED, "unexplained": charts.UNEXPLAINED}.get(code, charts.OTHER)


def _differences(release: Release, name: str, year: int, newest: list[Row]) -> Table:
    return Table(
        f"{name} and NATO, {year}",
        [
            Column("Entity", numeric=False),
            Column("Difference", "points"),
            Column("Theirs", "% of GDP"),
            Column("NATO's", "newest"),
            Column("Reason", numeric=False, help="The first that the data or the publisher's own words give"),
        ],
        [[Figure(release.names[row["entity_code"]]), *_figures(row)] for row in newest],
    )


def _summary(release: Release) -> Table:
    rows = release.table("publisher_reasons")
    return Table(
        "How far they lie from NATO",
        [
            Column("Publisher", numeric=False),
            Column("Year"),
            Column("Compared"),
            Column("Mean difference", "points"),
            Column("Unexplained"),
        ],
        [
            [
                Figure(release.publisher_names[row["publisher"]]),
                Figure(str(row["year"]), row["year"]),
                cells.count("compared_allies"),
                cells.number("mean_difference_pp", 3),
                cells.count("unexplained_allies"),
            ]
            for row in sorted(rows, key=lambda row: (row["publisher"], -row["year"]))
            for cells in [Cells(row)]
        ],
    )


def _warnings(release: Release) -> list[str]:
    """Say what deserves a second look: none of it stops a release."""
    words = {
        "repeats_year_before": "{who} of {year} by {publisher} is the figure of the year before, to the last digit.",
        "grew_beyond_range": "{who} of {year} by {publisher} lies more than twice as far from NATO's as ever before.",
        "held_by_one": "{year} has figures of {publisher} alone.",
    }
    return [
        words[row["warning_code"]].format(
            who=release.names[row["entity_code"]],
            year=row["year"],
            publisher=release.publisher_names[row["publisher"]],
        )
        for row in release.table("fct_publisher_warning")
    ]


def _credits(release: Release, publishers: set[str]) -> list[str]:
    """Credit every publisher that is shown, with its terms."""
    said = {
        f"{row['credit']}. {row['terms']}"
        for row in release.table("dim_edition")
        if row["has_figures"] and row["edition_id"].partition("-")[0] in publishers
    }
    return sorted(said)
