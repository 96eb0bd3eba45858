"""Go back to a release, and hold the one that was left until there is a reason to publish it again."""

from __future__ import annotations

from pathlib import Path

from ..files.lock import writing
from ..settings import Settings
from . import catalog
from .verify import find_damage


class CannotRollBack(Exception):
    """Say why the pointer stays where it is."""


def rollback(settings: Settings, name: str | None = None, reason: str | None = None) -> Path:
    """Make an earlier release current and return its folder; the one before, where no name is given.

    The release that was left is held: it is not published again until inputs or SQL change, or
    somebody resumes. Raises `CannotRollBack` where there is none to go back to or it is damaged, and
    `UnknownRelease` where no release goes by that name.
    """
    with writing(settings, "rolling back"):
        left = catalog.current_id(settings)
        target = name or catalog.previous_id(settings, skip=catalog.held_ids(settings))
        if target is None:
            raise CannotRollBack("There is no earlier release to go back to. `burdenshare releases` lists all.")
        path = catalog.find_release(settings, target)
        if path.name == left:
            raise CannotRollBack(f"{left} is the current release already.")
        if damage := find_damage(path):
            raise CannotRollBack(f"{path.name} is damaged, so the pointer stays:\n  - " + "\n  - ".join(damage))
        # The hold comes first: killed in between, the night must not undo what was half done.
        if left:
            catalog.hold(settings, left)
        catalog.point(settings, path)
        catalog.record(settings, "rolled back", path.name, left, reason)
        return path


def resume(settings: Settings) -> set[str]:
    """Lift every hold and return the releases that were held; the next publication may make them current."""
    with writing(settings, "resuming"):
        held = catalog.held_ids(settings)
        catalog.release_holds(settings)
        return held
