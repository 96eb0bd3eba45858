"""Push a release to a folder or an object store, pointer last, through fsspec.

At the address stand `releases/<id>/` with the release's files and `current.json`, the pointer: object
stores have no links. Who reads there follows `current.json` once and then stays in that folder. `latest.json` says
the same and more, for programs that only want to know whether there is something new: time, tables, rows, hashes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import fsspec

from ..files.whole import sha256_of, write_bytes
from ..settings import Settings
from .catalog import now
from .description import read_manifest_of, tables_of
from .names import LATEST, MANIFEST, POINTER, SUCCESS

# After the data: a manifest must not describe what is not there yet, and the seal comes last.
LAST = (MANIFEST, SUCCESS)


class NotPushed(Exception):
    """Say that a release is current here, but did not reach the other place."""


def push(settings: Settings, folder: Path) -> str | None:
    """Copy a release to `settings.publish_url` and point there to it; return the address, None where none is set.

    What is there already is not sent again, so a push that was cut short goes on where it stopped.
    Raises `NotPushed` where the place cannot be reached or written.
    """
    if not settings.publish_url:
        return None
    try:
        files, root = fsspec.core.url_to_fs(settings.publish_url)
        target = f"{root.rstrip('/')}/releases/{folder.name}"
        _send(files, folder, target)
        pointer = {
            "release": folder.name,
            "path": f"releases/{folder.name}",
            MANIFEST: sha256_of(folder / MANIFEST),
            "pushed_at": now(),
        }
        # The pointer last: whoever follows either finds a whole release.
        _point(files, f"{root.rstrip('/')}/{LATEST}", pointer | _told(folder))
        _point(files, f"{root.rstrip('/')}/{POINTER}", pointer)
    except ImportError as error:
        raise NotPushed(
            f"{settings.publish_url} needs a package that is not installed: {error}. For s3:// install burdenshare[s3]."
        ) from error
    # Each store has exceptions of its own; whichever it was, the release stays here and the push is tried again.
    except Exception as error:
        raise NotPushed(
            f"Release {folder.name} is current here, but could not be pushed to {settings.publish_url}: "
            f"{type(error).__name__}: {error}\nReaders there still see what they had. What to do: check address, "
            "credentials and network; the next build, or `burdenshare release`, tries again."
        ) from error
    return settings.publish_url


def _told(folder: Path) -> dict[str, Any]:
    """Tell of a release when it was made, and each table's file with its rows and hash."""
    manifest = read_manifest_of(folder)
    tables = {
        name: {key: resource[key] for key in ("path", "rows", "hash")} for name, resource in tables_of(manifest).items()
    }
    return {"created": manifest["created"], "tables": tables}


def _send(files: fsspec.AbstractFileSystem, folder: Path, target: str) -> None:
    names = [resource["path"] for resource in read_manifest_of(folder)["resources"]]
    for place in sorted({f"{target}/{name}".rpartition("/")[0] for name in [*names, *LAST]}):
        files.makedirs(place, exist_ok=True)
    for name in [*names, *LAST]:
        there, size = f"{target}/{name}", (folder / name).stat().st_size
        if name in LAST or not _has(files, there, size):
            files.put_file(str(folder / name), there)
        if not _has(files, there, size):
            raise OSError(f"{name} did not arrive whole")


def _has(files: fsspec.AbstractFileSystem, path: str, size: int) -> bool:
    files.invalidate_cache(path.rsplit("/", 1)[0])
    try:
        return bool(files.info(path)["size"] == size)
    except FileNotFoundError:
        return False


def _point(files: fsspec.AbstractFileSystem, pointer: str, content: dict[str, Any]) -> None:
    files.invalidate_cache(pointer.rsplit("/", 1)[0])
    if files.exists(pointer):
        there = json.loads(files.cat_file(pointer))
        if all(there.get(key) == content[key] for key in ("release", MANIFEST)):
            return
    text = json.dumps(content, indent=2).encode() + b"\n"
    if "file" in files.protocol:
        # In a folder a reader could see half a pointer; a store shows an object when it is whole.
        write_bytes(Path(pointer), text)
    else:
        files.pipe_file(pointer, text)
