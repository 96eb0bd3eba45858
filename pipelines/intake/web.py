"""Ask a publisher's web server for one file, and trust nothing that it says.

Only https, only within the publisher's domain, only so many bytes and seconds; what can pass by itself
(a lost connection, an error of the server's own) is tried again, what cannot is told.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from pipelines.settings import Settings

MAX_BYTES = 25_000_000
MAX_REDIRECTS = 5
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class WebError(Exception):
    """Say why an address gave nothing that can be used."""


class PassingError(WebError):
    """Say that an address failed in a way that may pass by itself."""


class NotThere(WebError):
    """Say that an address does not exist (404, 410)."""


@dataclass(frozen=True)
class Response:
    """Hold what an address gave; `body` is None where the server says that nothing changed."""

    url: str
    body: bytes | None
    etag: str | None
    last_modified: str | None


def get(url: str, settings: Settings, *, etag: str | None = None, last_modified: str | None = None) -> Response:
    """Get an address, conditionally where an earlier answer's marks are given.

    Raises `NotThere`, `PassingError` after the last attempt, or `WebError` with the reason.
    """
    conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    headers = {"User-Agent": "burdenshare", **{name: value for name, value in conditions.items() if value}}
    attempts = Retrying(
        retry=retry_if_exception_type(PassingError),
        stop=stop_after_attempt(settings.fetch_attempts),
        wait=wait_exponential(multiplier=settings.fetch_wait_s, max=60),
        reraise=True,
    )
    return attempts(_follow, url, headers, settings)


def _follow(url: str, headers: dict[str, str], settings: Settings) -> Response:
    """Ask an address and follow its redirects by hand, since each must stay within the publisher's domain."""
    deadline = time.monotonic() + settings.fetch_timeout_s
    home = url
    with httpx.Client(timeout=min(20, settings.fetch_timeout_s), follow_redirects=False) as client:
        for _ in range(MAX_REDIRECTS + 1):
            _require_trusted(url, home, settings)
            try:
                with client.stream("GET", url, headers=headers) as answer:
                    if not answer.has_redirect_location:
                        return _receive(url, answer, deadline)
                    url = urljoin(url, answer.headers["location"])
            except httpx.TransportError as error:
                raise PassingError(f"{url}: {error or type(error).__name__}") from error
            except (httpx.InvalidURL, UnicodeError) as error:
                raise WebError(f"{url} is no address: {error}") from error
    raise WebError(f"{home} redirects more than {MAX_REDIRECTS} times")


def _receive(url: str, answer: httpx.Response, deadline: float) -> Response:
    marks = (answer.headers.get("etag"), answer.headers.get("last-modified"))
    if answer.status_code == 304:
        return Response(url, None, *marks)
    if answer.status_code in (404, 410):
        raise NotThere(f"{url} is not there ({answer.status_code})")
    if answer.status_code >= 500 or answer.status_code == 429:
        raise PassingError(f"{url} answers {answer.status_code} {answer.reason_phrase}")
    if answer.status_code != 200:
        raise WebError(f"{url} answers {answer.status_code} {answer.reason_phrase}")
    body = bytearray()
    for chunk in answer.iter_bytes():
        body += chunk
        if len(body) > MAX_BYTES:
            raise WebError(f"{url} is larger than {MAX_BYTES:,} bytes")
        if time.monotonic() > deadline:
            raise PassingError(f"{url} is too slow: {len(body):,} bytes came in the time that a file may take")
    return Response(url, bytes(body), *marks)


def _require_trusted(url: str, home: str, settings: Settings) -> None:
    parts, start = urlsplit(url), urlsplit(home)
    is_loopback = parts.hostname in _LOOPBACK
    if parts.scheme != "https" and not (settings.allow_loopback and is_loopback and parts.scheme == "http"):
        raise WebError(f"{url} is not https")
    if is_loopback and not settings.allow_loopback:
        raise WebError(f"{url} is this machine")
    if not _is_within(parts.hostname or "", start.hostname or ""):
        raise WebError(f"{home} redirects to {url}, outside the publisher's domain")


def _is_within(host: str, start: str) -> bool:
    """Tell whether a host belongs to the domain of the one that was asked: www.nato.int and nato.int."""
    domain = start if start in _LOOPBACK else ".".join(start.split(".")[-2:])
    return host == domain or (domain not in _LOOPBACK and host.endswith(f".{domain}"))
