"""Run the audits that judge a file on figures that are in no archive yet, in memory.

What does not change between files (the seeds, the figures of the other editions) is loaded once; the models
that an audit asks are run on the file's figures alone, or beside the other editions, as its header says.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import pandas as pd
import pyarrow as pa

from ..contracts.table import Check
from ..models.parts import Source
from ..models.project import Project
from ..models.trees import table_names
from ..sources.catalogue import Sources
from ..sources.tables import read_source

GIVEN = ("source_edition", "source_observation", "source_superseded")


class Bench:
    """Hold a database in memory with the seeds, in which the audits of files are asked again and again."""

    def __init__(self, project: Project, sources: Sources) -> None:
        self.project = project
        # One thread, so that sums are added in one order every time.
        self.connection = duckdb.connect(config={"threads": 1})
        audits = [audit for audit in project.audits.values() if audit.judges_files]
        self.audits = {
            scope: [audit for audit in audits if audit.judges_files == scope] for scope in ("alone", "beside")
        }
        self.needed = {scope: self._needed(found) for scope, found in self.audits.items()}
        for name in sorted({name for names in self.needed.values() for name in names} - set(GIVEN)):
            table = project.table(name)
            if isinstance(table, Source):
                self._load(table, read_source(table.file, table.reader, sources))

    def ask(self, scope: str, given: dict[str, pa.Table]) -> list[tuple[Check, pd.DataFrame]]:
        """Return what each audit of a scope (`alone`, `beside`) finds in the given source tables."""
        for name, rows in given.items():
            self._load(self.project.sources[name], rows)
        for name in self.needed[scope]:
            if name in self.project.models:
                self.connection.execute(f"create or replace temp table {name} as {self.project.models[name].sql}")
        return [(audit, self.connection.execute(audit.sql).df()) for audit in self.audits[scope]]

    def run(self, name: str) -> pd.DataFrame:
        """Return the rows of a model that reads what the last question made."""
        return self.connection.execute(self.project.models[name].sql).df()

    def _load(self, source: Source, rows: pa.Table) -> None:
        columns = ", ".join(f"cast({c.name} as {c.type}) as {c.name}" for c in source.contract.columns)
        self.connection.register("rows_of_source", rows)
        self.connection.execute(f"create or replace temp table {source.name} as select {columns} from rows_of_source")
        self.connection.unregister("rows_of_source")

    def _needed(self, audits: Iterable[Check]) -> list[str]:
        """Name the tables that audits ask, with all that those are made of, in the order of building."""
        needed: set[str] = set()
        waiting = {name for audit in audits for name in table_names(audit.sql)}
        while waiting:
            name = waiting.pop()
            needed.add(name)
            if name in self.project.models:
                waiting |= set(self.project.models[name].depends_on) - needed
        return [name for name in self.project.order if name in needed]
