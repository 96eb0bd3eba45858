"""Store in a release what explaining its figures needs; `reading.explain` reads it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from pipelines.models.project import Project, Source
from pipelines.models.tables import table_path
from pipelines.releases.names import LINEAGE, MODELS


def store_lineage(project: Project, tables: Path, release: Path) -> None:
    """Add to a release what explaining needs: every query, and the tables that readers do not see."""
    folder = release / LINEAGE
    folder.mkdir(exist_ok=True)
    published = set(project.published())
    for name in project.order:
        if name not in published:
            shutil.copyfile(table_path(tables, name), table_path(folder, name))
    (folder / MODELS).write_text(models_text(project), encoding="utf-8")


def models_text(project: Project) -> str:
    """Give what a release says of its tables and views, as JSON: grain, columns, SQL, inputs."""
    items = [*(project.shown(name) for name in project.order), *project.views.values()]
    return json.dumps({item.name: _entry(item) for item in items}, indent=1, ensure_ascii=False) + "\n"


def _entry(item) -> dict:
    entry = {
        "grain": list(item.contract.grain),
        "columns": {
            c.name: {"type": c.type, "unit": c.unit, "description": c.description} for c in item.contract.columns
        },
    }
    if isinstance(item, Source):
        return entry | {"file": item.file}
    return entry | {"sql": item.sql, "depends_on": list(item.depends_on)}
