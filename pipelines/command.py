"""Start the command line where it is installed, and say how to install it where only reading is.

`pip install burdenshare` brings what `import burdenshare` needs; commands need what `burdenshare[warehouse]` brings.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import sys
import threading


def main() -> None:
    """Run `burdenshare`; exit with code 1 and a sentence where a library that it needs is not installed."""
    # numpy starts a thread for each processor as it is imported, for linear algebra that nothing here does.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Arrow keeps what it once had for itself, beside what DuckDB has; the system takes back what is free.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    # pydantic looks through every installed package for plug-ins of its own; nothing here has any.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # What modules make as they are imported is never garbage, and looking through it takes a tenth of a command's time.
    gc.set_threshold(500_000, 50, 100)
    try:
        from .cli import app

        app()
    except SystemExit as end:
        _leave(end)
        raise
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing in ("", __package__):
            raise
        sys.exit(
            f"Commands need more than reading does: {missing} is not installed. This brings the rest:\n\n"
            f"    pip install '{_requirement()}'\n\n"
            "What is installed serves Python: import burdenshare; burdenshare.load('fct_growth')."
        )


def _leave(end: SystemExit) -> None:
    """End the process without taking apart all that it imported, which takes a fifth of a build with nothing to do.

    Returns where Python is to end it as ever: a thread still works, or what was said cannot be written.
    """
    if not isinstance(end.code, int | None) or any(
        not thread.daemon for thread in threading.enumerate() if thread is not threading.main_thread()
    ):
        return
    try:
        # What else is to be done at the end, such as removing temporary folders, is done.
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        return
    os._exit(end.code or 0)


def _requirement() -> str:
    """Name what to install as pip takes it: from where this installation came, if that was a file."""
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        origin = distribution("burdenshare").read_text("direct_url.json")
    except PackageNotFoundError:
        origin = None
    place = f" @ {json.loads(origin)['url']}" if origin else ""
    return f"burdenshare[warehouse]{place}"
