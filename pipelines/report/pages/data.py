"""Data: every table with its columns and units, to take along, with the manifest and how to cite it."""

from __future__ import annotations

from typing import Any

from ...reading.explain import ColumnEntry
from ...releases.croissant import describe_dataset
from ...releases.description import tables_of
from ...version import __version__
from .. import wording
from ..content import Column, Figure, Link, Page, Table, island
from ..release import Release

NAVIGATION = Link(70, "Data", "data.html")


def pages(release: Release) -> list[Page]:
    """Make the page of data."""
    return [
        Page(
            path="data.html",
            template="data.html",
            title="Take the data",
            summary=(
                "Every table of this release, with the meaning and the unit of each column, as Parquet and as CSV. "
                "They lie beside this page and need no network."
            ),
            nav=NAVIGATION,
            context={
                "tables": [_table(release, name, about) for name, about in release.tables.items()],
                "editions": _editions(release),
                "release": release.manifest,
                "citation": _citation(release),
                # For search engines of data sets, which read pages.
                "dataset": island(describe_dataset(release.manifest, below="data/")),
            },
        )
    ]


def _table(release: Release, name: str, about: str) -> dict[str, Any]:
    columns = release.lineage.models[name]["columns"]
    rows = tables_of(release.manifest)[name]["rows"]
    return {
        "name": name,
        "about": about,
        "rows": rows,
        "columns": Table(
            f"Columns of {name}",
            [Column("Column", numeric=False), Column("Type", numeric=False), Column("Meaning and unit", numeric=False)],
            [[Figure(column), Figure(told["type"]), Figure(_meaning(told))] for column, told in columns.items()],
        ),
    }


def _meaning(column: ColumnEntry) -> str:
    return f"{column['description']} Unit: {column['unit']}." if column["unit"] else column["description"]


def _editions(release: Release) -> Table:
    found = release.rows("from dim_edition order by published_on desc")
    return Table(
        "Editions",
        [
            Column("Edition", numeric=False),
            Column("Published", numeric=False),
            Column("Tables held", numeric=False),
            Column("Source", numeric=False),
            Column("SHA-256 of the file", numeric=False),
            Column("Notes", numeric=False),
        ],
        [
            [
                Figure(row["edition_id"]),
                Figure(wording.day(row["published_on"]), str(row["published_on"])),
                Figure(row["tables_held"] or "none"),
                Figure(row["source_file"] or row["source_kind"] or wording.NOTHING),
                Figure((row["source_sha256"] or wording.NOTHING)[:16]),
                Figure(row["edition_notes"] or ""),
            ]
            for row in found
        ],
    )


def _citation(release: Release) -> str:
    newest = release.newest
    return (
        f"{newest['credit']}, {newest['edition_title']} ({wording.day(newest['published_on'])}), and earlier editions; "
        f"computed by Burdenshare {__version__}, release {release.manifest['id']}."
    )
