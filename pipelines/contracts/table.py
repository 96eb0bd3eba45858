"""State what one table promises, and write the queries that hold it to that.

A check is a query that must return no rows; the rows that it does return are the offenders.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from .columns import Column
from .sql import quoted

# The check that follows from a table's contract alone.
CONTRACT = "contract"


@dataclass(frozen=True)
class Check:
    """Name one query that must return no rows, what it expects, and what to do when it returns some.

    One that `judges_files` also decides whether a workbook is taken in: by its figures `alone`, or `beside`
    the other editions and the revision that it replaces.
    """

    name: str
    description: str
    sql: str
    advice: str
    blocking: bool = True
    judges_files: str = ""


@dataclass(frozen=True)
class TableContract:
    """Describe a table: what a row is (`grain`), its columns in order, and its meaning.

    `withdrawn` names columns that it had once, each with what to ask instead.
    """

    name: str
    description: str
    grain: tuple[str, ...]
    columns: tuple[Column, ...]
    withdrawn: tuple[tuple[str, str], ...] = ()

    def column(self, name: str) -> Column:
        """Find a column by name; raises `KeyError` where the table has no such column."""
        return {column.name: column for column in self.columns}[name]

    def metadata(self) -> dict[str, str]:
        """Describe what travels inside the Parquet file: description, grain and columns, as JSON."""
        columns = [{"name": c.name, "type": c.type, "unit": c.unit, "description": c.description} for c in self.columns]
        return {
            "description": self.description,
            "grain": json.dumps(list(self.grain)),
            "columns": json.dumps(columns, ensure_ascii=False),
        }

    def references(self) -> dict[str, str]:
        """Name the columns that point to another table, with that table."""
        return {c.name: c.references for c in self.columns if c.references and c.references != self.name}

    def dangling(self) -> str:
        """Write the condition of rows that point to what is not listed in another table; none has it without such."""
        parts = (
            f"({name} is not null and {name} not in (select {key} from {other}))"
            for name, other, key in self.foreign_keys()
        )
        return " or ".join(parts) or "false"

    def foreign_keys(self) -> list[tuple[str, str, str]]:
        """Name each column that points to another table, with that table and its column."""
        return [(column, other, _key(column, other)) for column, other in self.references().items()]

    def check(self, *, with_references: bool) -> Check:
        """Write the check that follows from the contract; `with_references` where dimensions exist.

        One query for all its rules: each check that Dagster shows costs a build some 40 ms.
        """
        grain = ", ".join(self.grain)
        rules = {f"there is another row for this {grain}": f"({grain}) in (select {grain} from repeated)"}
        for column in self.columns:
            if column.required or column.name in self.grain:
                rules[f"{column.name} is null"] = f"{column.name} is null"
            if (rule := _rule(column)) is not None:
                rules[f"{column.name} is not {_words(column)}"] = f"not ({rule})"
        references = self.references() if with_references else {}
        for name, other in references.items():
            rules[f"{name} is not listed in {other}"] = (
                f"{name} is not null and {name} not in (select {_key(name, other)} from {other})"
            )
        cases = "\n".join(f"        when {condition} then {quoted(words)}" for words, condition in rules.items())
        listed = f" {', '.join(references)} listed where they belong." if references else ""
        return Check(
            CONTRACT,
            f"One row for each {grain}; required columns filled; values within what sql/columns.yml allows.{listed}",
            # A window over all rows would carry all their columns with it.
            f"with repeated as (\n    select {grain} from {self.name} group by {grain} having count(*) > 1\n),\n\n"
            f"judged as (\n    select case\n{cases}\n    end as broken_rule, * from {self.name}\n)\n\n"
            "select * from judged where broken_rule is not null",
            "read broken_rule, then look at the row's source cell, or for a join that multiplies or loses rows; a "
            "value that is not listed is missing from the seed behind that dimension.",
        )


def _key(column: str, other: str) -> str:
    """Name the column of the other table, which may bear a role here: a group is an entity."""
    return {"dim_entity": "entity_code", "dim_edition": "edition_id", "dim_measure": "measure", "dim_unit": "unit"}.get(
        other, column
    )


def _rule(column: Column) -> str | None:
    """Write a column's bounds as a condition; None where anything may stand there."""
    parts = []
    if column.values:
        parts.append(f"{column.name} in ({', '.join(map(quoted, column.values))})")
    if column.min is not None:
        parts.append(f"{column.name} >= {column.min}")
    if column.max is not None:
        parts.append(f"{column.name} <= {column.max}")
    if column.type == "DOUBLE":
        parts.append(f"isfinite({column.name})")
    return " and ".join(parts) or None


def _words(column: Column) -> str:
    if column.values:
        return f"one of {', '.join(column.values)}"
    bounds = [f"at least {column.min:g}"] if column.min is not None else []
    bounds += [f"at most {column.max:g}"] if column.max is not None else []
    return " and ".join(bounds) or "a finite number"
