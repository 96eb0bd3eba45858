"""Find what is damaged in a warehouse: files that are no longer what was written, which no input explains.

Damage is never a change: nobody accepts it. What is derived is made anew by the next build; an archived
file cannot be, and somebody has to restore it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..files.ledger import LEDGER, Entry, Ledger, read_ledger, state_of
from ..files.whole import sha256_of
from ..models.tables import table_path, table_state
from ..settings import Settings
from ..sources.kept import edition_path
from . import catalog
from .inputs import is_missing_from_archive, is_named_by_hash
from .names import MANIFEST
from .verify import find_altered_files

BUILD = "`burdenshare build` makes it anew"
RESTORE = "restore it from a backup; builds go on with what was read from it before, as long as that is kept"


@dataclass(frozen=True)
class Damage:
    """Name one damaged thing: what it is, what was found, and what to do about it."""

    kind: str
    name: str
    found: str
    advice: str

    def __str__(self) -> str:
        """Say all of it in one line."""
        return f"{self.name} is damaged: {self.found}. What to do: {self.advice}."


def find_all_damage(settings: Settings) -> list[Damage]:
    """Hash tables, kept observations, the archive and the current release; empty where all is sound."""
    ledger = read_ledger(settings.tables)
    found = [Damage("ledger", LEDGER, "it cannot be read", BUILD)] if ledger.is_damaged else []
    return [
        *found,
        *damaged_tables(settings, ledger),
        *damaged_observations(settings, ledger),
        *damaged_archive(settings, ledger),
        *damaged_current(settings, ledger),
    ]


def damaged_tables(settings: Settings, ledger: Ledger) -> list[Damage]:
    """Hold every known table against the ledger."""
    return [
        _not_as_written("table", name, table_path(settings.tables, name), entry)
        for name, entry in ledger.tables.items()
        if table_state(settings.tables, name, ledger) == "damaged"
    ]


def damaged_observations(settings: Settings, ledger: Ledger) -> list[Damage]:
    """Hold the kept observations of every edition against the ledger."""
    return [
        _not_as_written("observations", f"observations/{name}", path, entry)
        for name, entry in ledger.observations.items()
        if state_of(path := edition_path(settings.observations, name), entry) == "damaged"
    ]


def damaged_archive(settings: Settings, ledger: Ledger) -> list[Damage]:
    """Hold archived files against their names, which are their hashes, and all against the ledger."""
    found = {}
    for name, entry in ledger.inputs.items():
        if not name.startswith("raw/"):
            continue
        path = settings.raw / name.removeprefix("raw/")
        if is_missing_from_archive(settings.raw, name):
            found[name] = Damage("archive", name, "it is gone", f"{RESTORE}, or move it to raw/withdrawn if it must go")
        elif state_of(path, entry) == "damaged":
            found[name] = _altered(name)
    for path in sorted(settings.raw.rglob("*")) if settings.raw.is_dir() else []:
        name = f"raw/{path.relative_to(settings.raw).as_posix()}"
        if path.is_file() and is_named_by_hash(path) and sha256_of(path) != path.stem:
            found[name] = _altered(name)
    return list(found.values())


def damaged_current(settings: Settings, ledger: Ledger) -> list[Damage]:
    """Hold the current release against its manifest, and that against the ledger; empty where there is none."""
    current = catalog.current_id(settings)
    if current is None:
        return []
    damage = release_damage(settings.releases / current, ledger)
    advice = _advice_on_release(settings, ledger) if damage else ""
    return [Damage("release", f"release {current}", found, advice) for found in damage]


def _advice_on_release(settings: Settings, ledger: Ledger) -> str:
    """Say how readers get a sound release again, in the state that the warehouse is in."""
    known = [entry.path for entry in catalog.releases(settings)]
    advice = "`burdenshare build` publishes it anew from the tables"
    if catalog.held_ids(settings):
        # A build would keep back what was rolled back from, so it could not replace this one.
        advice = "`burdenshare release --resume` publishes what the tables give"
        sound = [path.name for path in known if not release_damage(path, ledger)]
        advice += f", `burdenshare rollback {sound[0]}` goes to a sound release" if sound else ""
    if all(release_damage(path, ledger, parquet_alone=True) for path in known):
        advice += '; where the tables are others by now it asks for --accept "the reason", since none can be compared'
    return advice


def release_damage(folder: Path, ledger: Ledger, *, parquet_alone: bool = False) -> list[str]:
    """Hold a release against its manifest, and that against the ledger; one line for each thing that is wrong.

    `parquet_alone` asks for what a comparison with it reads: its database may be damaged, and its tables sound.
    """
    entry = ledger.releases.get(folder.name)
    if entry and state_of(folder / MANIFEST, entry) == "damaged":
        return [f"{MANIFEST} is not what was published"]
    return find_altered_files(folder, parquet_alone=parquet_alone)


def _not_as_written(kind: str, name: str, path: Path, entry: Entry) -> Damage:
    size = path.stat().st_size
    found = f"{path.name} has {size:,} bytes where {entry.bytes:,} were written"
    if size == entry.bytes:
        found = f"{path.name} is not what was written (its SHA-256 differs)"
    return Damage(kind, name, found, BUILD)


def _altered(name: str) -> Damage:
    return Damage("archive", name, "its bytes are not those that were archived (its SHA-256 differs)", RESTORE)
