"""Open the one Dagster instance that the command line, the UI and the daemon share."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import dagster as dg

from ..settings import Settings
from . import private, storage
from .glance import damaged_records

# By the name that this package goes by: `burdenshare` where it is installed, `pipelines` in the folder of a clone.
CODE_LOCATION = f"{__package__.partition('.')[0]}.definitions"
# The SHA-256 of each `dagster.yaml` that we wrote in earlier versions: one that nobody changed is written anew.
EARLIER = {
    "8b297bfa410e35c248a7dc880a5fa53b272b22c8556a7f3f8b51bffd93c269cf",
    "41134a3afa163f56f93a29c88f28f7229d5ff44e3820309d372c33c39c7d537f",
    "cf1f41b1666b71ccf3b9127415177287ff6b552d77f41eee88c09d889d1bb42a",
    "444f6f057e3e7d113dc24a23ace86a936ecaad94de679a81c6b643e26643a2b9",
}
# The address itself stays out of the file: it holds a password.
POSTGRES = """storage:
  postgres:
    postgres_url:
      env: BURDENSHARE_POSTGRES_URL
"""


def prepare_home(settings: Settings, earlier: Collection[str] = EARLIER) -> None:
    """Make Dagster's folder with our `dagster.yaml`; a file that the user changed stays as it is.

    One that is among `earlier` (SHA-256 of what we wrote before) nobody changed: it is written anew.

    Raises `ValueError` where the settings ask for PostgreSQL and the file, or this installation, does not, and
    where the schedule is none: Dagster would load nothing at all, and no night would come.
    """
    if len(settings.schedule.split()) != 5 or not private.is_schedule(settings.schedule):
        raise ValueError(
            f"BURDENSHARE_SCHEDULE is {settings.schedule!r}; expected five fields of cron, such as '30 3 * * *'"
        )
    settings.dagster_home.mkdir(parents=True, exist_ok=True)
    target = settings.dagster_home / "dagster.yaml"
    if settings.postgres and find_spec("dagster_postgres") is None:
        raise ValueError(
            "BURDENSHARE_POSTGRES_URL is set, but dagster-postgres is missing: pip install --editable '.[postgres]'"
        )
    if not target.exists() or _is_earlier(target, earlier):
        text = files(__package__).joinpath("dagster.yaml").read_text(encoding="utf-8")
        target.write_text(text + (POSTGRES if settings.postgres else ""), encoding="utf-8")
    if "postgres_url:" in target.read_text(encoding="utf-8") and not settings.postgres:
        raise ValueError(
            f"{target} keeps runs in PostgreSQL, but BURDENSHARE_POSTGRES_URL is not set. Set it, as the service does."
        )
    if settings.postgres and "\nstorage:" not in target.read_text(encoding="utf-8"):
        raise ValueError(
            f"BURDENSHARE_POSTGRES_URL is set, but {target} names no storage, so runs would go to SQLite. "
            f"Move that file away to have it written anew, or add to it:\n{POSTGRES}"
        )


def _is_earlier(target: Path, earlier: Collection[str]) -> bool:
    text = target.read_text(encoding="utf-8").removesuffix(POSTGRES)
    return hashlib.sha256(text.encode()).hexdigest() in earlier


def claim_daemon(settings: Settings, address: str | None = None) -> None:
    """Make this process the warehouse's one daemon, for as long as it and what it turns into (`exec`) live.

    `address` is that of the UI which starts with it. Raises `ValueError` where another one runs, and says where: two
    would start each night twice.
    """
    try:
        import fcntl
    except ImportError:
        # Windows has no such lock; Dagster then warns in its log by itself.
        return
    lock = os.open(settings.dagster_home / ".daemon.lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder, _, place = os.read(lock, 300).decode(errors="replace").partition(" ")
        if place:
            raise ValueError(
                f"The UI of {settings.warehouse} runs already (process {holder or 'unknown'}): open {place}, "
                "or stop it with Ctrl-C where it was started."
            ) from None
        raise ValueError(
            f"A daemon for {settings.warehouse} runs already (process {holder or 'unknown'}), and two would start each "
            "night twice. Stop that one, or start the UI alone: burdenshare ui --only web"
        ) from None
    os.truncate(lock, 0)
    os.write(lock, f"{os.getpid()} {address}".encode() if address else str(os.getpid()).encode())
    os.set_inheritable(lock, True)


def put_damaged_aside(settings: Settings) -> list[str]:
    """Rename records of runs that are damaged, and tell of each in a sentence; Dagster then begins new ones."""
    told = []
    for path in damaged_records(settings.dagster_home):
        kept = path.with_name(f"{path.name}.damaged")
        path.replace(kept)
        for rest in ("-wal", "-shm"):
            path.with_name(path.name + rest).unlink(missing_ok=True)
        told.append(f"{path} was damaged and lies beside as {kept.name}; runs until now are no longer shown.")
    return told


def _owner(folder: Path) -> str:
    try:
        return folder.owner()
    except (KeyError, NotImplementedError):
        return "the user"


@contextmanager
def open_instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """Open the instance that keeps runs, materializations and schedules: below the warehouse, or in PostgreSQL.

    Raises `ValueError` where its files are damaged, or not for this user to write: SQLite then cannot read them either.
    """
    prepare_home(settings)
    if not settings.postgres and not os.access(settings.dagster_home, os.W_OK):
        raise ValueError(
            f"The records of runs in {settings.dagster_home} can be read by those alone who may write there. "
            f"Run this as {_owner(settings.dagster_home)}, to whom they belong; `burdenshare releases` and "
            "`burdenshare verify` need no such right."
        )
    if damaged := damaged_records(settings.dagster_home):
        raise ValueError(
            f"The records of runs are damaged: {', '.join(map(str, damaged))}. `burdenshare build` puts them aside and "
            "begins new ones; tables and releases do not depend on them."
        )
    with storage.open_home(settings.dagster_home) as instance:
        yield instance
