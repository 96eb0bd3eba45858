"""Look on the publishers' sites for workbooks that we do not have, and take them in.

Where to look: the links of each publisher's topic page, the addresses of the registry, and what a publisher
guesses from these. What an address answered last time is remembered in `warehouse/fetch.json`, so
that an unchanged file is not sent again and `status` can tell how it went.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from urllib.parse import urljoin, urlsplit

from pipelines.files.whole import write_json
from pipelines.intake.inbox import refuse
from pipelines.intake.ingest import Origin, Withdrawn, ingest, sources_of
from pipelines.intake.web import NotThere, Response, WebError, get
from pipelines.models.project import Project
from pipelines.settings import Settings
from pipelines.sources.errors import SourceError
from pipelines.sources.publisher import Addresses, Publisher, publishers
from pipelines.sources.registry import Edition


@dataclass(frozen=True)
class Finding:
    """Tell what one address gave: `outcome` in one word or two, `words` for a person.

    Outcomes: `new edition`, `new revision`, `older revision`, `equal cells`, `known file`, `unchanged`,
    `not there`, `withdrawn`, `failed`, `refused`, and for the topic page `read`.
    """

    url: str
    outcome: str
    words: str

    @property
    def is_new(self) -> bool:
        """Tell whether the next build has something to do."""
        return self.outcome in ("new edition", "new revision")


@dataclass
class Memory:
    """Remember how the last look went, and by which marks each address is known."""

    looked_at: str | None = None
    marks: dict[str, dict[str, str | None]] = field(default_factory=dict)
    findings: list[dict[str, str]] = field(default_factory=list)

    def failed(self) -> tuple[str, ...]:
        """Describe in words what the site did not give when it was last looked at."""
        return tuple(finding["words"] for finding in self.findings if finding["outcome"] == "failed")


def read_memory(settings: Settings) -> Memory:
    """Read how the last look at the web went; empty where there was none, or where nobody is to look."""
    if settings.topic_page is None:
        return Memory()
    try:
        return Memory(**json.loads(_memory_path(settings).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return Memory()


def fetch(
    settings: Settings, project: Project, on_finding: Callable[[Finding], None] = lambda _: None
) -> list[Finding]:
    """Look at every address, take in what is new, and tell what each gave; never raises for the web's sake.

    A workbook that is refused goes to the inbox with its report. Looks nowhere where the settings have no topic page.
    """
    if settings.topic_page is None:
        return []
    memory = read_memory(settings)
    findings: list[Finding] = []

    def note(finding: Finding) -> None:
        findings.append(finding)
        on_finding(finding)

    editions = sources_of(settings).editions
    for publisher in publishers().values():
        if (page := _page_of(publisher, settings)) is None:
            continue
        urls, guesses = _addresses(publisher, page, editions.of(publisher.id), settings, note)
        for url in [*urls, *(guess for guess in guesses if guess not in urls)]:
            finding = _look(url, settings, project, memory)
            # A name that we only guessed need not exist.
            if finding.outcome != "not there" or url in urls:
                note(finding)
    memory.looked_at = datetime.now(UTC).isoformat(timespec="seconds")
    memory.findings = [asdict(finding) for finding in findings]
    _write_memory(settings, memory)
    return findings


def _page_of(publisher: Publisher, settings: Settings) -> str | None:
    """Return the address of a publisher's topic page: that of its setting, or else its own."""
    chosen = getattr(settings, publisher.page_setting) if publisher.page_setting else None
    return str(chosen) if chosen else publisher.topic_page


def _addresses(
    publisher: Publisher, page: str, editions: list[Edition], settings: Settings, note: Callable[[Finding], None]
) -> tuple[list[str], list[str]]:
    """Return the addresses that are known to be a publisher's files, and those that may be."""
    home = urlsplit(page).hostname
    known = [str(edition.download) for edition in editions if edition.download]
    known = [url for url in known if urlsplit(url).hostname == home]
    found = Addresses()
    try:
        answer = get(page, settings)
        found = publisher.discover(_links((answer.body or b"").decode("utf-8", "replace"), answer.url))
        note(Finding(page, "read", f"{len(found.known) + len(found.guesses)} addresses of workbooks found"))
    except WebError as error:
        note(Finding(page, "failed", str(error)))
    guesses = [*found.guesses, *publisher.guess(known, datetime.now(UTC).date())]
    return list(dict.fromkeys([*known, *found.known])), list(dict.fromkeys(guesses))


class _Anchors(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if tag == "a" and name == "href" and value]


def _links(page: str, base: str) -> list[str]:
    anchors = _Anchors()
    anchors.feed(page)
    return [urljoin(base, link).split("#")[0] for link in anchors.found]


def _look(url: str, settings: Settings, project: Project, memory: Memory) -> Finding:
    name = PurePosixPath(urlsplit(url).path).name
    try:
        response = get(url, settings, **memory.marks.get(url, {}))
    except NotThere as error:
        return Finding(url, "not there", str(error))
    except WebError as error:
        return Finding(url, "failed", str(error))
    if response.body is None:
        return Finding(url, "unchanged", f"{name} is as it was")
    if not response.body.startswith(b"PK"):
        start = response.body[:60].decode("utf-8", "replace").strip()
        return Finding(url, "failed", f"{name} is no workbook; it begins with {start!r}")
    finding = _take(url, name, response, response.body, settings, project)
    # A refused file is asked for again: the seeds may be mended, or the publisher may mend the file.
    if finding.outcome != "refused":
        memory.marks[url] = {"etag": response.etag, "last_modified": response.last_modified}
    return finding


def _take(url: str, name: str, response: Response, body: bytes, settings: Settings, project: Project) -> Finding:
    origin = Origin(url, response.etag, response.last_modified, _day(response.last_modified))
    with tempfile.TemporaryDirectory(prefix="burdenshare-") as folder:
        path = Path(folder) / name
        path.write_bytes(body)
        try:
            taken = ingest(path, settings, project, origin=origin)
        except Withdrawn:
            return Finding(url, "withdrawn", f"{name} is held back in raw/withdrawn")
        except SourceError as error:
            _keep_refused(path, error, settings)
            return Finding(url, "refused", str(error))
    return Finding(url, taken.outcome, f"{name}: {taken.outcome} {taken.receipt.edition_id}")


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


def _memory_path(settings: Settings) -> Path:
    return settings.warehouse / "fetch.json"


def _write_memory(settings: Settings, memory: Memory) -> None:
    write_json(_memory_path(settings), asdict(memory))
