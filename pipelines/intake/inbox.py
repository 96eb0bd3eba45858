"""Take what people dropped into `warehouse/inbox/`; what is refused stays there with its report.

The report of `def-exp-2027-en.xlsx` is `def-exp-2027-en.xlsx.refused.txt` beside it. Every build tries
again, since the names in the seeds, or the registry, may have been mended meanwhile.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..files.whole import sha256_of, write_bytes
from ..settings import Settings
from ..sources.errors import Offender, SourceError
from ..sources.kinds import MOST_BYTES, require_plain_file, shown_name

if TYPE_CHECKING:
    from ..models.project import Project
    from .ingest import Taken

REPORT = ".refused.txt"
# A file that is still being copied grows; two looks this far apart tell.
BETWEEN_LOOKS_S = 1.0
# File systems take 255 bytes, and a report is written aside under a name of some bytes more.
LONGEST_NAME = 230
_HASH = "SHA-256 of the refused file: "


@dataclass(frozen=True)
class Handled:
    """Tell what became of one file of the inbox: `taken`, or the `refusal` in words."""

    name: str
    taken: Taken | None
    refusal: str | None


def waiting_files(settings: Settings) -> list[Path]:
    """List what lies in the inbox, refused files too, without reports and what programs keep there for themselves.

    Whatever else lies there is listed as well (a folder, a pipe, a link): it is refused, where silence would leave
    a workbook unread.
    """
    if not settings.inbox.is_dir():
        return []
    return sorted(
        path
        for path in settings.inbox.iterdir()
        if not path.name.startswith((".", "~$")) and not path.name.endswith((REPORT, ".part"))
    )


def settled_files(paths: list[Path]) -> list[Path]:
    """Return those that did not change between two looks, so that none is read while it is copied.

    Takes `BETWEEN_LOOKS_S` seconds where there is anything to look at; file times are not asked, since a copy may
    bear any.
    """
    first = {path: _looked_at(path) for path in paths}
    if paths:
        time.sleep(BETWEEN_LOOKS_S)
    return [path for path in paths if first[path] is not None and _looked_at(path) == first[path]]


def refused_files(settings: Settings) -> dict[str, str]:
    """Return the report of every file that was refused and still lies in the inbox, by the file's name."""
    reports = {shown_name(path): report_path(path) for path in waiting_files(settings)}
    return {
        name: path.read_text(encoding="utf-8", errors="backslashreplace")
        for name, path in reports.items()
        if path.is_file()
    }


def was_refused(path: Path) -> bool:
    """Tell whether the report beside a file speaks of its present content, whatever the times of the two say."""
    try:
        report = report_path(path).read_text(encoding="utf-8", errors="backslashreplace")
    except OSError:
        return False
    return f"{_HASH}{content_mark(path)}" in report


def report_path(path: Path) -> Path:
    """Name the report beside a refused file; of a name that leaves no room for its ending, by a part and a hash."""
    name = path.name + REPORT
    if len(os.fsencode(name)) > LONGEST_NAME:
        digest = hashlib.sha256(os.fsencode(path.name)).hexdigest()[:12]
        kept = os.fsencode(path.name)[: LONGEST_NAME - len(digest) - len(REPORT) - 1].decode("utf-8", "ignore")
        name = f"{kept}-{digest}{REPORT}"
    return path.with_name(name)


def take_inbox(settings: Settings, project: Project) -> list[Handled]:
    """Ingest every file that lies in the inbox; one that is refused does not keep the others out.

    Makes the folder where there is none, so that people find it.
    """
    settings.inbox.mkdir(parents=True, exist_ok=True)
    for report in orphaned_reports(settings):
        report.unlink()
    return [_take(path, settings, project) for path in settled_files(waiting_files(settings))]


def _take(path: Path, settings: Settings, project: Project) -> Handled:
    # Judging a file takes long to import, and `status` only looks what lies there.
    from .ingest import ingest

    name = shown_name(path)
    try:
        require_plain_file(path)
        taken = ingest(path, settings, project)
    except SourceError as error:
        refuse(path, error)
        return Handled(name, None, str(error))
    except OSError as error:
        offender = Offender(name, error.strerror or str(error), "a file that can be read")
        refusal = SourceError(name, [offender], "let the user who runs the builds read it.")
        refuse(path, refusal)
        return Handled(name, None, str(refusal))
    clear(path)
    return Handled(name, taken, None)


def refuse(path: Path, error: SourceError) -> None:
    """Write the report of a refused file beside it, with the hash by which it is known again."""
    words = f"{error}\n"
    if path.suffix.lower() in (".xlsx", ".csv"):
        words += f"\nTo pass options: burdenshare ingest {path} --edition ... --published ... --tables ...\n"
    words += f"\n{_HASH}{content_mark(path)}\n"
    write_bytes(report_path(path), words.encode("utf-8", "backslashreplace"))


def clear(path: Path) -> None:
    """Take a file that is now archived out of the inbox, with its report."""
    path.unlink(missing_ok=True)
    report_path(path).unlink(missing_ok=True)


def orphaned_reports(settings: Settings) -> list[Path]:
    """List the reports whose file somebody took away; the next build removes them."""
    reports = settings.inbox.glob(f"*{REPORT}") if settings.inbox.is_dir() else []
    spoken_of = {report_path(path) for path in waiting_files(settings)}
    return sorted(report for report in reports if report.is_file() and report not in spoken_of)


def name_of_refused(report: Path) -> str:
    """Name the file that a report speaks of."""
    return report.name.removesuffix(REPORT)


def _looked_at(path: Path) -> tuple[int, int] | None:
    """Return what shows that a file is still being written: size and inode; None where it is gone."""
    try:
        found = path.lstat()
    except OSError:
        return None
    return found.st_size, found.st_ino


def content_mark(path: Path) -> str:
    """Return the hash of a file's content; of what is no plain file, what it is."""
    try:
        found = path.stat()
    except OSError:
        return "no file"
    if not stat.S_ISREG(found.st_mode) or found.st_size > MOST_BYTES:
        return f"{stat.S_IFMT(found.st_mode):o} {found.st_size}"
    return sha256_of(path)
