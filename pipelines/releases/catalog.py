"""Know which releases there are, which one is current, and what happened to the pointer.

Beside the releases stand the history, one line for each time the pointer moved, and while a release is
held back, a list of those that are.
"""

from __future__ import annotations

import json
import os
from collections.abc import Set
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from ..files.whole import files_below, make_way, read_object, sync, write_json
from ..settings import Settings
from .names import HELD, HISTORY, MANIFEST, SUCCESS


class UnknownRelease(Exception):
    """Say that no release goes by a name, and which ones there are."""


@dataclass(frozen=True)
class Event:
    """Describe one move of the pointer: when, to which release, from which, and why."""

    at: str
    action: str
    release: str
    before: str | None
    reason: str | None = None


@dataclass(frozen=True)
class Entry:
    """Describe one release that lies in the folder."""

    id: str
    path: Path
    made_at: str
    bytes: int
    is_current: bool
    is_held: bool


def releases(settings: Settings) -> list[Entry]:
    """List every complete release, the newest first."""
    current, held = current_id(settings), held_ids(settings)
    found = []
    for path in _folders(settings):
        if not (path / SUCCESS).exists():
            continue
        size = sum(file.stat().st_size for file in files_below(path))
        found.append(Entry(path.name, path, _made_at(path), size, path.name == current, path.name in held))
    return sorted(found, key=lambda entry: (entry.made_at, entry.id), reverse=True)


def find_release(settings: Settings, name: str) -> Path:
    """Find a release by `current`, `previous`, its id, or the first letters of its id.

    Raises `UnknownRelease` that lists what there is.
    """
    known = [path.name for path in _folders(settings)]
    wanted = {"current": current_id(settings), "previous": previous_id(settings)}.get(name, name)
    if wanted is None and known:
        meant = "is current" if name == "current" else "was current before the present one"
        raise UnknownRelease(f"No release {meant}; `burdenshare releases` lists all, `burdenshare build` makes them.")
    if not known:
        raise UnknownRelease(f"There is no release in {settings.warehouse} yet. Run `burdenshare build` first.")
    matches = [id_ for id_ in known if id_.startswith(str(wanted))] if wanted else []
    if wanted in known:
        matches = [wanted]
    if len(matches) != 1:
        meant = "no release is" if not matches else f"{len(matches)} releases are"
        listed = ", ".join(known)
        raise UnknownRelease(f"{meant} called {name!r}. There are: {listed}. `burdenshare releases` tells more.")
    return settings.releases / matches[0]


def current_id(settings: Settings) -> str | None:
    """Return the id of the release that readers see; None where there is none."""
    return settings.current.resolve().name if settings.current.exists() and not is_no_pointer(settings) else None


def is_no_pointer(settings: Settings) -> bool:
    """Tell whether no link lies where the pointer should: somebody copied a warehouse and followed its links."""
    return settings.current.exists() and not settings.current.is_symlink()


def previous_id(settings: Settings, skip: Set[str] = frozenset()) -> str | None:
    """Return the release that was current before the present one, still exists, and is not to be skipped."""
    passed_over = {current_id(settings), *skip}
    for event in reversed(history(settings)):
        for candidate in (event.release, event.before):
            if candidate and candidate not in passed_over and (settings.releases / candidate / SUCCESS).exists():
                return candidate
    return None


def point(settings: Settings, path: Path) -> None:
    """Move the pointer in one rename; it is relative, so the whole warehouse can be moved or copied."""
    if is_no_pointer(settings):
        # Perhaps somebody's own; whoever made it finds it beside.
        settings.current.rename(settings.current.with_name(f"current.{now().replace(':', '')}"))
    link = settings.current.with_name(f".current.{os.getpid()}")
    link.unlink(missing_ok=True)
    link.symlink_to(path.relative_to(settings.current.parent))
    link.replace(settings.current)
    sync(settings.current.parent)


def mend_pointer(settings: Settings) -> None:
    """Point to what the history says was current, where the pointer leads nowhere; for the holder of the lock."""
    events = history(settings)
    last = settings.releases / events[-1].release if events else None
    if current_id(settings) is None and last and (last / SUCCESS).exists():
        point(settings, last)


def history(settings: Settings) -> list[Event]:
    """Read every move of the pointer, the oldest first; a line that is damaged or was cut short is passed over."""
    events = []
    try:
        lines = _history_path(settings).read_text(encoding="utf-8", errors="replace").splitlines()
    except (FileNotFoundError, IsADirectoryError):
        return []
    for line in lines:
        try:
            event = Event(**json.loads(line))
        except (ValueError, TypeError):
            continue
        if all(value is None or isinstance(value, str) for value in asdict(event).values()):
            events.append(event)
    return events


def record(settings: Settings, action: str, release: str, before: str | None, reason: str | None = None) -> None:
    """Append one move of the pointer to the history."""
    event = {"at": now(), "action": action, "release": release, "before": before, "reason": reason}
    path = _history_path(settings)
    make_way(path)
    # A line that a crash cut short has no end; the next one must not continue it.
    torn = path.exists() and path.stat().st_size > 0 and not path.read_bytes().endswith(b"\n")
    # A shell hands on bytes that are no text; what happened is told all the same.
    with path.open("a", encoding="utf-8", errors="replace") as stream:
        stream.write(("\n" if torn else "") + json.dumps(event, ensure_ascii=False) + "\n")
        stream.flush()
        os.fsync(stream.fileno())


def held_ids(settings: Settings) -> set[str]:
    """Name the releases that people rolled back from and that are not published again by themselves."""
    try:
        return {str(release) for release in read_object(_held_path(settings))["releases"]}
    except FileNotFoundError:
        return set()
    except (ValueError, KeyError, TypeError):
        # Damaged. The history tells the same: what was rolled back from since the last publication.
        return _rolled_back_from(history(settings))


def _rolled_back_from(events: list[Event]) -> set[str]:
    held: set[str] = set()
    for event in events:
        held = held | {event.before or event.release} if event.action == "rolled back" else set()
    return held


def mend_holds(settings: Settings) -> None:
    """Write anew what is held back, where that file is damaged; for the holder of the writing lock."""
    try:
        read_object(_held_path(settings))["releases"]
    except FileNotFoundError:
        return
    except (ValueError, KeyError, TypeError):
        held = held_ids(settings)
        write_json(_held_path(settings), {"releases": sorted(held), "at": now()})


def hold(settings: Settings, release: str) -> None:
    """Hold a release back until inputs or SQL change, or somebody resumes."""
    write_json(_held_path(settings), {"releases": sorted(held_ids(settings) | {release}), "at": now()})


def release_holds(settings: Settings) -> None:
    """Let every release be published again."""
    _held_path(settings).unlink(missing_ok=True)


def now() -> str:
    """Return the time as text, in UTC and with milliseconds, so that texts sort as times do."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _made_at(path: Path) -> str:
    try:
        return str(read_object(path / MANIFEST)["created"])
    except (OSError, ValueError, KeyError):
        return datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="milliseconds")


def _folders(settings: Settings) -> list[Path]:
    if not settings.releases.is_dir():
        return []
    root = settings.releases.resolve()
    return sorted(
        path
        for path in settings.releases.iterdir()
        # A link to a release beside it is somebody's other name for it; one to another disk is a release.
        if path.is_dir() and not path.name.startswith(".") and not (path.is_symlink() and path.resolve().parent == root)
    )


def _history_path(settings: Settings) -> Path:
    return settings.releases / HISTORY


def _held_path(settings: Settings) -> Path:
    return settings.releases / HELD
