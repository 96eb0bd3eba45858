"""Load the column dictionary, `sql/columns.yml`: a column means the same in every table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

TYPES = {"VARCHAR", "INTEGER", "BIGINT", "DOUBLE", "BOOLEAN", "DATE"}
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
    """Read the dictionary, keyed by column name.

    Raises `ValueError` that lists every entry with an unknown key, an unknown type or no description.
    """
    columns, problems = {}, []
    for name, entry in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader).items():
        unknown = sorted(set(entry) - _KEYS)
        if unknown:
            problems.append(f"{name}: unknown keys {', '.join(unknown)}; known are {', '.join(sorted(_KEYS))}")
        elif entry.get("type") not in TYPES:
            problems.append(f"{name}: type {entry.get('type')!r}; expected one of {', '.join(sorted(TYPES))}")
        elif not entry.get("description"):
            problems.append(f"{name}: no description; say what stands in it")
        else:
            columns[name] = Column(name, **(entry | {"values": tuple(entry.get("values", ()))}))
    if problems:
        raise ValueError(f"{path.name} has {len(problems)} wrong entries:\n  - " + "\n  - ".join(problems))
    return columns
