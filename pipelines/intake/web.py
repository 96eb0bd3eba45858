"""Ask a publisher's web server for one file, and trust nothing that it says.

Only https, only within the publisher's domain, only so many addresses, bytes and seconds; what can pass by itself
(a lost connection, an error of the server's own) is tried again, what cannot is told. Everything about one look
is bounded by its `Budget`, however slowly or however much a server sends.
"""

from __future__ import annotations

import asyncio
import ipaddress
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_exponential

from ..settings import Settings

if TYPE_CHECKING:
    import httpx

MAX_BYTES = 25_000_000
MAX_REDIRECTS = 5
# How much is unpacked at once.
PIECE = 1_000_000
_HEADERS = {"User-Agent": "burdenshare", "Accept-Encoding": "gzip, identity"}


class WebError(Exception):
    """Say why an address gave nothing that can be used."""


class PassingError(WebError):
    """Say that an address failed in a way that may pass by itself."""


class NotThere(WebError):
    """Say that an address does not exist (404, 410)."""


class BudgetSpent(WebError):
    """Say that one look at the web has taken all that it may take."""


@dataclass
class Budget:
    """Count down what one look at the web may still take: seconds, addresses, and bytes once they are unpacked."""

    seconds: float = 300
    addresses: int = 60
    bytes: int = 100_000_000
    _started: float = field(default_factory=time.monotonic)

    @property
    def seconds_left(self) -> float:
        """Return the seconds that are left, 0 at the least."""
        return max(0.0, self.seconds - (time.monotonic() - self._started))

    def spend_address(self, url: str) -> None:
        """Count one address; raises `BudgetSpent` where there is none left, or no time."""
        if self.addresses <= 0 or self.seconds_left <= 0:
            raise BudgetSpent(f"{url} was not asked: this look has taken all the time or addresses that it may take")
        self.addresses -= 1

    def spend_bytes(self, url: str, count: int) -> None:
        """Count bytes; raises `BudgetSpent` where there are more than were left."""
        self.bytes -= count
        if self.bytes < 0:
            raise BudgetSpent(f"{url} was given up: this look has received all the bytes that it may receive")


@dataclass(frozen=True)
class Response:
    """Hold what an address gave; `body` is None where the server says that nothing changed."""

    url: str
    body: bytes | None
    etag: str | None
    last_modified: str | None


def get(
    url: str,
    settings: Settings,
    budget: Budget | None = None,
    *,
    etag: str | None = None,
    last_modified: str | None = None,
    most_bytes: int | None = None,
) -> Response:
    """Get an address, conditionally where an earlier answer's marks are given; `most_bytes` counts unpacked bytes.

    Raises `NotThere`, `PassingError` after the last attempt, `BudgetSpent`, or `WebError` with the reason.
    """
    budget = budget or Budget(settings.fetch_seconds)
    most_bytes = most_bytes or MAX_BYTES
    conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    headers = {**_HEADERS, **{name: value for name, value in conditions.items() if value}}

    def is_over(state: RetryCallState) -> bool:
        return state.attempt_number >= settings.fetch_attempts or budget.seconds_left <= 0

    attempts = Retrying(
        retry=retry_if_exception_type(PassingError),
        stop=is_over,
        wait=wait_exponential(multiplier=settings.fetch_wait_s, max=60),
        reraise=True,
    )
    return attempts(_in_time, url, headers, settings, budget, most_bytes)


def _in_time(url: str, headers: dict[str, str], settings: Settings, budget: Budget, most_bytes: int) -> Response:
    budget.spend_address(url)
    # Here, since only what looks at the web needs this library, and it takes long to import.
    import httpx

    # A clock over the whole exchange: a server that sends its headers letter by letter lets no read time out.
    seconds = min(settings.fetch_timeout_s, budget.seconds_left)
    try:
        return asyncio.run(asyncio.wait_for(_follow(url, headers, settings, budget, most_bytes), seconds))
    except TimeoutError as error:
        raise PassingError(f"{url} is too slow: it did not come in the {seconds:g} s that a file may take") from error
    except httpx.TransportError as error:
        raise PassingError(f"{url}: {error or type(error).__name__}") from error
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise WebError(f"{url} gives nothing that can be read: {error or type(error).__name__}") from error


async def _follow(url: str, headers: dict[str, str], settings: Settings, budget: Budget, most_bytes: int) -> Response:
    """Ask an address and follow its redirects by hand, since each must stay within the publisher's domain."""
    import httpx

    home = url
    async with httpx.AsyncClient(timeout=settings.fetch_timeout_s, follow_redirects=False) as client:
        for _ in range(MAX_REDIRECTS + 1):
            require_trusted(url, home, settings)
            async with client.stream("GET", url, headers=headers) as answer:
                if not answer.has_redirect_location:
                    return await _receive(url, answer, budget, most_bytes)
                url = urljoin(url, answer.headers["location"])
    raise WebError(f"{home} redirects more than {MAX_REDIRECTS} times")


async def _receive(url: str, answer: httpx.Response, budget: Budget, most_bytes: int) -> Response:
    marks = (answer.headers.get("etag"), answer.headers.get("last-modified"))
    if answer.status_code == 304:
        return Response(url, None, *marks)
    if answer.status_code in (404, 410):
        raise NotThere(f"{url} is not there ({answer.status_code})")
    if answer.status_code >= 500 or answer.status_code == 429:
        raise PassingError(f"{url} answers {answer.status_code} {answer.reason_phrase}")
    if answer.status_code != 200:
        raise WebError(f"{url} answers {answer.status_code} {answer.reason_phrase}")
    body, packing = bytearray(), _Packing(url, answer.headers.get("content-encoding", ""))
    # Unpacked: what counts is what must be held, not what was sent.
    async for chunk in answer.aiter_raw():
        for part in packing.unpacked(chunk):
            body += part
            budget.spend_bytes(url, len(part))
            if len(body) > most_bytes:
                raise WebError(f"{url} is larger than {most_bytes:,} bytes")
    packing.require_end()
    return Response(url, bytes(body), *marks)


class _Packing:
    """Unpack what a server sends, a bounded piece at a time: one that is packed twice could fill any memory."""

    def __init__(self, url: str, encoding: str) -> None:
        self.url, self.encoding = url, encoding.strip().lower()
        # 31 reads gzip's own head. Whatever is called otherwise comes as it is, and its first bytes tell.
        self._unpacker = zlib.decompressobj(31) if self.encoding in ("gzip", "x-gzip") else None

    def unpacked(self, chunk: bytes) -> Iterator[bytes]:
        """Return the pieces of a chunk as they were before they were packed."""
        if self._unpacker is None:
            yield chunk
            return
        try:
            while chunk and not self._unpacker.eof:
                yield self._unpacker.decompress(chunk, PIECE)
                chunk = self._unpacker.unconsumed_tail
        except zlib.error as error:
            raise WebError(f"{self.url} says that it is packed as {self.encoding}, and is not ({error})") from error

    def require_end(self) -> None:
        """Raise `WebError` where what was packed broke off."""
        if self._unpacker is not None and not self._unpacker.eof:
            raise WebError(f"{self.url} says that it is packed as {self.encoding}, and breaks off")


def require_trusted(url: str, home: str, settings: Settings) -> None:
    """Raise `WebError` where an address is not the publisher's: another scheme, this machine, another domain."""
    parts, start = urlsplit(url), urlsplit(home)
    host = parts.hostname or ""
    if parts.scheme != "https" and not (settings.allow_loopback and _is_loopback(host) and parts.scheme == "http"):
        raise WebError(f"{url} is not https")
    if _is_loopback(host) and not settings.allow_loopback:
        raise WebError(f"{url} is this machine")
    if not is_allowed(host, start.hostname or "", settings):
        raise WebError(f"{home} redirects to {url}, outside the publisher's domain")


def is_allowed(host: str, start: str, settings: Settings) -> bool:
    """Tell whether a host belongs to the domain of the one that was asked, or is one that the settings allow."""
    if host in settings.fetch_hosts or host == start:
        return True
    domain = _domain(start)
    return domain is not None and (host == domain or host.endswith(f".{domain}"))


def _domain(host: str) -> str | None:
    """Return the domain that somebody registered: nato.int of www.nato.int; None where a host has none."""
    if _address(host) is not None or "." not in host:
        return None
    parts = host.split(".")
    # Countries that part their names once more: example.co.uk, example.gov.tr.
    is_parted = len(parts[-1]) == 2 and parts[-2] in (
        "ac",
        "co",
        "com",
        "edu",
        "gov",
        "gob",
        "gouv",
        "mil",
        "net",
        "org",
    )
    return ".".join(parts[-3:] if is_parted else parts[-2:])


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_loopback(host: str) -> bool:
    address = _address(host)
    return host == "localhost" or (address is not None and (address.is_loopback or address.is_unspecified))
