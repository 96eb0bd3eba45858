"""Take what people dropped into `warehouse/inbox/`; what is refused stays there with its report.

The report of `def-exp-2027-en.xlsx` is `def-exp-2027-en.xlsx.refused.txt` beside it. Every build tries
again, since the names in the seeds, or the registry, may have been mended meanwhile.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from pipelines.intake.ingest import Taken, ingest
from pipelines.models.project import Project
from pipelines.settings import Settings
from pipelines.sources.errors import Offender, SourceError

REPORT = ".refused.txt"
# A file changed a moment ago may still be on its way.
_SETTLED_S = 2


@dataclass(frozen=True)
class Handled:
    """Tell what became of one file of the inbox: `taken`, or the `refusal` in words."""

    name: str
    taken: Taken | None
    refusal: str | None


def waiting_files(settings: Settings) -> list[Path]:
    """List what lies in the inbox, refused files too, without reports and what programs keep there for themselves.

    A folder is listed as well: it is refused, where silence would leave the workbooks in it unread.
    """
    if not settings.inbox.is_dir():
        return []
    return sorted(
        path
        for path in settings.inbox.iterdir()
        if not path.name.startswith((".", "~$")) and not path.name.endswith((REPORT, ".part"))
    )


def refused_files(settings: Settings) -> dict[str, str]:
    """Return the report of every file that was refused and still lies in the inbox, by the file's name."""
    reports = {shown_name(path): report_path(path) for path in waiting_files(settings)}
    return {
        name: path.read_text(encoding="utf-8", errors="backslashreplace")
        for name, path in reports.items()
        if path.exists()
    }


def report_path(path: Path) -> Path:
    """Name the report beside a refused file."""
    return path.with_name(path.name + REPORT)


def take_inbox(settings: Settings, project: Project) -> list[Handled]:
    """Ingest every file that lies in the inbox; one that is refused does not keep the others out.

    Makes the folder where there is none, so that people find it.
    """
    settings.inbox.mkdir(parents=True, exist_ok=True)
    for report in orphaned_reports(settings):
        report.unlink()
    return [_take(path, settings, project) for path in waiting_files(settings) if is_settled(path)]


def is_settled(path: Path) -> bool:
    """Tell whether a file has not changed for a moment, so that it is not read while it is copied."""
    try:
        return time.time() - path.stat().st_mtime >= _SETTLED_S
    except FileNotFoundError:
        return False


def _take(path: Path, settings: Settings, project: Project) -> Handled:
    try:
        if path.is_dir() or path.suffix.lower() != ".xlsx":
            name = shown_name(path)
            kind = "a folder" if path.is_dir() else f"a file that ends in {path.suffix or 'nothing'}"
            offender = Offender(name, kind, "an .xlsx workbook, in the inbox itself")
            raise SourceError(name, [offender], "drop the publisher's workbook here; tables also come as a PDF.")
        taken = ingest(path, settings, project)
    except SourceError as error:
        refuse(path, error)
        return Handled(shown_name(path), None, str(error))
    except OSError as error:
        offender = Offender(shown_name(path), error.strerror or str(error), "a file that can be read")
        refusal = SourceError(shown_name(path), [offender], "let the user who runs the builds read it.")
        refuse(path, refusal)
        return Handled(shown_name(path), None, str(refusal))
    clear(path)
    return Handled(shown_name(path), taken, None)


def shown_name(path: Path) -> str:
    """Return a file's name as it can be written anywhere: bytes that are no UTF-8 are spelled."""
    return path.name.encode("utf-8", "backslashreplace").decode("utf-8")


def refuse(path: Path, error: SourceError) -> None:
    """Write the report of a refused file beside it."""
    words = f"{error}\n"
    if path.suffix.lower() == ".xlsx":
        words += f"\nTo pass options: burdenshare ingest {path} --edition ... --published ... --tables ...\n"
    report_path(path).write_text(words, encoding="utf-8", errors="backslashreplace")


def clear(path: Path) -> None:
    """Take a file that is now archived out of the inbox, with its report."""
    path.unlink(missing_ok=True)
    report_path(path).unlink(missing_ok=True)


def orphaned_reports(settings: Settings) -> list[Path]:
    """List the reports whose file somebody took away; the next build removes them."""
    reports = settings.inbox.glob(f"*{REPORT}") if settings.inbox.is_dir() else []
    return sorted(report for report in reports if not report.with_name(name_of_refused(report)).exists())


def name_of_refused(report: Path) -> str:
    """Name the file that a report speaks of."""
    return report.name.removesuffix(REPORT)
