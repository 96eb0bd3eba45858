"""Write files whole, so that neither a reader nor a power cut finds half of one, and hash them.

The one way in which this project writes a file that matters: aside, synced, renamed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

# What a killed process leaves of a file that it had not finished; `is_leftover` tells.
PART = ".part"


class DamagedFile(ValueError):
    """Name a file that does not hold what it was written with."""


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a path beside `path` to write to; when the block ends well, sync it and rename it into place.

    Makes the folder where there is none. An earlier file stays as it was until then, and whatever is raised
    within the block leaves it so.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}{PART}")
    try:
        yield aside
        # Synced first: after a power cut the name must not stand for bytes that never reached the disk.
        sync(aside)
        make_way(path)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    sync(path.parent)


def make_way(path: Path) -> None:
    """Rename a folder that lies where a file belongs: perhaps somebody's own, and whoever made it finds it beside."""
    if path.is_dir() and not path.is_symlink():
        path.rename(path.with_name(f"{path.name}.{datetime.now(UTC):%Y%m%dT%H%M%S%f}"))


def in_words(error: OSError) -> str:
    """Say what the system refused without its number: the file, and why."""
    return ": ".join(str(part) for part in (error.filename, error.strerror) if part) or str(error)


def is_leftover(path: Path) -> bool:
    """Tell whether a file is what a killed process left of one that it was writing."""
    return path.name.startswith(".") and path.name.endswith(PART)


def write_bytes(path: Path, content: bytes) -> None:
    """Write bytes whole."""
    with written_whole(path) as aside:
        aside.write_bytes(content)


def write_json(path: Path, content: object) -> None:
    """Write JSON whole, with dates and paths as text; what a shell handed on that is no text becomes question marks."""
    text = json.dumps(content, indent=2, ensure_ascii=False, default=str) + "\n"
    write_bytes(path, text.encode(errors="replace"))


def read_object(path: Path) -> dict[str, Any]:
    """Read a JSON file that holds an object; raises `OSError` or `DamagedFile` where it is missing or damaged."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except IsADirectoryError as error:
        raise DamagedFile(f"{path.name} is damaged: it is a folder") from error
    except ValueError as error:
        raise DamagedFile(f"{path.name} is damaged: {error}") from error
    if not isinstance(content, dict):
        raise DamagedFile(f"{path.name} is damaged: it holds no JSON object")
    return content


def sha256_of(path: Path) -> str:
    """Hash a file's bytes without holding them all."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sha256_seen(path: Path) -> str:
    """Hash a file as `sha256_of` does, but once a process as long as nobody has written to it, by the system's word.

    A build asks of each table a dozen times whether it still is what was written.
    """
    found = path.stat()
    return _sha256_as(path, found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


@lru_cache(4096)
def _sha256_as(path: Path, *_: int) -> str:
    return sha256_of(path)


def sync(path: Path) -> None:
    """Wait until a file's bytes, or a folder's names, have reached the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """Sync every file and folder below a folder, then the folder itself."""
    for path in sorted(folder.rglob("*"), reverse=True):
        sync(path)
    sync(folder)


def fingerprint(*parts: str) -> str:
    """Hash texts into a short name that changes when any of them does."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def close_to_writing(folder: Path) -> None:
    """Let everybody who reaches a folder read all below it, and nobody write its files without asking for more rights.

    Not left to the mask of whoever builds: a service's mask often keeps others out.
    """
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o444)


def files_below(folder: Path) -> list[Path]:
    """Give every file below a folder, in the order of their paths."""
    return sorted(path for path in folder.rglob("*") if not path.is_dir())
