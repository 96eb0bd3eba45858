"""Carry an incident to people: by webhook, in the shape that its receiver takes, and by e-mail."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import asdict
from email.message import EmailMessage
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit

from ..settings import Alerts
from .incident import Incident

TIMEOUT_S = 15
# Sends one incident; the second argument is whether it is over.
Channel = Callable[[Incident, bool], None]


def open_channels(alerts: Alerts) -> dict[str, Channel]:
    """Return what sends an incident, by the channel's name: those that somebody set, so perhaps none."""
    found: dict[str, Channel] = {}
    if alerts.webhook:
        found["webhook"] = partial(_post, alerts.webhook.get_secret_value(), alerts.webhook_format)
    if alerts.smtp:
        found["e-mail"] = partial(_mail, alerts.smtp.get_secret_value(), alerts)
    return found


def webhook_body(form: str, incident: Incident, is_over: bool) -> dict[str, Any]:
    """Return a message as a JSON object in the shape that `form` (slack or teams) takes, else as plain JSON."""
    title, lines = incident.headline(is_over), incident.lines(is_over)
    if form == "slack":
        text = "\n".join([f"*{_slack(title)}*", *map(_slack, lines)])
        return {"text": title, "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": text[:3000]}}]}
    if form == "teams":
        return _teams(title, lines, incident.link)
    known = asdict(incident)
    if is_over:
        known = {key: known[key] for key in ("subject", "key", "title", "asset")}
    return {"state": "well again" if is_over else "incident", "message": title, **known}


def _slack(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _teams(title: str, lines: list[str], link: str | None) -> dict[str, Any]:
    blocks: list[dict[str, object]] = [{"type": "TextBlock", "text": title, "weight": "bolder", "wrap": True}]
    blocks += [{"type": "TextBlock", "text": line.replace("\n", "\n\n"), "wrap": True} for line in lines]
    card: dict[str, object] = {"type": "AdaptiveCard", "version": "1.4", "body": blocks}
    if link:
        card["actions"] = [{"type": "Action.OpenUrl", "title": "Open the run", "url": link}]
    return {
        "type": "message",
        "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}],
    }


def _post(address: str, form: str, incident: Incident, is_over: bool) -> None:
    import httpx

    httpx.post(address, json=webhook_body(form, incident, is_over), timeout=TIMEOUT_S).raise_for_status()


def _mail(address: str, alerts: Alerts, incident: Incident, is_over: bool) -> None:
    message = EmailMessage()
    message["Subject"] = " ".join(incident.headline(is_over).split())
    message["From"], message["To"] = alerts.email_from, ", ".join(alerts.email_to)
    message.set_content("\n\n".join(incident.lines(is_over)) + "\n")
    server = urlsplit(address)
    secure = server.scheme == "smtps"
    host, port = server.hostname or "", server.port or (465 if secure else 587)
    trusted = ssl.create_default_context()
    with (
        smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_S, context=trusted)
        if secure
        else smtplib.SMTP(host, port, timeout=TIMEOUT_S)
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
