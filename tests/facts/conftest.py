"""What the tests of facts share: an independent computation, and a warehouse from changed seeds."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipelines.models.checks import run_checks
from pipelines.models.load import load_source
from pipelines.models.project import read_project
from pipelines.models.published import write_published
from pipelines.models.runner import run_model
from pipelines.models.tables import register
from pipelines.settings import Settings
from pipelines.sources.catalogue import Sources
from pipelines.sources.tables import read_source
from tests.facts.independent import Independent


@pytest.fixture(scope="session")
def independent(settings: Settings) -> Independent:
    """Read the embedded figures with pandas alone."""
    return Independent(settings.seeds)


@pytest.fixture(scope="session")
def build_from_lines(settings: Settings, tmp_path_factory) -> Callable[[dict[str, str]], duckdb.DuckDBPyConnection]:
    """Build all tables from seeds with further lines (`{"targets.csv": "..."}`), and open them with the views."""

    def made(lines: dict[str, str], add_figures: Callable[[Path], None] = lambda seeds: None):
        folder = tmp_path_factory.mktemp("lines")
        seeds, tables = folder / "seeds", folder / "tables"
        shutil.copytree(settings.seeds, seeds)
        for name, text in lines.items():
            with (seeds / name).open("a", encoding="utf-8") as file:
                file.write(text.strip() + "\n")
        add_figures(seeds)
        project = read_project(settings.sql, seeds)
        for name in project.order:
            table = project.table(name)
            if name in project.sources:
                load_source(
                    project,
                    name,
                    read_source(table.file, table.reader, Sources(seeds, seeds / "raw", seeds / "observations")),
                    tables,
                )
            else:
                run_model(project, name, tables)
            failed = [run.message() for run in run_checks(project, name, tables) if not run.passed]
            assert failed == []
        connection = duckdb.connect()
        register(connection, tables, list(project.order))
        shown = folder / "shown"
        shown.mkdir()
        for name in project.published():
            write_published(project.models[name], project.shown(name).contract, tables, shown)
        register(connection, shown, project.published())
        for view in project.views.values():
            connection.execute(f"create view {view.name} as {view.sql}")
        return connection

    return made
