"""Load the column dictionary, `sql/columns.yml`: a column means the same in every table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

TYPES = {"VARCHAR", "INTEGER", "BIGINT", "DOUBLE", "BOOLEAN", "DATE"}
# The entry that is no column: those that have the least and the most that they can be beside them.
RANGED = "with_range"
_KEYS = {"type", "unit", "description", "required", "values", "min", "max", "references", "words", "words_with"}


@dataclass(frozen=True)
class Column:
    """Describe one column: its DuckDB type, unit, meaning, and what may stand in it.

    A code has `words`, the column that holds them in a release, and may have a number that goes
    into them, `words_with`.
    """

    name: str
    type: str
    description: str
    unit: str | None = None
    required: bool = False
    values: tuple[str, ...] = ()
    min: float | None = None
    max: float | None = None
    references: str | None = None
    words: str | None = None
    words_with: str | None = None

    @property
    def comment(self) -> str:
        """Return description and unit in one text, as it stands in DuckDB's comments."""
        return f"{self.description} Unit: {self.unit}." if self.unit else self.description


def read_dictionary(path: Path) -> dict[str, Column]:
    """Read the dictionary, keyed by column name; each column that has a range gets `..._low` and `..._high`.

    Raises `ValueError` that lists every entry with an unknown key, an unknown type, no description, or words and no
    values that they are for.
    """
    columns, problems = {}, []
    # Whoever only reads a release has no such library, and knows columns from the release itself.
    import yaml

    entries = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    ranged = entries.pop(RANGED, [])
    for name, entry in entries.items():
        unknown = sorted(set(entry) - _KEYS)
        if unknown:
            problems.append(f"{name}: unknown keys {', '.join(unknown)}; known are {', '.join(sorted(_KEYS))}")
        elif entry.get("type") not in TYPES:
            problems.append(f"{name}: type {entry.get('type')!r}; expected one of {', '.join(sorted(TYPES))}")
        elif not entry.get("description"):
            problems.append(f"{name}: no description; say what stands in it")
        elif entry.get("words") and not entry.get("values"):
            problems.append(f"{name}: words, and no values that they are for; list its codes")
        else:
            columns[name] = Column(name, **(entry | {"values": tuple(entry.get("values", ()))}))
    problems += [f"{RANGED} names {name}, which is no column" for name in ranged if name not in entries]
    for column in [columns[name] for name in ranged if name in columns]:
        columns |= {bound.name: bound for bound in _bounds(column)}
    if problems:
        raise ValueError(f"{path.name} has {len(problems)} wrong entries:\n  - " + "\n  - ".join(problems))
    return columns


def _bounds(column: Column) -> tuple[Column, Column]:
    """Make the columns of the least and the most that a column's figure can be."""
    words = f"that {column.name} can be within the rounding of the printed figures that it is made of"
    bounds = replace(column, required=False, max=None, values=(), references=None)
    return (
        replace(bounds, name=f"{column.name}_low", description=f"The least {words}."),
        replace(bounds, name=f"{column.name}_high", description=f"The most {words}."),
    )
