"""Remember in the ledger how a table's checks went, so that a release needs no faith and no second run."""

from __future__ import annotations

from pathlib import Path

from ..files.ledger import CheckEntry, Ledger, checked, read_ledger, updating
from .checks import CheckRun
from .tables import read_table_file


def record_checks(tables: Path, name: str, runs: list[CheckRun]) -> None:
    """Enter how the checks of a table's present file went.

    Raises `FileNotFoundError` where that file is not there, or not what was written.
    """
    file = read_table_file(tables, name)
    if file is None:
        raise FileNotFoundError(f"{name} is not there as it was written, so its checks say nothing; build it again.")
    checks = tuple(
        CheckEntry(run.check.name, run.check.description, run.check.blocking, run.failures, run.message())
        for run in runs
    )
    with updating(tables) as ledger:
        ledger.checks[name] = checked(file.sha256, checks)
    # The version before kept this beside each table; the ledger tells it now.
    (tables / f"{name}.checks.json").unlink(missing_ok=True)


def read_checks(tables: Path, name: str, ledger: Ledger | None = None) -> tuple[CheckEntry, ...] | None:
    """Return how the checks of a table's present file went; None where they have not run on it."""
    return (ledger or read_ledger(tables)).checks_of(name)
