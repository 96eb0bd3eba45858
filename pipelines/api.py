"""The front door for programs: `import burdenshare`.

Belongs here: what a notebook asks a release, with its types. Does not: how it is answered, which lies in `reading`.

Each function takes a `source`: the folder of a warehouse or of one release, or the address that releases are pushed
to (`https://...`, `s3://...`, whatever fsspec reads); where it is None, the warehouse of BURDENSHARE_WAREHOUSE or the
one that comes with the project. `load` and `query` give pandas, or what `to` names.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

import duckdb

from .places import WAREHOUSE
from .reading.claims import NotAStatement, Statement, judge_by, parse_value
from .reading.connection import NoRelease, open_contents, require_contents
from .reading.entities import UnknownEntity, read_entities
from .reading.explain import CannotExplain, Figure, Lineage, Origin, read_models
from .reading.remote import fetch_release
from .reading.suggest import there_is_no

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

__all__ = [
    "CannotExplain",
    "Figure",
    "NoRelease",
    "NotAStatement",
    "Origin",
    "UnknownName",
    "check",
    "editions",
    "explain",
    "load",
    "query",
]

Form = Literal["pandas", "polars", "arrow"]
Source = str | os.PathLike[str] | None


class UnknownName(ValueError):
    """Say which table, edition or entity a release does not have, and which it has."""


@overload
def load(
    table: str,
    *,
    as_of: date | str | None = None,
    edition: str | None = None,
    entities: Iterable[str] | None = None,
    source: Source = None,
    to: Literal["pandas"] = "pandas",
) -> pd.DataFrame: ...
@overload
def load(
    table: str,
    *,
    as_of: date | str | None = None,
    edition: str | None = None,
    entities: Iterable[str] | None = None,
    source: Source = None,
    to: Literal["polars"],
) -> pl.DataFrame: ...
@overload
def load(
    table: str,
    *,
    as_of: date | str | None = None,
    edition: str | None = None,
    entities: Iterable[str] | None = None,
    source: Source = None,
    to: Literal["arrow"],
) -> pa.Table: ...
def load(
    table: str,
    *,
    as_of: date | str | None = None,
    edition: str | None = None,
    entities: Iterable[str] | None = None,
    source: Source = None,
    to: Form = "pandas",
) -> Any:
    """Load a table or view, such as `fct_growth`: every edition, one edition, or what was known on a day.

    `as_of` is a day, as a date or as text (`2024-12-31`): each row is then of the newest edition that held it on that
    day. `edition` is an edition's id. `entities` are codes or names (`POL`, `Poland`, `NATO_EUR_CAN`). Rows come in the
    order of the table's grain; columns and units are those of `docs/tables.md`. Raises `UnknownName` for what the
    release does not have, `ValueError` where a table has no editions or entities to choose by, `NoRelease` where there
    is nothing to read.
    """
    folder = _folder(source)
    models, contents = read_models(folder), require_contents(folder)
    shown = sorted({*contents.tables, *contents.views})
    _require_one_of(table, shown, "table or view")
    if as_of is not None and edition is not None:
        raise ValueError("as_of and edition exclude each other: a day picks the edition of each row by itself.")
    columns, grain, asked, given = models[table]["columns"], models[table]["grain"], table, dict[str, object]()
    if as_of is not None:
        asked, grain = _as_of(table, contents.macros), [key for key in grain if key != "edition_id"]
        given["day"] = as_of if isinstance(as_of, date) else date.fromisoformat(as_of)
    with open_contents(contents, names={asked, "dim_edition"}) as connection:
        where = []
        if edition is not None:
            _require_column("edition_id", columns, table)
            _require_one_of(edition, _column(connection, "select edition_id from dim_edition order by all"), "edition")
            where.append("edition_id = $edition")
            given["edition"] = edition
        if entities is not None:
            _require_column("entity_code", columns, table)
            where.append("list_contains($entities, entity_code)")
            given["entities"] = _codes(folder, entities)
        relation = f"{asked}($day)" if as_of is not None else asked
        condition = f" where {' and '.join(where)}" if where else ""
        sql = f"select * from {relation}{condition} order by {', '.join(grain)}"
        return _given(connection.sql(sql, params=given), to)


@overload
def query(
    sql: str,
    parameters: Sequence[object] | Mapping[str, object] | None = None,
    *,
    source: Source = None,
    to: Literal["pandas"] = "pandas",
) -> pd.DataFrame: ...
@overload
def query(
    sql: str,
    parameters: Sequence[object] | Mapping[str, object] | None = None,
    *,
    source: Source = None,
    to: Literal["polars"],
) -> pl.DataFrame: ...
@overload
def query(
    sql: str,
    parameters: Sequence[object] | Mapping[str, object] | None = None,
    *,
    source: Source = None,
    to: Literal["arrow"],
) -> pa.Table: ...
def query(
    sql: str,
    parameters: Sequence[object] | Mapping[str, object] | None = None,
    *,
    source: Source = None,
    to: Form = "pandas",
) -> Any:
    """Ask a release with SQL in DuckDB's dialect; it sees the release's tables, views and macros, and nothing else.

    `parameters` fill `?` or `$name` in it. Raises `duckdb.Error` for what DuckDB cannot answer, `NoRelease` where there
    is nothing to read.
    """
    contents = require_contents(_folder(source))
    with open_contents(contents, names=contents.named_in(sql)) as connection:
        relation = connection.sql(sql, params=parameters)
        if relation is None:
            raise ValueError("This is no question: a release is open for reading only. Ask with SELECT.")
        return _given(relation, to)


def explain(table: str, *keys: object, column: str, source: Source = None) -> Figure:
    """Explain one figure: its value, unit and formula, and the figures that it was made of, down to published cells.

    `keys` name the row, in the order of the table's grain:
    `explain("fct_growth", "nato-2024-06", "NATO_EUR_CAN", 2024, column="real_growth_pct")`. Its `leaves()` have an
    `origin` each: file, SHA-256, cell. Raises `CannotExplain` where there is no such table, row or column, `NoRelease`
    where there is nothing to read.
    """
    return Lineage(_folder(source)).explain(table, tuple(map(str, keys)), column)


def check(
    metric: str,
    scope: str,
    year: int,
    value: str | float | bool,
    *,
    target: str | None = None,
    price_basis: Literal["current", "constant"] | None = None,
    source: Source = None,
) -> pd.DataFrame:
    """Check a statement by every edition that covers its year; a row each, with verdict, figure and a sentence.

    `value` is as it was stated, and its decimals say how it was rounded: `"19.4"` or 19.4 percent, `"22"` Allies,
    billions of dollars for `expenditure`, True or False for `meets_target`. Raises `NotAStatement` where metric, scope,
    target or year are none that the release knows, `NoRelease` where there is nothing to read.
    """
    from .contracts.metrics import Metric

    folder = _folder(source)
    if metric not in {known.value for known in Metric}:
        raise NotAStatement(f"No metric is called {metric!r}. There are: {', '.join(known.value for known in Metric)}.")
    figure, decimals = parse_value(str(value), Metric(metric))
    statement = Statement(Metric(metric), scope, year, figure, decimals, target, price_basis)
    verdicts: pd.DataFrame = judge_by(folder, statement).to_pandas()
    return verdicts


def editions(*, source: Source = None) -> pd.DataFrame:
    """List the editions by the day on which they were published; `has_figures` tells which are held.

    Raises `NoRelease` where there is nothing to read.
    """
    with open_contents(require_contents(_folder(source)), names={"dim_edition"}) as connection:
        found: pd.DataFrame = connection.sql("select * from dim_edition order by published_on, edition_id").df()
        return found


def _folder(source: Source) -> Path:
    """Find the folder of the release that a source means."""
    text = os.fspath(source) if source is not None else os.environ.get("BURDENSHARE_WAREHOUSE") or os.fspath(WAREHOUSE)
    if "://" in text:
        return fetch_release(text)
    folder = Path(text).expanduser().resolve()
    if (folder / "datapackage.json").is_file():
        return folder
    if not (current := folder / "current").is_dir():
        raise NoRelease(
            f"There is no release in {folder}. Name a warehouse, a release's folder or an address as source=..., or "
            "set BURDENSHARE_WAREHOUSE; `burdenshare build` makes a warehouse."
        )
    return current.resolve()


def _as_of(table: str, macros: Mapping[str, object]) -> str:
    macro = f"{table.removeprefix('fct_')}_as_of"
    if macro not in macros:
        dated = sorted(name.removesuffix("_as_of") for name in macros if name.endswith("_as_of"))
        raise ValueError(f"{table} is not kept by day. These are: {', '.join(f'fct_{name}' for name in dated)}.")
    return macro


def _require_one_of(name: str, known: list[str], what: str) -> None:
    if name not in known:
        raise UnknownName(there_is_no(what, name, known))


def _require_column(column: str, columns: Iterable[str], table: str) -> None:
    if column not in columns:
        raise ValueError(f"{table} has no {column} to choose by. Its columns: {', '.join(columns)}.")


def _codes(folder: Path, entities: Iterable[str]) -> list[str]:
    known = read_entities(folder)
    try:
        return [known.code(name) for name in ([entities] if isinstance(entities, str) else entities)]
    except UnknownEntity as error:
        raise UnknownName(str(error)) from error


def _column(connection: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    return [value for (value,) in connection.execute(sql).fetchall()]


def _given(relation: duckdb.DuckDBPyRelation, to: Form) -> Any:
    return relation.df() if to == "pandas" else _converted(relation.to_arrow_table(), to)


def _converted(table: pa.Table, to: Form) -> Any:
    """Hand a table on in the form that was asked for."""
    if to == "arrow":
        return table
    if to == "pandas":
        return table.to_pandas()
    if to != "polars":
        raise ValueError(f"to is {to!r}; expected pandas, polars or arrow.")
    try:
        import polars
    except ImportError as error:
        raise ImportError("to='polars' needs polars: pip install 'burdenshare[polars]'.") from error
    return polars.from_arrow(table)
