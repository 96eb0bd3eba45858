"""Run the console blocks of README.md and docs/ anew, so that they show what the commands print."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

BLOCK = re.compile(r"```console\n\$ burdenshare (.+)\n((?:.*\n)*?)```")


def blocks(text: str) -> list[tuple[str, str]]:
    """List the console blocks of a page: the command's arguments, and what the page shows of its output."""
    return [(command, printed) for command, printed in BLOCK.findall(text)]


def rewritten(text: str, warehouse: Path) -> str:
    """Return the page with each block's output as the command prints it on this warehouse.

    Raises `subprocess.CalledProcessError` where a command fails.
    """

    def anew(found: re.Match[str]) -> str:
        command = [sys.executable, "-m", "burdenshare.cli", "--warehouse", str(warehouse), *shlex.split(found[1])]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return f"```console\n$ burdenshare {found[1]}\n{printed}```"

    return BLOCK.sub(anew, text)
