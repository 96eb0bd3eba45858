"""Open a release so that nothing but its figures can be read, and nothing changed or held up.

`open_release` is the one way in. It makes a database in memory from the release's Parquet files, with its views
and macros, and never opens `warehouse.duckdb`: that file is for other people's tools, and DuckDB lets whoever opens
it for writing keep everybody else out. What a reader does here, nobody else can see.

Kept apart from `current` because the worker of a query imports it, and should start in no time.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ..contracts.sql import quoted
from ..files.whole import in_words
from .contents import Contents, read_contents

if TYPE_CHECKING:
    import duckdb

# A folder that there is not: DuckDB tells where it looks for extensions and secrets, and that is nobody's business.
NOWHERE = "/none"
# Readers see the warehouse and nothing else on the machine, and leave nothing on it.
CLOSED: dict[str, str | bool | int | float | list[str]] = {
    "allow_persistent_secrets": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "extension_directory": NOWHERE,
    "home_directory": NOWHERE,
    # A variable of this program is no table; `register` makes one of a reader's own data.
    "python_enable_replacements": "false",
    "secret_directory": NOWHERE,
    "temp_directory": "",
}
# The kinds of statements that ask and change nothing; MULTI is a PIVOT that has to look up its columns first.
ASKS = {"SELECT", "EXPLAIN", "MULTI", "PRAGMA"}
# Once the figures are in, the last door is shut and the key thrown away.
SHUT = ("set enable_external_access = false", "set lock_configuration = true")


class NoRelease(Exception):
    """Say that there is nothing to read yet, and what to do."""


class UnreadableRelease(NoRelease):
    """Say what of a release cannot be read, and what to do."""


def open_release(
    folder: Path, memory_limit: str | None = None, names: Iterable[str] | None = None, copied: bool = True
) -> duckdb.DuckDBPyConnection:
    """Open one release by its folder: its tables, views and macros in a database in memory.

    Only `names`, and what they are made of, where the asker knows them: all takes a third of a second; what is no name
    of the release is passed over. `memory_limit` such as `512MB` is for strangers' queries. Who reads most tables once
    leaves them in their files (`copied=False`). Raises `UnreadableRelease` where files are missing or damaged.
    """
    return open_contents(require_contents(folder), memory_limit, names, copied)


def require_contents(folder: Path) -> Contents:
    """Read what a release holds; raises `UnreadableRelease` where it does not say."""
    try:
        return read_contents(folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unreadable(folder, error) from error


def open_contents(
    contents: Contents, memory_limit: str | None = None, names: Iterable[str] | None = None, copied: bool = True
) -> duckdb.DuckDBPyConnection:
    """Make the database of a release that is known already; see `open_release`."""
    # Here, since a command that lets a worker ask takes no time to import it.
    import duckdb

    connection = duckdb.connect(config=CLOSED | ({"memory_limit": memory_limit} if memory_limit else {}))
    try:
        for statement in contents.statements(names, copied):
            connection.execute(statement)
    except duckdb.OutOfMemoryException:
        connection.close()
        raise
    except (duckdb.Error, OSError) as error:
        connection.close()
        raise _unreadable(next(iter(contents.tables.values())).parent, error) from error
    if not copied:
        connection.execute(f"set allowed_paths = [{', '.join(map(quoted, contents.tables.values()))}]")
    for setting in SHUT:
        connection.execute(setting)
    return connection


def _unreadable(folder: Path, error: Exception) -> UnreadableRelease:
    words = in_words(error) if isinstance(error, OSError) else str(error).splitlines()[0]
    return UnreadableRelease(
        f"The release {folder.name} cannot be read: {words}\n"
        "`burdenshare verify` names what is damaged, `burdenshare build` makes it anew."
    )
