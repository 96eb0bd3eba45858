"""Know what lies in a warehouse: one ledger of inputs, tables, kept observations, checks and releases.

`ledger.json` lies in the folder of the tables, so that whoever copies, moves or deletes tables does so
with what is known of them. What is current, what is damaged and what would be built is decided from it.
It bears a hash of its own contents: one that is damaged knows nothing, and the next build makes every
table anew (the archive and the releases stay).

Written by the holder of the writing lock alone, and whole; anybody may read it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from .whole import read_object, sha256_of, sha256_seen, write_bytes

LEDGER = "ledger.json"
FORM = 1

# `unknown` is a file of which the ledger tells nothing, such as one of a version that had no ledger.
State = Literal["sound", "missing", "damaged", "unknown"]
Section = Literal["inputs", "tables", "observations", "releases"]
SECTIONS: tuple[Section, ...] = ("inputs", "tables", "observations", "releases")


@dataclass(frozen=True)
class Entry:
    """Describe one file: bytes, SHA-256, when it was entered (UTC), and what made it.

    `fingerprint` is of everything that it was made from; `made_from` names the parts of that, each with
    its mark; `run` is the run that made it, where one did.
    """

    bytes: int
    sha256: str
    at: str
    rows: int | None = None
    fingerprint: str | None = None
    made_from: dict[str, str] = field(default_factory=dict)
    run: str | None = None


@dataclass(frozen=True)
class CheckEntry:
    """Tell how one check of a table went: `failures` is the number of offending rows."""

    name: str
    description: str
    blocking: bool
    failures: int
    message: str


@dataclass(frozen=True)
class Checked:
    """Hold how the checks of a table went, and the SHA-256 of the file on which they ran."""

    sha256: str
    at: str
    checks: tuple[CheckEntry, ...]


@dataclass
class Ledger:
    """Hold everything that the ledger tells; `is_damaged` where it stood there and could not be believed."""

    inputs: dict[str, Entry] = field(default_factory=dict)
    tables: dict[str, Entry] = field(default_factory=dict)
    observations: dict[str, Entry] = field(default_factory=dict)
    releases: dict[str, Entry] = field(default_factory=dict)
    checks: dict[str, Checked] = field(default_factory=dict)
    is_damaged: bool = False

    def copy(self) -> Ledger:
        """Give a ledger of its own to whoever changes one; its entries never change."""
        sections = {name: dict(self.section(name)) for name in SECTIONS}
        return Ledger(**sections, checks=dict(self.checks), is_damaged=self.is_damaged)

    def section(self, name: Section) -> dict[str, Entry]:
        """Find the entries of one kind, by name."""
        found: dict[str, Entry] = getattr(self, name)
        return found

    def checks_of(self, table: str) -> tuple[CheckEntry, ...] | None:
        """Return how the checks of a table's present file went; None where they have not run on it."""
        entry, found = self.tables.get(table), self.checks.get(table)
        return found.checks if entry and found and found.sha256 == entry.sha256 else None

    def state(self, section: Section, name: str, path: Path) -> State:
        """Hash a file and tell whether it still is what was entered."""
        return state_of(path, self.section(section).get(name))


def state_of(path: Path, entry: Entry | None) -> State:
    """Hash a file and hold it against its entry."""
    try:
        if not path.is_file():
            return "missing"
        if entry is None:
            return "unknown"
        # The size first: it costs nothing, and tells what was cut short.
        same = path.stat().st_size == entry.bytes and sha256_seen(path) == entry.sha256
    except OSError:
        # A disk that cannot read a file any more is the plainest damage there is.
        return "damaged"
    return "sound" if same else "damaged"


def describe_file(
    path: Path,
    *,
    rows: int | None = None,
    fingerprint: str | None = None,
    made_from: Mapping[str, str] | None = None,
    run: str | None = None,
) -> Entry:
    """Hash a file as it is now and make its entry."""
    return Entry(path.stat().st_size, sha256_of(path), _now(), rows, fingerprint, dict(made_from or {}), run)


def checked(sha256: str, checks: tuple[CheckEntry, ...]) -> Checked:
    """Make the entry of the checks that ran on a file just now."""
    return Checked(sha256, _now(), checks)


def read_ledger(folder: Path) -> Ledger:
    """Read the ledger in the folder of the tables; an empty one where there is none or it is damaged."""
    path = folder / LEDGER
    try:
        state = _state(path)
        kept = _KEPT.get(path)
        if kept is None or kept[0] != state:
            kept = _keep(path, state, _read(path))
        return kept[1].copy()
    except FileNotFoundError:
        return Ledger()
    except OSError:
        return Ledger(is_damaged=True)


# A build asks several times for each table what lies in its one warehouse, and has mostly written that itself.
_KEPT: dict[Path, tuple[tuple[int, ...], Ledger]] = {}


def _keep(path: Path, state: tuple[int, ...], ledger: Ledger) -> tuple[tuple[int, ...], Ledger]:
    """Keep the ledgers of a few warehouses: a process has to do with one."""
    if len(_KEPT) > 3:
        _KEPT.clear()
    _KEPT[path] = state, ledger
    return _KEPT[path]


def _state(path: Path) -> tuple[int, ...]:
    """Tell whether a file is still the one that was read: a new one has another number, time or size."""
    found = path.stat()
    return found.st_ino, found.st_mtime_ns, found.st_size


def _read(path: Path) -> Ledger:
    try:
        content = read_object(path)
        body = content["ledger"]
        if content["form"] != FORM or content["sha256"] != _hash(_text(body)):
            return Ledger(is_damaged=True)
        ledger = Ledger(checks={name: _checked(entry) for name, entry in body["checks"].items()})
        for name in SECTIONS:
            ledger.section(name).update({key: Entry(**entry) for key, entry in body[name].items()})
        return ledger
    except (ValueError, KeyError, TypeError, AttributeError):
        return Ledger(is_damaged=True)


@contextmanager
def updating(folder: Path) -> Iterator[Ledger]:
    """Read the ledger to be changed within the block, and write it when the block ends well."""
    ledger = read_ledger(folder)
    yield ledger
    body: dict[str, object] = {
        name: {key: vars(entry) for key, entry in ledger.section(name).items()} for name in SECTIONS
    }
    body["checks"] = {
        name: vars(entry) | {"checks": [vars(check) for check in entry.checks]} for name, entry in ledger.checks.items()
    }
    text = _text(body)
    path = folder / LEDGER
    write_bytes(path, f'{{"form": {FORM}, "sha256": "{_hash(text)}", "ledger": {text}}}\n'.encode())
    # As a reader finds it, in the order of the names.
    sections = {name: dict(sorted(ledger.section(name).items())) for name in SECTIONS}
    _keep(path, _state(path), Ledger(**sections, checks=dict(sorted(ledger.checks.items())), is_damaged=False))


def _checked(entry: dict[str, object]) -> Checked:
    checks = entry["checks"]
    if not isinstance(checks, list):
        raise TypeError("the checks of a table are a list")
    return Checked(str(entry["sha256"]), str(entry["at"]), tuple(CheckEntry(**check) for check in checks))


def _text(body: object) -> str:
    """Write in one order and on one line, which is a tenth of the work of writing it for people's eyes."""
    return json.dumps(body, sort_keys=True)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
