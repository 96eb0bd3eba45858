"""Publish finished tables as a release, in steps of which each may be the last: readers never notice.

Everything is made aside and synced; then the folder gets its name in one rename, and `current`
moves in another. Killed between any two steps, the next run clears away what was left and goes on.
The tests stop at each step through `at_step`.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from ..files.ledger import Ledger, describe_file, read_ledger, updating
from ..files.lock import writing
from ..files.whole import close_to_writing, files_below, sha256_of, sync, sync_tree, write_json
from ..models.check_results import read_checks
from ..models.project import Project, fingerprint
from ..models.published import arrived_whole, is_copied
from ..models.runner import expected_fingerprint
from ..models.tables import table_path, table_state
from ..settings import Settings
from . import catalog
from .baseline import NotPublished, compare_with_baseline
from .claim_reviews import describe_claims
from .compose import AuditError, compose
from .croissant import describe_croissant
from .database import STORAGE_VERSION
from .description import OWN, read_manifest_of
from .diff import ReleaseDiff
from .lineage import macros_text, models_text
from .manifest import build_manifest, describe_provenance, file_resource
from .names import CLAIMS, CROISSANT, DIFF, LINEAGE, MANIFEST, SUCCESS, hidden, table_file
from .retention import clean_up, remove, retire
from .soundness import release_damage
from .verify import mark_success

# In this order; each is told to `at_step` when it is done.
STEPS = (
    "checked",
    "cleaned up",
    "folder made",
    "tables copied",
    "database written",
    "lineage stored",
    "extras written",
    "audited",
    "compared",
    "manifest written",
    "success marked",
    "synced",
    "in place",
    "pointed",
    "recorded",
    "retired",
)


@dataclass(frozen=True)
class Release:
    """Name a release and where it lies, whether this run made it current, and what it changed.

    `is_held` tells that somebody rolled back from it, so that it was not published again; `damage`, what was
    wrong with its folder before it was made anew.
    """

    id: str
    path: Path
    is_new: bool
    is_held: bool = False
    diff: ReleaseDiff | None = None
    accepted: str | None = None
    damage: tuple[str, ...] = ()

    def summary(self) -> list[str]:
        """Say what happened, in lines that a person reads."""
        if self.damage:
            return [f"{self.id} was damaged and has been made anew from the tables", *self.damage]
        if self.is_held:
            return [
                f"{self.id} is held back, because somebody rolled back from it; "
                "`burdenshare release --resume` publishes it again"
            ]
        if not self.is_new:
            return ["nothing changed, nothing published"]
        return self.diff.summary() if self.diff else ["the first release"]


def publish(
    project: Project,
    settings: Settings,
    accept: str | None = None,
    at_step: Callable[[str], None] = lambda step: None,
) -> Release:
    """Publish the tables as a release, unless they are the current release already or are held back.

    `accept` is the reason why a lost key or a large change without a cause is right; the manifest
    keeps it. Raises `NotPublished` where a table is missing or stale, a blocking check did not pass,
    a grave change has no cause, or the disk refuses; `WarehouseBusy` where another process writes.
    """
    try:
        with writing(settings, "publishing a release"):
            return _publish(project, settings, (accept or "").strip() or None, at_step)
    except (OSError, duckdb.Error, AuditError) as error:
        raise NotPublished(
            f"Nothing was published: {error}\nWhat readers see is a complete release all the same. What to do: see "
            f"that there is room on the disk and that {settings.warehouse} may be written, then build again."
        ) from error


def _publish(project: Project, settings: Settings, accept: str | None, at_step: Callable[[str], None]) -> Release:
    ledger = read_ledger(settings.tables)
    _require_sound(project, settings.tables, ledger)
    _require_consistent(project, settings.tables, ledger)
    checks = _require_checked(project, settings.tables, ledger)
    release_id = _release_id(project, settings.tables)
    path = settings.releases / release_id
    at_step("checked")
    clean_up(settings)
    at_step("cleaned up")
    before = catalog.current_id(settings)
    damage = tuple(release_damage(path, ledger)) if path.exists() else ()
    if before == release_id and not damage:
        _complete_history(settings, release_id)
        return Release(release_id, path, is_new=False)
    if before == release_id:
        _make_anew(project, settings, path, checks, at_step)
        _make_current(settings, path, before, f"it was damaged: {damage[0]}", at_step)
        return Release(release_id, path, is_new=True, damage=damage)
    if release_id in catalog.held_ids(settings):
        return Release(release_id, path, is_new=False, is_held=True)
    if damage:
        remove(path)
    diff = _make(project, settings, path, checks, accept, at_step)
    _make_current(settings, path, before, accept, at_step)
    return Release(release_id, path, is_new=True, diff=diff, accepted=accept)


def _make(
    project: Project,
    settings: Settings,
    path: Path,
    checks: list[dict[str, Any]],
    accept: str | None,
    at_step: Callable[[str], None],
) -> ReleaseDiff | None:
    """Bring a release into its place, complete and synced; one that lies there already is only compared."""
    if path.exists():
        return compare_with_baseline(settings, path, None, accept)
    aside = settings.releases / hidden(path.name, "part")
    try:
        manifest = _compose_aside(project, settings, path.name, aside, checks, at_step, _sound_before(settings))
        diff = compare_with_baseline(settings, aside, manifest, accept)
        at_step("compared")
        if diff:
            write_json(aside / DIFF, diff.as_json())
            manifest["resources"].append(file_resource(aside / DIFF, aside))
        manifest[OWN] |= {
            "previous": diff.before if diff else None,
            "changes": diff.summary() if diff else ["the first release"],
            "accepted": accept,
        }
        _seal(aside, manifest, at_step)
        aside.rename(path)
        sync(settings.releases)
        at_step("in place")
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return diff


def _make_anew(
    project: Project,
    settings: Settings,
    path: Path,
    checks: list[dict[str, Any]],
    at_step: Callable[[str], None],
) -> None:
    """Put a sound release in the place of a damaged one of the same id: the same tables, so nothing is compared."""
    aside = settings.releases / hidden(path.name, "part")
    try:
        manifest = _compose_aside(project, settings, path.name, aside, checks, at_step)
        manifest[OWN] |= _told_before(path)
        at_step("compared")
        _seal(aside, manifest, at_step)
        _replace_files(aside, path)
        at_step("in place")
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _sound_before(settings: Settings) -> Path | None:
    """Find the folder of the present release; None where there is none, or it is damaged."""
    current = catalog.current_id(settings)
    if current is None or release_damage(settings.releases / current, read_ledger(settings.tables)):
        return None
    return settings.releases / current


def _replace_files(sound: Path, damaged: Path) -> None:
    """Move a sound release's files over a damaged one's, each in one rename, what seals it last.

    The folder stays, since readers follow `current` into it at any moment; and as both are the same release, whoever
    opens it meanwhile finds each file as it was or as it should be.
    """
    files = [path.relative_to(sound) for path in files_below(sound)]
    last = {MANIFEST: 1, SUCCESS: 2}
    for name in sorted(files, key=lambda name: (last.get(name.as_posix(), 0), name)):
        (damaged / name).parent.mkdir(parents=True, exist_ok=True)
        (sound / name).replace(damaged / name)
    for path in files_below(damaged):
        if path.relative_to(damaged) not in files:
            path.unlink()
    close_to_writing(damaged)
    sync_tree(damaged)


def _told_before(path: Path) -> dict[str, Any]:
    """Return what a damaged release told of how it came to be, where its manifest can still be read."""
    try:
        own = read_manifest_of(path)[OWN]
        return {key: own[key] for key in ("previous", "changes", "accepted")}
    except (OSError, ValueError, KeyError, TypeError):
        return {"previous": None, "changes": ["made anew after damage"], "accepted": None}


def _compose_aside(
    project: Project,
    settings: Settings,
    release_id: str,
    aside: Path,
    checks: list[dict[str, Any]],
    at_step: Callable[[str], None],
    before: Path | None = None,
) -> dict[str, Any]:
    """Fill a folder with everything but what is told of it, and return its manifest.

    `before` is the folder of a sound release, whose database may be taken over. Raises `AuditError` where what was
    copied is not what the ledger says.
    """
    aside.mkdir(parents=True)
    at_step("folder made")
    compose(project, settings.tables, aside, checks, at_step, before)
    known, published = read_ledger(settings.tables).tables, set(project.published())
    manifest = build_manifest(project, aside, release_id, describe_provenance(project, settings), known)
    hashes = {resource["path"]: resource["hash"] for resource in manifest["resources"]}
    places = {
        name: table_file(name) if name in published else f"{LINEAGE}/{table_file(name)}" for name in project.order
    }
    wrong = [name for name, place in places.items() if not _arrived(project, settings, name, aside, hashes[place])]
    if wrong:
        raise AuditError(f"{', '.join(wrong)} did not arrive in the release as written")
    write_json(aside / CROISSANT, describe_croissant(manifest))
    manifest["resources"].append(file_resource(aside / CROISSANT, aside))
    write_json(aside / CLAIMS, {"claims": describe_claims(aside)})
    manifest["resources"].append(file_resource(aside / CLAIMS, aside))
    return manifest


def _arrived(project: Project, settings: Settings, name: str, aside: Path, copied: str) -> bool:
    """Tell whether a table reached the release as the ledger has it: byte for byte, or with words beside its codes."""
    written = read_ledger(settings.tables).tables[name].sha256
    if name not in project.models or name not in project.published() or is_copied(project.models[name]):
        return copied == f"sha256:{written}"
    is_sound = sha256_of(table_path(settings.tables, name)) == written
    return is_sound and arrived_whole(project.models[name], settings.tables, aside)


def _seal(aside: Path, manifest: dict[str, Any], at_step: Callable[[str], None]) -> None:
    write_json(aside / MANIFEST, manifest)
    at_step("manifest written")
    mark_success(aside)
    close_to_writing(aside)
    at_step("success marked")
    sync_tree(aside)
    at_step("synced")


def _make_current(
    settings: Settings, path: Path, before: str | None, reason: str | None, at_step: Callable[[str], None]
) -> None:
    catalog.point(settings, path)
    at_step("pointed")
    catalog.record(settings, "published", path.name, before, reason)
    catalog.release_holds(settings)
    at_step("recorded")
    retire(settings)
    with updating(settings.tables) as ledger:
        ledger.releases[path.name] = describe_file(path / MANIFEST, fingerprint=path.name)
        for gone in [name for name in ledger.releases if not (settings.releases / name).exists()]:
            del ledger.releases[gone]
    at_step("retired")


def _complete_history(settings: Settings, release_id: str) -> None:
    """Write the line that a run killed after it moved the pointer could not write."""
    events = catalog.history(settings)
    if not events or events[-1].release != release_id:
        catalog.record(settings, "published", release_id, events[-1].release if events else None)


def _require_sound(project: Project, tables: Path, ledger: Ledger) -> None:
    """Refuse tables that are not what was written; nobody can accept that."""
    damaged = [name for name in project.order if table_state(tables, name, ledger) == "damaged"]
    if damaged:
        raise NotPublished(
            "Nothing was published, because files are damaged: they are not what was written.\n  - "
            + "\n  - ".join(f"{name}: {table_file(name)}" for name in damaged)
            + "\nWhat to do: `burdenshare build`, or the job `everything`; it makes damaged tables anew."
        )


def _require_consistent(project: Project, tables: Path, ledger: Ledger) -> None:
    """Refuse tables that do not belong together: each must be made from the others' present state."""
    problems = []
    for name in project.order:
        entry = ledger.tables.get(name)
        if entry is None or table_state(tables, name, ledger) != "sound":
            problems.append(f"{name} has not been built")
        elif name in project.models and entry.fingerprint != expected_fingerprint(project, name, tables, ledger):
            problems.append(f"{name} is older than its SQL or its inputs")
    if problems:
        raise NotPublished(
            "Nothing was published, because the tables do not belong together:\n  - "
            + "\n  - ".join(problems)
            + "\nWhat to do: build everything (`burdenshare build`, or the job `everything`)."
        )


def _require_checked(project: Project, tables: Path, ledger: Ledger) -> list[dict[str, Any]]:
    checks, problems = [], []
    for name in project.order:
        found = read_checks(tables, name, ledger)
        if found is None:
            problems.append(f"{name}: its checks have not run on its present rows")
            continue
        checks += [{"table": name, **asdict(check)} for check in found]
        problems += [check.message for check in found if check.blocking and check.failures]
    if problems:
        raise NotPublished("Nothing was published, because of failed checks:\n  - " + "\n  - ".join(problems))
    return checks


def _release_id(project: Project, tables: Path) -> str:
    """Make the id of everything that a reader could see: tables, views, lineage, and what is said of them."""
    known = read_ledger(tables).tables
    views = project.views.values()
    contracts = [*(project.shown(name).contract for name in project.published()), *(view.contract for view in views)]
    comments = [text for c in contracts for text in (c.description, *(column.comment for column in c.columns))]
    marks = [f"{name}={known[name].fingerprint}" for name in project.order]
    # The lineage tells the SQL of views and models, and what the tables mean that readers do not see.
    return fingerprint(STORAGE_VERSION, *marks, macros_text(project), models_text(project), *comments)
