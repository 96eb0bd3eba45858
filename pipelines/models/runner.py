"""Run one model into its Parquet file, unless the ledger says that it is there, and sound."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from ..contracts.table import CONTRACT, TableContract
from ..files.ledger import Ledger, read_ledger
from .by_edition import (
    REGISTRY,
    Editions,
    editions_kept,
    has_editions,
    kept_rows,
    marks_metadata,
    marks_of,
    marks_of_model,
    query_of_changed,
    read_marks,
)
from .parts import Model
from .project import Project, fingerprint
from .tables import (
    DamagedTable,
    TableFile,
    connect,
    read_table_file,
    reading,
    table_path,
    table_state,
    write_table,
)

if TYPE_CHECKING:
    pass


@dataclass(frozen=True)
class TableRun:
    """Tell how a table came to be: its file, seconds taken, and whether it was already there.

    `was_damaged` tells that a file lay there which was not what had been written, `kept` names the editions that
    were taken over from the file before, and `kept_contract` tells that they had been found to keep the contract there.
    """

    file: TableFile
    seconds: float
    was_current: bool
    was_damaged: bool = False
    kept: frozenset[str] = frozenset()
    kept_contract: bool = False


def expected_fingerprint(project: Project, name: str, tables: Path, ledger: Ledger | None = None) -> str | None:
    """Return the fingerprint that a model's file should bear now; None where an input is not entered yet."""
    model, known = project.models[name], (ledger or read_ledger(tables)).tables
    if any(upstream not in known for upstream in model.depends_on):
        return None
    marks = [f"{upstream}={known[upstream].fingerprint}" for upstream in model.depends_on]
    return fingerprint(duckdb.__version__, model.sql, promise(model.contract), *marks)


def run_model(project: Project, name: str, tables: Path, *, anew: bool = False, run: str | None = None) -> TableRun:
    """Run a model on the tables that it reads; skip it where its file is sound and current, unless `anew`.

    Raises `FileNotFoundError` that names a missing input, `DamagedTable` that names one which is not what
    was written, `ContractError` for wrong columns.
    """
    model = project.models[name]
    started = time.perf_counter()
    ledger = read_ledger(tables)
    _require_sound_inputs(model, tables, ledger)
    mark = expected_fingerprint(project, name, tables, ledger) or ""
    existing = read_table_file(tables, name, ledger)
    if existing and existing.fingerprint == mark and not anew:
        return TableRun(existing, time.perf_counter() - started, was_current=True)
    damaged = table_state(tables, name, ledger) == "damaged"
    editions = _editions(model, tables, ledger, None if anew else existing)
    if editions.kept:
        connection = connect()
        dated = [upstream for upstream in model.depends_on if has_editions(project.table(upstream))]
        query = query_of_changed(connection, model, editions, tables, dated)
    else:
        connection, query = reading(tables, model.depends_on), model.sql
    made_from = {upstream: ledger.tables[upstream].fingerprint or "" for upstream in model.depends_on}
    made_from |= {
        "sql": fingerprint(model.sql),
        "contract": fingerprint(promise(model.contract)),
        "duckdb": duckdb.__version__,
    }
    told, kept = marks_metadata(editions.marks), kept_rows(model, editions, tables)
    file = write_table(
        connection, query, model.contract, tables, mark, kept=kept, told=told, made_from=made_from, run=run
    )
    return TableRun(
        file,
        time.perf_counter() - started,
        was_current=False,
        was_damaged=damaged,
        kept=editions.kept,
        kept_contract=bool(editions.kept) and kept_contract(ledger, name),
    )


def kept_contract(ledger: Ledger, name: str) -> bool:
    """Tell whether a table's present file was found to keep its contract."""
    return any(check.name == CONTRACT and not check.failures for check in ledger.checks_of(name) or ())


def _editions(model: Model, tables: Path, ledger: Ledger, existing: TableFile | None) -> Editions:
    """Tell a model's editions by their marks, and which of them its existing file holds as they shall be."""
    if not model.by_edition:
        return Editions({})
    inputs = {name: marks_of(table_path(tables, name), ledger.tables[name].sha256) for name in model.depends_on}
    # With the check that follows from the contract, so that rows that stay are asked anew where it asks something else.
    base = [duckdb.__version__, model.sql, promise(model.contract), model.contract.check(with_references=True).sql]
    marks = marks_of_model(model, base, inputs, table_path(tables, REGISTRY))
    if existing is None:
        return Editions(marks)
    return Editions(marks, frozenset(read_marks(existing.path)), frozenset(editions_kept(existing.path, marks)))


def _require_sound_inputs(model: Model, tables: Path, ledger: Ledger) -> None:
    states = {upstream: table_state(tables, upstream, ledger) for upstream in model.depends_on}
    if damaged := [upstream for upstream, state in states.items() if state == "damaged"]:
        raise DamagedTable(
            f"{model.name} reads {', '.join(damaged)}, whose file is damaged: it is not what was written. What to do: "
            "`burdenshare build`, or the job `everything`; it makes damaged tables anew."
        )
    if missing := [upstream for upstream, state in states.items() if state != "sound"]:
        raise FileNotFoundError(f"{model.name} needs {', '.join(missing)} first; build these tables, or everything.")


def would_be_built(project: Project, tables: Path, inputs: Mapping[str, str]) -> dict[str, str]:
    """Return the tables that the next build would make, in order, each with the reason in words.

    `inputs` gives the mark of the files behind each source as they are now.
    """
    ledger, planned = read_ledger(tables), dict[str, str]()
    for name in project.order:
        state = table_state(tables, name, ledger)
        if state != "sound":
            planned[name] = {"missing": "not there", "damaged": "damaged", "unknown": "not known"}[state]
        elif name in project.sources:
            if ledger.tables[name].made_from.get("inputs") != inputs.get(name, ""):
                planned[name] = "its files have changed"
        elif above := [upstream for upstream in project.models[name].depends_on if upstream in planned]:
            # A table made anew may come out as it was; whether this one follows shows only then.
            if any(planned[upstream] != "damaged" for upstream in above):
                planned[name] = f"after {', '.join(above)}"
        elif ledger.tables[name].fingerprint != expected_fingerprint(project, name, tables, ledger):
            planned[name] = "its SQL has changed"
    return planned


@lru_cache(512)
def promise(contract: TableContract) -> str:
    """Write down all that a contract promises, so that a table is made anew where that changes."""
    return json.dumps(asdict(contract), sort_keys=True, default=str)
