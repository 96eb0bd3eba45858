"""Commands that look after releases: which there are, what changed, is it whole, go back, let go."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import duckdb
import pyarrow as pa
import typer

from pipelines.cli.output import console, fail, print_table
from pipelines.files.ledger import read_ledger
from pipelines.files.lock import WarehouseBusy, writing
from pipelines.models.project import ProjectError, read_project
from pipelines.releases import catalog
from pipelines.releases.catalog import UnknownRelease, find_release
from pipelines.releases.diff import TableDiff, compare
from pipelines.releases.manifest import OWN, read_manifest_of
from pipelines.releases.publish import NotPublished, publish
from pipelines.releases.remote import NotPushed, push
from pipelines.releases.retention import retire
from pipelines.releases.rollback import CannotRollBack
from pipelines.releases.rollback import resume as lift_holds
from pipelines.releases.rollback import rollback as go_back
from pipelines.releases.soundness import find_all_damage, release_damage
from pipelines.releases.verify import find_damage
from pipelines.settings import Settings

NAMES = "A release: its id or the first letters, current, previous."
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for another program.")]


def releases(context: typer.Context, as_json: AsJson = False) -> None:
    """List the releases: which is current, which is held back, when each was made and what it changed."""
    settings: Settings = context.obj
    entries = catalog.releases(settings)
    rows = [
        {
            "release": entry.id,
            "state": "current" if entry.is_current else "held" if entry.is_held else "",
            "made_at": entry.made_at[:19].replace("T", " "),
            "megabytes": round(entry.bytes / 1e6, 1),
            "changes": "; ".join(_changes(entry.path)),
        }
        for entry in entries
    ]
    if as_json:
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    if not rows:
        raise fail(f"There is no release in {settings.warehouse} yet. Run `burdenshare build` first.")
    print_table(pa.Table.from_pylist(rows), len(rows))


def release(
    context: typer.Context,
    accept: Annotated[
        str | None,
        typer.Option(help="Why a lost row or a large change without a cause is right; kept in the manifest."),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Publish again what was held back by a rollback.")] = False,
) -> None:
    """Publish the tables as they were last built, without building anything."""
    settings: Settings = context.obj
    try:
        with writing(settings, "publishing a release", lambda words: console.print(words, highlight=False)):
            if resume and (held := lift_holds(settings)):
                console.print(f"No longer held back: {', '.join(sorted(held))}", highlight=False)
            published = publish(read_project(settings.sql, settings.seeds), settings, accept)
            pushed = None if published.is_held else push(settings, published.path)
    except (NotPublished, NotPushed, WarehouseBusy, ProjectError, OSError) as error:
        raise fail(str(error)) from error
    console.print(f"[bold]{'Published' if published.is_new else 'Not published:'} {published.id}[/]", highlight=False)
    for line in published.summary():
        console.print(f"  {line}", markup=False, highlight=False)
    if pushed:
        console.print(f"  pushed to {pushed}", markup=False, highlight=False)


def diff(
    context: typer.Context,
    before: Annotated[str, typer.Argument(help=NAMES)] = "previous",
    after: Annotated[str, typer.Argument(help="The release to compare it with.")] = "current",
    as_json: AsJson = False,
) -> None:
    """Show what changed between two releases, and why.

    Values changed are large, moderate or small: from 1 point of percent or 10 % on large, from 0.1
    point or 1 % on moderate.
    """
    settings: Settings = context.obj
    try:
        found = compare(_find(settings, before), _find(settings, after))
    except (OSError, ValueError, KeyError, duckdb.Error) as error:
        raise fail(
            f"These releases cannot be compared: {error}\n`burdenshare verify` names what is damaged."
        ) from error
    if as_json:
        typer.echo(json.dumps(found.as_json(), indent=2, ensure_ascii=False, default=str))
        return
    console.print(f"[bold]{found.before} to {found.after}[/]", highlight=False)
    for line in found.summary():
        console.print(f"  {line}", markup=False, highlight=False)
    for table in found.tables:
        _print_samples(table)


def rollback(
    context: typer.Context,
    release: Annotated[str | None, typer.Argument(help="Where to go back to; else the release before.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why; the history keeps it.")] = None,
) -> None:
    """Make an earlier release current, and hold back the one that was left.

    It is not published again until inputs or SQL change, or `burdenshare release --resume`.
    """
    settings: Settings = context.obj
    left = catalog.current_id(settings)
    try:
        path = go_back(settings, release, reason)
        pushed = push(settings, path)
    except (UnknownRelease, CannotRollBack, WarehouseBusy, NotPushed, OSError) as error:
        raise fail(str(error)) from error
    console.print(f"[bold]{path.name} is current again[/]; {left} is held back.", highlight=False)
    console.print("Publish it again with [bold]burdenshare release --resume[/].")
    if pushed:
        console.print(f"{pushed} points to it, too.", markup=False, highlight=False)


def verify(
    context: typer.Context,
    release: Annotated[str, typer.Argument(help=NAMES)] = "current",
    everything: Annotated[bool, typer.Option("--all", help="Every release.")] = False,
) -> None:
    """Hash a release anew, and with the current one tables, kept observations and the archive; name what is damaged.

    Ends with 1 where anything is.
    """
    settings: Settings = context.obj
    paths = [entry.path for entry in catalog.releases(settings)] if everything else [_find(settings, release)]
    current, ledger = catalog.current_id(settings), read_ledger(settings.tables)
    broken, advice = False, dict[str, None]()
    if current in {path.name for path in paths}:
        behind = find_all_damage(settings)
        broken, advice = bool(behind), {found.advice: None for found in behind}
        for found in behind:
            if found.kind != "release":
                fail(f"{found.name} is damaged: {found.found}")
        if not [found for found in behind if found.kind != "release"]:
            console.print("Tables, kept observations and the archive are as they were written.", highlight=False)
    for path in paths:
        damage = release_damage(path, ledger) or find_damage(path)
        broken |= bool(damage)
        if damage and path.name != current:
            advice[f"no reader sees {path.name}; it is made anew if it is ever published again"] = None
        if not damage:
            console.print(f"{path.name}: every file is as it was published", highlight=False)
            continue
        fail(f"{path.name} is damaged:\n  - " + "\n  - ".join(damage))
    if broken:
        raise fail("What to do:\n  - " + "\n  - ".join(advice))


def prune(
    context: typer.Context,
    keep: Annotated[
        int | None, typer.Option(min=1, help="How many to keep, instead of BURDENSHARE_KEEP_RELEASES (10).")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
) -> None:
    """Delete old releases. The current one, the one before, and whatever was read within a day stay."""
    settings: Settings = context.obj
    try:
        with writing(settings, "pruning"):
            gone = retire(settings, keep, dry_run)
    except (WarehouseBusy, OSError) as error:
        raise fail(str(error)) from error
    verb = "would go" if dry_run else "deleted"
    for entry in gone:
        console.print(f"{entry.id} of {entry.made_at[:10]} {verb}", highlight=False)
    if not gone:
        console.print("Nothing to delete.")


def _find(settings: Settings, name: str) -> Path:
    try:
        return find_release(settings, name)
    except UnknownRelease as error:
        raise fail(str(error)) from error


def _changes(path: Path) -> list[str]:
    try:
        own = read_manifest_of(path)[OWN]
    except (OSError, ValueError, KeyError):
        return ["its manifest cannot be read"]
    accepted = [f"accepted: {own['accepted']}"] if own["accepted"] else []
    return [*own["changes"], *accepted]


def _print_samples(table: TableDiff) -> None:
    for name, rows in table.samples.items():
        title = {"keys_lost": "rows lost", "keys_added": "rows added"}.get(name, f"{name} changes")
        total = getattr(table, name, None) or table.values.get(name, 0)
        more = f", the first {len(rows)} of {total}" if total > len(rows) else ""
        console.print(f"\n[bold]{table.table}[/]: {title}{more}", highlight=False)
        print_table(pa.Table.from_pylist(rows), len(rows))
