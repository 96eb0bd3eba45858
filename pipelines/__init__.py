"""Defence spending in NATO, every edition of it: `load`, `query`, `explain`, `check`, `editions`.

    import burdenshare

    growth = burdenshare.load("fct_growth", as_of="2025-12-31", entities=["Poland"])

Where it is installed this package is called `burdenshare`; in a clone it is the folder `pipelines`, and holds
everything that Burdenshare runs: read, model, publish, and show.

The rooms, from the ground up:

    settings                         every path and knob
    files                            whole writes, hashes, the lock
    contracts                        what each table promises
    sources, models                  what is read, and how SQL becomes tables; neither knows the other
    intake                           how a file gets in
    releases                         how results become visible
    reading                          how results are read
    report                           what people look at
    alerts                           whom to tell
    orchestration                    when things run
    agents                           what programs that speak with models are told
    api, cli, definitions            the front doors, for programs, for people and for Dagster

A room imports only from rooms below it; the import contracts in `pyproject.toml` hold that, and each
room's docstring says what belongs in it and what does not.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .version import __version__

if TYPE_CHECKING:
    from .api import (
        CannotExplain,
        Figure,
        NoRelease,
        NotAStatement,
        Origin,
        UnknownName,
        check,
        editions,
        explain,
        load,
        query,
    )

__all__ = [
    "CannotExplain",
    "Figure",
    "NoRelease",
    "NotAStatement",
    "Origin",
    "UnknownName",
    "__version__",
    "check",
    "editions",
    "explain",
    "load",
    "query",
]


def __getattr__(name: str) -> Any:
    """Import what programs ask for when they ask: the rooms below need none of it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Kept, so that the next one who asks finds it.
    globals()[name] = found = getattr(import_module(f"{__name__}.api"), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
