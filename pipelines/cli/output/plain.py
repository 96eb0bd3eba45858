"""Leave colours out of what programs of others write where no screen shows it: files and journals."""

from __future__ import annotations

import os
import subprocess
import sys

# Reads to the end whatever the signal: what a program says while it ends is what people look for.
_FILTER = """
import re, signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
for line in sys.stdin.buffer:
    sys.stdout.buffer.write(re.sub(rb"\\x1b\\[[0-9;]*m", b"", line))
    sys.stdout.buffer.flush()
"""


def write_plainly() -> None:
    """Send all that this process and what it turns into write through a filter, unless a screen shows it.

    Dagster's log has no form without colours that people can read.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    if os.isatty(1):
        return
    read, write = os.pipe()
    subprocess.Popen([sys.executable, "-c", _FILTER], stdin=read)
    os.dup2(write, 1)
    os.dup2(write, 2)
    os.close(read)
    os.close(write)
