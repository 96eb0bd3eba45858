"""Make anew only those editions of a table whose inputs have changed, and take the others over as they were.

A model's header may say that its rows of an edition stand on that edition alone (`by_edition: alone`), or on it and
on those that its publisher brought out before it (`by_edition: with_earlier`); a test proves it of each. Its file then
bears a mark for each edition: of the SQL, the contract and what the edition's rows are made from. Two files with the
same mark for an edition hold the same rows of it, but for the last bits of a sum, since a sum is added in the order in
which rows come.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from ..contracts.sql import quoted
from ..files.whole import fingerprint
from .parts import Model, Source
from .tables import Kept, connect, register, table_path

if TYPE_CHECKING:
    import duckdb

EDITION = "edition_id"
# What a header may say an edition's rows stand on.
STANDS = ("alone", "with_earlier")
# The table that says by whom, and when, each edition was published.
REGISTRY = "source_edition"
# Under this name a file bears its marks; rows that name no edition are marked under an empty one.
MARKS = "editions"
ALL = ""
Marks = dict[str, str]


@dataclass(frozen=True)
class Editions:
    """Hold a table's marks by edition as they shall be, the editions that its file holds, and those that are so."""

    marks: Marks
    held: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()

    @property
    def changed(self) -> list[str]:
        """List the editions whose rows are to be made."""
        return sorted(set(self.marks) - self.kept)


def has_editions(table: Source | Model) -> bool:
    """Tell whether a table's rows name an edition each."""
    return EDITION in {column.name for column in table.contract.columns}


def read_marks(file: Path | BinaryIO) -> Marks:
    """Read the marks that a table's file bears; none where its rows are not kept by edition."""
    import pyarrow.parquet as pq

    metadata: Mapping[bytes, bytes] = pq.read_metadata(file).metadata or {}
    marks: Marks = json.loads(metadata.get(MARKS.encode(), b"{}"))
    return marks


def editions_kept(file: Path, marks: Marks) -> set[str]:
    """Name the editions whose rows a file holds as a table of these marks has them; none where there is no file."""
    held = read_marks(file) if file.is_file() else {}
    return {edition for edition, mark in held.items() if marks.get(edition) == mark}


def marks_metadata(marks: Mapping[str, str]) -> dict[str, str]:
    """Write marks as what a table's file bears beside its contract."""
    return {MARKS: json.dumps(marks, sort_keys=True)} if marks else {}


# A table is read by several models of a build, and its bytes do not change meanwhile.
@lru_cache(512)
def marks_of(path: Path, sha256: str) -> Marks:
    """Read the marks of a table's file, or make them of its rows where it bears none."""
    if marks := read_marks(path):
        return marks
    rows, connection = f"read_parquet({quoted(path)})", connect()
    columns = {name for name, *_ in connection.execute(f"describe from {rows}").fetchall()}
    return marks_of_rows(connection, rows, f"coalesce({EDITION}, '{ALL}')" if EDITION in columns else quoted(ALL))


def marks_of_rows(connection: duckdb.DuckDBPyConnection, rows: str, edition: str) -> Marks:
    """Hash the rows of a table or of what else can be read, by an edition each that an expression names."""
    # None of the three numbers depends on the order in which rows lie.
    hashed = f"select {edition} as edition, hash(t) as hashed from {rows} as t"
    found = connection.execute(
        f"select edition, count(*), bit_xor(hashed), sum(cast(hashed as hugeint)) from ({hashed}) group by edition"
    ).fetchall()
    return {edition: fingerprint(*map(str, numbers)) for edition, *numbers in found}


def marks_of_model(model: Model, base: Sequence[str], inputs: Mapping[str, Marks], registry: Path) -> Marks:
    """Make the marks of a model's editions from `base`, on which all its rows stand, and the marks of what it reads."""
    editions = {edition for marks in inputs.values() for edition in marks} - {ALL}
    common = [*base, *(f"{name}={marks[ALL]}" for name, marks in inputs.items() if ALL in marks)]
    own = {edition: [f"{name}={marks.get(edition, '')}" for name, marks in inputs.items()] for edition in editions}
    known = {edition: [edition] for edition in editions}
    if model.by_edition == "with_earlier":
        known |= {
            edition: [*editions & others] for edition, others in _known_by(registry).items() if edition in editions
        }
    return {
        edition: fingerprint(*common, *(part for other in sorted(known[edition]) for part in (other, *own[other])))
        for edition in sorted(editions)
    }


def _known_by(registry: Path) -> dict[str, set[str]]:
    """Name for each edition those of its publisher that were out when it came out, with those of the same day."""
    import pyarrow.parquet as pq

    rows = pq.read_table(registry, columns=[EDITION, "publisher", "published_on"]).to_pylist()
    # An edition without a day may be compared with any.
    days = {row[EDITION]: (row["publisher"], str(row["published_on"] or "~")) for row in rows}
    return {
        edition: {other for other, (whose, then) in days.items() if whose == publisher and then <= day}
        for edition, (publisher, day) in days.items()
    }


def query_of_changed(
    connection: duckdb.DuckDBPyConnection, model: Model, editions: Editions, tables: Path, dated: Sequence[str]
) -> str:
    """Write the query of the rows of a model's changed editions, and register what it reads.

    `dated` names the inputs whose rows name an edition: where an edition's rows stand on it alone, only the changed
    editions' rows are left to be read.
    """
    register(connection, tables, list(model.depends_on))
    changed = editions.changed
    for name in dated if changed and model.by_edition == "alone" else ():
        rows = f"read_parquet({quoted(table_path(tables, name))})"
        connection.execute(f"create or replace temp view {name} as select * from {rows} where {among(changed)}")
    return f"select {_columns(model)} from ({model.sql}) where {among(changed)}"


def kept_rows(model: Model, editions: Editions, tables: Path) -> Kept | None:
    """Tell which rows of a model's present file stay; None where there are none."""
    if not editions.kept:
        return None
    file = f"read_parquet({quoted(table_path(tables, model.name))})"
    rows = f"select {_columns(model)} from {file} where {among(sorted(editions.kept))}"
    return Kept(rows, is_whole=editions.kept == editions.held)


def _columns(model: Model) -> str:
    return ", ".join(column.name for column in model.contract.columns)


def among(editions: Sequence[str]) -> str:
    """Write the condition of the rows of these editions; no row has it where there is none."""
    if not editions:
        return "false"
    return f"{EDITION} in ({', '.join(quoted(edition) for edition in editions)})"
