"""Make the answer to a query fit for other programs: no column lost, and values that they know.

Belongs here: what is true of every door, such as names of columns and what JSON calls a number. Does not:
how a door looks.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    import duckdb

# Types of DuckDB that Arrow loses digits, zones or meaning of: they travel as DuckDB writes them.
LOST = {"BIGNUM", "BIT", "TIME WITH TIME ZONE", "UHUGEINT", "VARIANT"}


class CannotHold(Exception):
    """Say which column a form of file has no place for, and how to ask instead."""


def as_arrow_keeps(relation: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
    """Put text in the place of what Arrow would lose: the greatest UHUGEINT would become -1."""
    if not LOST.intersection(map(str, relation.types)):
        return relation
    columns = []
    for place, (name, kind) in enumerate(zip(relation.columns, relation.types, strict=True), start=1):
        value = f"cast(#{place} as varchar)" if str(kind) in LOST else f"#{place}"
        columns.append(f'{value} as "{name.replace(chr(34), chr(34) * 2)}"')
    return relation.project(", ".join(columns))


def with_unique_names(table: pa.Table) -> pa.Table:
    """Name columns of one name apart: the second `n` becomes `n_2`."""
    taken, names = set(table.column_names), []
    for name in table.column_names:
        unique, number = name, 2
        while unique in names or (unique != name and unique in taken):
            unique, number = f"{name}_{number}", number + 1
        names.append(unique)
    return table if names == table.column_names else table.rename_columns(names)


def is_number(kind: pa.DataType) -> bool:
    """Tell whether a column holds numbers."""
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def plain_columns(table: pa.Table) -> list[list[Any]]:
    """Give each column's values as bool, int, float, Decimal, text or None.

    What is nothing of these is text as DuckDB writes it, days and times too: they can lie at infinity, where Python
    has none.
    """
    return [
        column.to_pylist() if _is_plain(field.type) else as_texts(column)
        for field, column in zip(table.schema, table.columns, strict=True)
    ]


def as_texts(column: pa.ChunkedArray) -> list[str | None]:
    """Write a column's values as DuckDB does: `1 day`, `infinity`, `{'a': 1}`."""
    import duckdb

    with duckdb.connect() as connection:
        written = connection.from_arrow(pa.table({"value": column})).project("cast(value as varchar)")
        return [text for (text,) in written.fetchall()]


def json_rows(table: pa.Table) -> list[dict[str, Any]]:
    """Give rows as JSON knows them: NaN and infinity are null, sums and decimals numbers, days texts."""
    names = table.column_names
    return [dict(zip(names, row, strict=True)) for row in zip(*_json_columns(table), strict=True)]


def _json_columns(table: pa.Table) -> list[list[Any]]:
    columns = plain_columns(table)
    for index, (field, column) in enumerate(zip(table.schema, table.columns, strict=True)):
        if pa.types.is_nested(field.type) and _only(_is_plain, field.type):
            # Lists and structs are JSON's own, unless something in them is not.
            columns[index] = column.to_pylist(maps_as_pydicts="lossy")
    return [[_json_value(value) for value in column] for column in columns]


def _json_value(value: Any) -> Any:
    match value:
        case float():
            return value if math.isfinite(value) else None
        case Decimal():
            return int(value) if value.as_tuple().exponent == 0 else float(value)
        case dict():
            return {str(key): _json_value(item) for key, item in value.items()}
        case list():
            return [_json_value(item) for item in value]
        case _:
            return value


def storable(table: pa.Table) -> pa.Table:
    """Make a table that every reader of Parquet reads: sums and decimals as integers or doubles.

    Raises `CannotHold` for intervals, unions, and days at infinity or beyond the year 9999.
    """
    problems = []
    for index, (field, column) in enumerate(zip(table.schema, table.columns, strict=True)):
        if pa.types.is_decimal(field.type):
            table = table.set_column(index, field.name, _as_number(column))
        elif not _only(_is_storable, field.type):
            problems.append((field.name, f"values of type {_type_name(field.type)}"))
        elif pa.types.is_temporal(field.type) and not _has_python_days(column):
            problems.append((field.name, "days at infinity, or beyond the year 9999"))
    if problems:
        told = "; ".join(f"{name} holds {what}" for name, what in problems)
        casts = ", ".join(f'cast("{name}" as varchar) as "{name}"' for name, _ in problems)
        raise CannotHold(f"Parquet has no place that every reader knows for this: {told}. Ask for text: {casts}.")
    return table


def _as_number(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if column.type.scale == 0:
        try:
            return column.cast(pa.int64())
        except pa.ArrowInvalid:
            pass
    return column.cast(pa.float64())


def _has_python_days(column: pa.ChunkedArray) -> bool:
    try:
        column.to_pylist()
    except (OverflowError, ValueError):
        return False
    return True


def _is_plain(kind: pa.DataType) -> bool:
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    return bool(is_text or is_number(kind) or pa.types.is_boolean(kind) or pa.types.is_null(kind))


def _is_storable(kind: pa.DataType) -> bool:
    return not (pa.types.is_union(kind) or pa.types.is_interval(kind) or isinstance(kind, pa.BaseExtensionType))


def _only(is_fine: Callable[[pa.DataType], bool], kind: pa.DataType) -> bool:
    """Tell whether a type, or each of those that a nested one is made of, is fine."""
    if isinstance(kind, pa.BaseExtensionType):
        return is_fine(kind)
    if pa.types.is_union(kind):
        return False
    if pa.types.is_nested(kind):
        return all(_only(is_fine, kind.field(index).type) for index in range(kind.num_fields))
    return is_fine(kind)


def _type_name(kind: pa.DataType) -> str:
    if pa.types.is_interval(kind):
        return "INTERVAL"
    return "UNION" if pa.types.is_union(kind) else str(kind).split("<")[0].upper()
