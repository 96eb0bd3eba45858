"""Run a program to its end and tell what it cost."""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

OURS = [str(Path(sys.executable).with_name("burdenshare"))]


@dataclass(frozen=True)
class Cost:
    """Hold what a program cost: processor time in seconds, of it and what it started, and its peak memory in MiB."""

    seconds: float
    mib: float


def run(command: list[str], environ: dict[str, str]) -> Cost:
    """Run a program to its end; exit where it fails, with what it said."""
    with tempfile.TemporaryFile() as out:
        process = os.fork()
        if process == 0:
            os.dup2(out.fileno(), 1)
            os.dup2(out.fileno(), 2)
            os.execvpe(command[0], command, environ)
        _, status, used = os.wait4(process, 0)
        if status:
            out.seek(0)
            sys.exit(f"{' '.join(command)} failed:\n{out.read().decode(errors='replace')[-3000:]}")
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
