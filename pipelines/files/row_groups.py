"""Put the row groups of one Parquet file into another as they lie: no row is read, sorted or written again.

A Parquet file is its row groups and, at its end, a description of them that says by bytes where each lies. Row groups
that come from another file stay as they are, and in the description their places move by as much as they moved. What
its fields mean stands in Parquet's own definition (parquet.thrift).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .thrift_structs import Struct

MAGIC = b"PAR1"
# Behind the description stand its length, in so many bytes, and the magic once more.
LENGTH = 4

# Fields of the description of a file, ...
_SCHEMA, _ROWS, _ROW_GROUPS = 2, 3, 4
# ... of a row group, ...
_COLUMNS, _GROUP_PLACE, _GROUP_NUMBER = 1, 5, 7
# ... of a column of it, ...
_CHUNK_PLACE, _CHUNK, _OFFSET_INDEX, _COLUMN_INDEX = 2, 3, 4, 6
# ... and of what a column says of itself: its data, an index, a dictionary, a Bloom filter.
_PLACES_OF_CHUNK = (9, 10, 11, 14)
# What a column of the schema says of whether it may be empty.
_REPETITION = 3


class OtherColumns(Exception):
    """Say that two files do not describe their columns alike, so that they cannot become one as they lie."""


def put_before(file: Path, earlier: Path) -> None:
    """Put the row groups of an earlier file before those of `file`, which keeps what else it says of itself.

    Raises `OtherColumns` where the two do not have the same columns of the same types; `file` is then as it was.
    """
    # Here, since whoever only reads a warehouse needs no Thrift.
    from . import thrift_structs

    (own_rows, own_described), (rows, before_described) = _split(file), _split(earlier)
    own, before = thrift_structs.read(own_described), thrift_structs.read(before_described)
    if not _groups(own) or not _groups(before):
        # Of columns without rows none says whether it may be empty, and the other file's word counts.
        _require_alike(_without_repetition(own), _without_repetition(before))
        own[_SCHEMA] = own[_SCHEMA] if _groups(own) else before[_SCHEMA]
    else:
        _require_alike(own[_SCHEMA], before[_SCHEMA])
    for group in _groups(own):
        _move(group, len(rows))
    groups = [*_groups(before), *_groups(own)]
    for number, group in enumerate(groups):
        if _GROUP_NUMBER in group:
            group[_GROUP_NUMBER] = group[_GROUP_NUMBER][0], number
    kind, (inner, _) = own[_ROW_GROUPS]
    own[_ROW_GROUPS] = kind, (inner, groups)
    own[_ROWS] = own[_ROWS][0], own[_ROWS][1] + before[_ROWS][1]
    described = thrift_structs.write(own)
    with file.open("wb") as stream:
        for part in (MAGIC, rows, own_rows, described, len(described).to_bytes(LENGTH, "little"), MAGIC):
            stream.write(part)


def begins_with(file: Path, earlier: Path) -> bool:
    """Tell whether a file's first row groups are those of an earlier one, byte for byte."""
    rows, _ = _split(earlier)
    with file.open("rb") as stream:
        return stream.read(len(MAGIC) + len(rows)) == MAGIC + rows


def _split(file: Path) -> tuple[bytes, bytes]:
    """Read a file's row groups, as they lie, and the description of them."""
    content = file.read_bytes()
    end = len(content) - LENGTH - len(MAGIC)
    start = end - int.from_bytes(content[end : end + LENGTH], "little")
    return content[len(MAGIC) : start], content[start:end]


def _groups(description: Struct) -> list[Struct]:
    groups: list[Struct] = description[_ROW_GROUPS][1][1]
    return groups


def _without_repetition(description: Struct) -> list[Struct]:
    columns: list[Struct] = description[_SCHEMA][1][1]
    return [{number: value for number, value in column.items() if number != _REPETITION} for column in columns]


def _require_alike(one: object, other: object) -> None:
    if one != other:
        raise OtherColumns("The columns of the two files are not the same ones.")


def _move(group: Struct, by: int) -> None:
    """Say of a row group that it lies so many bytes later."""
    _shift(group, (_GROUP_PLACE,), by)
    for column in group[_COLUMNS][1][1]:
        _shift(column, (_CHUNK_PLACE, _OFFSET_INDEX, _COLUMN_INDEX), by)
        _shift(column[_CHUNK][1], _PLACES_OF_CHUNK, by)


def _shift(struct: Struct, fields: tuple[int, ...], by: int) -> None:
    for field in fields:
        # Nothing lies at the start of a file; writers put 0 where they do not tell a place.
        if field in struct and struct[field][1]:
            struct[field] = struct[field][0], struct[field][1] + by
