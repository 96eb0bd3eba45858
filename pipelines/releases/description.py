"""Read what a release says of itself in `datapackage.json`; kept apart from writing it, so that readers start fast."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..files.whole import read_object
from .names import MANIFEST

# The key under which stands what the standard has no word for.
OWN = "burdenshare"
# The size of a Parquet file, whose `bytes` no validator may hold against what its reader never counts.
OWN_SIZE = f"{OWN}:bytes"
# The columns that a table had once, each with what to ask instead.
OWN_WITHDRAWN = f"{OWN}:withdrawn"


def read_manifest_of(folder: Path) -> dict[str, Any]:
    """Read the manifest of one release; raises `OSError` or `ValueError` where it is missing or damaged."""
    return read_object(folder / MANIFEST)


def tables_of(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the tables that a manifest describes, by name: `rows`, `hash`, `schema` and more."""
    return {resource["name"]: resource for resource in manifest["resources"] if resource.get("type") == "table"}


def withdrawn_from(resource: dict[str, Any]) -> dict[str, str]:
    """Return the columns that a table had once, each with what to ask instead, as its entry in a manifest says them."""
    return dict(resource.get(OWN_WITHDRAWN, {}))


def size_of(resource: dict[str, Any]) -> int:
    """Return the bytes of a file as its entry in a manifest says them."""
    return int(resource["bytes"] if "bytes" in resource else resource[OWN_SIZE])
