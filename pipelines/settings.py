"""Name every path and knob once, read from the environment into one frozen object.

What belongs here: where things lie and what a user may turn. What does not: how anything is done.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

PROJECT = Path(__file__).resolve().parent.parent
TOPIC_PAGE = "https://www.nato.int/en/what-we-do/introduction-to-nato/defence-expenditures-and-natos-5-commitment"


WEBHOOK_FORMATS = ("slack", "teams", "json")


@dataclass(frozen=True)
class Alerts:
    """Say whom to tell when something is wrong; all empty where nobody asked to be told.

    Addresses carry secrets, so they are left out of the text form.
    """

    webhook: str | None = field(default=None, repr=False)
    webhook_format: str = "json"
    smtp: str | None = field(default=None, repr=False)
    email_to: tuple[str, ...] = ()
    email_from: str = "burdenshare@localhost"
    heartbeat: str | None = field(default=None, repr=False)

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> Alerts:
        """Read `BURDENSHARE_ALERT_*`, `BURDENSHARE_SMTP` and `BURDENSHARE_HEARTBEAT_URL`.

        Raises `ValueError` with the variable's name where a value cannot be used.
        """
        webhook, smtp = env.get("BURDENSHARE_ALERT_WEBHOOK") or None, env.get("BURDENSHARE_SMTP") or None
        email_to = tuple(part.strip() for part in env.get("BURDENSHARE_ALERT_EMAIL", "").split(",") if part.strip())
        for name, schemes in {
            "BURDENSHARE_ALERT_WEBHOOK": ("http", "https"),
            "BURDENSHARE_HEARTBEAT_URL": ("http", "https"),
            "BURDENSHARE_SMTP": ("smtp", "smtps"),
        }.items():
            if env.get(name) and not _is_address(env[name], schemes):
                # The address itself is a secret and stays out of the message.
                raise ValueError(
                    f"{name} is no address that starts with {' or '.join(f'{s}://' for s in schemes)}, with a host "
                    "and, if any, a port that is a number"
                )
        form = env.get("BURDENSHARE_ALERT_FORMAT") or _webhook_format(webhook or "")
        if form not in WEBHOOK_FORMATS:
            raise ValueError(f"BURDENSHARE_ALERT_FORMAT is {form!r}; expected one of {', '.join(WEBHOOK_FORMATS)}")
        for name, addresses in {
            "BURDENSHARE_ALERT_EMAIL": email_to,
            "BURDENSHARE_ALERT_FROM": (env.get("BURDENSHARE_ALERT_FROM") or cls.email_from,),
        }.items():
            if wrong := [address for address in addresses if not re.fullmatch(r"[^@\s]+@[^@\s]+", address)]:
                raise ValueError(f"{name} holds {wrong[0]!r}; expected an address such as desk@example.org")
        if bool(smtp) != bool(email_to):
            raise ValueError(
                "E-mail takes both BURDENSHARE_SMTP (smtp://host:port) and BURDENSHARE_ALERT_EMAIL (to whom)"
            )
        return cls(
            webhook=webhook,
            webhook_format=form,
            smtp=smtp,
            email_to=email_to,
            email_from=env.get("BURDENSHARE_ALERT_FROM") or cls.email_from,
            heartbeat=env.get("BURDENSHARE_HEARTBEAT_URL") or None,
        )


def _is_address(text: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in schemes and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


def _webhook_format(address: str) -> str:
    """Tell from a webhook's host which shape it takes; `json` where the host says nothing."""
    host = urlsplit(address).hostname or ""
    if host == "hooks.slack.com":
        return "slack"
    if host.endswith((".webhook.office.com", ".logic.azure.com", ".powerplatform.com")):
        return "teams"
    return "json"


@dataclass(frozen=True)
class Settings:
    """Hold the paths of one warehouse.

    `sql` and `seeds` are inputs that come with the project; all else is made by runs and lies
    below `warehouse`, so that moving that one folder moves everything.
    """

    warehouse: Path
    sql: Path = PROJECT / "sql"
    seeds: Path = PROJECT / "warehouse" / "seeds"
    ui_port: int = 3000
    schedule: str = "30 3 * * *"
    timezone: str = "UTC"
    silence_hours: float = 36
    ui_address: str | None = None
    postgres: str | None = field(default=None, repr=False)
    alerts: Alerts = Alerts()
    topic_page: str | None = TOPIC_PAGE
    allow_loopback: bool = False
    fetch_timeout_s: float = 60
    fetch_attempts: int = 3
    fetch_wait_s: float = 1
    keep_releases: int = 10
    publish_url: str | None = None
    wait_s: int = 600

    @property
    def tables(self) -> Path:
        """Give the folder of the tables that assets write: one Parquet file (or folder) each."""
        return self.warehouse / "tables"

    @property
    def releases(self) -> Path:
        """Give the folder that keeps every published release under its id."""
        return self.warehouse / "releases"

    @property
    def current(self) -> Path:
        """Give the link that readers follow to the current release."""
        return self.warehouse / "current"

    @property
    def raw(self) -> Path:
        """Give the folder of the archive: every source file ever read, unchanged."""
        return self.warehouse / "raw"

    @property
    def inbox(self) -> Path:
        """Give the folder into which people drop workbooks; what is refused stays there with its report."""
        return self.warehouse / "inbox"

    @property
    def observations(self) -> Path:
        """Give the folder with the observations of each edition, one Parquet file an edition."""
        return self.tables / "observations"

    @property
    def ui_url(self) -> str:
        """Give the address under which people open the Dagster UI, for links in alerts."""
        return (self.ui_address or f"http://127.0.0.1:{self.ui_port}").rstrip("/")

    @property
    def report(self) -> Path:
        """Give the folder of the static site that shows the current release."""
        return self.warehouse / "report"

    @property
    def dagster_home(self) -> Path:
        """Give the folder where Dagster keeps runs, schedules and its own settings."""
        return self.warehouse / "dagster"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the settings from `BURDENSHARE_*` variables; each has a default.

        Raises `ValueError` with the variable's name where a value cannot be used.
        """
        env = os.environ if environ is None else environ
        # An empty line in a file of settings means: as if it were not there.
        env = {name: value for name, value in env.items() if value.strip()}
        port = env.get("BURDENSHARE_UI_PORT", "3000")
        if not port.isdecimal() or not 0 < int(port) < 65536:
            raise ValueError(f"BURDENSHARE_UI_PORT is {port!r}; expected a port number such as 3000")
        topic_page = env.get("BURDENSHARE_TOPIC_PAGE", TOPIC_PAGE)
        if topic_page != "off" and not _is_address(topic_page, ("http", "https")):
            raise ValueError(f"BURDENSHARE_TOPIC_PAGE is {topic_page!r}; expected an address of a page, or off")
        hours = env.get("BURDENSHARE_SILENCE_HOURS", f"{cls.silence_hours:g}")
        if not hours.replace(".", "", 1).isdecimal():
            raise ValueError(f"BURDENSHARE_SILENCE_HOURS is {hours!r}; expected a number of hours such as 36")
        return cls(
            warehouse=_path(env, "BURDENSHARE_WAREHOUSE", PROJECT / "warehouse"),
            sql=_path(env, "BURDENSHARE_SQL", PROJECT / "sql"),
            seeds=_path(env, "BURDENSHARE_SEEDS", PROJECT / "warehouse" / "seeds"),
            ui_port=int(port),
            schedule=env.get("BURDENSHARE_SCHEDULE", cls.schedule),
            timezone=_timezone(env.get("BURDENSHARE_TIMEZONE", cls.timezone)),
            silence_hours=float(hours),
            ui_address=env.get("BURDENSHARE_UI_URL") or None,
            postgres=env.get("BURDENSHARE_POSTGRES_URL") or None,
            alerts=Alerts.from_environment(env),
            topic_page=None if topic_page == "off" else topic_page,
            allow_loopback=env.get("BURDENSHARE_ALLOW_LOOPBACK", "") == "1",
            keep_releases=_count(env, "BURDENSHARE_KEEP_RELEASES", cls.keep_releases, least=1),
            publish_url=env.get("BURDENSHARE_PUBLISH_URL") or None,
            wait_s=_count(env, "BURDENSHARE_WAIT_S", cls.wait_s, least=0),
        )


def _path(env: Mapping[str, str], name: str, default: Path) -> Path:
    return Path(env[name]).expanduser().resolve() if env.get(name) else default


def _timezone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"BURDENSHARE_TIMEZONE is {text!r}; expected a name such as Europe/Brussels or UTC") from None
    return text


def _count(env: Mapping[str, str], name: str, default: int, least: int) -> int:
    text = env.get(name) or str(default)
    if not text.isdecimal() or int(text) < least:
        raise ValueError(f"{name} is {text!r}; expected a whole number, at least {least}")
    return int(text)
