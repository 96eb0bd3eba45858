"""Let old releases go, and clear away what a killed run left behind."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ..files.whole import is_leftover
from ..settings import Settings
from .catalog import Entry, current_id, history, mend_holds, mend_pointer, previous_id, releases
from .names import SUCCESS, hidden

YOUNG = timedelta(days=1)


def retire(settings: Settings, keep: int | None = None, dry_run: bool = False) -> list[Entry]:
    """Remove releases that nobody needs, and return them; only name them where `dry_run`.

    Stays: the current one and the one before it, the newest `keep`, and every release that was made
    or current within the last day, because somebody may still be reading it.
    """
    known = releases(settings)
    kept = {entry.id for entry in known[: settings.keep_releases if keep is None else keep]}
    kept |= {id_ for id_ in (current_id(settings), previous_id(settings)) if id_} | _recent(settings, known)
    old = [entry for entry in known if entry.id not in kept]
    for entry in [] if dry_run else old:
        remove(entry.path)
    return old


def remove(path: Path) -> None:
    """Take a release out of sight in one rename, then delete it: no half-deleted release is ever seen."""
    if path.is_symlink():
        # It lies on another disk, and whoever put it there looks after it.
        path.unlink()
        return
    gone = path.with_name(hidden(path.name, "gone"))
    shutil.rmtree(gone, ignore_errors=True)
    path.rename(gone)
    shutil.rmtree(gone)


def clean_up(settings: Settings) -> None:
    """Remove what killed runs left; only for the holder of the writing lock, whose own things come later."""
    for link in settings.warehouse.glob(".current.*"):
        link.unlink()
    if not settings.releases.is_dir():
        return
    mend_holds(settings)
    mend_pointer(settings)
    current = current_id(settings)
    for path in settings.releases.iterdir():
        if path.name == current or path.is_symlink():
            continue
        if path.is_dir() and (path.name.startswith(".") or not (path / SUCCESS).exists()):
            shutil.rmtree(path)
        elif is_leftover(path):
            path.unlink()


def _recent(settings: Settings, known: list[Entry]) -> set[str]:
    since = (datetime.now(UTC) - YOUNG).isoformat(timespec="milliseconds")
    moved = [event for event in history(settings) if event.at >= since]
    # A release that lost the pointer today may have been made long ago, and still be open somewhere.
    return {e.id for e in known if e.made_at >= since} | {n for e in moved for n in (e.release, e.before) if n}
