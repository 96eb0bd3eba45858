"""Look on the publishers' sites for files that we may not have, and bring them to this machine; take nothing in.

Where to look: the links of each publisher's topic page, the addresses of the registry, and what a publisher guesses
from these. Nothing here needs the writing lock, however long a server takes. A look that finds nothing at all is a
failure, and is told as one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urljoin, urlsplit

from ..files.whole import write_bytes
from ..settings import Settings
from ..sources.kinds import TEXT, kind_of
from ..sources.publisher import Addresses, Publisher, publishers
from ..sources.registry import Edition
from .web import Budget, BudgetSpent, NotThere, Response, WebError, get, is_allowed

MAX_PAGE = 5_000_000
# A name that every file system takes, with room for what a report's name has more.
LONGEST_NAME = 150

Marks = Mapping[str, Mapping[str, str | None]]


@dataclass(frozen=True)
class Finding:
    """Tell what one address gave: `outcome` in one word or two, `words` for a person.

    Outcomes: `new edition`, `new revision`, `older revision`, `equal cells`, `known file`, `unchanged`,
    `not there`, `not asked`, `withdrawn`, `failed`, `refused`, and for the topic page `read`.
    """

    url: str
    outcome: str
    words: str

    @property
    def is_new(self) -> bool:
        """Tell whether the next build has something to do."""
        return self.outcome in ("new edition", "new revision")


@dataclass(frozen=True)
class Download:
    """Hold a file that an address gave, in a folder that does not last, with what the server said of it."""

    url: str
    path: Path
    response: Response


@dataclass
class Look:
    """Gather what one look at the web found: findings that are told already, and files to be taken in."""

    findings: list[Finding] = field(default_factory=list)
    downloads: list[Download] = field(default_factory=list)


def look(
    folder: Path,
    editions: Callable[[str], list[Edition]],
    marks: Marks,
    settings: Settings,
    on_finding: Callable[[Finding], None],
) -> Look:
    """Ask every address of every publisher once, and keep in `folder` what came; never raises for the web's sake.

    `editions` gives a publisher's editions, `marks` are those by which each address is known.
    """
    looker = _Looker(folder, marks, settings, Budget(settings.fetch_seconds), on_finding)
    for publisher in publishers().values():
        if page := _page_of(publisher, settings):
            looker.ask_publisher(publisher, page, editions(publisher.id))
    return looker.found


def _page_of(publisher: Publisher, settings: Settings) -> str | None:
    """Return the address of a publisher's page: that of the settings, or else its own; None where nobody looks."""
    own = settings.topic_page or publisher.topic_page if publisher.topic_page else None
    return dict(settings.publisher_pages).get(publisher.id) or own


@dataclass
class _Looker:
    folder: Path
    marks: Marks
    settings: Settings
    budget: Budget
    on_finding: Callable[[Finding], None]
    found: Look = field(default_factory=Look)

    def ask_publisher(self, publisher: Publisher, page: str, editions: list[Edition]) -> None:
        """Ask a publisher's page and every address that it, the registry or a guess names."""
        linked, has_failed = self._ask_page(publisher, page)
        home = urlsplit(page).hostname or ""
        downloads = [str(edition.download) for edition in editions if edition.download]
        registered = [url for url in downloads if urlsplit(url).hostname == home]
        known = list(dict.fromkeys([*registered, *linked.known]))
        today = datetime.now(UTC).date()
        waiting = list(dict.fromkeys([*known, *linked.guesses, *publisher.guess(registered, today)]))
        outcomes: dict[str, str] = {}
        for url in waiting:
            try:
                outcomes[url] = self._ask(url, home, publisher, is_guess=url not in known)
            except BudgetSpent as error:
                left = len(waiting) - len(outcomes)
                self._note(Finding(page, "failed", f"{left} addresses were not asked; {error}"))
                return
        # What failed is told already; where nothing did, finding nothing is the failure.
        if has_failed or set(outcomes.values()) - {"not there", "not asked"}:
            return
        gone = sum(outcome == "not there" for url, outcome in outcomes.items() if url in registered)
        why = f"; all {gone} addresses of the registry are gone" if registered and gone == len(registered) else ""
        self._note(Finding(page, "failed", f"{publisher.name}'s site gave no workbook at all{why}"))

    def _ask_page(self, publisher: Publisher, page: str) -> tuple[Addresses, bool]:
        try:
            answer = get(page, self.settings, self.budget, most_bytes=MAX_PAGE)
        except WebError as error:
            self._note(Finding(page, "failed", str(error)))
            return Addresses(), True
        links, malformed = _links((answer.body or b"").decode("utf-8", "replace"), answer.url)
        for link in malformed:
            self._note(Finding(link, "failed", f"{link!r} is no address, and a link of {page}"))
        found = publisher.discover(links)
        count = len(found.known) + len(found.guesses)
        if count == 0:
            words = f"{page} links to no workbook among {len(links)} links; has the page moved?"
            self._note(Finding(page, "failed", words))
        else:
            self._note(Finding(page, "read", f"{count} addresses of workbooks found"))
        return found, count == 0

    def _ask(self, url: str, home: str, publisher: Publisher, *, is_guess: bool) -> str:
        """Ask one address and tell what it gave; a name that is only guessed need not exist."""
        finding = self._answer(url, home, publisher)
        if finding is None:
            return "came"
        if not (is_guess and finding.outcome == "not there"):
            self._note(finding)
        return finding.outcome

    def _answer(self, url: str, home: str, publisher: Publisher) -> Finding | None:
        """Keep the file that an address gives; where it gives none, return why."""
        name = file_name(url)
        if not is_allowed(urlsplit(url).hostname or "", home, self.settings):
            words = f"{url} is on another host; BURDENSHARE_FETCH_HOSTS can allow that"
            return Finding(url, "not asked", words)
        marks = self.marks.get(url, {})
        try:
            response = get(
                url, self.settings, self.budget, etag=marks.get("etag"), last_modified=marks.get("last_modified")
            )
        except NotThere as error:
            return Finding(url, "not there", str(error))
        except BudgetSpent:
            raise
        except WebError as error:
            return Finding(url, "failed", str(error))
        if response.body is None:
            return Finding(url, "unchanged", f"{name} is as it was")
        is_csv = "csv" in publisher.reads and kind_of(response.body) is TEXT
        if not (response.body.startswith(b"PK") or is_csv):
            start = response.body[:60].decode("utf-8", "replace").strip()
            return Finding(url, "failed", f"{name} is no workbook; it begins with {start!r}")
        path = self.folder / str(len(self.found.downloads)) / name
        write_bytes(path, response.body)
        self.found.downloads.append(Download(url, path, response))
        return None

    def _note(self, finding: Finding) -> None:
        self.found.findings.append(finding)
        self.on_finding(finding)


class _Anchors(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if tag == "a" and name == "href" and value]


def _links(page: str, base: str) -> tuple[list[str], list[str]]:
    """Return a page's links as whole addresses, and those to workbooks that are none."""
    anchors = _Anchors()
    anchors.feed(page)
    links, malformed = [], []
    for link in anchors.found:
        try:
            url = urljoin(base, link.strip()).split("#")[0]
            # Asked for what it raises: a host or a port that cannot be.
            _ = urlsplit(url).port
            links.append(url)
        except ValueError:
            malformed += [link] if ".xlsx" in link.lower() else []
    return links, malformed


def file_name(url: str) -> str:
    """Name the file of an address so that any file system takes it, and no program hides it."""
    name = re.sub(r"[^\w.() -]", "_", unquote(PurePosixPath(urlsplit(url).path).name)).lstrip(". ")
    stem, dot, ending = name.rpartition(".")
    room = LONGEST_NAME - len((dot + ending).encode())
    short = stem.encode()[: max(room, 1)].decode("utf-8", "ignore")
    return (short + dot + ending)[:LONGEST_NAME] or "file"
