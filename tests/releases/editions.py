"""A small project with editions of two publishers, whose two facts are kept by edition."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

from pipelines.intake.ingest import sources_of
from pipelines.models.load import load_source
from pipelines.models.project import Project
from pipelines.models.runner import TableRun, run_model
from pipelines.releases.publish import Release, publish
from pipelines.sources.tables import read_source
from tests.building import build_tables
from tests.releases.small import Small

COLUMNS = """
edition_id: {type: VARCHAR, required: true, description: "An edition."}
publisher: {type: VARCHAR, description: "Who published it."}
published_on: {type: DATE, description: "When."}
has_figures: {type: BOOLEAN, description: "Whether we hold its figures."}
landing_page_url: {type: VARCHAR, description: "Its page."}
download_url: {type: VARCHAR, description: "Its file."}
year: {type: INTEGER, required: true, unit: year, description: "A year."}
value: {type: DOUBLE, description: "A figure."}
total: {type: DOUBLE, description: "The sum of an edition's figures."}
step: {type: DOUBLE, description: "By how much a figure moved since the edition before, times the factor."}
known_from: {type: DATE, description: "The day from which this was known."}
known_until: {type: DATE, description: "The day on which it was known no more."}
factor: {type: INTEGER, required: true, description: "By what steps are multiplied."}
"""
SOURCES = """
source_edition: {file: editions.csv, description: Editions., grain: [edition_id]}
seed_figure: {file: figures.csv, description: Figures., grain: [edition_id, year]}
seed_factor: {file: factors.csv, description: Factors., grain: [factor]}
"""
EDITION = """/*
description: Editions.
grain: [edition_id]
by_edition: alone
*/
select
    edition_id,
    publisher,
    published_on,
    has_figures
from source_edition
"""
SUM = """/*
description: Sums.
grain: [edition_id]
by_edition: alone
*/
select
    edition_id,
    cast(sum(value) as double) as total
from seed_figure
group by edition_id
"""
STEP = """/*
description: Steps.
grain: [edition_id, year]
by_edition: with_earlier
*/
select
    figures.edition_id,
    figures.year,
    cast(factors.factor * (figures.value - lag(figures.value) over (
        partition by editions.publisher, figures.year order by editions.published_on
    )) as double) as step
from seed_figure as figures
inner join source_edition as editions using (edition_id)
cross join seed_factor as factors
"""
EDITIONS = {
    "alpha-2023": ("Alpha", "2023-06-01"),
    "alpha-2024": ("Alpha", "2024-06-01"),
    "beta-2024": ("Beta", "2024-01-01"),
}
HEAD = ("edition_id", "publisher", "published_on", "has_figures", "landing_page_url", "download_url")
FIGURES = {"alpha-2023": [1.0, 2.0], "alpha-2024": [1.1, 2.2], "beta-2024": [7.0, 8.0]}


class Edited:
    """Hold such a project, its editions and their figures, of the years from 2020 on."""

    def __init__(self, root: Path) -> None:
        self.small = Small(root)
        self.editions, self.figures = dict(EDITIONS), {name: list(values) for name, values in FIGURES.items()}

    @property
    def project(self) -> Project:
        """Read its SQL as it is now."""
        return self.small.project

    @property
    def tables(self) -> Path:
        """Name the folder of its tables."""
        return self.small.settings.tables

    def sql(self, name: str) -> str:
        """Read the SQL of a fact."""
        return (self.small.root / f"sql/facts/{name}.sql").read_text(encoding="utf-8")

    def write_all(self) -> None:
        """Write SQL and seeds."""
        for path, text in (
            ("sql/columns.yml", COLUMNS),
            ("sql/sources.yml", SOURCES),
            ("sql/dimensions/dim_edition.sql", EDITION),
            ("sql/facts/fct_sum.sql", SUM),
            ("sql/facts/fct_step.sql", STEP),
            ("seeds/factors.csv", "factor\n1\n"),
        ):
            self.small.write(path, text)
        self._write_seeds()

    def _write_seeds(self) -> None:
        folder = self.small.root / "seeds"
        with (folder / "editions.csv").open("w", newline="", encoding="utf-8") as file:
            lines = [(name, *told, False, None, None) for name, told in self.editions.items()]
            csv.writer(file).writerows([HEAD, *lines])
        with (folder / "figures.csv").open("w", newline="", encoding="utf-8") as file:
            found = [(name, 2020 + place, value) for name, of in self.figures.items() for place, value in enumerate(of)]
            csv.writer(file).writerows([("edition_id", "year", "value"), *found])

    def add_edition(self, name: str, publisher: str, day: str, values: list[float]) -> None:
        """Let an edition come, and load it."""
        self.editions[name] = publisher, day
        self.correct(name, values)

    def correct(self, name: str, values: list[float]) -> None:
        """Give an edition other figures, and load them."""
        self.figures[name] = values
        self._write_seeds()
        self.build_sources()

    def withdraw(self, name: str) -> None:
        """Take an edition away."""
        del self.editions[name], self.figures[name]
        self._write_seeds()
        self.build_sources()

    def seed(self, name: str, publisher: str, day: str, values: list[float]) -> None:
        """Write an edition into the seeds alone."""
        self.editions[name], self.figures[name] = (publisher, day), values
        self._write_seeds()

    def build_sources(self) -> None:
        """Load the seeds alone."""
        project, settings = self.project, self.small.settings
        for name, source in project.sources.items():
            load_source(project, name, read_source(source.file, source.reader, sources_of(settings)), settings.tables)

    def build(self) -> None:
        """Build all tables."""
        build_tables(self.small.settings)

    def publish(self, accept: str | None = None) -> Release:
        """Build all tables and publish them."""
        return publish(build_tables(self.small.settings), self.small.settings, accept)

    def remake(self, name: str) -> TableRun:
        """Run one model on the tables as they are."""
        return run_model(self.project, name, self.tables)

    def copy(self) -> Edited:
        """Give the same project with nothing built."""
        other = Edited(self.small.root.with_name("from_nothing"))
        shutil.rmtree(other.small.root, ignore_errors=True)
        for name in ("sql", "seeds"):
            shutil.copytree(self.small.root / name, other.small.root / name)
        return other
