"""Hash a release anew and name what is damaged."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..files.whole import files_below, read_object, sha256_of, sha256_seen, write_json
from .description import read_manifest_of, size_of, tables_of
from .names import DATABASE, MANIFEST, SUCCESS

if TYPE_CHECKING:
    import duckdb


def mark_success(folder: Path) -> None:
    """Seal a release: `_SUCCESS` holds the manifest's hash, and the manifest holds all others."""
    write_json(folder / SUCCESS, {"release": read_manifest_of(folder)["id"], MANIFEST: sha256_of(folder / MANIFEST)})


def find_damage(folder: Path) -> list[str]:
    """Re-hash every file of a release and open it; return one line for each thing that is wrong."""
    if problems := find_altered_files(folder):
        return problems
    return _content_damage(folder, read_manifest_of(folder))


def find_altered_files(folder: Path, *, parquet_alone: bool = False) -> list[str]:
    """Re-hash every file of a release without opening it: a reader in this process may hold it open.

    `parquet_alone` looks at the Parquet files and at what seals them, which is all that a comparison reads.
    """
    if not (folder / SUCCESS).exists():
        return [f"{SUCCESS} is missing: the release was never finished"]
    try:
        sealed = read_object(folder / SUCCESS)[MANIFEST]
        if sha256_of(folder / MANIFEST) != sealed:
            return [f"{MANIFEST} is not what was sealed in {SUCCESS}"]
        manifest = read_manifest_of(folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        return [f"{MANIFEST} or {SUCCESS} cannot be read: {error}"]
    resources = [one for one in manifest["resources"] if not parquet_alone or one["path"].endswith(".parquet")]
    problems = [problem for resource in resources if (problem := _file_damage(folder, resource))]
    if parquet_alone:
        return problems
    listed = {resource["path"] for resource in manifest["resources"]} | {MANIFEST, SUCCESS}
    found = [path.relative_to(folder).as_posix() for path in files_below(folder)]
    problems += [f"{path} does not belong here" for path in found if path not in listed]
    return problems


def _file_damage(folder: Path, resource: dict[str, Any]) -> str | None:
    path = folder / resource["path"]
    if not path.is_file():
        return f"{resource['path']} is missing"
    if (size := path.stat().st_size) != (told := size_of(resource)):
        return f"{resource['path']} has {size:,} bytes; the manifest says {told:,}"
    if f"sha256:{sha256_seen(path)}" != resource["hash"]:
        return f"{resource['path']} has another content than the manifest says (its SHA-256 differs)"
    return None


def holder_of(folder: Path) -> str | None:
    """Say who keeps a release's database from being opened; None where it opens, or is damaged."""
    import duckdb

    try:
        duckdb.connect(str(folder / DATABASE), read_only=True).close()
    except duckdb.Error as error:
        return _holder(error)
    return None


def _holder(error: duckdb.Error) -> str | None:
    """Read who holds a file in what DuckDB says when it cannot open it."""
    words = str(error)
    if "Could not set lock" not in words and "different configuration" not in words:
        return None
    process = re.search(r"held in (\S+) \(PID (\d+)\)", words)
    return f"process {process[2]} ({process[1]})" if process else "another program"


def _content_damage(folder: Path, manifest: dict[str, Any]) -> list[str]:
    """Open the database and count: the files may be as they were written, and yet not open here.

    One that somebody else holds open is not damaged: its bytes are those that were published.
    """
    # Here, since whoever only hashes, as a build that finds nothing to do, does without.
    import duckdb

    try:
        with duckdb.connect(str(folder / DATABASE), read_only=True) as connection:
            return [
                f"{DATABASE}: {name} has {found} rows; the manifest says {resource['rows']}"
                for name, resource in tables_of(manifest).items()
                if (found := connection.execute(f"select count(*) from {name}").fetchall()[0][0]) != resource["rows"]
            ]
    except duckdb.Error as error:
        return [] if _holder(error) else [f"{DATABASE} does not open: {error}"]
