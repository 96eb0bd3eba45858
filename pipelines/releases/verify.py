"""Hash a release anew and name what is damaged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..files.whole import files_below, read_object, sha256_of, write_json
from .description import read_manifest_of, tables_of
from .names import DATABASE, MANIFEST, SUCCESS


def mark_success(folder: Path) -> None:
    """Seal a release: `_SUCCESS` holds the manifest's hash, and the manifest holds all others."""
    write_json(folder / SUCCESS, {"release": read_manifest_of(folder)["id"], MANIFEST: sha256_of(folder / MANIFEST)})


def find_damage(folder: Path) -> list[str]:
    """Re-hash every file of a release and open it; return one line for each thing that is wrong."""
    if problems := find_altered_files(folder):
        return problems
    return _content_damage(folder, read_manifest_of(folder))


def find_altered_files(folder: Path) -> list[str]:
    """Re-hash every file of a release without opening it: a reader in this process may hold it open."""
    if not (folder / SUCCESS).exists():
        return [f"{SUCCESS} is missing: the release was never finished"]
    try:
        sealed = read_object(folder / SUCCESS)[MANIFEST]
        if sha256_of(folder / MANIFEST) != sealed:
            return [f"{MANIFEST} is not what was sealed in {SUCCESS}"]
        manifest = read_manifest_of(folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        return [f"{MANIFEST} or {SUCCESS} cannot be read: {error}"]
    problems = [problem for resource in manifest["resources"] if (problem := _file_damage(folder, resource))]
    listed = {resource["path"] for resource in manifest["resources"]} | {MANIFEST, SUCCESS}
    found = [path.relative_to(folder).as_posix() for path in files_below(folder)]
    problems += [f"{path} does not belong here" for path in found if path not in listed]
    return problems


def _file_damage(folder: Path, resource: dict[str, Any]) -> str | None:
    path = folder / resource["path"]
    if not path.is_file():
        return f"{resource['path']} is missing"
    if (size := path.stat().st_size) != resource["bytes"]:
        return f"{resource['path']} has {size:,} bytes; the manifest says {resource['bytes']:,}"
    if f"sha256:{sha256_of(path)}" != resource["hash"]:
        return f"{resource['path']} has another content than the manifest says (its SHA-256 differs)"
    return None


def _content_damage(folder: Path, manifest: dict[str, Any]) -> list[str]:
    """Open the database and count: the files may be as they were written, and yet not open here."""
    import duckdb

    try:
        with duckdb.connect(str(folder / DATABASE), read_only=True) as connection:
            return [
                f"{DATABASE}: {name} has {found} rows; the manifest says {resource['rows']}"
                for name, resource in tables_of(manifest).items()
                if (found := connection.execute(f"select count(*) from {name}").fetchall()[0][0]) != resource["rows"]
            ]
    except duckdb.Error as error:
        return [f"{DATABASE} does not open: {error}"]
