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
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path

import duckdb

from pipelines.contracts.sql import quoted
from pipelines.releases.causes import Cause, explaining, find_causes
from pipelines.releases.manifest import OWN, read_manifest_of, tables_of

TIERS = ("large", "moderate", "small")
SAMPLE = 10
LARGE_PP, MODERATE_PP = 1.0, 0.1
LARGE_RATIO, MODERATE_RATIO = 0.10, 0.01


@dataclass
class TableDiff:
    """Tell how one table differs: rows, columns, keys, values by tier, samples, and the causes above it."""

    table: str
    state: str
    rows_before: int = 0
    rows_after: int = 0
    columns_added: list[str] = field(default_factory=list)
    columns_lost: list[str] = field(default_factory=list)
    columns_retyped: list[str] = field(default_factory=list)
    key_changed: bool = False
    keys_added: int = 0
    keys_lost: int = 0
    values: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TIERS, 0))
    columns_changed: dict[str, dict[str, int]] = field(default_factory=dict)
    samples: dict[str, list[dict]] = field(default_factory=dict)
    causes: list[str] = field(default_factory=list)

    @property
    def is_grave(self) -> bool:
        """Tell whether something was lost or changed by much, so that it needs a cause."""
        lost = self.state == "removed" or self.keys_lost or self.columns_lost
        return bool(lost or self.columns_retyped or self.key_changed or self.values["large"])

    @property
    def is_empty(self) -> bool:
        """Tell whether a reader would see no difference."""
        changed = self.columns_added or self.keys_added or any(self.values.values())
        return self.state == "kept" and not changed and not self.is_grave

    @property
    def is_unexplained(self) -> bool:
        """Tell whether it blocks publication until somebody accepts it."""
        return self.is_grave and not self.causes


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
        """Give the tables whose grave changes have no cause."""
        return [table for table in self.tables if table.is_unexplained]

    def as_json(self) -> dict:
        """Give everything for `diff.json`."""
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


def compare(before: Path, after: Path, after_manifest: dict | None = None) -> ReleaseDiff:
    """Compare two release folders; `after_manifest` where the second has none written yet.

    Raises `OSError`, `ValueError`, `KeyError` or `duckdb.Error` where one of them cannot be read.
    """
    old, new = read_manifest_of(before), after_manifest or read_manifest_of(after)
    causes = find_causes(old, new)
    old_tables, new_tables = tables_of(old), tables_of(new)
    found = []
    with duckdb.connect(config={"threads": 1}) as connection:
        for name in sorted({*old_tables, *new_tables}):
            if name not in new_tables:
                table = TableDiff(name, "removed", rows_before=old_tables[name]["rows"])
            elif name not in old_tables:
                table = TableDiff(name, "added", rows_after=new_tables[name]["rows"])
            elif old_tables[name]["hash"] == new_tables[name]["hash"]:
                continue
            else:
                table = _compare_table(connection, name, before, after, old_tables[name], new_tables[name])
            if not table.is_empty:
                table.causes = list(dict.fromkeys(cause.words for cause in explaining(causes, name, old, new)))
                found.append(table)
    return ReleaseDiff(old["id"], new["id"], causes, found, _views(old, new))


def _compare_table(connection, name: str, before: Path, after: Path, old: dict, new: dict) -> TableDiff:
    old_fields = {f["name"]: f for f in old["schema"]["fields"]}
    new_fields = {f["name"]: f for f in new["schema"]["fields"]}
    common = [column for column in new_fields if column in old_fields]
    table = TableDiff(name, "kept", old["rows"], new["rows"])
    table.columns_added = [column for column in new_fields if column not in old_fields]
    table.columns_lost = [column for column in old_fields if column not in new_fields]
    table.columns_retyped = [c for c in common if old_fields[c]["type"] != new_fields[c]["type"]]
    keys = new["schema"]["primaryKey"]
    table.key_changed = keys != old["schema"]["primaryKey"]
    if table.key_changed or set(keys) & set(table.columns_retyped):
        # Rows cannot be matched without a common key.
        return table
    sides = (before / old["path"], after / new["path"])
    values = [new_fields[c] for c in common if c not in keys and c not in table.columns_retyped]
    _match(connection, sides, keys, [f["name"] for f in values])
    _compare_keys(connection, table, keys)
    _compare_values(connection, table, keys, values)
    return table


def _match(connection, sides: tuple[Path, Path], keys: list[str], columns: list[str]) -> None:
    """Put the rows of both releases side by side in a table `matched`."""
    old, new = (quoted(path) for path in sides)
    pairs = [f"old.{c} as {c}__before, new.{c} as {c}__after" for c in columns]
    connection.execute(
        f"create or replace temp table matched as select {', '.join([*keys, *pairs])}, "
        "old.present is not null as was_there, new.present is not null as is_there "
        f"from (select *, true as present from read_parquet({old})) as old "
        f"full join (select *, true as present from read_parquet({new})) as new using ({', '.join(keys)})"
    )


def _compare_keys(connection, table: TableDiff, keys: list[str]) -> None:
    listed = ", ".join(keys)
    for word, condition in (("keys_lost", "was_there and not is_there"), ("keys_added", "is_there and not was_there")):
        count = connection.execute(f"select count(*) from matched where {condition}").fetchall()[0][0]
        setattr(table, word, count)
        if count:
            rows = connection.sql(f"select {listed} from matched where {condition} order by {listed} limit {SAMPLE}")
            table.samples[word] = rows.to_arrow_table().to_pylist()


def _compare_values(connection, table: TableDiff, keys: list[str], fields: list[dict]) -> None:
    if not fields:
        return
    key = "concat_ws(', ', " + ", ".join(keys) + ")"
    parts = [
        f"select '{f['name']}' as column_name, {key} as row_key, cast({f['name']}__before as varchar) as before, "
        f"cast({f['name']}__after as varchar) as after, {_size(f)} as size, {_tier(f)} as tier from matched "
        f"where was_there and is_there and {f['name']}__before is distinct from {f['name']}__after"
        for f in fields
    ]
    connection.execute(f"create or replace temp table changed as {' union all '.join(parts)}")
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


def _size(field_: dict) -> str:
    """Write the size of a change: points for percentages, a ratio for other figures, null for words."""
    before, after = f"{field_['name']}__before", f"{field_['name']}__after"
    if field_["type"] not in ("number", "integer"):
        return "cast(null as double)"
    if _in_points(field_):
        return f"abs({after} - {before})::double"
    return f"(abs({after} - {before}) / greatest(abs({before}), abs({after})))::double"


def _tier(field_: dict) -> str:
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


def _in_points(field_: dict) -> bool:
    return str(field_.get("unit", "")).startswith("percent")


def _views(old: dict, new: dict) -> dict[str, list[str]]:
    before, after = old[OWN]["view_sql"], new[OWN]["view_sql"]
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
    parts += [f"column {c} has another type" for c in table.columns_retyped]
    parts += ["another key, so rows cannot be matched"] if table.key_changed else []
    parts += [f"{table.keys_added} rows added"] if table.keys_added else []
    parts += [f"{table.keys_lost} rows lost"] if table.keys_lost else []
    tiers = [f"{count} {tier}" for tier, count in table.values.items() if count]
    parts += [f"values changed: {', '.join(tiers)}"] if tiers else []
    return f"{table.table}: {'; '.join(parts)}{' WITHOUT A CAUSE' if table.is_unexplained else ''}"
