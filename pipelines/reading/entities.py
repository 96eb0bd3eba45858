"""Know everybody of a release by code and by name, so that readers may say `Poland`, `pol` or `UK`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ..models.tables import table_path
from ..releases.names import LINEAGE
from ..sources.text import fold
from .suggest import there_is_no


class UnknownEntity(ValueError):
    """Say that nobody is called so, and who there is."""


@dataclass(frozen=True)
class EntityNames:
    """Hold the name of each code, the code for each folded code and name, and whom NATO's tables or groups count."""

    names: dict[str, str]
    codes: dict[str, str]
    of_nato: frozenset[str]

    def code(self, text: str, *, by_any_publisher: bool = False) -> str:
        """Return the code that a text stands for; raises `UnknownEntity` that lists codes with names.

        Who asks for NATO's figures is offered those that NATO counts, not every state that another publisher knows.
        """
        if found := self.find(text):
            return found
        offered = [code for code in self.names if by_any_publisher or code in self.of_nato]
        meant = {self.listed(code): [word for word, its in self.codes.items() if its == code] for code in offered}
        raise UnknownEntity(there_is_no("entity", text, meant))

    def find(self, text: str) -> str | None:
        """Return the code that a text stands for; None where it stands for nobody."""
        return self.codes.get(fold(text))

    def listed(self, code: str) -> str:
        """Write a code with its name: `POL (Poland)`."""
        return f"{code} ({self.names[code]})" if code in self.names else code

    def beside_codes(self, table: pa.Table) -> pa.Table:
        """Add the name of each entity beside its code: `entity_name` beside `entity_code`."""
        for field in table.schema:
            name = field.name.removesuffix("_code") + "_name"
            if not field.name.endswith(("entity_code", "group_code")) or name in table.column_names:
                continue
            place = table.column_names.index(field.name)
            named = [self.names.get(code) for code in table.column(place).to_pylist()]
            table = table.add_column(place + 1, name, pa.array(named, pa.string()))
        return table


def read_entities(release: Path) -> EntityNames:
    """Read who is who from a release's folder: `dim_entity`, and the names that publishers print and readers use."""
    names = dict(_pairs(table_path(release, "dim_entity"), "entity_code", "entity_name"))
    printed = _pairs(table_path(release / LINEAGE, "seed_entity_name"), "printed_name", "entity_code")
    codes = {fold(word): code for word, code in printed if code in names}
    own = {fold(word): code for code, name in names.items() for word in (name, code)}
    allies = _pairs(table_path(release, "dim_ally"), "entity_code", "entity_code")
    groups = _pairs(table_path(release, "dim_group_member"), "group_code", "group_code")
    return EntityNames(names, codes | own, frozenset(code for code, _ in [*allies, *groups]))


def _pairs(file: Path, key: str, value: str) -> list[tuple[str, str]]:
    """Read two columns of a table; a release without it has none."""
    if not file.exists():
        return []
    return [(row[key], row[value]) for row in pq.read_table(file, columns=[key, value]).to_pylist()]
