"""Run the checks of a table: what follows from its contract, and its audits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..contracts.sql import quoted
from ..contracts.table import CONTRACT, Check
from .by_edition import among, read_marks
from .project import Project
from .runner import TableRun
from .tables import connect, reading, register, table_path
from .trees import table_names

if TYPE_CHECKING:
    import pandas as pd

SAMPLE_ROWS = 20


@dataclass(frozen=True)
class CheckRun:
    """Tell how a check went: the number of offending rows and, where there are any, the first of them."""

    table: str
    check: Check
    failures: int
    sample: pd.DataFrame | None = None

    @property
    def passed(self) -> bool:
        """Tell whether the check found nothing."""
        return self.failures == 0

    def message(self) -> str:
        """Say in words what was expected, what was found and what to do."""
        if self.sample is None:
            return self.check.description
        # Here, since `status` asks only what would be built: pandas takes as long to import as all else together.
        from tabulate import tabulate

        cells = self.sample.astype(object).where(self.sample.notna(), "")
        shown = tabulate(cells.values.tolist(), headers=list(cells.columns), tablefmt="plain", showindex=False)
        rows = "row breaks" if self.failures == 1 else "rows break"
        return (
            f"{self.table}, {self.check.name}: {self.failures} {rows} the rule '{self.check.description}'\n{shown}\n"
            f"What to do: {self.check.advice}"
        )


def run_checks(project: Project, name: str, tables: Path, made: TableRun | None = None) -> list[CheckRun]:
    """Run every check of one table; `made` is the run that made its file just now."""
    connection = reading(tables, sorted({name, *project.needs(name)}))
    runs = []
    for check in project.checks(name):
        if check.name == CONTRACT and made and _keeps_contract(project, check, made):
            runs.append(CheckRun(name, check, 0))
            continue
        # Most checks name no view, and need not be parsed to know it.
        named = {view for view in project.views if view in check.sql}
        for view in sorted(table_names(check.sql) & named) if named else ():
            connection.execute(f"create or replace temp view {view} as {project.view_of_tables(view).sql}")
        # Counted first: of rows that break no rule only the columns are read that the rule names, and a frame takes as
        # long to make as most checks take to run.
        (failures,) = connection.execute(f"select count(*) from (\n{check.sql}\n)").fetchall()[0]
        sample = connection.execute(check.sql).df().head(SAMPLE_ROWS) if failures else None
        runs.append(CheckRun(name, check, failures, sample))
    return runs


def _keeps_contract(project: Project, check: Check, made: TableRun) -> bool:
    """Tell whether a table keeps its contract, as far as that shows without asking the rows that stayed.

    They kept it before, and rows are told apart by edition; what they point to may have gone meanwhile.
    """
    if not made.kept_contract:
        return False
    name, tables = made.file.name, made.file.path.parent
    contract, rows = project.table(name).contract, f"read_parquet({quoted(table_path(tables, name))})"
    connection = connect()
    register(connection, tables, sorted({*project.needs(name)}))
    new = among(sorted(set(read_marks(made.file.path)) - made.kept))
    connection.execute(f"create or replace temp view {name} as select * from {rows} where {new}")
    asked = [check.sql, *([f"select * from {rows} where {contract.dangling()}"] if project.points(name) else [])]
    return not any(connection.execute(f"select count(*) from (\n{sql}\n)").fetchall()[0][0] for sql in asked)
