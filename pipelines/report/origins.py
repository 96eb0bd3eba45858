"""Where figures come from: for each figure that a page shows, its formula and the published cells behind it.

Both come out of the SQL that made the figure (`pipelines.reading.explain`); nothing is described a
second time. The page loads them only when somebody asks: one file with formulas and names, and one
for each edition, as scripts, because a page opened from disk cannot fetch.
"""

from __future__ import annotations

import json
from typing import Any

from ..reading.explain import Leaf, Lineage
from ..reading.leaves import find_leaves
from . import wording
from .release import Release, Row

# The columns of the release that the pages show, each with the keys of its rows, as `Row.cell` writes them.
Shown = dict[str, set[str]]


def scripts(release: Release, shown: Shown, static: str) -> dict[str, str]:
    """Write the scripts, by file name, for the cells of the release that are `shown`."""
    lineage = release.lineage
    common = _json(_common(release, shown))
    written = {"origins.js": f"{static}Object.assign(window.burdenshareOrigins, {common});\n"}
    editions = _by_edition(lineage, shown)
    for edition, figures in editions.items():
        data = _json(_cells(lineage, release.units, figures))
        written[f"origins-{edition}.js"] = f"window.burdenshareOrigins.editions[{_json(edition)}] = {data};\n"
    return written


def _common(release: Release, columns: Shown) -> dict[str, Any]:
    """Collect what the origin of any figure may need: formulas, names, keys, sources."""
    lineage = release.lineage
    tables = sorted({cell.split(".")[0] for cell in columns})
    return {
        "columns": {cell: _column(lineage, *cell.split(".")) for cell in sorted(columns)},
        "grains": {table: lineage.models[table]["grain"] for table in tables},
        "names": release.names
        | {key: row["target_name"] for key, row in release.targets.items()}
        | {"constant": "constant prices", "current": "current prices"},
        "editionNames": release.edition_names,
        "publisherNames": release.publisher_names,
        "sources": {row["edition_id"]: _source(release, row) for row in release.table("dim_edition")},
    }


def _column(lineage: Lineage, table: str, column: str) -> dict[str, Any]:
    spec = lineage.models[table]["columns"][column]
    return {"about": spec["description"], "unit": spec["unit"], "formula": lineage.formula(table, column)}


def _source(release: Release, edition: Row) -> dict[str, str | None]:
    """Describe the file that an edition was read from, with its hash: its publisher's own, or our transcription."""
    whose = release.publisher_name(edition)
    line = f"{edition['credit']}, {edition['edition_title']}, {wording.day(edition['published_on'])}"
    seed = f"seeds/figures/{edition['edition_id']}.csv"
    file, sha256 = edition["source_file"], edition["source_sha256"]
    if edition["source_kind"] in ("workbook", "pdf"):
        kind = "PDF" if edition["source_kind"] == "pdf" else "workbook"
        line += f"; read from {whose}'s {kind} {file or ''}".rstrip()
    elif edition["source_kind"] == "transcription":
        line += f"; transcribed from {whose}'s tables"
        file, sha256 = f"warehouse/{seed}", release.manifest["burdenshare"]["inputs"]["files"].get(seed)
    return {"line": f"{line}.", "file": file, "sha256": sha256}


def _by_edition(lineage: Lineage, columns: Shown) -> dict[str, dict[str, dict[str, list[int]]]]:
    """Find the leaves of each figure, by their numbers: edition or publisher, column, keys, leaves."""
    editions: dict[str, dict[str, dict[str, list[int]]]] = {}
    asked = {(table, column): columns[cell] for cell in sorted(columns) for table, _, column in [cell.partition(".")]}
    for table, column, found in find_leaves(lineage, asked):
        grain = lineage.models[table]["grain"]
        # A figure that stands on several editions of a publisher is in the publisher's file.
        position = grain.index("edition_id" if "edition_id" in grain else "publisher")
        for keys, leaves in found.items():
            editions.setdefault(keys.split("|")[position], {}).setdefault(f"{table}.{column}", {})[keys] = leaves
    return editions


def _cells(lineage: Lineage, units: dict[str, str], figures: dict[str, dict[str, list[int]]]) -> dict[str, Any]:
    """Put an edition's cells in a list, each once, and let the figures name them by their place in it."""
    numbers = {number for found in figures.values() for leaves in found.values() for number in leaves}
    meant = {number: lineage.meant(number) for number in numbers}
    used = set(meant.values())
    places: dict[str, set[int]] = {}
    columns: dict[str, set[str]] = {}
    for table, column, row in used:
        places.setdefault(table, set()).add(row)
        columns.setdefault(table, set()).add(column)
    rows = {
        table: lineage.rows_at(table, sorted({*columns[table], *_told(lineage, table)}), numbers)
        for table, numbers in places.items()
    }
    written = {leaf: _cell(lineage, units, leaf, rows[leaf[0]][leaf[2]]) for leaf in used}
    # By table, row and year: the order in which a reader looks them up; then by place, so that equal releases give
    # equal files.
    order = sorted(written, key=lambda leaf: ([str(written[leaf][position]) for position in (4, 0, 1, 6, 7)], leaf))
    blocks = sorted({written[leaf][5] for leaf in order})
    place = {leaf: number for number, leaf in enumerate(order)}
    cells = [[*written[leaf][:5], blocks.index(written[leaf][5]), *written[leaf][6:]] for leaf in order]
    named = {
        cell: {keys: sorted(place[meant[number]] for number in leaves) for keys, leaves in found.items()}
        for cell, found in figures.items()
    }
    return {"blocks": blocks, "cells": cells, "figures": named}


def _told(lineage: Lineage, table: str) -> tuple[str, ...]:
    """Name the columns that tell where a cell of a table is."""
    if table == "source_observation":
        return ("entity_code", "period", "unit", "table_id", "block", "label", "header", "cell")
    return tuple(lineage.models[table]["grain"])


def _cell(lineage: Lineage, units: dict[str, str], leaf: Leaf, known: dict[str, Any]) -> list[Any]:
    """List what the page's script reads: who, year, value, unit, table, block, label, header, address."""
    table, column, _ = leaf
    if table == "source_observation":
        where = [known["table_id"], known["block"] or "", known["label"], known["header"], known["cell"]]
        return [known["entity_code"], int(known["period"]), known[column], units[known["unit"]], *where]
    keys = " ".join(str(known[name]) for name in lineage.models[table]["grain"])
    file = f"warehouse/seeds/{lineage.models[table]['file'] or 'editions.yml'}"
    unit = lineage.models[table]["columns"][column]["unit"] or ""
    return [None, None, known[column], unit, "", file, keys, column, None]


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=str)
