"""Write a release's manifest, `datapackage.json`, in the terms of Frictionless Data Package v2.

What the standard has no word for stands under the key `burdenshare`: views, inputs with hashes, the
SQL and code that were used, the difference to the release before, and who accepted what. Times stand
here and never in the id.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from ..contracts.columns import Column
from ..contracts.sql import quoted
from ..contracts.table import TableContract
from ..files.ledger import Entry, read_ledger
from ..files.whole import files_below, sha256_of
from ..models.parts import Source
from ..models.project import Project, fingerprint
from ..models.tables import connect, table_path
from ..settings import Settings
from ..version import __version__
from .catalog import now
from .description import OWN, OWN_SIZE, OWN_WITHDRAWN
from .inputs import edition_inputs, input_files
from .names import LINEAGE, table_file

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
# Parquet's null, as programs have it that read Parquet through pandas.
MISSING = ["", "nan", "NaT"]
_TYPES = {
    "VARCHAR": "string",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "DOUBLE": "number",
    "BOOLEAN": "boolean",
    "DATE": "date",
}
_MEDIA = {
    ".parquet": "application/vnd.apache.parquet",
    ".duckdb": "application/vnd.duckdb",
    ".json": "application/json",
}


def build_manifest(
    project: Project, folder: Path, release_id: str, provenance: dict[str, Any], known: Mapping[str, Entry]
) -> dict[str, Any]:
    """Describe a composed release: every file with hash, every table with its fields, and where all came from.

    `provenance` is what `describe_provenance` gave for these tables, `known` their entries in the ledger.
    """
    editions = _editions(folder)
    tables = {table_path(folder, name) for name in project.published()}
    beside = {table_path(folder / LINEAGE, name): project.table(name) for name in project.order}
    return {
        "$schema": PROFILE,
        "name": "burdenshare",
        "id": release_id,
        "title": f"Burdenshare: defence spending{_as_published(editions)}, every edition",
        "description": f"Defence spending{_as_published(editions)}, edition by edition, and what follows from it: "
        "growth, compliance with targets, shares of contribution.",
        "created": now(),
        "licenses": _licences(editions),
        "sources": _sources(editions),
        "contributors": [{"title": credit, "role": "author"} for credit in sorted({e["credit"] for e in editions})],
        "resources": [
            _table_resource(project.shown(path.stem).contract, path, editions, known[path.stem])
            if path in tables
            else file_resource(path, folder) | ({"schema": _schema(beside[path].contract)} if path in beside else {})
            for path in files_below(folder)
        ],
        OWN: {
            **provenance,
            "views": [_view(view.contract) for view in project.views.values()],
        },
    }


def describe_provenance(project: Project, settings: Settings) -> dict[str, Any]:
    """Say what the present tables were made from: inputs with hashes, SQL, code and software."""
    known = read_ledger(settings.tables).tables
    return {
        "inputs": {"files": input_files(settings), "sources": _source_marks(project, known)},
        "edition_inputs": {name: own.as_json() for name, own in edition_inputs(settings).items()},
        "references": {c.name: c.references for c in project.dictionary.values() if c.references},
        "models": {
            m.name: {"sql": fingerprint(m.sql), "reads": list(m.depends_on), "pools_editions": m.pools_editions}
            for m in project.models.values()
        },
        "view_sql": {v.name: {"sql": fingerprint(v.sql), "reads": list(v.depends_on)} for v in project.views.values()},
        "sql_fingerprint": fingerprint(
            *(model.sql for model in project.models.values()), *(view.sql for view in project.views.values())
        ),
        "code_fingerprint": _code_fingerprint(),
        "software": {
            "burdenshare": __version__,
            "duckdb": duckdb.__version__,
            "pandas": pd.__version__,
            "pyarrow": pa.__version__,
            "python": platform.python_version(),
        },
    }


def _source_marks(project: Project, known: Mapping[str, Entry]) -> dict[str, dict[str, Any]]:
    """Return each source's rows and fingerprint, and the seed it is read from where it is one file."""
    return {
        name: {"rows": known[name].rows, "fingerprint": known[name].fingerprint, "file": _seed(source)}
        for name, source in project.sources.items()
    }


def _seed(source: Source) -> str | None:
    return f"seeds/{source.file}" if source.file else None


def _code_fingerprint() -> str:
    """Hash the code that reads and builds; a front door's code changes nothing in a release."""
    root = Path(__file__).resolve().parent.parent
    rooms = ("contracts", "sources", "models", "releases")
    files = sorted(p for room in rooms for p in (root / room).rglob("*") if p.suffix in (".py", ".yml"))
    return fingerprint(*(f"{p.relative_to(root).as_posix()}={sha256_of(p)}" for p in files))


def _editions(folder: Path) -> list[dict[str, Any]]:
    """Read the editions whose figures the release holds; none where it has no such table."""
    path = folder / table_file("dim_edition")
    if not path.exists():
        return []
    rows = connect().sql(f"from read_parquet({quoted(path)}) where has_figures order by published_on, edition_id")
    found: list[dict[str, Any]] = rows.to_arrow_table().to_pylist()
    return found


def _as_published(editions: list[dict[str, Any]]) -> str:
    publishers = sorted({edition["publisher"] for edition in editions})
    return f" as {' and '.join(publishers)} published it" if publishers else ""


def _sources(editions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [_compact({"title": e["edition_title"], "path": e["landing_page_url"]}) for e in editions]


def _licences(editions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the publishers' terms; they are no open licences, so their names are our own."""
    terms = {e["publisher"]: e["terms"] for e in editions}
    return [{"name": f"{publisher}-terms-of-use", "title": text} for publisher, text in sorted(terms.items())]


def _table_resource(
    contract: TableContract, path: Path, editions: list[dict[str, Any]], known: Entry
) -> dict[str, Any]:
    keys = [
        {"fields": [column], "reference": {"resource": other, "fields": [key]}}
        for column, other, key in contract.foreign_keys()
    ]
    schema = _schema(contract)
    held = _editions_in(contract, path)
    return file_resource(path, path.parent) | _compact(
        {
            "name": contract.name,
            "type": "table",
            "description": contract.description,
            "rows": known.rows,
            "fingerprint": known.fingerprint,
            "sources": _sources([e for e in editions if e["edition_id"] in held]),
            "licenses": _licences([e for e in editions if e["edition_id"] in held]),
            "schema": schema | ({"foreignKeys": keys} if keys else {}),
            OWN_WITHDRAWN: dict(contract.withdrawn) or None,
        }
    )


def _schema(contract: TableContract) -> dict[str, Any]:
    return {
        "fields": [_field(column, contract) for column in contract.columns],
        "primaryKey": list(contract.grain),
        "missingValues": MISSING,
    }


def _editions_in(contract: TableContract, path: Path) -> set[str]:
    if "edition_id" not in {column.name for column in contract.columns}:
        return set()
    found = connect().execute(f"select distinct edition_id from read_parquet({quoted(path)})").fetchall()
    return {edition for (edition,) in found}


def _view(contract: TableContract) -> dict[str, Any]:
    fields = [_field(column, contract) for column in contract.columns]
    return {"name": contract.name, "description": contract.description, "fields": fields}


def _field(column: Column, contract: TableContract) -> dict[str, Any]:
    constraints = {
        "required": True if column.required or column.name in contract.grain else None,
        "unique": True if contract.grain == (column.name,) else None,
        "enum": list(column.values) or None,
        "minimum": column.min,
        "maximum": column.max,
    }
    return _compact(
        {
            "name": column.name,
            "type": _TYPES[column.type],
            "description": column.description,
            "unit": column.unit,
            "constraints": _compact(constraints) or None,
        }
    )


def file_resource(path: Path, release: Path) -> dict[str, Any]:
    """Describe one file of a release: its path there, kind, bytes and SHA-256.

    The standard's word for a size is `bytes`. Frictionless holds it against what its reader counted, and its reader
    of Parquet counts nothing; so the size of such a file has a name of our own, which `description.size_of` knows.
    """
    place = path.relative_to(release).as_posix()
    return {
        "name": place.lower().replace("/", "-").replace(".", "-"),
        "path": place,
        "format": path.suffix.removeprefix("."),
        "mediatype": _MEDIA[path.suffix],
        OWN_SIZE if path.suffix == ".parquet" else "bytes": path.stat().st_size,
        "hash": f"sha256:{sha256_of(path)}",
    }


def _compact(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if value is not None and value != []}
