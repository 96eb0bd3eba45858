"""Remember how a table's checks went, so that a release needs no faith and no second run.

Beside `fct_growth.parquet` stands `fct_growth.checks.json`: for which fingerprint the checks ran,
and how each went.
"""

from __future__ import annotations

import json
from pathlib import Path

from pipelines.files.whole import write_json
from pipelines.models.runner import CheckRun
from pipelines.models.tables import read_table_file


def _path(tables: Path, name: str) -> Path:
    return tables / f"{name}.checks.json"


def record_checks(tables: Path, name: str, runs: list[CheckRun]) -> None:
    """Write down how the checks of a table's present file went."""
    file = read_table_file(tables, name)
    entry = {
        "table": name,
        "fingerprint": file.fingerprint,
        "rows": file.rows,
        "checks": [
            {
                "name": run.check.name,
                "description": run.check.description,
                "blocking": run.check.blocking,
                "failures": run.failures,
                "message": run.message(),
            }
            for run in runs
        ],
    }
    write_json(_path(tables, name), entry)


def read_checks(tables: Path, name: str) -> list[dict] | None:
    """Read how the checks of a table's present file went; None where they have not run on it."""
    path, file = _path(tables, name), read_table_file(tables, name)
    if file is None or not path.exists():
        return None
    try:
        entry = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        # Cut short by a crash: as good as not there, so the checks run again.
        return None
    return entry["checks"] if entry["fingerprint"] == file.fingerprint else None
