"""Tell people of trouble, by webhook and e-mail: once when it starts and once when it is over.

What has been told stands in `<warehouse>/alerts/`, so that a restart tells nothing twice. A channel
that fails is tried again at the next look; the others are not bothered again. How trouble is found
lies in `troubles`.
"""

from __future__ import annotations

import json
import smtplib
import ssl
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx

from pipelines.files.whole import write_json
from pipelines.settings import Alerts, Settings

TIMEOUT_S = 15
# Slack refuses texts above 3,000 characters, and nobody reads more on a telephone.
LONGEST_CAUSE = 1500


@dataclass(frozen=True)
class Trouble:
    """Describe one thing that is wrong: `subject` is what is ill, `key` stays the same while the cause does.

    `over` says in words what is true again once it is over.
    """

    subject: str
    key: str
    title: str
    cause: str
    asset: str | None = None
    offenders: str | None = None
    advice: str | None = None
    link: str | None = None
    over: str | None = None

    def lines(self) -> list[str]:
        """Give the message in paragraphs, without the title."""
        parts = [f"Asset: {self.asset}" if self.asset else None, self.cause, self.offenders]
        parts += [f"What to do: {self.advice}" if self.advice else None, self.link]
        return [part if len(part) <= LONGEST_CAUSE else part[:LONGEST_CAUSE] + " ..." for part in parts if part]


class NotTold(Exception):
    """Say which channels could not be reached; they are tried again at the next look."""


def tell(kind: str, troubles: list[Trouble], settings: Settings) -> list[str]:
    """Tell what is new among all troubles of one kind and what is over, and say in words what was told.

    Raises `NotTold` after everything was tried, where a channel failed.
    """
    memory = _Memory(_folder(settings) / f"{kind}.json")
    channels = _channels(settings.alerts)
    told, failures = [], []
    present = {trouble.key: trouble for trouble in troubles}
    # A channel that failed is left alone for the rest of a look: each try may take as long as a look is given.
    dead: set[str] = set()
    for key, trouble in present.items():
        memory.begin(trouble)
        for name, send in channels.items():
            if name in dead or memory.was_told(key, name):
                continue
            if _try(send, trouble, False, name, failures):
                memory.note(key, name)
                memory.write()
            else:
                dead.add(name)
        if memory.is_new(key):
            told.append(trouble.title)
    for key in memory.gone(present):
        trouble = memory.trouble(key)
        if trouble.subject in {other.subject for other in troubles}:
            # Another cause took its place: that has been told, and nothing is well yet.
            memory.forget(key)
            continue
        for name in memory.still_to_comfort(key):
            if name in dead:
                continue
            if name not in channels or _try(channels[name], trouble, True, name, failures):
                memory.comforted(key, name)
                memory.write()
            else:
                dead.add(name)
        if not memory.still_to_comfort(key):
            told.append(f"well again: {trouble.title}")
            memory.forget(key)
    memory.write()
    _note_undelivered(settings, kind, failures)
    if failures:
        raise NotTold("; ".join(failures))
    return told


def send_test(settings: Settings) -> dict[str, str | None]:
    """Send a message that says it is a test through every channel; gives what failed, or None, by channel."""
    test = Trouble("test", "test", "this is a test", "Nothing is wrong. You asked for this message.", over="test")
    found = {}
    for name, send in _channels(settings.alerts).items():
        failures: list[str] = []
        _try(send, test, False, name, failures)
        found[name] = failures[0] if failures else None
    return found


def undelivered(settings: Settings) -> list[str]:
    """Tell in words which alerts could not be sent at the last look; they are tried again at each."""
    return [path.read_text(encoding="utf-8") for path in sorted(_folder(settings).glob("*.undelivered.txt"))]


def _note_undelivered(settings: Settings, kind: str, failures: list[str]) -> None:
    path = _folder(settings) / f"{kind}.undelivered.txt"
    if failures:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"an alert waits to be sent: {'; '.join(failures)}", encoding="utf-8")
    else:
        path.unlink(missing_ok=True)


def _folder(settings: Settings) -> Path:
    return settings.warehouse / "alerts"


def _try(send, trouble: Trouble, is_over: bool, name: str, failures: list[str]) -> bool:
    try:
        send(trouble, is_over)
    # Whatever a channel raises, the others are told, and what they were told is remembered.
    except Exception as error:
        # Addresses are secrets: name the kind of error and the status, never the address.
        status = getattr(getattr(error, "response", None), "status_code", None)
        failures.append(f"{name} could not be reached ({type(error).__name__}{f', status {status}' if status else ''})")
        return False
    return True


class _Memory:
    """Keep, for each trouble that lasts, who has been told of it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.entries = _read(path)
        self._before = json.dumps(self.entries, sort_keys=True)
        self._new: set[str] = set()

    def begin(self, trouble: Trouble) -> None:
        if trouble.key not in self.entries:
            self._new.add(trouble.key)
            self.entries[trouble.key] = {"trouble": asdict(trouble), "told": []}

    def is_new(self, key: str) -> bool:
        return key in self._new

    def trouble(self, key: str) -> Trouble:
        return Trouble(**self.entries[key]["trouble"])

    def was_told(self, key: str, channel: str) -> bool:
        return channel in self.entries[key]["told"]

    def note(self, key: str, channel: str) -> None:
        self.entries[key]["told"].append(channel)

    def gone(self, present: dict[str, Trouble]) -> list[str]:
        return [key for key in self.entries if key not in present]

    def still_to_comfort(self, key: str) -> list[str]:
        return list(self.entries[key]["told"])

    def comforted(self, key: str, channel: str) -> None:
        self.entries[key]["told"].remove(channel)

    def forget(self, key: str) -> None:
        del self.entries[key]

    def write(self) -> None:
        if json.dumps(self.entries, sort_keys=True) == self._before:
            return
        self._before = json.dumps(self.entries, sort_keys=True)
        write_json(self.path, self.entries)


def _read(path: Path) -> dict:
    """Read what has been told; a damaged file is moved aside, since telling twice is better than never."""
    if not path.exists():
        return {}
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        path.replace(path.with_suffix(".damaged"))
        return {}


def _channels(alerts: Alerts) -> dict:
    found = {}
    if alerts.webhook:
        found["webhook"] = lambda trouble, is_over: _post(alerts, trouble, is_over)
    if alerts.smtp:
        found["e-mail"] = lambda trouble, is_over: _mail(alerts, trouble, is_over)
    return found


def _title(trouble: Trouble, is_over: bool) -> str:
    return f"Burdenshare: {f'well again: {trouble.over or trouble.title}' if is_over else trouble.title}"


def webhook_body(form: str, trouble: Trouble, is_over: bool) -> dict:
    """Write a message in the shape that Slack or Teams takes, or as plain JSON."""
    title = _title(trouble, is_over)
    lines = [f"It is over: {trouble.title}."] if is_over else trouble.lines()
    if form == "slack":
        text = "\n".join([f"*{_slack(title)}*", *map(_slack, lines)])
        return {"text": title, "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": text[:3000]}}]}
    if form == "teams":
        blocks = [{"type": "TextBlock", "text": title, "weight": "bolder", "wrap": True}]
        blocks += [{"type": "TextBlock", "text": line.replace("\n", "\n\n"), "wrap": True} for line in lines]
        card = {"type": "AdaptiveCard", "version": "1.4", "body": blocks}
        if trouble.link:
            card["actions"] = [{"type": "Action.OpenUrl", "title": "Open the run", "url": trouble.link}]
        return {
            "type": "message",
            "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}],
        }
    known = asdict(trouble)
    if is_over:
        known = {key: known[key] for key in ("subject", "key", "title", "asset")}
    return {"state": "well again" if is_over else "trouble", "message": title, **known}


def _slack(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _post(alerts: Alerts, trouble: Trouble, is_over: bool) -> None:
    body = webhook_body(alerts.webhook_format, trouble, is_over)
    httpx.post(alerts.webhook, json=body, timeout=TIMEOUT_S).raise_for_status()


def _mail(alerts: Alerts, trouble: Trouble, is_over: bool) -> None:
    message = EmailMessage()
    message["Subject"] = " ".join(_title(trouble, is_over).split())
    message["From"], message["To"] = alerts.email_from, ", ".join(alerts.email_to)
    message.set_content(f"It is over: {trouble.title}.\n" if is_over else "\n\n".join(trouble.lines()) + "\n")
    server = urlsplit(alerts.smtp)
    secure = server.scheme == "smtps"
    place = (server.hostname, server.port or (465 if secure else 587))
    trusted = ssl.create_default_context()
    with (
        smtplib.SMTP_SSL(*place, timeout=TIMEOUT_S, context=trusted)
        if secure
        else smtplib.SMTP(*place, timeout=TIMEOUT_S)
    ) as connection:
        connection.ehlo_or_helo_if_needed()
        if not secure and connection.has_extn("starttls"):
            connection.starttls(context=trusted)
            secure = True
        if server.username and not secure:
            raise smtplib.SMTPException("the server offers no encryption, and a password is not sent in the clear")
        if server.username:
            connection.login(unquote(server.username), unquote(server.password or ""))
        connection.send_message(message)
