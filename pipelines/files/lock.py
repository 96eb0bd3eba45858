"""Let one process write to a warehouse at a time. Readers never ask: they need no lock.

The operating system gives the lock back when its holder ends, however it ends, so a killed build
leaves nothing to be cleared by hand.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from ..settings import Settings


class WarehouseBusy(Exception):
    """Say who is writing to the warehouse, since when, and what to do."""


@contextmanager
def writing(settings: Settings, purpose: str, on_wait: Callable[[str], None] = lambda words: None) -> Iterator[None]:
    """Hold the warehouse's one writing lock; whoever holds it already in this thread may enter again.

    Waits up to `settings.wait_s` seconds, after telling `on_wait` whom for, then raises
    `WarehouseBusy`. Raises `OSError` where the warehouse's folder cannot be written.
    """
    settings.warehouse.mkdir(parents=True, exist_ok=True)
    # One object a path and process makes entering again free, as a build does in each of its steps.
    lock = FileLock(settings.warehouse / ".write.lock", is_singleton=True)
    holder = settings.warehouse / ".write.holder"
    outermost = not lock.is_locked
    try:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            on_wait(f"Waiting for {_holder(holder)}.")
            lock.acquire(timeout=settings.wait_s)
    except Timeout:
        raise WarehouseBusy(
            f"{_holder(holder)} is writing to {settings.warehouse}, and a warehouse has one writer. "
            f"Waited {settings.wait_s} s (BURDENSHARE_WAIT_S). Try again when it is done; readers are not affected."
        ) from None
    try:
        if outermost:
            _sign(holder, purpose)
        yield
    finally:
        if outermost:
            holder.unlink(missing_ok=True)
        lock.release()


def _sign(holder: Path, purpose: str) -> None:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    who = {"pid": os.getpid(), "host": socket.gethostname(), "since": since, "purpose": purpose}
    holder.write_text(json.dumps(who), encoding="utf-8")


def _holder(holder: Path) -> str:
    try:
        who = json.loads(holder.read_text(encoding="utf-8"))
        return f"Process {who['pid']} on {who['host']} ({who['purpose']}, since {who['since']})"
    except (OSError, ValueError, KeyError):
        return "Another process"
