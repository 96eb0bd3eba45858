"""Read `sql/` into one project: models, sources, audits and views, with the graph between them.

A model is one `.sql` file: a header comment in YAML (description, grain, audits) and one SELECT.
Its dependencies and columns come out of the SQL; what they mean, out of the dictionary. Whatever
does not fit together is told when the project is read, before anything runs.
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import sqlglot
import yaml
from sqlglot import exp

from pipelines.contracts.columns import Column, read_dictionary
from pipelines.contracts.table import Check, TableContract
from pipelines.models.as_of import as_of_macro, can_be_dated, with_latest
from pipelines.models.parts import Model, Source, View

LAYERS = ("staging", "dimensions", "facts")


class ProjectError(Exception):
    """List everything in `sql/` that does not fit together."""


@dataclass(frozen=True)
class Project:
    """Hold all that `sql/` says; `order` runs every table after those that it needs."""

    dictionary: dict[str, Column]
    sources: dict[str, Source]
    models: dict[str, Model]
    views: dict[str, View]
    audits: dict[str, Check]
    order: tuple[str, ...]

    def table(self, name: str) -> Source | Model:
        """Find a table by name; raises `KeyError` where there is none."""
        return self.sources.get(name) or self.models[name]

    def needs(self, name: str) -> tuple[str, ...]:
        """Name the tables that must exist before this one: what it reads, and what its keys point to."""
        if name in self.sources:
            return ()
        model = self.models[name]
        pointed = model.contract.references().values() if model.layer != "staging" else ()
        audited = {t for audit in model.audits for t in table_names(self.audits[audit].sql)} - {name}
        return tuple(sorted({*model.depends_on, *pointed, *audited}))

    def macros(self) -> dict[str, str]:
        """Give the macros that take a day, with the query behind each; `as_of` is that of the observations."""
        made = dict(as_of_macro(model) for model in self.models.values() if can_be_dated(model))
        return made | ({"as_of": made["observation_as_of"]} if "observation_as_of" in made else {})

    def published(self) -> list[str]:
        """Name the tables that a release shows to readers: dimensions and facts."""
        return [n for n in self.order if n in self.models and self.models[n].layer in ("dimensions", "facts")]

    def checks(self, name: str) -> list[Check]:
        """Give the checks of one table: its contract's, then its audits."""
        table = self.table(name)
        own = table.contract.check(with_references=table.layer in ("dimensions", "facts"))
        return [own] + ([self.audits[audit] for audit in table.audits] if isinstance(table, Model) else [])


def read_project(sql: Path, seeds: Path) -> Project:
    """Read every file below `sql`; seeds are asked for the columns of their first line.

    Raises `ProjectError` that lists every unknown column, unknown table, circle, unused audit and
    file without a proper header.
    """
    if not sql.is_dir():
        raise ProjectError(f"There is no folder {sql}. Run from a clone of the project, or set BURDENSHARE_SQL.")
    reading = _Reading(read_dictionary(sql / "columns.yml"))
    sources = reading.sources(sql / "sources.yml", seeds)
    models = {m.name: m for layer in LAYERS for m in reading.models(sql / layer, layer)}
    views = {v.name: v for v in reading.views(sql / "views")}
    audits = {a.name: a for a in reading.audits(sql / "audits")}
    problems = reading.problems + _unknown_tables(sources, models, views, audits)
    if problems:
        raise ProjectError(f"sql/ has {len(problems)} problems:\n  - " + "\n  - ".join(sorted(problems)))
    views = with_latest(models, views, reading.dictionary)
    project = Project(reading.dictionary, sources, models, views, audits, ())
    try:
        order = TopologicalSorter({name: project.needs(name) for name in [*sources, *models]}).static_order()
        return Project(reading.dictionary, sources, models, views, audits, tuple(order))
    except CycleError as error:
        raise ProjectError(f"sql/ has a circle: {' -> '.join(error.args[1])}") from error


def table_names(sql: str) -> set[str]:
    """Name the tables that a query reads, without its own CTEs."""
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    local = {cte.alias for cte in tree.find_all(exp.CTE)}
    return {table.name for table in tree.find_all(exp.Table) if table.name} - local


def fingerprint(*parts: str) -> str:
    """Hash texts into a short name that changes when any of them does."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _unknown_tables(sources: dict, models: dict, views: dict, audits: dict[str, Check]) -> list[str]:
    known = {*sources, *models}
    problems = [
        f"{item.path.name} reads {name}, which no file makes"
        for item in [*models.values(), *views.values()]
        for name in item.depends_on
        if name not in known
    ]
    wanted = {audit for model in models.values() for audit in model.audits}
    problems += [f"audit {name} is asked for, but there is no sql/audits/{name}.sql" for name in wanted - set(audits)]
    problems += [f"audits/{name}.sql is asked for by no model" for name in set(audits) - wanted]
    for name, audit in audits.items():
        problems += [f"audits/{name}.sql reads {t}, which no file makes" for t in table_names(audit.sql) - known]
    return problems


class _Reading:
    """Read files into parts, noting problems instead of stopping at the first."""

    def __init__(self, dictionary: dict[str, Column]) -> None:
        self.dictionary = dictionary
        self.problems: list[str] = []

    def sources(self, path: Path, seeds: Path) -> dict[str, Source]:
        found = {}
        for name, entry in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            columns = entry.get("columns") or self._first_line(seeds, entry.get("file"))
            contract = self._contract(name, path.name, entry, columns)
            found[name] = Source(contract, entry.get("file"), entry.get("reader"))
        return found

    def _first_line(self, seeds: Path, file: str | None) -> list[str]:
        path = seeds / str(file)
        if not path.is_file():
            self.problems.append(f"sources.yml names {file}, which is not in {seeds}")
            return []
        with path.open(encoding="utf-8", newline="") as lines:
            return next(csv.reader(lines), [])

    def models(self, folder: Path, layer: str) -> list[Model]:
        found = []
        # Staging has a folder for each publisher.
        for path in sorted(folder.rglob("*.sql")):
            header, sql = self._split(path)
            tree = sqlglot.parse_one(sql, dialect="duckdb")
            contract = self._contract(path.stem, path.name, header, self._output(path, tree))
            reads = tuple(sorted(table_names(sql)))
            dated = header.get("as_of", {})
            unknown = set(dated.get("holds", ())) - {column.name for column in contract.columns}
            self.problems += [f"{path.name}: as_of holds {name}, which is no column of it" for name in sorted(unknown)]
            holds, borrows = tuple(dated.get("holds", ())), bool(dated.get("borrows", False))
            audits = tuple(header.get("audits", ()))
            found.append(Model(contract, path, layer, sql, reads, audits, holds, borrows))
        return found

    def views(self, folder: Path) -> list[View]:
        found = []
        for path in sorted(folder.glob("*.sql")):
            header, sql = self._split(path)
            tree = sqlglot.parse_one(sql, dialect="duckdb")
            contract = self._contract(path.stem, path.name, header, self._output(path, tree))
            found.append(View(contract, path, sql, tuple(sorted(table_names(sql)))))
        return found

    def audits(self, folder: Path) -> list[Check]:
        found = []
        for path in sorted(folder.glob("*.sql")):
            header, sql = self._split(path)
            missing = [key for key in ("description", "advice") if not header.get(key)]
            if missing:
                self.problems.append(f"audits/{path.name} has no {' and no '.join(missing)} in its header")
            blocking = header.get("severity", "error") == "error"
            judges = bool(header.get("judges_files", False))
            found.append(
                Check(path.stem, header.get("description", ""), sql, header.get("advice", ""), blocking, judges)
            )
        return found

    def _split(self, path: Path) -> tuple[dict, str]:
        text = path.read_text(encoding="utf-8")
        if not text.startswith("/*") or "*/" not in text:
            self.problems.append(f"{path.name} does not start with a header: /* description: ... grain: [...] */")
            return {}, text
        head, sql = text[2:].split("*/", 1)
        return yaml.safe_load(head) or {}, sql.strip().rstrip(";")

    def _output(self, path: Path, tree: exp.Expression) -> list[str]:
        if tree.find(exp.Star) and any(isinstance(part, exp.Star) for part in tree.selects):
            self.problems.append(f"{path.name} ends in select *; list its columns")
            return []
        return tree.named_selects

    def _contract(self, name: str, place: str, header: dict, columns: list[str]) -> TableContract:
        unknown = [column for column in columns if column not in self.dictionary]
        self.problems += [f"{place}: column {column} of {name} is not in columns.yml" for column in unknown]
        grain = tuple(header.get("grain") or ())
        if not header.get("description"):
            self.problems.append(f"{place}: {name} has no description")
        if not grain or not set(grain) <= set(columns):
            self.problems.append(f"{place}: the grain of {name}, {list(grain)}, is not among its columns")
        known = tuple(self.dictionary[column] for column in columns if column in self.dictionary)
        return TableContract(name, " ".join(str(header.get("description", "")).split()), grain, known)
