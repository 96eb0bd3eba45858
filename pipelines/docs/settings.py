"""Write the page of settings from the settings themselves: each variable, its default, and what it does."""

from __future__ import annotations

from pathlib import Path

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from ..places import PROJECT
from ..settings import Alerts, Settings
from . import markdown
from .markdown import code


def page() -> str:
    """Write all settings: those of the warehouse and the UI, then whom to tell when something is wrong."""
    return markdown.page(
        "Settings",
        "All settings are environment variables; each has a default, and none is needed to start. A value that cannot "
        "be used is refused with its variable's name. Where they go when a service runs the warehouse, and what to do "
        "with them: [operations](operations.md).",
        markdown.table(["variable", "default", "what it does"], _rows(Settings.model_fields)),
        "## Alerts",
        "All empty where nobody asked to be told. Addresses carry secrets, and stand in no log.",
        markdown.table(["variable", "default", "what it does"], _rows(Alerts.model_fields)),
    )


def _rows(fields: dict[str, FieldInfo]) -> list[list[str]]:
    # A field without a variable is set by tests alone.
    named = [(str(field.validation_alias), field) for field in fields.values() if field.validation_alias]
    return [[code(variable), code(_default(field)), field.description or ""] for variable, field in named]


def _default(field: FieldInfo) -> str:
    """Write a default as a user would; a path from the project's folder, which is another on each machine."""
    value = field.default
    if value is PydanticUndefined or value is None or value == ():
        return ""
    if isinstance(value, bool):
        return str(int(value))
    return str(value.relative_to(PROJECT)) + "/" if isinstance(value, Path) else str(value)
