"""Remember from what a build left nothing to do, so that whoever asks need not read the whole project.

The mark is of all that decides it: SQL, seeds, archive, the code that reads them, and what the ledger says of tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version

from ..files.ledger import read_ledger
from ..files.whole import files_below, fingerprint, read_object, sha256_of, write_json
from ..models.tables import table_state
from ..places import PACKAGE
from ..settings import Settings
from . import catalog
from .inputs import input_files

SETTLED = "settled.json"
# The rooms whose code says what is made of what; the front doors' changes nothing.
DECIDING = ("contracts", "models", "releases", "sources")
# And the libraries that read files and run SQL.
LIBRARIES = ("duckdb", "openpyxl", "pandas", "sqlglot")


def settle(settings: Settings, release_id: str, planned: Mapping[str, str]) -> None:
    """Remember the present state and the release that shows it, where nothing is planned; for the lock's holder."""
    if planned:
        (settings.tables / SETTLED).unlink(missing_ok=True)
    else:
        write_json(settings.tables / SETTLED, {"mark": _mark(settings), "release": release_id})


def is_settled(settings: Settings) -> bool:
    """Tell whether all is as it was when nothing was left to do; False also where nobody knows."""
    try:
        if read_object(settings.tables / SETTLED)["mark"] != _mark(settings):
            return False
    except (OSError, ValueError, KeyError):
        return False
    ledger = read_ledger(settings.tables)
    return all(table_state(settings.tables, name, ledger) == "sound" for name in ledger.tables)


def settled_release(settings: Settings) -> str | None:
    """Return the release to which a build would add nothing, where readers see it and all that it is of is sound."""
    from .soundness import find_all_damage

    current = catalog.current_id(settings)
    if current is None or not is_settled(settings) or find_all_damage(settings):
        return None
    return current if read_object(settings.tables / SETTLED).get("release") == current else None


def _mark(settings: Settings) -> str:
    # By their names within their folder: where that lies is of no account, and whole warehouses are moved and copied.
    files = [(path.relative_to(settings.sql), path) for path in files_below(settings.sql)]
    for room in DECIDING:
        files += [
            (path.relative_to(PACKAGE), path) for path in files_below(PACKAGE / room) if path.suffix in (".py", ".yml")
        ]
    parts = [f"{name}={sha256_of(path)}" for name, path in files]
    parts += [f"{name}={mark}" for name, mark in input_files(settings).items()]
    parts += [f"{name}={entry.fingerprint}" for name, entry in read_ledger(settings.tables).tables.items()]
    return fingerprint(*parts, *(f"{name} {version(name)}" for name in LIBRARIES))
