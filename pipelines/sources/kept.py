"""Name where observations are kept; apart from making them, so that whoever only looks starts fast."""

from __future__ import annotations

from pathlib import Path


def edition_path(folder: Path, edition_id: str) -> Path:
    """Name the file with the observations of one edition."""
    return folder / f"{edition_id}.parquet"
