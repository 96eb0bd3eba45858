"""Hold a release against the one before, and refuse what no cause explains, in words that say what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from ..files.ledger import read_ledger
from ..settings import Settings
from . import catalog
from .diff import ReleaseDiff, TableDiff, compare
from .soundness import release_damage

SHOWN = 5
CAUSES_SHOWN = 12
ACCEPT = 'burdenshare build --accept "the reason"'


class NotPublished(Exception):
    """Say why a release was not published; what readers see has not changed."""


def compare_with_baseline(
    settings: Settings, folder: Path, manifest: dict[str, Any] | None, accept: str | None
) -> ReleaseDiff | None:
    """Compare with what readers see now; where that is damaged, with the newest sound release.

    `manifest` is None for a release that was published before. Returns None where there is nothing to compare with.
    Raises `NotPublished` for grave changes that
    nothing explains, and where every earlier release is damaged, unless somebody accepts that with a reason.
    """
    before, damage = _baseline(settings, folder)
    if before is None and not damage:
        return None
    try:
        diff = compare(before, folder, manifest) if before else None
    except (OSError, ValueError, KeyError, duckdb.Error) as error:
        diff, damage = None, [f"{before.name if before else ''}: {error}"]
    if diff is None and manifest is None:
        # It lay here complete: it was compared when it was made.
        return None
    if diff is None and not accept:
        raise NotPublished(
            "Nothing was published, because nobody can say what would change: there is no sound release to compare "
            "with.\n  - "
            + "\n  - ".join(damage[:SHOWN])
            + "\nWhat to do: look at the figures. The new release is made "
            f"from sound tables alone; if they are right, publish it without a comparison: {ACCEPT}."
        )
    if diff and diff.unexplained and not accept:
        raise NotPublished(_refusal(diff))
    return diff


def _baseline(settings: Settings, folder: Path) -> tuple[Path | None, list[str]]:
    """Find the release to compare with, and what is damaged of those that would have come first."""
    ledger, current = read_ledger(settings.tables), catalog.current_id(settings)
    candidates = [settings.releases / current] if current else []
    candidates += [entry.path for entry in catalog.releases(settings) if entry.id != current]
    damage: list[str] = []
    for path in candidates:
        if path == folder:
            continue
        if not (found := release_damage(path, ledger, parquet_alone=True)):
            return path, damage
        damage += [f"{path.name}: {line}" for line in found]
    return None, damage


def _refusal(diff: ReleaseDiff) -> str:
    lines = ["Nothing was published, because of changes that no cause explains:"]
    for table in diff.unexplained:
        lines += _table_lines(table)
    lines.append("What else is not as it was, and how far it explains anything:")
    # Code that moved touches many files; what could have explained rows comes first.
    causes = sorted(diff.causes, key=lambda cause: not cause.explains)
    lines += [f"  - {cause.words}: {cause.limits}" for cause in causes[:CAUSES_SHOWN]]
    lines += [f"  - and {len(causes) - CAUSES_SHOWN} more"] if len(causes) > CAUSES_SHOWN else []
    lines += ["  - nothing"] if not causes else []
    lines.append(f"What to do: find out why. If it is right: {ACCEPT}.")
    return "\n".join(lines)


def _table_lines(table: TableDiff) -> list[str]:
    counts = [f"{table.lost_unexplained} rows lost", f"{table.large_unexplained} large changes"]
    shown = [*table.schema_faults, *table.samples_unexplained][: SHOWN + len(table.schema_faults)]
    return [f"  - {table.table}: {', '.join(counts)}", *(f"      {item}" for item in shown)]
