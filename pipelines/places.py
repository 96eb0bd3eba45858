"""Say where what comes with the project lies: beside this package in a clone, inside it where a wheel was installed.

`setup.py` puts it there. Needs nothing but Python: whoever only reads has no library that judges settings.
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
IS_CLONE = not (PACKAGE / "sql").is_dir()
PROJECT = PACKAGE.parent if IS_CLONE else PACKAGE
SQL = PROJECT / "sql"
SEEDS = PROJECT / "warehouse" / "seeds"
# What runs make does not belong among installed packages: there, as elsewhere, it is a folder where one stands.
WAREHOUSE = PROJECT / "warehouse" if IS_CLONE else Path("warehouse")
