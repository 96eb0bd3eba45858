"""Write and read a release's manifest, `datapackage.json`, in the terms of Frictionless Data Package v2.

What the standard has no word for stands under the key `burdenshare`: views, inputs with hashes, the
SQL and code that were used, the difference to the release before, and who accepted what. Times stand
here and never in the id.
"""

from __future__ import annotations

import platform
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from pipelines import __version__
from pipelines.contracts.columns import Column
from pipelines.contracts.sql import quoted
from pipelines.contracts.table import TableContract
from pipelines.files.whole import files_below, read_json, sha256_of
from pipelines.models.project import Project, Source, fingerprint
from pipelines.models.tables import read_table_file, table_path
from pipelines.releases.catalog import now
from pipelines.releases.names import MANIFEST
from pipelines.settings import Settings

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
OWN = "burdenshare"
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


def read_manifest_of(folder: Path) -> dict:
    """Read the manifest of one release; raises `OSError` or `ValueError` where it is missing or damaged."""
    return read_json(folder / MANIFEST)


def tables_of(manifest: dict) -> dict[str, dict]:
    """Give the tables that a manifest describes, by name: `rows`, `bytes`, `hash`, `schema` and more."""
    return {resource["name"]: resource for resource in manifest["resources"] if resource.get("type") == "table"}


def build_manifest(project: Project, folder: Path, release_id: str, provenance: dict) -> dict:
    """Describe a composed release: every file with hash, every table with its fields, and where all came from.

    `provenance` is what `describe_provenance` gave for these tables.
    """
    editions = _editions(folder)
    tables = {table_path(folder, name) for name in project.published()}
    return {
        "$schema": PROFILE,
        "name": "burdenshare",
        "id": release_id,
        "title": "Burdenshare: NATO defence spending, every edition",
        "description": "Defence spending of the Allies as NATO published it, edition by edition, and what follows "
        "from it: growth, compliance with targets, shares of contribution.",
        "created": now(),
        "licenses": _licences(editions),
        "sources": _sources(editions),
        "contributors": [{"title": credit, "role": "author"} for credit in sorted({e["credit"] for e in editions})],
        "resources": [
            _table_resource(project.shown(path.stem).contract, path, editions)
            if path in tables
            else file_resource(path, folder)
            for path in files_below(folder)
        ],
        OWN: {
            **provenance,
            "views": [_view(view.contract) for view in project.views.values()],
        },
    }


def describe_provenance(project: Project, settings: Settings) -> dict:
    """Say what the present tables were made from: inputs with hashes, SQL, code and software."""
    return {
        "inputs": {"files": input_files(settings), "sources": _source_marks(project, settings.tables)},
        "editions": _edition_marks(project, settings.tables),
        "models": {m.name: {"sql": fingerprint(m.sql), "reads": list(m.depends_on)} for m in project.models.values()},
        "view_sql": {v.name: {"sql": fingerprint(v.sql), "reads": list(v.depends_on)} for v in project.views.values()},
        "sql_fingerprint": fingerprint(*(item.sql for item in [*project.models.values(), *project.views.values()])),
        "code_fingerprint": _code_fingerprint(),
        "software": {
            "burdenshare": __version__,
            "duckdb": duckdb.__version__,
            "pandas": pd.__version__,
            "pyarrow": pa.__version__,
            "python": platform.python_version(),
        },
    }


def input_files(settings: Settings) -> dict[str, str]:
    """Hash every input file: the seeds, and the archive where there is one."""
    found = {}
    for prefix, root in (("seeds", settings.seeds), ("raw", settings.raw)):
        for path in sorted(root.rglob("*")) if root.is_dir() else []:
            if path.is_file() and not path.name.startswith("."):
                found[f"{prefix}/{path.relative_to(root).as_posix()}"] = sha256_of(path)
    return found


def _source_marks(project: Project, tables: Path) -> dict[str, dict]:
    """Give each source's rows and fingerprint, and the seed it is read from where it is one file."""
    marks = {}
    for name, source in project.sources.items():
        file = read_table_file(tables, name)
        marks[name] = {"rows": file.rows, "fingerprint": file.fingerprint, "file": _seed(source)}
    return marks


def _seed(source: Source) -> str | None:
    return f"seeds/{source.file}" if source.file else None


def _edition_marks(project: Project, tables: Path) -> dict[str, dict[str, str]]:
    """Hash each edition's rows in each source that is read per edition, to tell a new or revised one."""
    marks: dict[str, dict[str, str]] = {}
    by_edition = {
        name: source
        for name, source in project.sources.items()
        if not source.file and "edition_id" in {column.name for column in source.contract.columns}
    }
    with duckdb.connect(config={"threads": 1}) as connection:
        for name, source in by_edition.items():
            order = ", ".join(source.contract.grain)
            rows = connection.execute(
                f"select edition_id, md5(string_agg(cast(t as varchar), chr(10) order by {order})) "
                f"from read_parquet({quoted(table_path(tables, name))}) as t group by edition_id order by edition_id"
            ).fetchall()
            for edition_id, mark in rows:
                marks.setdefault(edition_id, {})[name] = mark
    return marks


def _code_fingerprint() -> str:
    """Hash the code that reads and builds; a front door's code changes nothing in a release."""
    root = Path(__file__).resolve().parent.parent
    rooms = ("contracts", "sources", "models", "releases")
    files = sorted(p for room in rooms for p in (root / room).rglob("*") if p.suffix in (".py", ".yml"))
    return fingerprint(*(f"{p.relative_to(root).as_posix()}={sha256_of(p)}" for p in files))


def _editions(folder: Path) -> list[dict]:
    """Read the editions whose figures the release holds; none where it has no such table."""
    path = folder / "dim_edition.parquet"
    if not path.exists():
        return []
    with duckdb.connect() as connection:
        rows = connection.sql(f"from read_parquet({quoted(path)}) where has_figures order by published_on, edition_id")
        return rows.to_arrow_table().to_pylist()


def _sources(editions: list[dict]) -> list[dict]:
    return [_compact({"title": e["edition_title"], "path": e["landing_page_url"]}) for e in editions]


def _licences(editions: list[dict]) -> list[dict]:
    """Give the publishers' terms; they are no open licences, so their names are our own."""
    terms = {e["publisher"]: e["terms"] for e in editions}
    return [{"name": f"{publisher}-terms-of-use", "title": text} for publisher, text in sorted(terms.items())]


def _table_resource(contract: TableContract, path: Path, editions: list[dict]) -> dict:
    file = read_table_file(path.parent, contract.name)
    keys = [
        {"fields": [column], "reference": {"resource": other, "fields": [key]}}
        for column, other, key in contract.foreign_keys()
    ]
    held = _editions_in(contract, path)
    return file_resource(path, path.parent) | _compact(
        {
            "name": contract.name,
            "type": "table",
            "description": contract.description,
            "rows": file.rows,
            "fingerprint": file.fingerprint,
            "sources": _sources([e for e in editions if e["edition_id"] in held]),
            "licenses": _licences([e for e in editions if e["edition_id"] in held]),
            "schema": {
                "fields": [_field(column, contract) for column in contract.columns],
                "primaryKey": list(contract.grain),
                **({"foreignKeys": keys} if keys else {}),
            },
        }
    )


def _editions_in(contract: TableContract, path: Path) -> set[str]:
    if "edition_id" not in {column.name for column in contract.columns}:
        return set()
    with duckdb.connect() as connection:
        found = connection.execute(f"select distinct edition_id from read_parquet({quoted(path)})").fetchall()
    return {edition for (edition,) in found}


def _view(contract: TableContract) -> dict:
    fields = [_field(column, contract) for column in contract.columns]
    return {"name": contract.name, "description": contract.description, "fields": fields}


def _field(column: Column, contract: TableContract) -> dict:
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


def file_resource(path: Path, release: Path) -> dict:
    """Describe one file of a release: its path there, kind, bytes and SHA-256."""
    place = path.relative_to(release).as_posix()
    return {
        "name": place.lower().replace("/", "-").replace(".", "-"),
        "path": place,
        "format": path.suffix.removeprefix("."),
        "mediatype": _MEDIA[path.suffix],
        "bytes": path.stat().st_size,
        "hash": f"sha256:{sha256_of(path)}",
    }


def _compact(entry: dict) -> dict:
    return {key: value for key, value in entry.items() if value is not None and value != []}
