"""Read the macros with parameters of their own in `sql/macros/`: short forms of a question to a release's tables.

A macro is one SELECT without a CTE, which macros of DuckDB 1.4 cannot have, and answers where the file of a
release is opened, or after `use`; attached under a name, ask its tables instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Macro:
    """Describe a macro: what it answers, its parameters in order, and its query, which knows them by name."""

    name: str
    description: str
    parameters: tuple[str, ...]
    sql: str


def read_macros(folder: Path) -> dict[str, Macro]:
    """Read every macro of a folder by its name; raises `KeyError` where a header lacks description or parameters."""
    found = {}
    for path in sorted(folder.glob("*.sql")):
        head, _, sql = path.read_text(encoding="utf-8").partition("*/")
        header = yaml.safe_load(head.replace("/*", "", 1))
        description = " ".join(header["description"].split())
        found[path.stem] = Macro(path.stem, description, tuple(header["parameters"]), sql.strip())
    return found
