"""The real figures without their newest edition, withdrawn from a warehouse that had it: once for all."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from pipelines.releases.publish import Release
from pipelines.settings import Settings
from tests.building import publish_tables

NEWEST = "nato-2026-07"


def hold_back(seeds: Path, edition: str) -> None:
    """Take the figures of an edition out of the seeds."""
    registry = yaml.safe_load((seeds / "editions.yml").read_text(encoding="utf-8"))
    entry = next(entry for entry in registry["editions"] if entry["id"] == edition)
    entry["tables"] = {}
    (seeds / "editions.yml").write_text(yaml.safe_dump(registry, sort_keys=False), encoding="utf-8")
    (seeds / f"figures/{edition}.csv").unlink()


def copied(settings: Settings, folder: Path) -> Settings:
    """Copy a warehouse with its seeds."""
    shutil.copytree(settings.warehouse, folder / "warehouse", symlinks=True)
    shutil.copytree(settings.seeds, folder / "seeds")
    return settings.replace(warehouse=folder / "warehouse", seeds=folder / "seeds")


@pytest.fixture(scope="session")
def withdrawn(settings: Settings, report, once) -> tuple[Settings, Release]:
    """Publish the real figures without the newest edition after those with it; do not write to it."""

    def make(folder: Path) -> Release:
        own = copied(settings, folder)
        hold_back(own.seeds, NEWEST)
        return publish_tables(own)

    folder, release = once("withdrawn", make)
    return settings.replace(warehouse=folder / "warehouse", seeds=folder / "seeds"), release
