"""Take in what the publishers' sites have and we have not.

The sites are looked at first (`look.py`), which may take minutes and holds up nobody; what came is then taken in under
the writing lock. What an address answered last time is remembered in `warehouse/fetch.json`, so that an unchanged file
is not sent again and `status` can tell how it went.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

from ..files.lock import writing
from ..files.whole import write_json
from ..models.project import Project
from ..settings import Settings
from ..sources.errors import SourceError
from .inbox import refuse
from .ingest import Origin, Withdrawn, ingest, sources_of
from .look import Download, Finding, Look, look
from .memory import Memory, memory_path, read_memory


def fetch(
    settings: Settings, project: Project, on_finding: Callable[[Finding], None] = lambda _: None
) -> list[Finding]:
    """Look at every address, take in what is new, and tell what each gave; never raises for the web's sake.

    A workbook that is refused goes to the inbox with its report. Looks nowhere where the settings have no topic page.
    Raises `WarehouseBusy` where something came and another process writes for longer than the settings wait.
    """
    with looked(settings, on_finding) as found:
        if not found.downloads:
            return take(found, settings, project, on_finding)
        with writing(settings, "taking in what the web gave"):
            return take(found, settings, project, on_finding)


@contextmanager
def looked(settings: Settings, on_finding: Callable[[Finding], None] = lambda _: None) -> Iterator[Look]:
    """Look at every address and hold what came in a temporary folder, for `take`; needs no lock."""
    with tempfile.TemporaryDirectory(prefix="burdenshare-") as folder:
        if settings.topic_page is None:
            yield Look()
            return
        editions = sources_of(settings).editions
        yield look(Path(folder), editions.of, read_memory(settings).marks, settings, on_finding)


def take(
    found: Look, settings: Settings, project: Project, on_finding: Callable[[Finding], None] = lambda _: None
) -> list[Finding]:
    """Take in the files of a look and remember how it went; return all its findings. The caller holds the lock."""
    if settings.topic_page is None:
        return []
    findings, memory = list(found.findings), read_memory(settings)
    for download in found.downloads:
        finding = _take(download, settings, project)
        findings.append(finding)
        on_finding(finding)
        # A refused file is asked for again: the seeds may be mended, or the publisher may mend the file.
        if finding.outcome != "refused":
            response = download.response
            memory.marks[download.url] = {"etag": response.etag, "last_modified": response.last_modified}
    remember(findings, memory, settings)
    return findings


def remember(findings: Sequence[Finding], memory: Memory, settings: Settings) -> None:
    """Write down how a look went, in `memory` as it was; the caller holds the lock."""
    memory.looked_at = datetime.now(UTC).isoformat(timespec="seconds")
    memory.findings = [asdict(finding) for finding in findings]
    if any(finding.outcome != "failed" for finding in findings):
        memory.reached_at = memory.looked_at
    write_json(memory_path(settings), asdict(memory))


def _take(download: Download, settings: Settings, project: Project) -> Finding:
    url, path, response = download.url, download.path, download.response
    origin = Origin(url, response.etag, response.last_modified, _day(response.last_modified))
    try:
        taken = ingest(path, settings, project, origin=origin)
    except Withdrawn:
        return Finding(url, "withdrawn", f"{path.name} is held back in raw/withdrawn")
    except SourceError as error:
        _keep_refused(path, error, settings)
        return Finding(url, "refused", str(error))
    return Finding(url, taken.outcome, f"{path.name}: {taken.outcome} {taken.receipt.edition_id}")


def _keep_refused(path: Path, error: SourceError, settings: Settings) -> None:
    """Put a refused file into the inbox with its report, beside whatever people dropped there."""
    settings.inbox.mkdir(parents=True, exist_ok=True)
    body = path.read_bytes()
    target = settings.inbox / path.name
    if target.exists() and target.read_bytes() != body:
        target = target.with_stem(f"{target.stem}-{hashlib.sha256(body).hexdigest()[:8]}")
    shutil.copyfile(path, target)
    refuse(target, error)


def _day(last_modified: str | None) -> date | None:
    try:
        return parsedate_to_datetime(last_modified).date() if last_modified else None
    except ValueError:
        return None
