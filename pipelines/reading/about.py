"""Tell what a result is made of: its release and editions, whose figures they are, and each column's unit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
    editions = _editions(release, result)
    known = {name: column for entry in read_models(release).values() for name, column in entry["columns"].items()}
    columns = tuple(
        (name, known[name]["unit"] or "", known[name]["description"]) if name in known else (name, "", "")
        for name in result.column_names
    )
    return About(
        asked=asked,
        release=release.name,
        released_at=read_manifest_of(release)["created"],
        credit=", ".join(sorted({row["credit"] for row in editions})),
        terms="; ".join(sorted({row["terms"] for row in editions})),
        editions=tuple(
            (row["edition_id"], row["edition_title"], str(row["published_on"]), row["landing_page_url"] or "")
            for row in editions
        ),
        columns=columns,
    )


def _editions(release: Path, result: pa.Table) -> list[dict[str, Any]]:
    named = {
        edition
        for field, column in zip(result.schema, result.columns, strict=True)
        if field.name.endswith("edition_id")
        for edition in column.unique().to_pylist()
    }
    fields = ["edition_id", "edition_title", "published_on", "landing_page_url", "has_figures", "credit", "terms"]
    rows = pq.read_table(table_path(release, "dim_edition"), columns=fields).to_pylist()
    return [
        row
        for row in sorted(rows, key=lambda row: row["published_on"])
        if (row["edition_id"] in named if named else row["has_figures"])
    ]
