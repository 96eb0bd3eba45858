"""Read `sql/` into one project: models, sources, audits and views, with the graph between them.

A model is one `.sql` file: a header comment in YAML (description, grain, audits) and one SELECT.
Its dependencies and columns come out of the SQL; what they mean, out of the dictionary. Whatever
does not fit together is told when the project is read, before anything runs.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TypedDict, cast

import yaml

from ..contracts.columns import Column, read_dictionary
from ..contracts.table import Check, TableContract
from ..files.whole import fingerprint as fingerprint
from .as_of import FALLBACK, SPAN, as_of_macro, block_columns, can_be_dated, view_names, with_views
from .by_edition import EDITION, STANDS
from .macros import Macro, read_macros
from .parts import Model, Source, View
from .parts import ProjectError as ProjectError
from .published import REASONS, as_published, words_problems
from .trees import NotAQuery, Schema, outline, table_names

LAYERS = ("staging", "dimensions", "facts")


class _AsOf(TypedDict, total=False):
    holds: list[str]
    together: list[str]
    blocks: dict[str, list[str]]


class _Header(TypedDict, total=False):
    """Name what the header of a file in `sql/` may say."""

    description: str
    grain: list[str]
    audits: list[str]
    as_of: _AsOf
    pools_editions: bool
    by_edition: str
    withdrawn: dict[str, str]
    advice: str
    severity: str
    judges_files: str


class _SourceEntry(_Header, total=False):
    """Name what `sources.yml` says of a table beside that."""

    file: str
    reader: str
    columns: list[str]
    may_be_blank: list[str]
    instead_of: list[str]


@dataclass(frozen=True)
class Project:
    """Hold all that `sql/` says; `order` runs every table after those that it needs."""

    dictionary: dict[str, Column]
    sources: dict[str, Source]
    models: dict[str, Model]
    views: dict[str, View]
    audits: dict[str, Check]
    order: tuple[str, ...]
    questions: dict[str, Macro] = field(default_factory=dict)

    def table(self, name: str) -> Source | Model:
        """Find a table by name; raises `KeyError` where there is none."""
        return self.sources.get(name) or self.models[name]

    def shown(self, name: str) -> Source | Model:
        """Find a table as a release shows it: with the words of its codes; raises `KeyError` where there is none."""
        table = self.table(name)
        return as_published(table, self.dictionary) if isinstance(table, Model) else table

    def schema(self, item: Model | View) -> Schema:
        """Name the columns, with their types, of each table that a model reads, or a view in a release."""
        find = self.shown if isinstance(item, View) else self.table
        return {name: {c.name: c.type for c in find(name).contract.columns} for name in item.depends_on}

    def needs(self, name: str) -> tuple[str, ...]:
        """Name the tables that must exist before this one: what it reads, and what its keys point to."""
        if name in self.sources:
            return ()
        model = self.models[name]
        pointed = model.contract.references().values() if self.points(name) else ()
        asked = {table for audit in model.audits for table in table_names(self.audits[audit].sql)}
        audited = {table for item in asked for table in (self.views[item].depends_on if item in self.views else [item])}
        return tuple(sorted({*model.depends_on, *pointed, *audited} - {name}))

    def points(self, name: str) -> bool:
        """Tell whether a table's keys must be listed in the tables that they point to."""
        return self.table(name).layer in ("dimensions", "facts")

    def view_of_tables(self, name: str) -> View:
        """Find a view as it reads the tables of a build, whose codes have no words beside them yet.

        Raises `KeyError` where there is none.
        """
        made = with_views(self.models, {}, self.dictionary)
        return made.get(name) or self.views[name]

    def macros(self) -> dict[str, str]:
        """Write the macros that take a day, with the query behind each; `as_of` is that of the observations."""
        made = dict(as_of_macro(as_published(m, self.dictionary)) for m in self.models.values() if can_be_dated(m))
        return made | ({"as_of": made["observation_as_of"]} if "observation_as_of" in made else {})

    def published(self) -> list[str]:
        """Name the tables that a release shows to readers: dimensions and facts."""
        return [n for n in self.order if n in self.models and self.models[n].layer in ("dimensions", "facts")]

    def checks(self, name: str) -> list[Check]:
        """List the checks of one table: its contract's, then its audits."""
        table = self.table(name)
        own = table.contract.check(with_references=self.points(name))
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
    # A file that cannot be read makes no table, which is no fault of those that read it.
    unknown = [] if reading.unreadable else _unknown_tables(sources, models, views, audits)
    reading.problems += reading.words(sources.get(REASONS), seeds)
    problems = reading.unreadable + reading.problems + unknown
    if problems:
        raise ProjectError(f"sql/ has {len(problems)} problems:\n  - " + "\n  - ".join(sorted(problems)))
    shown = {name: as_published(model, reading.dictionary) for name, model in models.items()}
    views = with_views(shown, views, reading.dictionary)
    project = Project(reading.dictionary, sources, models, views, audits, ())
    try:
        order = TopologicalSorter({name: project.needs(name) for name in [*sources, *models]}).static_order()
        questions = read_macros(sql / "macros")
        return Project(reading.dictionary, sources, models, views, audits, tuple(order), questions)
    except CycleError as error:
        raise ProjectError(f"sql/ has a circle: {' -> '.join(error.args[1])}") from error


def _blank(contract: TableContract, columns: list[str]) -> TableContract:
    """Return a contract in which these columns need not be filled."""
    freed = (replace(c, required=False) if c.name in columns else c for c in contract.columns)
    return replace(contract, columns=tuple(freed))


def _unknown_tables(
    sources: dict[str, Source], models: dict[str, Model], views: dict[str, View], audits: dict[str, Check]
) -> list[str]:
    known = {*sources, *models}
    items: list[Model | View] = [*models.values(), *views.values()]
    problems = [
        f"{item.path.name} reads {name}, which no file makes"
        for item in items
        for name in item.depends_on
        if name not in known
    ]
    wanted = {audit for model in models.values() for audit in model.audits}
    problems += [f"audit {name} is asked for, but there is no sql/audits/{name}.sql" for name in wanted - set(audits)]
    problems += [f"audits/{name}.sql is asked for by no model" for name in set(audits) - wanted]
    for name, audit in audits.items():
        unknown = table_names(audit.sql) - known - set(views) - {v for m in models.values() for v in view_names(m)}
        problems += [f"audits/{name}.sql reads {table}, which no file makes" for table in unknown]
    return problems


class _Reading:
    """Read files into parts, noting problems instead of stopping at the first."""

    def __init__(self, dictionary: dict[str, Column]) -> None:
        self.dictionary = dictionary
        self.problems: list[str] = []
        self.unreadable: list[str] = []

    def sources(self, path: Path, seeds: Path) -> dict[str, Source]:
        found = {}
        entries = cast("dict[str, _SourceEntry]", yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader))
        for name, entry in entries.items():
            columns = self._first_line(seeds, entry) if "file" in entry else entry.get("columns", [])
            contract = _blank(self._contract(name, path.name, entry, columns), entry.get("may_be_blank", []))
            found[name] = Source(contract, entry.get("file"), entry.get("reader"))
        return found

    def _first_line(self, seeds: Path, entry: _SourceEntry) -> list[str]:
        """Read the columns that a seed has; those that it must have where it has not all of them."""
        path, wanted = seeds / entry["file"], entry.get("columns", [])
        was = f"; it takes the place of {' and '.join(entry['instead_of'])}" if "instead_of" in entry else ""
        must = f". Its first line must be {','.join(wanted)}{was}" if wanted else ""
        if not path.is_file():
            self.problems.append(f"sources.yml names {path.name}, which is not in {seeds}{must}")
            return wanted
        with path.open(encoding="utf-8", newline="") as lines:
            found = next(csv.reader(lines), [])
        if missing := [column for column in wanted if column not in found]:
            self.problems.append(f"{path} has no column {', '.join(missing)}{must}")
            return wanted
        return found

    def words(self, reasons: Source | None, seeds: Path) -> list[str]:
        """List what is wrong between the codes of reasons and their words."""
        path = seeds / reasons.file if reasons and reasons.file else None
        return words_problems(self.dictionary.values(), path) if path and path.is_file() else []

    def models(self, folder: Path, layer: str) -> list[Model]:
        found = []
        # Staging has a folder for each publisher.
        for path, header, sql in self._queries(folder):
            contract = self._contract(path.stem, path.name, header, self._output(path, sql))
            reads, audits = tuple(sorted(table_names(sql))), tuple(header.get("audits", ()))
            dated = header.get("as_of", _AsOf())
            blocks = {block: tuple(columns) for block, columns in dated.get("blocks", {}).items()}
            holds, together = tuple(dated.get("holds", ())), tuple(dated.get("together", ()))
            pools = header.get("pools_editions", False)
            stands = header.get("by_edition", "")
            model = Model(contract, path, layer, sql, reads, audits, holds, together, blocks, pools, stands)
            self._dated(model)
            self._by_edition(model)
            found.append(model)
        return found

    def _dated(self, model: Model) -> None:
        """Hold what a header says of picking editions to the columns that there are."""
        named = {*model.holds, *model.together, *(column for columns in model.blocks.values() for column in columns)}
        unknown = sorted(named - {column.name for column in model.contract.columns})
        self.problems += [f"{model.path.name}: as_of names {name}, which is no column of it" for name in unknown]
        if can_be_dated(model):
            told = [*SPAN, *(name for block in model.blocks for name in block_columns(block))]
            told += [FALLBACK] if model.blocks else []
            missing = [name for name in told if name not in self.dictionary]
            self.problems += [
                f"{model.path.name}: column {name} of its views is not in columns.yml" for name in missing
            ]

    def _by_edition(self, model: Model) -> None:
        """Hold what a header says of an edition's rows to what may be said."""
        if model.by_edition not in ("", *STANDS):
            self.problems.append(f"{model.path.name}: by_edition is {' or '.join(STANDS)}, not {model.by_edition}")
        if model.by_edition and EDITION not in model.contract.grain:
            self.problems.append(f"{model.path.name}: by_edition is said of a table whose grain has no {EDITION}")

    def views(self, folder: Path) -> list[View]:
        found = []
        for path, header, sql in self._queries(folder):
            contract = self._contract(path.stem, path.name, header, self._output(path, sql))
            found.append(View(contract, path, sql, tuple(sorted(table_names(sql)))))
        return found

    def audits(self, folder: Path) -> list[Check]:
        found = []
        for path, header, sql in self._queries(folder):
            description, advice = header.get("description", ""), header.get("advice", "")
            if not description or not advice:
                missing = [name for name, text in (("description", description), ("advice", advice)) if not text]
                self.problems.append(f"audits/{path.name} has no {' and no '.join(missing)} in its header")
            blocking = header.get("severity", "error") == "error"
            found.append(Check(path.stem, description, sql, advice, blocking, header.get("judges_files", "")))
        return found

    def _queries(self, folder: Path) -> Iterator[tuple[Path, _Header, str]]:
        """Read each file of a folder into its header and its query, if it is one."""
        for path in sorted(folder.rglob("*.sql")):
            head, sql = split_header(path.read_text(encoding="utf-8"))
            if not head:
                self.problems.append(f"{path.name} does not start with a header: /* description: ... grain: [...] */")
            try:
                outline(sql)
                header = cast("_Header", yaml.load(head, yaml.CSafeLoader) or {})
            except NotAQuery as error:
                self.unreadable.append(f"{path.name} {error}")
                continue
            except yaml.YAMLError as error:
                self.unreadable.append(f"{path.name} has a header that is not YAML: {' '.join(str(error).split())}")
                continue
            strange = sorted(set(header) - set(_Header.__annotations__))
            strange += sorted(f"as_of.{key}" for key in set(header.get("as_of", ())) - set(_AsOf.__annotations__))
            self.problems += [f"{path.name}: nobody reads {key} in its header" for key in strange]
            yield path, header, sql

    def _output(self, path: Path, sql: str) -> list[str]:
        found = outline(sql)
        if found.has_star:
            self.problems.append(f"{path.name} ends in select *; list its columns")
            return []
        return list(found.columns)

    def _contract(self, name: str, place: str, header: _Header, columns: list[str]) -> TableContract:
        unknown = [column for column in columns if column not in self.dictionary]
        self.problems += [f"{place}: column {column} of {name} is not in columns.yml" for column in unknown]
        grain = tuple(header.get("grain") or ())
        if not header.get("description"):
            self.problems.append(f"{place}: {name} has no description")
        if not grain or not set(grain) <= set(columns):
            self.problems.append(f"{place}: the grain of {name}, {list(grain)}, is not among its columns")
        known = tuple(self.dictionary[column] for column in columns if column in self.dictionary)
        withdrawn = tuple(sorted(header.get("withdrawn", {}).items()))
        self.problems += [
            f"{place}: column {column} is withdrawn and there; take it out of `withdrawn` or out of the query"
            for column, _ in withdrawn
            if column in columns
        ]
        return TableContract(name, " ".join(str(header.get("description", "")).split()), grain, known, withdrawn)


def split_header(text: str) -> tuple[str, str]:
    """Part a file of `sql/` into its header, empty where it has none, and its query."""
    if not text.startswith("/*") or "*/" not in text:
        return "", text
    head, sql = text[2:].split("*/", 1)
    return head, sql.strip().rstrip(";")
