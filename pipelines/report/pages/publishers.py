"""Publishers: what others than NATO say of the same shares of GDP, and why they differ."""

from __future__ import annotations

from itertools import groupby

from ..content import Cells, Column, Figure, Link, Page, Table
from ..release import Release, Row

NAVIGATION = Link(65, "Publishers", "publishers.html")


def pages(release: Release) -> list[Page]:
    """Make the page of publishers."""
    compared = _compared(release)
    newest = {publisher: max(row["year"] for row in rows) for publisher, rows in compared.items()}
    return [
        Page(
            path="publishers.html",
            template="publishers.html",
            title="Why do others give other figures?",
            summary="Shares of GDP by NATO and by other publishers side by side, with the reason of each difference.",
            nav=NAVIGATION,
            context={
                "summary": _summary(release),
                "tables": [
                    _differences(release, publisher, newest[publisher], rows) for publisher, rows in compared.items()
                ],
                "credits": _credits(release, set(compared)),
            },
        )
    ]


def of_ally(release: Release, code: str) -> Table | None:
    """List what every other publisher gives for an Ally beside NATO, newest year first; None where none does."""
    rows = [row for row in release.publisher_differences if row["entity_code"] == code]
    if not rows:
        return None
    return Table(
        "Share of GDP by other publishers",
        [
            Column("Year"),
            Column("Publisher", numeric=False),
            Column("Theirs", "% of GDP"),
            Column("NATO's", "newest"),
            Column("Difference", "points"),
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
        cells.pct("other_value"),
        cells.pct("nato_value"),
        cells.pp("difference"),
        Figure(row["difference_reason"], title=row["marks"] or ""),
    ]


def _differences(release: Release, publisher: str, year: int, rows: list[Row]) -> Table:
    newest = sorted((row for row in rows if row["year"] == year), key=lambda row: -abs(row["difference"]))
    return Table(
        f"{release.publisher_names[publisher]} and NATO, {year}",
        [
            Column("Entity", numeric=False),
            Column("Theirs", "% of GDP"),
            Column("NATO's", "newest"),
            Column("Difference", "points"),
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
                cells.year("year"),
                cells.count("compared_allies"),
                cells.number("mean_difference_pp", 3),
                cells.count("unexplained_allies"),
            ]
            for row in sorted(rows, key=lambda row: (row["publisher"], -row["year"]))
            for cells in [Cells(row)]
        ],
    )


def _credits(release: Release, publishers: set[str]) -> list[str]:
    """Credit every publisher that is shown, with its terms."""
    said = {
        f"{row['credit']}. {row['terms']}"
        for row in release.table("dim_edition")
        if row["has_figures"] and row["edition_id"].partition("-")[0] in publishers
    }
    return sorted(said)
