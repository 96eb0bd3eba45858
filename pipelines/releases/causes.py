"""Find what is not as it was between two releases, and say which rows each such cause can explain.

A cause explains only what it touches. An edition whose own input changed explains rows that name it; a
changed line of a seed explains rows that name what the line is about. Code, SQL, software, and files that
belong to no edition and no seed table explain nothing: such a change is accepted by a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ..contracts.sql import quoted
from ..files.whole import read_object
from ..models.tables import connect
from .description import OWN, tables_of
from .inputs import fingerprint_of_cells
from .names import LINEAGE, MODELS, table_file

EDITIONS = "dim_edition"
# What is each edition's own, as the manifest tells it.
Editions = dict[str, dict[str, Any]]
# What is an edition's own, where there is no such edition.
NOTHING: dict[str, Any] = {"registry": None, "figures": None, "archive": None}
# Of a release whose manifest did not tell yet what its registry said of each edition.
NOT_TOLD = "not told"
LINES_NAMED = 3


@dataclass(frozen=True)
class Lines:
    """Hold the keys of the lines of a seed that are new, changed or gone.

    `domains` names for each part of a key what it refers to: a table such as `dim_entity`, or the
    column itself where it refers to none. `keys` are texts, one tuple a line.
    """

    domains: tuple[str, ...]
    keys: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Cause:
    """Name one thing that is not as it was, and what it may explain.

    `origins` are the tables where it enters. One with an `edition` explains rows that name it, and where it
    `is_newest`, rows of tables that name no edition; one with `lines` explains rows that name theirs. One that
    came or went stands `between` earlier and later editions of its publisher: rows that compare such a pair
    follow from it, because each edition is compared with the newest one before it. What a table pools for an
    edition from all that were known by then follows from it in `later` editions, too.
    """

    kind: str
    name: str
    words: str
    origins: tuple[str, ...] = ()
    edition: str | None = None
    is_newest: bool = False
    between: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    later: tuple[str, ...] = ()
    lines: Lines | None = None

    @property
    def explains(self) -> bool:
        """Tell whether it may explain anything at all."""
        return self.edition is not None or self.lines is not None

    @property
    def limits(self) -> str:
        """Say in words what it explains, and no more."""
        if self.edition:
            compares = ["compare an earlier edition with a later one"] if all(self.between) else []
            pools = ["pool all editions up to a later one"] if self.later else []
            return f"explains only rows that {', or '.join([f'name {self.edition}', *compares, *pools])}"
        if self.lines:
            named = [" ".join(key) for key in self.lines.keys[:LINES_NAMED]]
            more = [f"{len(self.lines.keys) - LINES_NAMED} more"] if len(self.lines.keys) > LINES_NAMED else []
            return f"explains only rows that name {', '.join([*named, *more])}"
        return "explains nothing by itself"

    def as_json(self) -> dict[str, str]:
        """Return the cause for `diff.json`."""
        return {"kind": self.kind, "name": self.name, "words": self.words, "limits": self.limits}


@dataclass(frozen=True)
class Side:
    """Hold one of two releases that are compared: its folder and its manifest."""

    folder: Path
    manifest: dict[str, Any]

    @property
    def own(self) -> dict[str, Any]:
        """Return what the manifest tells beyond the standard."""
        own: dict[str, Any] = self.manifest[OWN]
        return own

    @property
    def files(self) -> dict[str, str]:
        """Return the hashes of the input files by path."""
        files: dict[str, str] = self.own["inputs"]["files"]
        return files

    def seeds(self) -> dict[str, str]:
        """Return the tables that come from one file of the seeds, with that file."""
        sources: dict[str, dict[str, Any]] = self.own["inputs"]["sources"]
        return {name: source["file"] for name, source in sources.items() if source["file"]}

    def readers(self) -> tuple[str, ...]:
        """Name the tables that are read from editions."""
        return tuple(name for name, source in self.own["inputs"]["sources"].items() if not source["file"])

    @cached_property
    def references(self) -> dict[str, str]:
        """Return the columns that refer to a table, with that table."""
        if (told := self.own.get("references")) is not None:
            return dict(told)
        found = {}
        for name, table in tables_of(self.manifest).items():
            for key in table["schema"].get("foreignKeys", []):
                found[key["fields"][0]] = key["reference"]["resource"]
            if name.startswith("dim_") and len(table["schema"]["primaryKey"]) == 1:
                found[table["schema"]["primaryKey"][0]] = name
        return found

    @cached_property
    def editions(self) -> Editions | None:
        """Return what is each edition's own; of an older manifest, what can still be told; None where nothing can."""
        told: dict[str, dict[str, Any]] | None = self.own.get("edition_inputs")
        return _editions_of_old(self) if told is None else told

    def lineage(self, name: str) -> Path:
        """Name the file of a table that readers do not see."""
        return self.folder / LINEAGE / table_file(name)


def find_causes(before: Side, after: Side) -> list[Cause]:
    """Compare two releases: editions, lines of seeds, other files, SQL, code and software."""
    editions, seeds = _editions(before, after), _seeds(before, after)
    told = {cause.name for cause in seeds}
    return [
        *editions,
        *seeds,
        *_other_files(before, after, told, editions),
        *_sql(before.own, after.own),
        *_software(before.own, after.own),
    ]


def above(table: str, before: Side, after: Side) -> set[str]:
    """Name a table and all that it is made from, directly or through others, in either release."""
    found: set[str] = set()
    waiting = {table}
    while waiting:
        name = waiting.pop()
        found.add(name)
        for side in (before, after):
            waiting |= set(side.own["models"].get(name, {}).get("reads", ())) - found
    return found


def _editions(before: Side, after: Side) -> list[Cause]:
    sides = [side.editions for side in (before, after) if side.editions is not None]
    if len(sides) < 2:
        # Where one side does not tell, every edition would seem new, and would explain everything.
        return []
    newest = {name for editions in sides for name in _newest(editions)}
    causes = []
    for edition in sorted({name for editions in sides for name in editions}):
        old, new = (editions.get(edition, NOTHING) for editions in sides)
        if not any(_differs(old, new, part) for part in NOTHING):
            continue
        had, has = bool(old.get("is_held")), bool(new.get("is_held"))
        kind, words = ("revision", "was revised") if had == has else ("edition", "is new")
        if had and not has:
            words = "was withdrawn"
        if had == has and not any(_differs(old, new, part) for part in ("figures", "archive")):
            words = "has another entry in the registry"
        origins = tuple(dict.fromkeys((*before.readers(), *after.readers())))
        earlier, later = _neighbours(edition, sides)
        between = (earlier, later) if had != has else ((), ())
        causes.append(Cause(kind, edition, f"{edition} {words}", origins, edition, edition in newest, between, later))
    return causes


def _differs(old: dict[str, Any], new: dict[str, Any], part: str) -> bool:
    # What is not known is not called a change.
    return bool(old[part] != new[part]) and NOT_TOLD not in (old[part], new[part])


def _neighbours(name: str, sides: list[Editions]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Name the editions of the same publisher that came before this one, and those that came after."""
    known = {other: edition for editions in sides for other, edition in editions.items()}
    mine, published_on = known[name], known[name]["published_on"]
    others = {o: e["published_on"] for o, e in known.items() if e["publisher"] == mine["publisher"]}
    earlier = tuple(sorted(other for other, day in others.items() if day < published_on))
    return earlier, tuple(sorted(other for other, day in others.items() if day > published_on))


def _newest(editions: Editions) -> set[str]:
    """Name the newest edition of each publisher and table: an extract of one table replaces none of the others."""
    newest: dict[tuple[str, str], tuple[str, str]] = {}
    for name, edition in editions.items():
        # Manifests of older versions do not tell the tables.
        for table in edition.get("tables") or [""] if edition["is_held"] else []:
            part = (edition["publisher"], table)
            newest[part] = max(newest.get(part, ("", "")), (edition["published_on"], name))
    return {name for _, name in newest.values()}


def _editions_of_old(side: Side) -> Editions | None:
    """Tell from a release itself which editions it held, from which archived cells and which figures file."""
    editions, revisions = side.lineage("source_edition"), side.lineage("source_revision")
    if not editions.exists() or not revisions.exists():
        return None
    with connect() as connection:
        declared = connection.execute(
            "select edition_id, publisher, cast(published_on as varchar), has_figures "
            f"from read_parquet({quoted(editions)})"
        ).fetchall()
        read = connection.execute(
            f"select edition_id, source_sha256, cells_sha256 from read_parquet({quoted(revisions)})"
        ).fetchall()
    cells: dict[str, set[str]] = {}
    for edition, source, mark in read:
        if f"raw/{source}.xlsx" in side.files:
            cells.setdefault(edition, set()).add(mark)
    return {
        edition: {
            "publisher": publisher,
            "published_on": published_on,
            "is_held": held,
            "registry": NOT_TOLD,
            "figures": side.files.get(f"seeds/figures/{edition}.csv"),
            "archive": fingerprint_of_cells(cells[edition]) if edition in cells else None,
        }
        for edition, publisher, published_on, held in declared
    }


def _seeds(before: Side, after: Side) -> list[Cause]:
    causes = []
    old, new = before.seeds(), after.seeds()
    for name in sorted({*old, *new}):
        file = new.get(name) or old[name]
        if before.files.get(old.get(name, "")) == after.files.get(new.get(name, "")):
            continue
        words = f"seed {file.removeprefix('seeds/')} changed"
        causes.append(Cause("seed", file, words, (name,), lines=_changed_lines(name, before, after)))
    return causes


def _changed_lines(name: str, before: Side, after: Side) -> Lines | None:
    """Compare a seed row by row; None where it stands on one side only, or no line of it changed."""
    if not all(side.lineage(name).exists() for side in (before, after)):
        return None
    grain: list[str] = read_object(after.folder / LINEAGE / MODELS)[name]["grain"]
    with connect() as connection:
        for word, side in (("old", before), ("new", after)):
            connection.execute(f"create temp view {word} as from read_parquet({quoted(side.lineage(name))})")
        columns = [set(connection.sql(f"from {word} limit 0").columns) for word in ("old", "new")]
        common = sorted(columns[0] & columns[1])
        if not set(grain) <= set(common):
            return None
        listed = ", ".join(common)
        keys = ", ".join(f"coalesce(cast({column} as varchar), '')" for column in grain)
        rows = connection.execute(
            f"with gone as (select {listed} from old except select {listed} from new), "
            f"come as (select {listed} from new except select {listed} from old) "
            f"select distinct {keys} from (from gone union all from come) order by all"
        ).fetchall()
    references = before.references | after.references
    return Lines(tuple(references.get(column, column) for column in grain), tuple(rows)) if rows else None


def _other_files(before: Side, after: Side, told: set[str], editions: list[Cause]) -> list[Cause]:
    """Name changed files that no cause so far stands for."""
    changed = {path for path in {*before.files, *after.files} if before.files.get(path) != after.files.get(path)} - told
    # An edition's cause stands for its own files; their names tell no more.
    own = ("raw/", "seeds/figures/", "seeds/editions.yml") if editions else ()
    return [Cause("file", path, f"{path} changed") for path in sorted(changed) if not path.startswith(own)]


def _sql(old: dict[str, Any], new: dict[str, Any]) -> list[Cause]:
    causes = []
    for kind, noun in (("models", "SQL of"), ("view_sql", "SQL of view")):
        for name in sorted({*old[kind], *new[kind]}):
            before, after = old[kind].get(name, {}).get("sql"), new[kind].get(name, {}).get("sql")
            if before != after:
                words = "is new" if before is None else "was removed" if after is None else "changed"
                causes.append(Cause("sql", name, f"{noun} {name} {words}", (name,)))
    return causes


def _software(old: dict[str, Any], new: dict[str, Any]) -> list[Cause]:
    causes = []
    if old["code_fingerprint"] != new["code_fingerprint"]:
        causes.append(Cause("code", "pipelines", "the code of pipelines/ changed"))
    for name, version in new["software"].items():
        if (was := old["software"].get(name)) != version:
            causes.append(Cause("software", name, f"{name} {was} became {version}"))
    return causes
