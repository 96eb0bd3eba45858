"""Write files so that a power cut cannot take them back, and hash them."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

CHUNK = 1 << 20


def sha256_of(path: Path) -> str:
    """Hash a file's bytes without holding them all."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def write_json(path: Path, content: object) -> None:
    """Write JSON aside, sync it, and rename it into place: a reader sees the old text or the new one."""
    aside = path.with_name(f".{path.name}.part")
    with aside.open("w", encoding="utf-8") as stream:
        stream.write(json.dumps(content, indent=2, ensure_ascii=False, default=str) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    aside.replace(path)
    sync(path.parent)


def read_json(path: Path) -> dict | list:
    """Read a JSON file; raises `OSError` or `ValueError` where it is missing or damaged."""
    return json.loads(path.read_text(encoding="utf-8"))


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


def files_below(folder: Path) -> list[Path]:
    """Give every file below a folder, in the order of their paths."""
    return sorted(path for path in folder.rglob("*") if not path.is_dir())
