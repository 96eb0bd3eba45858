"""Know our own site again: which files in a folder we wrote, and of which release. Light enough for a sensor."""

from __future__ import annotations

from pathlib import Path

# A folder that bears this file was written by us and may be replaced.
MARK = ".burdenshare-report"


def write_mark(site: Path, release_id: str) -> None:
    """Write down what is ours: the release, and every file of the site."""
    ours = sorted(path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())
    (site / MARK).write_text("\n".join([release_id, *ours]) + "\n", encoding="utf-8")


def is_ours(folder: Path) -> bool:
    """Return whether a folder is a site that we wrote."""
    return (folder / MARK).is_file()


def written_release(folder: Path) -> str | None:
    """Return the release that a site shows; None where there is no site of ours."""
    return (folder / MARK).read_text(encoding="utf-8").partition("\n")[0] if is_ours(folder) else None


def our_files(folder: Path) -> set[str]:
    """Name the files of a site that we wrote, from the site's folder."""
    return {MARK, *(folder / MARK).read_text(encoding="utf-8").splitlines()[1:]}
