"""Name the parts of a project: sources that Python reads, models and views that are SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..contracts.table import TableContract


class ProjectError(Exception):
    """List everything in `sql/` that does not fit together."""


@dataclass(frozen=True)
class Source:
    """Describe a table that Python reads: a seed's file, or the name of a reader."""

    contract: TableContract
    file: str | None
    reader: str | None
    layer: str = "sources"

    @property
    def name(self) -> str:
        """Name the table."""
        return self.contract.name


@dataclass(frozen=True)
class Model:
    """Describe a table made by SQL: its text, what it reads, and the audits that follow it.

    `holds`, `together` and `blocks` say how the newest edition is picked for each of its keys (see `as_of`);
    `pools_editions`, that a row which names an edition stands on all that were known by then; `by_edition`, that an
    edition's rows stand on that edition `alone`, or `with_earlier` ones of its publisher (see `by_edition`).
    """

    contract: TableContract
    path: Path
    layer: str
    sql: str
    depends_on: tuple[str, ...]
    audits: tuple[str, ...]
    holds: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    blocks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    pools_editions: bool = False
    by_edition: str = ""

    @property
    def name(self) -> str:
        """Name the table."""
        return self.contract.name


@dataclass(frozen=True)
class View:
    """Describe a view that a release offers on its tables."""

    contract: TableContract
    path: Path
    sql: str
    depends_on: tuple[str, ...]

    @property
    def name(self) -> str:
        """Name the view."""
        return self.contract.name
