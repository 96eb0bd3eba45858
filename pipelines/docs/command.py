"""Write the pages of `docs/` that come from the code, or tell which of them are stale."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ..files.whole import written_whole
from ..models.project import read_project
from ..places import PROJECT
from ..settings import Settings
from . import checks, commands, examples, picture, settings, tables

DOCS = PROJECT / "docs"
COMMAND = "python -m pipelines.docs"


def pages() -> dict[str, str]:
    """Write each page that comes from the code, by its file's name below `docs/`."""
    # The project's own, whatever the environment says: the pages describe this code and no warehouse.
    sql, seeds = PROJECT / "sql", PROJECT / "warehouse" / "seeds"
    project = read_project(sql, seeds)
    return {
        "commands.md": commands.page(),
        "settings.md": settings.page(),
        "tables.md": tables.page(project),
        "checks.md": checks.page(project, seeds),
    }


def stale(docs: Path = DOCS) -> list[str]:
    """List the pages whose file does not hold what the code says now; a missing file is stale."""
    return [name for name, text in pages().items() if _read(docs / name) != text]


def write(docs: Path = DOCS) -> list[str]:
    """Write the pages that are stale; return their names."""
    changed = stale(docs)
    for name, text in pages().items():
        if name in changed:
            _write(docs / name, text)
    return changed


def main(arguments: Sequence[str], docs: Path = DOCS) -> int:
    """Write or check the lists, or show the current release; return the exit code."""
    parser = argparse.ArgumentParser(prog=COMMAND, description="Write the lists of docs/ from the code.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 where a list is stale")
    parser.add_argument(
        "--examples",
        action="store_true",
        help="draw the README's picture and run the console blocks of README and docs/ anew, on the current release",
    )
    chosen = parser.parse_args(arguments)
    if chosen.examples:
        _show_release(docs, Settings.from_environment())
        return 0
    if chosen.check:
        if names := stale(docs):
            listed = ", ".join(f"docs/{name}" for name in names)
            print(f"Not what the code says: {listed}. What to do: {COMMAND}", file=sys.stderr)
            return 1
        print("docs/ says what the code says")
        return 0
    changed = write(docs)
    print("wrote " + ", ".join(f"docs/{name}" for name in changed) if changed else "docs/ said it already")
    return 0


def _show_release(docs: Path, settings: Settings) -> None:
    """Write the picture and the console blocks from the current release."""
    _write(docs / picture.NAME, picture.draw(settings))
    print(f"drew docs/{picture.NAME}")
    for path in guides(docs):
        before = path.read_text(encoding="utf-8")
        after = examples.rewritten(before, settings.warehouse)
        if after != before:
            _write(path, after)
            print(f"wrote {path.relative_to(docs.parent)}")


def guides(docs: Path = DOCS) -> list[Path]:
    """List the pages that people write: README, CONTRIBUTING, and those of `docs/` that are no lists."""
    written = {docs / name for name in pages()}
    return [docs.parent / "README.md", docs.parent / "CONTRIBUTING.md", *sorted(set(docs.glob("*.md")) - written)]


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _write(path: Path, text: str) -> None:
    with written_whole(path) as aside:
        aside.write_text(text, encoding="utf-8")
