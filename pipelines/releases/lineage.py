"""Store in a release what asking it and explaining its figures needs; `reading` reads it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from ..models.parts import Model, Source, View
from ..models.project import Project
from ..models.tables import table_path
from .names import LINEAGE, MACROS, MODELS


def store_lineage(project: Project, tables: Path, release: Path) -> None:
    """Add to a release every query, the macros, and the tables that readers do not see."""
    folder = release / LINEAGE
    folder.mkdir(exist_ok=True)
    published = set(project.published())
    for name in project.order:
        if name not in published:
            shutil.copyfile(table_path(tables, name), table_path(folder, name))
    (folder / MODELS).write_text(models_text(project), encoding="utf-8")
    (folder / MACROS).write_text(macros_text(project), encoding="utf-8")


def models_text(project: Project) -> str:
    """Return what a release says of its tables and views, as JSON: grain, columns, SQL, inputs."""
    items: list[Source | Model | View] = [*(project.shown(name) for name in project.order), *project.views.values()]
    return json.dumps({item.name: _entry(item) for item in items}, indent=1, ensure_ascii=False) + "\n"


def macros_text(project: Project) -> str:
    """Return a release's macros as JSON, by name: their parameters in order, and their SQL."""
    dated = {name: {"parameters": ["day"], "sql": query} for name, query in project.macros().items()}
    own = {macro.name: {"parameters": list(macro.parameters), "sql": macro.sql} for macro in project.questions.values()}
    return json.dumps(dated | own, indent=1, ensure_ascii=False) + "\n"


def _entry(item: Source | Model | View) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "grain": list(item.contract.grain),
        "columns": {
            c.name: {"type": c.type, "unit": c.unit, "description": c.description} for c in item.contract.columns
        },
    }
    if isinstance(item, Source):
        return entry | {"file": item.file}
    return entry | {"sql": item.sql, "depends_on": list(item.depends_on)}
