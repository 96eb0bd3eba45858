"""Tell what a result is made of: its release and editions, whose figures they are, and each column's unit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ..models.tables import table_path
from ..releases.description import read_manifest_of
from .explain import read_models


@dataclass(frozen=True)
class About:
    """Hold what belongs to a result.

    `editions` are id, title, day of publication and source of each, `columns` name, unit and meaning.
    """

    asked: str
    release: str
    released_at: str
    credit: str
    terms: str
    editions: tuple[tuple[str, str, str, str], ...]
    columns: tuple[tuple[str, str, str], ...]


def about(release: Path, result: pa.Table, asked: str) -> About:
    """Tell what a result is made of, from the release's own words.

    The editions are those that the result names; where it names none, all whose figures the release holds.
    """
    manifest = read_manifest_of(release)
    known = {name: column for entry in read_models(release).values() for name, column in entry["columns"].items()}
    columns = tuple(
        (name, known[name]["unit"] or "", known[name]["description"]) if name in known else (name, "", "")
        for name in result.column_names
    )
    return About(
        asked=asked,
        release=release.name,
        released_at=manifest["created"],
        credit=", ".join(contributor["title"] for contributor in manifest["contributors"]),
        terms="; ".join(dict.fromkeys(terms["title"] for terms in manifest["licenses"])),
        editions=_editions(release, result),
        columns=columns,
    )


def _editions(release: Path, result: pa.Table) -> tuple[tuple[str, str, str, str], ...]:
    named = {
        edition
        for field, column in zip(result.schema, result.columns, strict=True)
        if field.name.endswith("edition_id")
        for edition in column.unique().to_pylist()
    }
    fields = ["edition_id", "edition_title", "published_on", "landing_page_url", "has_figures"]
    rows = pq.read_table(table_path(release, "dim_edition"), columns=fields).to_pylist()
    return tuple(
        (row["edition_id"], row["edition_title"], str(row["published_on"]), row["landing_page_url"] or "")
        for row in sorted(rows, key=lambda row: row["published_on"])
        if (row["edition_id"] in named if named else row["has_figures"])
    )
