"""Hold the release that is current open for many questions, and the next one once it is there."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ..reading.connection import NoRelease, open_contents, require_contents
from ..reading.current import current_release
from ..reading.entities import EntityNames, read_entities
from ..reading.explain import CannotExplain, Lineage, TableEntry, read_models
from ..releases.description import read_manifest_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from ..settings import Settings

_T = TypeVar("_T")
USUAL = (
    ("fct_observation", "value"),
    ("fct_growth", "real_growth_pct"),
    ("fct_target_compliance", "value_pct"),
    ("fct_contribution_share", "share_of_total_pct"),
    ("compliance_count", "allies_meeting"),
    ("fct_growth_since", "growth_pct"),
)
Row = dict[str, Any]


@dataclass
class OpenRelease:
    """Keep of one release what answers need: its connection, its editions, who is who, and the way to the cells."""

    folder: Path
    manifest: dict[str, Any] = field(init=False)
    models: dict[str, TableEntry] = field(init=False)
    entities: EntityNames = field(init=False)
    lineage: Lineage = field(init=False)
    _connection: duckdb.DuckDBPyConnection = field(init=False, repr=False)

    def __post_init__(self) -> None:
        contents = require_contents(self.folder)
        self.manifest = read_manifest_of(self.folder)
        self._connection = open_contents(contents)
        # Staging is not part of what readers ask.
        self.models = {name: entry for name, entry in read_models(self.folder).items() if name in contents.names}
        self.entities = read_entities(self.folder)
        self.lineage = Lineage(self.folder)

    def rows(self, sql: str, *values: object) -> list[Row]:
        """Ask with `?` for values, and return rows as dictionaries."""
        found = self._connection.execute(sql, list(values))
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    @cached_property
    def editions(self) -> dict[str, Row]:
        """Give each edition's row of `dim_edition`, by its id, the oldest first."""
        return {row["edition_id"]: row for row in self.rows("from dim_edition order by published_on, edition_id")}

    @cached_property
    def held(self) -> list[str]:
        """Name the editions whose figures the release holds, the oldest first."""
        return [name for name, row in self.editions.items() if row["has_figures"]]


class Current:
    """Give the current release to one question at a time, opened anew once another one is current."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._open: OpenRelease | None = None

    def ask(self, question: Callable[[OpenRelease], _T]) -> _T:
        """Answer a question; raises `NoRelease` where there is nothing to read."""
        # The connection and what was worked out belong to one thread at a time.
        with self._lock:
            folder = current_release(self._settings)
            if self._open is None or self._open.folder != folder:
                self._open = OpenRelease(folder)
            return question(self._open)

    def warm_up(self) -> None:
        """Open the release and find the way to the cells of the usual figures, before a client is greeted.

        It takes two seconds of a start, once; aside, it would take them from the first questions.
        """
        for table, column in USUAL:
            # Where nothing can be read, each answer says so.
            with suppress(CannotExplain, NoRelease):
                self.ask(partial(_trace_one, table=table, column=column))


def _trace_one(release: OpenRelease, table: str, column: str) -> None:
    grain = release.models[table]["grain"]
    keys = ", ".join(f"cast({key} as varchar) as {key}" for key in grain)
    for row in release.rows(f"select {keys} from {table} where {column} is not null limit 1"):
        release.lineage.explain(table, tuple(row.values()), column)
