"""Read the registry of editions, `warehouse/seeds/editions.yml`, and say which line is wrong."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, HttpUrl, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from .errors import Offender, SourceError
from .publisher import Publisher, publishers

Way = Literal["workbook", "transcription", "pdf", "csv"]


class Edition(BaseModel):
    """Describe one publication of a publisher; what is not known is None.

    `tables` says of each table that is embedded in the seeds how it came, in the order of printing.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    title: str
    publisher: str
    published_on: date
    first_year: int = Field(ge=1900, le=2100)
    last_year: int = Field(ge=1900, le=2100)
    price_base_year: int | None = Field(default=None, ge=1900, le=2100)
    estimates_from: int | None = Field(default=None, ge=1900, le=2100)
    tables: dict[str, Way]
    file_name: str | None = None
    landing_page: HttpUrl | None = None
    download: HttpUrl | None = None
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    cells_sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    former_cells_sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    document_date: datetime | None = None
    credit: str
    terms: str
    gaps: tuple[str, ...] = ()
    notes: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        publisher = publishers().get(self.publisher)
        if publisher is None:
            raise _wrong("publisher", self.publisher, f"one of {', '.join(publishers())}")
        if not re.fullmatch(rf"{publisher.id}-{publisher.edition_pattern}", self.id):
            expected = f"an id such as {publisher.id}-{self.published_on:%Y-%m}: the publisher, then its edition"
            raise _wrong("id", self.id, expected)
        if unknown := [table for table in self.tables if table not in publisher.tables]:
            expected = f"tables that {publisher.name} has: {', '.join(publisher.tables)}"
            raise _wrong("tables", f"the tables {', '.join(unknown)}", expected)
        if self.first_year > self.last_year:
            raise _wrong("last_year", str(self.last_year), f"{self.first_year}, which is first_year, or later")
        return self

    @property
    def by(self) -> Publisher:
        """Return the publisher of this edition."""
        return publishers()[self.publisher]

    @property
    def way(self) -> str | None:
        """Return how the embedded figures came: one way, `mixed`, or None where there are none."""
        ways = set(self.tables.values())
        return next(iter(ways)) if len(ways) == 1 else "mixed" if ways else None


def _wrong(key: str, found: str, expected: str) -> PydanticCustomError:
    """Keep apart what was found and what was expected, which a message of one sentence would mix."""
    return PydanticCustomError("registry", "{expected}", {"key": key, "found": found, "expected": expected})


def read_registry(path: Path) -> dict[str, Edition]:
    """Read the editions, keyed by id, in the order of publication.

    Raises `SourceError` that names each wrong line and says what was expected there.
    """
    text = path.read_text(encoding="utf-8")
    try:
        raw = yaml.load(text, yaml.CSafeLoader)
        lines = _Lines(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path.name} line {mark.line + 1}" if mark else path.name
        raise _refusal(path, [Offender(place, str(getattr(error, "problem", error)), "valid YAML")]) from error
    if not isinstance(raw, dict) or not isinstance(raw.get("editions"), list):
        raise _refusal(path, [Offender(path.name, "no list of editions", "a key `editions:` with a list")])
    editions: dict[str, Edition] = {}
    offenders = []
    for index, entry in enumerate(raw["editions"]):
        try:
            edition = Edition.model_validate(entry)
        except ValidationError as error:
            offenders += [_offender(path, lines, index, problem) for problem in error.errors()]
            continue
        if edition.id in editions:
            place = f"{path.name} line {lines.of('editions', index, 'id')}"
            offenders.append(Offender(place, f"{edition.id} again", "each edition once"))
        editions[edition.id] = edition
    if offenders:
        raise _refusal(path, offenders)
    return dict(sorted(editions.items(), key=lambda item: (item[1].published_on, item[0])))


def _offender(path: Path, lines: _Lines, index: int, problem: ErrorDetails) -> Offender:
    """Turn a problem of one entry into its line, what stands there, and what was expected."""
    own = problem.get("ctx", {}) if problem["type"] == "registry" else {}
    loc = (own["key"],) if own else problem["loc"]
    key = ".".join(map(str, loc)) or "an entry"
    value = problem.get("input")
    found = own.get("found") or ("nothing" if problem["type"] == "missing" else _shown(value))
    place = f"{path.name} line {lines.of('editions', index, *loc)}"
    return Offender(place, f"{key}: {found}", own.get("expected") or _expected(problem))


def _shown(value: object) -> str:
    return "the entry" if isinstance(value, dict) else repr(value)


def _expected(problem: ErrorDetails) -> str:
    """Write a library's message as what was expected."""
    if problem["type"] == "missing":
        return "this key, with a value"
    if problem["type"] == "extra_forbidden":
        return f"one of the keys {', '.join(Edition.model_fields)}"
    return problem["msg"].removeprefix("Input should be ").removeprefix("String should ")


def _refusal(path: Path, offenders: list[Offender]) -> SourceError:
    return SourceError(path.name, offenders, "mend these lines of the registry; its head says what each key means.")


class _Lines:
    """Find the line of a key in a YAML text by its path."""

    def __init__(self, text: str) -> None:
        self.root: yaml.Node | None = yaml.compose(text, yaml.CSafeLoader)

    def of(self, *path: str | int) -> int:
        """Return the line (from 1) of the deepest part of the path that exists."""
        node, line = self.root, 1
        for part in path:
            if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
                node = node.value[part]
                line = node.start_mark.line + 1
            elif isinstance(node, yaml.MappingNode):
                pair = next((pair for pair in node.value if pair[0].value == part), None)
                if pair is None:
                    break
                node, line = pair[1], pair[0].start_mark.line + 1
            else:
                break
        return line
