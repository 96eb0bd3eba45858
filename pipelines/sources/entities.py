"""Tell who a printed label names, who belongs to which group, and what a printed currency is, from the seeds."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from .errors import Offender, SourceError
from .text import fold

_COLUMNS = {
    "entities.csv": ("entity_code", "entity_name", "entity_kind", "has_armed_forces", "published_by"),
    "entity_names.csv": ("publisher", "entity_code", "printed_name"),
    "memberships.csv": ("group_code", "entity_code", "member_from", "member_to"),
    "currencies.csv": ("entity_code", "currency_code", "printed_names"),
}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# The seeds on which it depends what a parser makes of a file.
FILES = tuple(_COLUMNS)


@dataclass(frozen=True)
class Entity:
    """Hold one entity: a state, an aggregate that a publisher's tables carry, or a group."""

    code: str
    name: str
    kind: str
    has_armed_forces: bool
    published_by: str | None


@dataclass(frozen=True)
class Membership:
    """Hold the years in which an entity belongs to a group; `left_in` is None while it lasts."""

    code: str
    joined_in: int
    left_in: int | None


@dataclass(frozen=True)
class Entities:
    """Hold everybody whom a figure can speak of, with the folded names that each publisher prints for them."""

    known: dict[str, Entity]
    memberships: dict[str, tuple[Membership, ...]]
    codes_by_name: dict[tuple[str, str], str]
    currencies: dict[tuple[str, str], str]

    def code(self, name: str, publisher: str) -> str | None:
        """Return the code of the entity that a publisher prints so, or that is called so; None where there is none."""
        return self.codes_by_name.get((publisher, fold(name))) or self.codes_by_name.get(("", fold(name)))

    def currency(self, code: str, name: str) -> str | None:
        """Return the ISO currency code for a printed currency (`Kroner`) of a state."""
        return self.currencies.get((code, fold(name)))

    def members(self, group: str, year: int) -> set[str]:
        """Return the codes of those who belong to a group in a year; it counts from the year of joining."""
        return {
            member.code
            for member in self.memberships.get(group, ())
            if member.joined_in <= year and (member.left_in is None or year < member.left_in)
        }

    def without_forces(self, group: str) -> set[str]:
        """Return the codes of those who ever belonged to a group and have no armed forces."""
        codes = {member.code for member in self.memberships.get(group, ())}
        return {code for code in codes if not self.known[code].has_armed_forces}

    def aggregates(self, publisher: str) -> set[str]:
        """Return the codes of the aggregates that a publisher's tables carry."""
        return {entity.code for entity in self.known.values() if entity.published_by == publisher}

    @classmethod
    def load(cls, seeds: Path) -> Entities:
        """Load them from `entities.csv`, `entity_names.csv`, `memberships.csv` and `currencies.csv`.

        Raises `SourceError` where a file is missing or lacks a column, for a line about somebody who is not in
        `entities.csv`, a day that is none, and a name that two entities bear.
        """
        rows = _read(seeds)
        _check(rows)
        known = {
            row["entity_code"]: Entity(
                code=row["entity_code"],
                name=row["entity_name"],
                kind=row["entity_kind"],
                has_armed_forces=row["has_armed_forces"] == "true",
                published_by=row["published_by"] or None,
            )
            for row in rows["entities.csv"]
        }
        memberships: dict[str, tuple[Membership, ...]] = {}
        for row in rows["memberships.csv"]:
            joined, left = row["member_from"][:4], row["member_to"][:4]
            member = Membership(row["entity_code"], int(joined), int(left) if left else None)
            memberships[row["group_code"]] = (*memberships.get(row["group_code"], ()), member)
        # A state goes by its own name in every publisher's tables, an aggregate in those of its publisher.
        own = [
            (entity.published_by or "", entity.code, entity.name) for entity in known.values() if _is_printed(entity)
        ]
        told = [(row["publisher"], row["entity_code"], row["printed_name"]) for row in rows["entity_names.csv"]]
        currencies = {
            (row["entity_code"], fold(name.strip())): row["currency_code"]
            for row in rows["currencies.csv"]
            for name in row["printed_names"].split("|")
            if name.strip()
        }
        return cls(known, memberships, _by_name([*own, *told]), currencies)


def _is_printed(entity: Entity) -> bool:
    return entity.kind == "state" or entity.published_by is not None


def _by_name(names: list[tuple[str, str, str]]) -> dict[tuple[str, str], str]:
    """Key codes by publisher and folded name; raises `SourceError` for a name that two of one publisher bear."""
    found: dict[tuple[str, str], str] = {}
    problems = []
    for publisher, code, name in names:
        if (other := found.setdefault((publisher, fold(name)), code)) != code:
            problems.append(
                Offender("entity_names.csv", f"{name!r} for both {other} and {code}", "a name of one entity")
            )
    if problems:
        raise SourceError("entity_names.csv", problems, "let each publisher's name stand for one entity.")
    return found


def _check(rows: dict[str, list[dict[str, str]]]) -> None:
    """Raise `SourceError` for every line about nobody that is known, and every membership without a day."""
    known = {row["entity_code"] for row in rows["entities.csv"]}
    problems = [
        Offender(f"{name}, line {line}", f"{row[column]!r}", "an entity_code of entities.csv")
        for name, lines in rows.items()
        for line, row in enumerate(lines, start=2)
        for column in ("entity_code", "group_code")
        if column in row and row[column] not in known
    ]
    for line, row in enumerate(rows["memberships.csv"], start=2):
        days = [row["member_from"], *([row["member_to"]] if row["member_to"] else [])]
        wrong = [day for day in days if not _DAY.fullmatch(day)]
        problems += [Offender(f"memberships.csv, line {line}", repr(day), "a day such as 2024-03-07") for day in wrong]
    if problems:
        raise SourceError("the seeds", problems, "mend these lines in warehouse/seeds.")


def _read(seeds: Path) -> dict[str, list[dict[str, str]]]:
    """Read the rows of each file, blanks as empty texts; raises `SourceError` that names what every file lacks."""
    rows, problems = {}, []
    for name, wanted in _COLUMNS.items():
        path = seeds / name
        if not path.is_file():
            problems.append(Offender(str(path), "no such file", f"one with the columns {', '.join(wanted)}"))
            continue
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, restval="")
            missing = [column for column in wanted if column not in (reader.fieldnames or ())]
            rows[name] = list(reader)
        if missing:
            problems.append(Offender(str(path), f"no column {', '.join(missing)}", f"the columns {', '.join(wanted)}"))
    if problems:
        advice = (
            "make these files as they are in the project's own warehouse/seeds. Lists of earlier versions, allies.csv, "
            "groups.csv and group_members.csv, are read no more: what they say belongs there."
        )
        raise SourceError(str(seeds), problems, advice)
    return rows
