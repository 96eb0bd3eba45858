"""Write down what a night does, for programs that do it without us: the rows of each source, each query, each check.

What is written is made of `sql/` and the seeds each time, so that no copy of a model lies here. The sources come out as
CSV, with half steps worked out already: whoever builds from the plan has less to do than we have.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow.csv

from pipelines.intake.ingest import sources_of
from pipelines.models.project import Project, read_project
from pipelines.models.published import as_published
from pipelines.releases.database import STORAGE_VERSION
from pipelines.settings import Settings
from pipelines.sources.tables import read_source


def write_plan(settings: Settings, folder: Path) -> Path:
    """Write `plan.json` and a CSV file for each source into a folder, and return the former."""
    folder.mkdir(parents=True, exist_ok=True)
    project = read_project(settings.sql, settings.seeds)
    for name, source in project.sources.items():
        rows = read_source(source.file, source.reader, sources_of(settings))
        pyarrow.csv.write_csv(rows.select([c.name for c in source.contract.columns]), folder / f"{name}.csv")
    plan = {
        "tables": [_table(project, name) for name in project.order],
        "published": [_published(project, name) for name in project.published()],
        "storage_version": STORAGE_VERSION,
        "views": {view.name: view.sql for view in project.views.values()},
    }
    path = folder / "plan.json"
    path.write_text(json.dumps(plan), encoding="utf-8")
    return path


def _table(project: Project, name: str) -> dict[str, object]:
    table = project.table(name)
    checks = [
        {"name": check.name, "sql": check.sql, "blocking": check.blocking, "views": _views(project, check.sql)}
        for check in project.checks(name)
    ]
    return {
        "name": name,
        "sql": None if name in project.sources else project.models[name].sql,
        "needs": project.needs(name),
        "reads": [] if name in project.sources else project.models[name].depends_on,
        "grain": table.contract.grain,
        "columns": {column.name: column.type for column in table.contract.columns},
        "checks": checks,
    }


def _published(project: Project, name: str) -> dict[str, object]:
    """Describe what readers get of a table; where it has codes, by a query that puts their words beside them."""
    model = project.models[name]
    shown = as_published(replace(model, sql=f"from {name}", depends_on=()), project.dictionary)
    words = shown.sql if shown.depends_on else None
    return {"name": name, "words": words, "reads": list(shown.depends_on), "grain": model.contract.grain}


def _views(project: Project, sql: str) -> dict[str, str]:
    """Return the views that a check reads, each as it reads tables without words."""
    from pipelines.models.trees import table_names

    return {name: project.view_of_tables(name).sql for name in sorted(table_names(sql) & project.views.keys())}


if __name__ == "__main__":
    warehouse, seeds, target = map(Path, sys.argv[1:])
    write_plan(Settings(warehouse, seeds=seeds), target)
