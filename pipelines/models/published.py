"""Show a model's table as readers of a release get it: beside each code of a reason, its words.

SQL decides by codes. What they mean stands once, in `warehouse/seeds/reasons.csv`, and is joined when
a release is made: `null_reason_code` gets `null_reason` beside it. Where the dictionary names a number
to go with the words, it stands in the place of their `{}`, with commas between its thousands.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..contracts.columns import Column
from ..contracts.sql import quoted
from ..contracts.table import TableContract
from ..files.row_groups import OtherColumns
from ..files.whole import fingerprint
from .by_edition import among, editions_kept, marks_metadata, read_marks
from .parts import Model
from .tables import ContractError, connect, table_path, write_rows

if TYPE_CHECKING:
    import duckdb

# The source whose rows are codes and their words.
REASONS = "seed_reason"


def as_published(model: Model, dictionary: Mapping[str, Column]) -> Model:
    """Return a model with the words of its codes among its columns; the same where it has no codes."""
    if not _codes(model.contract):
        return model
    contract = replace(model.contract, columns=tuple(_published_columns(model.contract, dictionary)))
    sql = _with_words(model, contract, f"(\n{model.sql}\n)", lambda code: f"words_of_{code.name}.words") + "".join(
        f"\nleft join {REASONS} as words_of_{code.name} on words_of_{code.name}.code = made.{code.name}"
        for code in _codes(model.contract)
    )
    return replace(model, contract=contract, sql=sql, depends_on=tuple(sorted({*model.depends_on, REASONS})))


def write_published(
    model: Model, contract: TableContract, tables: Path, folder: Path, before: Path | None = None
) -> None:
    """Write a model's table into a release's folder under its published contract; without codes, it is copied.

    `before` is the folder of the release before, whose rows are taken over where all of them stay. Raises
    `ContractError` where a row bears a code that has no words.
    """
    target = table_path(folder, model.name)
    if not _codes(model.contract):
        shutil.copyfile(table_path(tables, model.name), target)
        return
    connection, words = connect(), _words(tables)
    # Chosen, not joined: rows then stay in the order in which they lie, and sorting them anew takes half as long again.
    query = _with_words(model, contract, model.name, lambda code: _chosen(code, words))
    coded, present = table_path(tables, model.name), table_path(before, model.name) if before else None
    marks = {edition: fingerprint(mark, query) for edition, mark in read_marks(coded).items()}
    metadata = contract.metadata() | marks_metadata(marks)
    kept = editions_kept(present, marks) if present else set()
    if present and kept and kept == set(read_marks(present)):
        _register_coded(connection, model, coded, words, f"where {among(sorted(set(marks) - kept))}")
        with suppress(OtherColumns):
            return write_rows(connection, query, contract, metadata, target, after=present, is_sorted=True)
    _register_coded(connection, model, coded, words)
    write_rows(connection, query, contract, metadata, target, is_sorted=True)


def _words(tables: Path) -> dict[str, str]:
    """Read the words of every code."""
    rows = connect().execute(f"select code, words from read_parquet({quoted(table_path(tables, REASONS))})")
    return dict(rows.fetchall())


def _register_coded(
    connection: duckdb.DuckDBPyConnection, model: Model, file: Path, words: Mapping[str, str], rows: str = ""
) -> None:
    """Make a model's rows readable; refuse a code that has no words."""
    connection.execute(f"create or replace temp view {model.name} as select * from read_parquet({quoted(file)}) {rows}")
    for code in _codes(model.contract):
        known = ", ".join(quoted(value) for value in _with_known_words(code, words))
        unknown = connection.execute(
            f"select distinct {code.name} from {model.name} where {code.name} not in ({known})"
        ).fetchall()
        if unknown:
            raise ContractError(
                f"{model.name} has {code.name} {unknown[0][0]!r}, which has no words in reasons.csv, or is not "
                "among the column's values in sql/columns.yml. What to do: add it there, or mend the model."
            )


def is_copied(model: Model) -> bool:
    """Tell whether a release shows a model's table byte for byte: it has no codes whose words would be joined."""
    return not _codes(model.contract)


def arrived_whole(model: Model, tables: Path, folder: Path) -> bool:
    """Tell whether the rows of a table with codes stand in a release's folder as they are, words beside them."""
    connection = connect()
    own = ", ".join(column.name for column in model.contract.columns if column.name not in _words_of(model.contract))
    # The order of rows does not matter to exclusive-or, and equal rows would have to vanish in pairs.
    counted = [
        connection.execute(
            f"select count(*), bit_xor(hash(t)) from (select {own} from read_parquet({quoted(path)})) as t"
        ).fetchall()
        for path in (table_path(tables, model.name), table_path(folder, model.name))
    ]
    return counted[0] == counted[1]


def words_problems(dictionary: Iterable[Column], reasons: Path) -> list[str]:
    """List the codes of the dictionary that have no words in the seed, and the words that no code asks for."""
    codes = {code for column in dictionary if column.words for code in column.values}
    with reasons.open(encoding="utf-8", newline="") as lines:
        known = {line["code"] for line in csv.DictReader(lines) if line["words"]}
    return [f"{reasons.name} has no words for the code {code}" for code in sorted(codes - known)] + [
        f"{reasons.name} has words for {code}, which no column of columns.yml lists" for code in sorted(known - codes)
    ]


def _codes(contract: TableContract) -> list[Column]:
    return [column for column in contract.columns if column.words]


def _words_of(contract: TableContract) -> set[str]:
    return {str(code.words) for code in _codes(contract)}


def _published_columns(contract: TableContract, dictionary: Mapping[str, Column]) -> Iterable[Column]:
    """Put each code's words before it, unless the table has a column for them already."""
    own = {column.name for column in contract.columns}
    for column in contract.columns:
        if column.words and column.words not in own:
            yield dictionary[column.words]
        yield column


def _with_words(model: Model, contract: TableContract, rows: str, words_of: Callable[[Column], str]) -> str:
    """Put words beside the codes of a model's rows, which are a table's name or a query in brackets.

    `words_of` writes the expression of a code's words.
    """
    own = {column.name for column in model.contract.columns}
    codes = {code.words: code for code in _codes(model.contract)}
    columns = []
    for name in (column.name for column in contract.columns):
        if name not in codes:
            columns.append(f"made.{name}")
            continue
        words = words_of(codes[name])
        if number := codes[name].words_with:
            words = f"replace({words}, '{{}}', format('{{:,}}', made.{number}))"
        columns.append(f"{f'coalesce(made.{name}, {words})' if name in own else words} as {name}")
    listed = ",\n    ".join(columns)
    return f"select\n    {listed}\nfrom {rows} as made"


def _with_known_words(code: Column, words: Mapping[str, str]) -> list[str]:
    """List the values of a code that have words."""
    return [value for value in code.values if value in words]


def _chosen(code: Column, words: Mapping[str, str]) -> str:
    """Write the expression that chooses a code's words among all that it may have."""
    cases = (f"when {quoted(value)} then {quoted(words[value])}" for value in _with_known_words(code, words))
    return f"case made.{code.name} {' '.join(cases)} end"
