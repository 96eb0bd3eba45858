"""Compare two releases: tables, columns, keys added and lost, values changed, each with its size.

Only the two folders are read; what a table's key and units are, their manifests say. Tiers:

| | large | moderate | small |
|---|---|---|---|
| percent, points | 1 point or more | 0.1 point or more | less |
| other figures | 10 % or more | 1 % or more | less |
| years | | any change | |
| yes/no, listed words | any change | | |
| other text, dates | | | any change |
| any value | lost | gained | |

Grave is what is lost and what changed by much. Each such row is held against the causes by itself (see
`causes` and `reach`); a column or a table that is gone is about the schema, which no input explains.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from ..contracts.sql import quoted
from ..models.by_edition import among, read_marks
from ..models.tables import connect
from .causes import Cause, Side, above, find_causes
from .description import read_manifest_of, tables_of, withdrawn_from
from .reach import condition, domains_of

TIERS = ("large", "moderate", "small")
SAMPLE = 10
LARGE_PP, MODERATE_PP = 1.0, 0.1
LARGE_RATIO, MODERATE_RATIO = 0.10, 0.01
Field = dict[str, Any]


@dataclass
class TableDiff:
    """Tell how one table differs: rows, columns, keys, values by tier, samples, and the causes above it."""

    table: str
    state: str
    rows_before: int = 0
    rows_after: int = 0
    columns_added: list[str] = field(default_factory=list)
    columns_lost: list[str] = field(default_factory=list)
    columns_withdrawn: list[str] = field(default_factory=list)
    columns_retyped: list[str] = field(default_factory=list)
    key_changed: bool = False
    is_matched: bool = True
    keys_added: int = 0
    keys_lost: int = 0
    values: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TIERS, 0))
    columns_changed: dict[str, dict[str, int]] = field(default_factory=dict)
    samples: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    causes: list[str] = field(default_factory=list)
    lost_unexplained: int = 0
    large_unexplained: int = 0
    samples_unexplained: list[str] = field(default_factory=list)

    @property
    def schema_faults(self) -> list[str]:
        """Say what was lost of the table itself; no input explains it."""
        faults = ["the table is gone"] if self.state == "removed" else []
        faults += [f"column {column} is gone" for column in self.columns_lost]
        faults += [f"column {column} has another type" for column in self.columns_retyped]
        return faults + ([] if self.is_matched else ["its key is another, so that rows cannot be matched"])

    @property
    def is_grave(self) -> bool:
        """Tell whether something was lost or changed by much, so that it needs a cause."""
        return bool(self.schema_faults or self.keys_lost or self.values["large"])

    @property
    def is_empty(self) -> bool:
        """Tell whether a reader would see no difference."""
        changed = (
            self.columns_added
            or self.columns_withdrawn
            or self.key_changed
            or self.keys_added
            or any(self.values.values())
        )
        return self.state == "kept" and not changed and not self.is_grave

    @property
    def is_unexplained(self) -> bool:
        """Tell whether it blocks publication until somebody accepts it."""
        return bool(self.schema_faults or self.lost_unexplained or self.large_unexplained)


@dataclass
class ReleaseDiff:
    """Hold the difference between two releases: what changed, and why."""

    before: str
    after: str
    causes: list[Cause]
    tables: list[TableDiff]
    views: dict[str, list[str]]

    @property
    def unexplained(self) -> list[TableDiff]:
        """Return the tables with a grave change that no cause reaches."""
        return [table for table in self.tables if table.is_unexplained]

    def as_json(self) -> dict[str, Any]:
        """Return everything for `diff.json`."""
        return {
            "before": self.before,
            "after": self.after,
            "causes": [cause.as_json() for cause in self.causes],
            "tables": [asdict(table) | {"unexplained": table.is_unexplained} for table in self.tables],
            "views": self.views,
            "summary": self.summary(),
        }

    def summary(self) -> list[str]:
        """Say the difference in lines that a person reads: first why, then what."""
        lines = [f"because {words}" for words in dict.fromkeys(cause.words for cause in self.causes)]
        lines += [_table_line(table) for table in self.tables]
        lines += [f"views {state}: {', '.join(names)}" for state, names in self.views.items() if names]
        return lines or ["no difference"]


def compare(before: Path, after: Path, after_manifest: dict[str, Any] | None = None) -> ReleaseDiff:
    """Compare two release folders; `after_manifest` where the second has none written yet.

    Raises `OSError`, `ValueError`, `KeyError` or `duckdb.Error` where one of them cannot be read.
    """
    old = Side(before, read_manifest_of(before))
    new = Side(after, after_manifest or read_manifest_of(after))
    causes = find_causes(old, new)
    old_tables, new_tables = tables_of(old.manifest), tables_of(new.manifest)
    found = []
    for name in sorted({*old_tables, *new_tables}):
        if name not in new_tables:
            table = TableDiff(name, "removed", rows_before=old_tables[name]["rows"])
        elif name not in old_tables:
            table = TableDiff(name, "added", rows_after=new_tables[name]["rows"])
        elif old_tables[name]["hash"] == new_tables[name]["hash"]:
            continue
        else:
            table = TableDiff(name, "kept", old_tables[name]["rows"], new_tables[name]["rows"])
        origins = above(name, old, new)
        possible = [cause for cause in causes if origins & set(cause.origins)]
        if table.state == "kept":
            _compare_table(table, old, new, possible)
        if not table.is_empty:
            table.causes = list(dict.fromkeys(cause.words for cause in possible))
            found.append(table)
    return ReleaseDiff(old.manifest["id"], new.manifest["id"], causes, found, _views(old.own, new.own))


def _compare_table(table: TableDiff, before: Side, after: Side, causes: Sequence[Cause]) -> None:
    old, new = tables_of(before.manifest)[table.table], tables_of(after.manifest)[table.table]
    old_fields: dict[str, Field] = {f["name"]: f for f in old["schema"]["fields"]}
    new_fields: dict[str, Field] = {f["name"]: f for f in new["schema"]["fields"]}
    common = [column for column in new_fields if column in old_fields]
    table.columns_added = [column for column in new_fields if column not in old_fields]
    gone, withdrawn = [column for column in old_fields if column not in new_fields], withdrawn_from(new)
    table.columns_lost = [column for column in gone if column not in withdrawn]
    table.columns_withdrawn = [column for column in gone if column in withdrawn]
    table.columns_retyped = [c for c in common if old_fields[c]["type"] != new_fields[c]["type"]]
    table.key_changed = new["schema"]["primaryKey"] != old["schema"]["primaryKey"]
    comparable = [column for column in common if column not in table.columns_retyped]
    with connect() as connection:
        files = before.folder / old["path"], after.folder / new["path"]
        for word, file, where in zip(("old", "new"), files, _unlike_editions(*files), strict=True):
            connection.execute(f"create temp view {word} as from read_parquet({quoted(file)}) {where}")
        keys = _common_key(connection, (new["schema"]["primaryKey"], old["schema"]["primaryKey"]), comparable)
        table.is_matched = bool(keys)
        if not keys:
            return
        values = [new_fields[column] for column in comparable if column not in keys]
        _match(connection, keys, [f["name"] for f in values])
        _compare_keys(connection, table, keys)
        _compare_values(connection, table, keys, values)
        if table.is_grave:
            columns = {key: [key] for key in keys}
            columns |= {f["name"]: [f"{f['name']}__before", f"{f['name']}__after"] for f in values}
            references = before.references | after.references
            pools = bool(after.own["models"].get(table.table, {}).get("pools_editions"))
            reached = condition(connection, causes, domains_of(columns, references), references, pools=pools)
            _hold_against(connection, table, keys, reached)


def _unlike_editions(old: Path, new: Path) -> tuple[str, str]:
    """Write the conditions that leave out editions of which both files bear the same mark, and so the same rows."""
    before, after = read_marks(old), read_marks(new)
    same = {edition for edition, mark in after.items() if before.get(edition) == mark}
    if not same:
        return "", ""
    return f"where {among(sorted(set(before) - same))}", f"where {among(sorted(set(after) - same))}"


def _common_key(
    connection: duckdb.DuckDBPyConnection, candidates: Sequence[list[str]], comparable: Sequence[str]
) -> list[str]:
    """Find a key by which the rows of both releases can be matched, the present one first; empty where none can."""
    for keys in candidates:
        if not set(keys) <= set(comparable):
            continue
        listed = ", ".join(keys)
        twice = [
            f"exists (select 1 from {word} group by {listed} having count(*) > 1 limit 1)" for word in ("old", "new")
        ]
        if connection.execute(f"select {' or '.join(twice)}").fetchall() == [(False,)]:
            return keys
    return []


def _match(connection: duckdb.DuckDBPyConnection, keys: list[str], columns: list[str]) -> None:
    """Put the rows of both releases that are not alike side by side in a table `matched`: most rows are."""
    pairs = [f"old.{c} as {c}__before, new.{c} as {c}__after" for c in columns]
    unlike = ["old.present is null", "new.present is null", *(f"old.{c} is distinct from new.{c}" for c in columns)]
    connection.execute(
        f"create temp table matched as select row_number() over () as row_id, {', '.join([*keys, *pairs])}, "
        "old.present is not null as was_there, new.present is not null as is_there "
        f"from (select *, true as present from old) as old "
        f"full join (select *, true as present from new) as new using ({', '.join(keys)}) "
        f"where {' or '.join(unlike)}"
    )
    connection.execute(
        "create temp table changed (row_id bigint, column_name varchar, row_key varchar, "
        "before varchar, after varchar, size double, tier varchar)"
    )


def _compare_keys(connection: duckdb.DuckDBPyConnection, table: TableDiff, keys: list[str]) -> None:
    listed = ", ".join(keys)
    for word, wanted in (("keys_lost", "was_there and not is_there"), ("keys_added", "is_there and not was_there")):
        count = connection.execute(f"select count(*) from matched where {wanted}").fetchall()[0][0]
        setattr(table, word, count)
        if count:
            rows = connection.sql(f"select {listed} from matched where {wanted} order by {listed} limit {SAMPLE}")
            table.samples[word] = rows.to_arrow_table().to_pylist()


def _compare_values(
    connection: duckdb.DuckDBPyConnection, table: TableDiff, keys: list[str], fields: list[Field]
) -> None:
    if not fields:
        return
    key = _shown_key(keys)
    parts = [
        f"select row_id, '{f['name']}' as column_name, {key} as row_key, "
        f"cast({f['name']}__before as varchar) as before, cast({f['name']}__after as varchar) as after, "
        f"{_size(f)} as size, {_tier(f)} as tier from matched "
        f"where was_there and is_there and {f['name']}__before is distinct from {f['name']}__after"
        for f in fields
    ]
    connection.execute(f"insert into changed {' union all '.join(parts)}")
    counts = connection.execute("select column_name, tier, count(*) from changed group by all order by all").fetchall()
    for column, tier, count in counts:
        table.values[tier] += count
        table.columns_changed.setdefault(column, dict.fromkeys(TIERS, 0))[tier] = count
    for tier in TIERS:
        rows = connection.sql(
            f"select row_key, column_name, before, after from changed where tier = '{tier}' "
            f"order by size desc nulls first, column_name, row_key limit {SAMPLE}"
        )
        if table.values[tier]:
            table.samples[tier] = rows.to_arrow_table().to_pylist()


def _hold_against(connection: duckdb.DuckDBPyConnection, table: TableDiff, keys: list[str], reached: str) -> None:
    """Count the rows lost and the large changes in rows that the condition does not hold for, and show some."""
    grave = "(was_there and not is_there or row_id in (select row_id from changed where tier = 'large'))"
    connection.execute(f"create temp table unreached as from matched where {grave} and not ({reached})")
    lost = f"select {_shown_key(keys)} as row_key from unreached where not is_there order by all"
    large = (
        "select column_name, row_key, before, after from changed where tier = 'large' "
        "and row_id in (select row_id from unreached) order by size desc nulls first, column_name, row_key"
    )
    rows_lost, rows_large = connection.execute(lost).fetchall(), connection.execute(large).fetchall()
    table.lost_unexplained, table.large_unexplained = len(rows_lost), len(rows_large)
    table.samples_unexplained = [f"lost {key}" for (key,) in rows_lost[:SAMPLE]]
    table.samples_unexplained += [
        f"{column} of {key}: {was} became {is_}" for column, key, was, is_ in rows_large[:SAMPLE]
    ]


def _shown_key(keys: list[str]) -> str:
    return f"concat_ws(', ', {', '.join(keys)})"


def _size(field_: Field) -> str:
    """Write the size of a change: points for percentages, a ratio for other figures, null for words."""
    before, after = f"{field_['name']}__before", f"{field_['name']}__after"
    if field_["type"] not in ("number", "integer"):
        return "cast(null as double)"
    if _in_points(field_):
        return f"abs({after} - {before})::double"
    return f"(abs({after} - {before}) / greatest(abs({before}), abs({after})))::double"


def _tier(field_: Field) -> str:
    before, after = f"{field_['name']}__before", f"{field_['name']}__after"
    size = _size(field_)
    if field_["type"] == "boolean" or field_.get("constraints", {}).get("enum"):
        rest = "'large'"
    elif field_.get("unit") == "year":
        rest = "'moderate'"
    elif field_["type"] in ("number", "integer"):
        large, moderate = (LARGE_PP, MODERATE_PP) if _in_points(field_) else (LARGE_RATIO, MODERATE_RATIO)
        rest = f"case when {size} >= {large} then 'large' when {size} >= {moderate} then 'moderate' else 'small' end"
    else:
        rest = "'small'"
    return f"case when {after} is null then 'large' when {before} is null then 'moderate' else {rest} end"


def _in_points(field_: Field) -> bool:
    return str(field_.get("unit", "")).startswith("percent")


def _views(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[str]]:
    before, after = old["view_sql"], new["view_sql"]
    return {
        "added": sorted(set(after) - set(before)),
        "lost": sorted(set(before) - set(after)),
        "changed": sorted(name for name in set(before) & set(after) if before[name]["sql"] != after[name]["sql"]),
    }


def _table_line(table: TableDiff) -> str:
    if table.state != "kept":
        return f"{table.table}: table {table.state}{' WITHOUT A CAUSE' if table.is_unexplained else ''}"
    parts = [f"column {c} added" for c in table.columns_added]
    parts += [f"column {c} lost" for c in table.columns_lost]
    parts += [f"column {c} withdrawn" for c in table.columns_withdrawn]
    parts += [f"column {c} has another type" for c in table.columns_retyped]
    if table.key_changed:
        parts.append("another key" if table.is_matched else "another key, so rows cannot be matched")
    parts += [f"{table.keys_added} rows added"] if table.keys_added else []
    parts += [f"{table.keys_lost} rows lost"] if table.keys_lost else []
    tiers = [f"{count} {tier}" for tier, count in table.values.items() if count]
    parts += [f"values changed: {', '.join(tiers)}"] if tiers else []
    return f"{table.table}: {'; '.join(parts)}{' WITHOUT A CAUSE' if table.is_unexplained else ''}"
