"""Say by which code each asset is computed, as one mark: where the mark changes, Dagster shows the asset as stale.

A mark covers what computes the asset and nothing else, so that a changed page makes the report stale and no table. What
an asset reads is no code: Dagster follows that by the data versions of the assets above.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from pathlib import Path

from ..files.whole import files_below, fingerprint, sha256_of
from ..models.parts import Model, Source
from ..places import PACKAGE
from ..settings import Settings
from ..sources.entities import FILES

# Rooms whose code turns a file into figures, figures into a release, and a release into pages.
INTAKE = ("intake", "sources")
PARSERS = ("sources",)
PUBLISHING = ("contracts", "models", "releases")
PAGES = ("reading", "report")


def archive_code() -> str:
    """Mark what decides which file is taken in, and as what."""
    return code_of(*INTAKE)


def observation_code(settings: Settings) -> str:
    """Mark the parsers, the names by which they know who is who, and the library that opens workbooks."""
    names = [sha256_of(settings.seeds / name) for name in FILES if (settings.seeds / name).is_file()]
    return fingerprint(code_of(*PARSERS), version("openpyxl"), *names)


def table_code(table: Source | Model) -> str:
    """Mark a table's SQL, or the reader of its file, with the promise that it has to keep and the DuckDB behind it."""
    how = table.sql if isinstance(table, Model) else code_of(*PARSERS) if table.reader else "csv"
    return fingerprint(_version("duckdb"), how, repr(table.contract))


def release_code(settings: Settings) -> str:
    """Mark what composes a release: code, the views and questions of `sql/`, and what is said of columns."""
    told = [path for path in files_below(settings.sql) if path.parent.name in ("views", "macros", settings.sql.name)]
    return fingerprint(code_of(*PUBLISHING), *(sha256_of(path) for path in told))


def report_code() -> str:
    """Mark pages, templates, charts and words."""
    return code_of(*PAGES)


# A project asks it of every table.
_version = cache(version)


@cache
def code_of(*rooms: str) -> str:
    """Hash the code of some rooms, and what lies beside it: templates, words, layouts."""
    return fingerprint(*(f"{path.relative_to(PACKAGE)}={sha256_of(path)}" for path in _files_of(rooms)))


def _files_of(rooms: tuple[str, ...]) -> list[Path]:
    return [path for room in rooms for path in files_below(PACKAGE / room) if path.suffix != ".pyc"]
