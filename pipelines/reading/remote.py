"""Bring a release that was pushed somewhere into a folder of this machine, so that it is read as any other.

What was fetched is kept and hashed anew each time: the pointer at the address holds the hash of the release's
description, and that the hash of every file. The database file is left where it is: reading takes the Parquet files.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path, PurePosixPath
from typing import Any

import fsspec

from ..files.whole import sha256_of, write_bytes
from ..releases.description import read_manifest_of
from ..releases.names import DATABASE, MANIFEST, POINTER
from .connection import NoRelease


def fetch_release(address: str, cache: Path | None = None) -> Path:
    """Return the folder of the release that is current at an address which fsspec reads (https://, s3://, file://).

    `cache` is a folder of this user's, `~/.cache/burdenshare` where it is None. Only files that are not there, or not
    as they should be, are fetched. Raises `NoRelease` where there is none, the address does not answer, or what it
    gives is not what its own hashes say.
    """
    place = _Address(address)
    pointer = place.read_object(POINTER)
    try:
        release, below = _inside(pointer["release"]), _inside(pointer["path"])
        folder: Path = (cache or _cache()) / release
        place.bring(f"{below}/{MANIFEST}", folder / MANIFEST, pointer[MANIFEST])
        resources = read_manifest_of(folder)["resources"]
        files = {_inside(one["path"]): one["hash"].removeprefix("sha256:") for one in resources}
    except (KeyError, TypeError, ValueError) as error:
        raise NoRelease(f"{address} does not say in {POINTER} and {MANIFEST} what it holds: {error}") from error
    for name in sorted(files.keys() - {DATABASE}):
        place.bring(f"{below}/{name}", folder / name, files[name])
    return folder


class _Address:
    """Read files below an address, whatever keeps them."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        try:
            self._files, root = fsspec.core.url_to_fs(self.address)
        except (ImportError, ValueError) as error:
            hint = " For s3:// install burdenshare[s3]." if address.startswith("s3:") else ""
            raise NoRelease(f"{address} cannot be read: {error}.{hint}") from error
        self._root = root.rstrip("/")

    def read(self, name: str) -> bytes:
        """Read one file; raises `NoRelease` with the address where it cannot be had."""
        try:
            return bytes(self._files.cat_file(f"{self._root}/{name}"))
        # Each store has exceptions of its own.
        except Exception as error:
            raise NoRelease(
                f"{self.address}/{name} cannot be read: {type(error).__name__}: {error}\n"
                "The address is that of BURDENSHARE_PUBLISH_URL where releases are pushed: check it, the network and "
                "your credentials."
            ) from error

    def read_object(self, name: str) -> dict[str, Any]:
        """Read one JSON object; raises `NoRelease` where it is something else."""
        try:
            found = json.loads(self.read(name))
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise NoRelease(f"{self.address}/{name} is no JSON object; is this where releases are pushed to?")
        return found

    def bring(self, name: str, path: Path, sha256: str) -> None:
        """Fetch a file unless it is here and sound; raises `NoRelease` where what comes has another hash."""
        if path.is_file() and sha256_of(path) == sha256:
            return
        content = self.read(name)
        if hashlib.sha256(content).hexdigest() != sha256:
            raise NoRelease(
                f"{self.address}/{name} is not what the release says it is (its SHA-256 differs). It was changed, or "
                "is just being pushed: try again, and if it stays so, push the release anew."
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(path, content)


def _inside(name: str) -> str:
    """Refuse a name that leads out of the release's folder: it comes from elsewhere."""
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts or "\\" in name or ":" in name:
        raise ValueError(f"{name!r} is no path below a release")
    return name


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "burdenshare"
