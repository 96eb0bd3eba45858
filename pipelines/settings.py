"""Name every path and knob once, read from the environment into one frozen object.

What belongs here: where things lie and what a user may turn. What does not: how anything is done.
No file of settings is read here: whoever starts a program (systemd, compose, a shell) sets its variables.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from .places import PROJECT as PROJECT
from .places import SEEDS, SQL, WAREHOUSE


def _expected(words: str) -> WrapValidator:
    """Refuse a value in the words of somebody who has to mend it, whatever the library says."""

    def judge(value: object, handler: ValidatorFunctionWrapHandler) -> object:
        try:
            return handler(value)
        except ValueError:
            raise PydanticCustomError("setting", "expected {words}", {"words": words}) from None

    return WrapValidator(judge)


def _is_address(text: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in schemes and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


def _secret_address(*schemes: str) -> AfterValidator:
    def judge(value: SecretStr) -> SecretStr:
        if not _is_address(value.get_secret_value(), schemes):
            starts = " or ".join(f"{scheme}://" for scheme in schemes)
            words = f"is no address that starts with {starts}, with a host and, if any, a port that is a number"
            raise PydanticCustomError("secret", "{words}", {"words": words})
        return value

    return AfterValidator(judge)


def _page(value: str | None) -> str | None:
    """Judge the address of a page; an empty text leaves it to each publisher, None means that nobody looks."""
    if value in (None, "off"):
        return None
    if not value:
        return ""
    if not _is_address(value, ("http", "https")):
        raise ValueError
    return value


def _timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError):
        raise ValueError from None
    return name


def _mail_address(text: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", text):
        raise ValueError
    return text


def _parts(value: object) -> object:
    """Part a text at its commas; what is no text is left for the next to judge."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _pages(value: object) -> object:
    """Part `publisher=address` pairs; a pair without an address is left for the next to judge."""
    pairs = _parts(value)
    if not isinstance(value, str) or not isinstance(pairs, tuple):
        return pairs
    found = tuple(tuple(part.strip() for part in pair.split("=", 1)) for pair in pairs)
    return found if all(len(pair) == 2 and _is_address(pair[1], ("http", "https")) for pair in found) else value


def _webhook_format(given: dict[str, Any]) -> Literal["slack", "teams", "json"]:
    """Return the shape that a webhook takes, by its host; `json` where the host says nothing."""
    webhook = given.get("webhook")
    host = urlsplit(webhook.get_secret_value()).hostname or "" if webhook else ""
    if host == "hooks.slack.com":
        return "slack"
    if host.endswith((".webhook.office.com", ".logic.azure.com", ".powerplatform.com")):
        return "teams"
    return "json"


Folder = Annotated[Path, AfterValidator(lambda path: path.expanduser().resolve()), _expected("a path of a folder")]
Port = Annotated[int, Field(gt=0, lt=65536), _expected("a port number such as 3000")]
Hours = Annotated[float, Field(ge=0, allow_inf_nan=False), _expected("a number of hours such as 36")]
Zone = Annotated[str, AfterValidator(_timezone), _expected("a name such as Europe/Brussels or UTC")]
Page = Annotated[str | None, AfterValidator(_page), _expected("an address of a page, or off")]
Seconds = Annotated[int, Field(ge=0), _expected("a whole number, at least 0")]
Count = Annotated[int, Field(ge=1), _expected("a whole number, at least 1")]
Flag = Annotated[bool, _expected("1 or 0")]
MailAddress = Annotated[str, AfterValidator(_mail_address), _expected("an address such as desk@example.org")]
WebAddress = Annotated[SecretStr, _secret_address("http", "https")]
MailServer = Annotated[SecretStr, _secret_address("smtp", "smtps")]
Pages = Annotated[
    tuple[tuple[str, str], ...],
    BeforeValidator(_pages),
    _expected("pages such as sipri=https://www.sipri.org/databases/milex"),
]
Shape = Annotated[Literal["slack", "teams", "json"], _expected("one of slack, teams, json")]


class _FromEnvironment(BaseModel):
    """Hold what `Settings` and `Alerts` share: frozen, judged, and read from the environment only when asked.

    A field with an alias is a variable of that name; an object made in code depends on no variable. Secrets are
    left out of every text form.
    """

    # Judged from texts, as an environment holds them, and the defaults too: a path is made whole.
    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, hide_input_in_errors=True, validate_default=True
    )

    @classmethod
    def variables(cls) -> dict[str, str]:
        """Name the environment variables, each with the field that it sets."""
        return {str(field.validation_alias): name for name, field in cls.model_fields.items() if field.validation_alias}

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read the variables, the process's own where `environ` is None; each has a default.

        Raises `ValueError` with the name of every variable whose value cannot be used.
        """
        environ = os.environ if environ is None else environ
        # An empty line in a file of settings means: as if it were not there.
        told = {name: environ[name] for name in cls.variables() if environ.get(name, "").strip()}
        try:
            return cls(**told, **cls._parts_from(environ))
        except ValidationError as error:
            # What could not be derived from a value that is refused already is no error of its own.
            found = [one for one in error.errors() if one["type"] != "default_factory_not_called"]
            raise ValueError("; ".join(_in_words(one, told) for one in found)) from None

    @classmethod
    def _parts_from(cls, environ: Mapping[str, str]) -> dict[str, Any]:
        """Read the fields that are objects of several variables; none here."""
        return {}

    def replace(self, **changes: Any) -> Self:
        """Return the same settings but for these, judged anew; the keywords are names of fields."""
        return type(self)(**(dict(self) | changes))


def _in_words(found: ErrorDetails, told: Mapping[str, str]) -> str:
    if not found["loc"]:
        return found["msg"].removeprefix("Value error, ")
    name = str(found["loc"][0])
    # A secret's own text stays out of the message.
    if found["type"] == "secret" or name not in told:
        return f"{name} {found['msg']}"
    verb = "holds" if len(found["loc"]) > 1 else "is"
    return f"{name} {verb} {found['input']!r}; {found['msg']}"


class Alerts(_FromEnvironment):
    """Hold whom to tell when something is wrong; all empty where nobody asked to be told."""

    webhook: WebAddress | None = Field(
        default=None,
        repr=False,
        validation_alias="BURDENSHARE_ALERT_WEBHOOK",
        description="Address that takes a message: Slack, Teams, or anything that takes JSON.",
    )
    webhook_format: Shape = Field(
        default_factory=_webhook_format,
        validation_alias="BURDENSHARE_ALERT_FORMAT",
        description="slack, teams or json; told from the address where it is not set.",
    )
    smtp: MailServer | None = Field(
        default=None,
        repr=False,
        validation_alias="BURDENSHARE_SMTP",
        description="Mail server: smtp://user:password@host:port, or smtps://.",
    )
    email_to: Annotated[tuple[MailAddress, ...], BeforeValidator(_parts)] = Field(
        default=(),
        validation_alias="BURDENSHARE_ALERT_EMAIL",
        description="Whom to write to; several are parted by commas.",
    )
    email_from: MailAddress = Field(
        default="burdenshare@localhost",
        validation_alias="BURDENSHARE_ALERT_FROM",
        description="Sender of the e-mails.",
    )
    heartbeat: WebAddress | None = Field(
        default=None,
        repr=False,
        validation_alias="BURDENSHARE_HEARTBEAT_URL",
        description="Address asked for after each night that succeeded.",
    )

    @model_validator(mode="after")
    def _mail_takes_both(self) -> Self:
        if bool(self.smtp) != bool(self.email_to):
            raise ValueError(
                "E-mail takes both BURDENSHARE_SMTP (smtp://host:port) and BURDENSHARE_ALERT_EMAIL (to whom)"
            )
        return self


class Settings(_FromEnvironment):
    """Hold the paths of one warehouse, and what a user may turn.

    `sql` and `seeds` are inputs that come with the project; all else is made by runs and lies
    below `warehouse`, so that moving that one folder moves everything.
    """

    warehouse: Folder = Field(
        default=WAREHOUSE,
        validation_alias="BURDENSHARE_WAREHOUSE",
        description="Folder that holds all that runs make.",
    )
    sql: Folder = Field(default=SQL, validation_alias="BURDENSHARE_SQL", description="Folder of the SQL models.")
    seeds: Folder = Field(
        default=SEEDS,
        validation_alias="BURDENSHARE_SEEDS",
        description="Folder of the figures and lists that come with the project.",
    )
    ui_port: Port = Field(
        default=3000, validation_alias="BURDENSHARE_UI_PORT", description="Port of the Dagster UI on this machine."
    )
    schedule: str = Field(
        default="30 3 * * *", validation_alias="BURDENSHARE_SCHEDULE", description="The night, in five fields of cron."
    )
    timezone: Zone = Field(
        default="UTC", validation_alias="BURDENSHARE_TIMEZONE", description="Time zone of the schedule."
    )
    silence_hours: Hours = Field(
        default=36,
        validation_alias="BURDENSHARE_SILENCE_HOURS",
        description="Hours without a successful run of everything after which people are told.",
    )
    ui_address: str | None = Field(
        default=None,
        validation_alias="BURDENSHARE_UI_URL",
        description="Address under which people open the UI, for links in alerts.",
    )
    postgres: SecretStr | None = Field(
        default=None,
        repr=False,
        validation_alias="BURDENSHARE_POSTGRES_URL",
        description="Where Dagster keeps runs instead of SQLite: postgresql://user:password@host:port/database.",
    )
    alerts: Alerts = Alerts()
    topic_page: Page = Field(
        default="",
        validation_alias="BURDENSHARE_TOPIC_PAGE",
        description="Page on which new editions are looked for, instead of the publisher's own; off turns the web off.",
    )
    publisher_pages: Pages = Field(
        default=(),
        validation_alias="BURDENSHARE_PUBLISHER_PAGES",
        description="Pages on which files of other publishers are looked for, as publisher=address, parted by commas.",
    )
    allow_loopback: Flag = Field(
        default=False,
        validation_alias="BURDENSHARE_ALLOW_LOOPBACK",
        description="1 lets fetching ask this machine, for tests.",
    )
    fetch_hosts: Annotated[tuple[str, ...], BeforeValidator(_parts)] = Field(
        default=(),
        validation_alias="BURDENSHARE_FETCH_HOSTS",
        description="Other hosts whose files a topic page may link to; several are parted by commas.",
    )
    fetch_seconds: Count = Field(
        default=300,
        validation_alias="BURDENSHARE_FETCH_SECONDS",
        description="Seconds that one look at the web may take in all.",
    )
    fetch_timeout_s: float = 60
    fetch_attempts: int = 3
    fetch_wait_s: float = 1
    keep_releases: Count = Field(
        default=10, validation_alias="BURDENSHARE_KEEP_RELEASES", description="Releases that `prune` keeps."
    )
    records_mb: Count = Field(
        default=80,
        validation_alias="BURDENSHARE_RECORDS_MB",
        description="Megabytes that Dagster's records of runs may take; the oldest runs are forgotten first.",
    )
    publish_url: str | None = Field(
        default=None,
        validation_alias="BURDENSHARE_PUBLISH_URL",
        description="Where each release is copied to: s3://bucket/folder or any other address that fsspec reads.",
    )
    wait_s: Seconds = Field(
        default=600,
        validation_alias="BURDENSHARE_WAIT_S",
        description="Seconds to wait for another build that is writing.",
    )

    def __init__(self, warehouse: Path | None = None, **others: Any) -> None:
        """Take the warehouse by its place, since most who make settings in code name only that."""
        super().__init__(**({"warehouse": warehouse} if warehouse else {}), **others)

    @classmethod
    def _parts_from(cls, environ: Mapping[str, str]) -> dict[str, Any]:
        return {"alerts": Alerts.from_environment(environ)}

    @property
    def tables(self) -> Path:
        """Return the folder of the tables that assets write: one Parquet file (or folder) each."""
        return self.warehouse / "tables"

    @property
    def releases(self) -> Path:
        """Return the folder that keeps every published release under its id."""
        return self.warehouse / "releases"

    @property
    def current(self) -> Path:
        """Return the link that readers follow to the current release."""
        return self.warehouse / "current"

    @property
    def raw(self) -> Path:
        """Return the folder of the archive: every source file ever read, unchanged."""
        return self.warehouse / "raw"

    @property
    def inbox(self) -> Path:
        """Return the folder into which people drop workbooks; what is refused stays there with its report."""
        return self.warehouse / "inbox"

    @property
    def observations(self) -> Path:
        """Return the folder with the observations of each edition, one Parquet file an edition."""
        return self.tables / "observations"

    @property
    def ui_url(self) -> str:
        """Return the address under which people open the Dagster UI, for links in alerts."""
        return (self.ui_address or f"http://127.0.0.1:{self.ui_port}").rstrip("/")

    @property
    def report(self) -> Path:
        """Return the folder of the static site that shows the current release."""
        return self.warehouse / "report"

    @property
    def dagster_home(self) -> Path:
        """Return the folder where Dagster keeps runs, schedules and its own settings."""
        return self.warehouse / "dagster"
