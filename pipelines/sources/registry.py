"""Read the registry of editions, `warehouse/seeds/editions.yml`, and say which line is wrong."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, HttpUrl, ValidationError, field_validator, model_validator

from pipelines.sources.errors import Offender, SourceError
from pipelines.sources.layout import table_layouts


class Edition(BaseModel):
    """Describe one publication of the tables; what is not known is None."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str = Field(pattern=r"^[a-z]+-\d{4}-\d{2}$")
    title: str
    publisher: str
    published_on: date
    first_year: int = Field(ge=1949, le=2100)
    last_year: int = Field(ge=1949, le=2100)
    price_base_year: int | None = Field(default=None, ge=1949, le=2100)
    tables: tuple[str, ...]
    figures: Literal["workbook", "transcription"] | None = None
    file_name: str | None = None
    landing_page: HttpUrl | None = None
    download: HttpUrl | None = None
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    cells_sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    document_date: datetime | None = None
    credit: str
    terms: str
    notes: str = ""

    @field_validator("tables")
    @classmethod
    def _known_tables(cls, tables: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [table for table in tables if table not in table_layouts()]
        if unknown:
            raise ValueError(f"unknown tables {', '.join(unknown)}; known are {', '.join(table_layouts())}")
        return tables

    @model_validator(mode="after")
    def _consistent(self) -> Edition:
        if self.first_year > self.last_year:
            raise ValueError(f"first_year {self.first_year} is after last_year {self.last_year}")
        if bool(self.tables) != bool(self.figures):
            raise ValueError("`figures` (workbook or transcription) and a list of `tables` go together")
        return self


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
            offenders += [
                Offender(
                    f"{path.name} line {lines.of('editions', index, *problem['loc'])}",
                    f"{'.'.join(map(str, problem['loc'])) or 'an entry'}: {_shown(problem)}",
                    problem["msg"].removeprefix("Value error, "),
                )
                for problem in error.errors()
            ]
            continue
        if edition.id in editions:
            place = f"{path.name} line {lines.of('editions', index, 'id')}"
            offenders.append(Offender(place, f"{edition.id} again", "each edition once"))
        editions[edition.id] = edition
    if offenders:
        raise _refusal(path, offenders)
    return dict(sorted(editions.items(), key=lambda item: (item[1].published_on, item[0])))


def _shown(problem: dict) -> str:
    value = problem.get("input")
    return "nothing" if problem["type"] == "missing" else repr(value) if not isinstance(value, dict) else "the entry"


def _refusal(path: Path, offenders: list[Offender]) -> SourceError:
    return SourceError(path.name, offenders, "mend these lines of the registry; its head says what each key means.")


class _Lines:
    """Find the line of a key in a YAML text by its path."""

    def __init__(self, text: str) -> None:
        self.root = yaml.compose(text, yaml.CSafeLoader)

    def of(self, *path: str | int) -> int:
        """Give the line (from 1) of the deepest part of the path that exists."""
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
