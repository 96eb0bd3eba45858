"""Know what a release holds and how each of it is asked: tables from Parquet, views and macros from their SQL."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..contracts.sql import quoted
from ..files.whole import read_object
from ..releases.names import LINEAGE, MACROS, MODELS, table_file

# Words of a query that looks around: whoever asks what there is must see all of it.
LOOKS_AROUND = re.compile(
    r"^\s*(show|desc|describe|pragma|call)\b|\b(information_schema|(duckdb|pg|pragma|sqlite)_\w+)"
)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Contents:
    """Hold the names of a release: its tables' files, its views' SQL and inputs, its macros' parameters and SQL."""

    tables: dict[str, Path]
    views: dict[str, tuple[str, tuple[str, ...]]]
    macros: dict[str, tuple[tuple[str, ...], str]]

    @property
    def names(self) -> set[str]:
        """Name everything that can be asked."""
        return {*self.tables, *self.views, *self.macros}

    def named_in(self, sql: str) -> set[str]:
        """Find the names that a query may speak of: whatever stands in it as a word, since names are made of words."""
        text = sql.lower()
        return self.names if LOOKS_AROUND.search(text) else self.names.intersection(_WORD.findall(text))

    def statements(self, names: Iterable[str] | None = None, copied: bool = True) -> Iterator[str]:
        """Write what makes `names` answer, and first what they are made of; all that there is where None.

        A copy in memory neither needs the files later nor can reach them.
        """
        made: set[str] = set()
        for name in sorted(self.names if names is None else self.names.intersection(names)):
            yield from self._made_of(name, made, "table" if copied else "view")

    def _made_of(self, name: str, made: set[str], kind: str) -> Iterator[str]:
        if name in made:
            return
        made.add(name)
        if name in self.tables:
            yield f"create {kind} {name} as from read_parquet({quoted(self.tables[name])})"
        elif name in self.views:
            sql, inputs = self.views[name]
            for other in inputs:
                yield from self._made_of(other, made, kind)
            yield f"create view {name} as {sql}"
        else:
            parameters, sql = self.macros[name]
            for other in sorted(self.named_in(sql) - {name}):
                yield from self._made_of(other, made, kind)
            yield f"create macro {name}({', '.join(parameters)}) as table {sql}"


def read_contents(folder: Path) -> Contents:
    """Read what a release says of itself; one of an earlier version names no macros.

    Raises `OSError`, `ValueError` or `KeyError` where that is missing or damaged.
    """
    models = read_object(folder / LINEAGE / MODELS)
    path = folder / LINEAGE / MACROS
    macros = read_object(path) if path.exists() else {}
    tables = {name: file for name in models if (file := folder / table_file(name)).exists()}
    behind = {name for name in models if (folder / LINEAGE / table_file(name)).exists()}
    return Contents(
        tables,
        {
            name: (entry["sql"], tuple(entry["depends_on"]))
            for name, entry in models.items()
            if name not in tables and name not in behind and "sql" in entry
        },
        {name: (tuple(macro["parameters"]), macro["sql"]) for name, macro in macros.items()},
    )
