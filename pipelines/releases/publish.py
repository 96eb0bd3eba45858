"""Publish finished tables as a release, in steps of which each may be the last: readers never notice.

Everything is made aside and synced; then the folder gets its name in one rename, and `current`
moves in another. Killed between any two steps, the next run clears away what was left and goes on.
The tests stop at each step through `at_step`.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.files.lock import writing
from pipelines.files.whole import sync, sync_tree, write_json
from pipelines.models.check_results import read_checks
from pipelines.models.project import Project, fingerprint
from pipelines.models.runner import expected_fingerprint
from pipelines.models.tables import read_table_file
from pipelines.releases import catalog
from pipelines.releases.compose import STORAGE_VERSION, AuditError, compose
from pipelines.releases.diff import ReleaseDiff, compare
from pipelines.releases.lineage import models_text
from pipelines.releases.manifest import OWN, build_manifest, describe_provenance, file_resource
from pipelines.releases.names import MANIFEST, SUCCESS
from pipelines.releases.retention import clean_up, remove, retire
from pipelines.releases.verify import find_damage, mark_success
from pipelines.settings import Settings

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
SHOWN = 5


class NotPublished(Exception):
    """Say why a release was not published; what readers see has not changed."""


@dataclass(frozen=True)
class Release:
    """Name a release and where it lies, whether this run made it current, and what it changed.

    `is_held` tells that somebody rolled back from it, so that it was not published again.
    """

    id: str
    path: Path
    is_new: bool
    is_held: bool = False
    diff: ReleaseDiff | None = None
    accepted: str | None = None

    def summary(self) -> list[str]:
        """Say what happened, in lines that a person reads."""
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
    _require_consistent(project, settings.tables)
    checks = _require_checked(project, settings.tables)
    release_id = _release_id(project, settings.tables)
    path = settings.releases / release_id
    at_step("checked")
    clean_up(settings)
    at_step("cleaned up")
    before = catalog.current_id(settings)
    if before == release_id:
        _complete_history(settings, release_id)
        return Release(release_id, path, is_new=False)
    if release_id in catalog.held_ids(settings):
        return Release(release_id, path, is_new=False, is_held=True)
    if path.exists() and find_damage(path):
        remove(path)
    diff = _make(project, settings, path, checks, accept, at_step)
    _make_current(settings, path, before, accept, at_step)
    return Release(release_id, path, is_new=True, diff=diff, accepted=accept)


def _make(
    project: Project, settings: Settings, path: Path, checks: list, accept: str | None, at_step: Callable[[str], None]
) -> ReleaseDiff | None:
    """Bring a release into its place, complete and synced; one that lies there already is only compared."""
    if path.exists():
        return _compare(settings, path, None, accept)
    aside = settings.releases / f".{path.name}.part"
    try:
        aside.mkdir(parents=True)
        at_step("folder made")
        compose(project, settings.tables, aside, checks, at_step)
        manifest = build_manifest(project, aside, path.name, describe_provenance(project, settings))
        diff = _compare(settings, aside, manifest, accept)
        at_step("compared")
        if diff:
            write_json(aside / "diff.json", diff.as_json())
            manifest["resources"].append(file_resource(aside / "diff.json", aside))
        manifest[OWN] |= {
            "previous": diff.before if diff else None,
            "changes": diff.summary() if diff else ["the first release"],
            "accepted": accept,
        }
        write_json(aside / MANIFEST, manifest)
        at_step("manifest written")
        mark_success(aside)
        at_step("success marked")
        sync_tree(aside)
        at_step("synced")
        aside.rename(path)
        sync(settings.releases)
        at_step("in place")
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return diff


def _make_current(settings: Settings, path: Path, before: str | None, accept: str | None, at_step) -> None:
    catalog.point(settings, path)
    at_step("pointed")
    catalog.record(settings, "published", path.name, before, accept)
    catalog.release_holds(settings)
    at_step("recorded")
    retire(settings)
    at_step("retired")


def _complete_history(settings: Settings, release_id: str) -> None:
    """Write the line that a run killed after it moved the pointer could not write."""
    events = catalog.history(settings)
    if not events or events[-1].release != release_id:
        catalog.record(settings, "published", release_id, events[-1].release if events else None)


def _compare(settings: Settings, folder: Path, manifest: dict | None, accept: str | None) -> ReleaseDiff | None:
    """Compare with what readers see now; raises `NotPublished` for grave changes that nothing explains."""
    before = catalog.current_id(settings)
    if before is None or not (settings.releases / before / SUCCESS).exists():
        return None
    try:
        diff = compare(settings.releases / before, folder, manifest)
    except (OSError, ValueError, KeyError, duckdb.Error) as error:
        if accept:
            return None
        raise NotPublished(
            f"The present release {before} cannot be read, so nobody can say what would change: {error}\n"
            f"What to do: `burdenshare verify {before}` names the damage; to publish without a comparison, "
            'build with --accept "the reason".'
        ) from error
    if diff.unexplained and not accept:
        raise NotPublished(_refusal(diff))
    return diff


def _refusal(diff: ReleaseDiff) -> str:
    lines = ["Nothing was published, because of changes that no new edition, revision, seed or SQL explains:"]
    for line, table in [(line, t) for t in diff.unexplained for line in [f"  - {t.table}"]]:
        lost = [f"lost {', '.join(map(str, key.values()))}" for key in table.samples.get("keys_lost", [])]
        changed = [
            f"{sample['column_name']} of {sample['row_key']}: {sample['before']} became {sample['after']}"
            for sample in table.samples.get("large", [])
        ]
        gone = [f"column {column} is gone" for column in table.columns_lost]
        gone += [f"column {column} has another type" for column in table.columns_retyped]
        gone += ["the table is gone"] if table.state == "removed" else []
        shown = [*gone, *lost, *changed][:SHOWN]
        lines.append(f"{line}: {table.keys_lost} rows lost, {table.values['large']} large changes")
        lines += [f"      {item}" for item in shown]
    lines += [f"  ({cause.words})" for cause in diff.causes if not cause.explains]
    lines.append('What to do: find out why. If it is right: burdenshare build --accept "the reason".')
    return "\n".join(lines)


def _require_consistent(project: Project, tables: Path) -> None:
    """Refuse tables that do not belong together: each must be made from the others' present state."""
    problems = []
    for name in project.order:
        file = read_table_file(tables, name)
        if file is None:
            problems.append(f"{name} has not been built")
        elif name in project.models and file.fingerprint != expected_fingerprint(project, name, tables):
            problems.append(f"{name} is older than its SQL or its inputs")
    if problems:
        raise NotPublished(
            "Nothing was published, because the tables do not belong together:\n  - "
            + "\n  - ".join(problems)
            + "\nWhat to do: build everything (`burdenshare build`, or the job `everything`)."
        )


def _require_checked(project: Project, tables: Path) -> list[dict]:
    checks, problems = [], []
    for name in project.order:
        found = read_checks(tables, name)
        if found is None:
            problems.append(f"{name}: its checks have not run on its present rows")
            continue
        checks += [{"table": name, **check} for check in found]
        problems += [check["message"] for check in found if check["blocking"] and check["failures"]]
    if problems:
        raise NotPublished("Nothing was published, because of failed checks:\n  - " + "\n  - ".join(problems))
    return checks


def _release_id(project: Project, tables: Path) -> str:
    """Make the id of everything that a reader could see: tables, views, lineage, and what is said of them."""
    files = [read_table_file(tables, name) for name in project.order]
    views = project.views.values()
    contracts = [*(project.shown(name).contract for name in project.published()), *(view.contract for view in views)]
    comments = [text for c in contracts for text in (c.description, *(column.comment for column in c.columns))]
    marks = [f"{f.name}={f.fingerprint}" for f in files]
    # The lineage tells the SQL of views and models, and what the tables mean that readers do not see.
    told = [*project.macros().values(), models_text(project)]
    return fingerprint(STORAGE_VERSION, *marks, *told, *comments)
