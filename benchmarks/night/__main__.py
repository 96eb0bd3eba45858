"""Hold our builds against what the same work costs by itself, in one run: ratios of processor time and of memory.

    python -m benchmarks.night                      first and unchanged build of the seeds
    python -m benchmarks.night --editions 33 103    so many editions too
    python -m benchmarks.night --sqlmesh PROGRAM    the same models in SQLMesh too, by one that is installed apart

Each pair runs one after the other, and the median of the pairs' ratios counts: a machine that is busy is so for both.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pipelines.settings import PROJECT, Settings

from .cost import OURS, run
from .editions import write_seeds
from .rows import compare

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    """Name two programs that are run in turn; `before` makes ready for each pair."""

    name: str
    ours: list[str]
    other: list[str]
    before: Callable[[], None] = lambda: None
    limit: float | None = None


class Bench:
    """Keep a folder with the seeds of so many editions, their plan, and what is built of them."""

    def __init__(self, folder: Path, editions: int | None, pairs: int, sqlmesh: str | None) -> None:
        self.folder, self.pairs, self.sqlmesh = folder, pairs, sqlmesh
        seeds = Settings(folder / "none").seeds
        held = len(list((seeds / "figures").glob("*.csv")))
        self.seeds = write_seeds(seeds, folder / "seeds", max(0, (editions or held) - held))
        self.name = f"{editions or held} editions"
        self.ours, self.bare, self.plain, self.mesh = (folder / name for name in ("ours", "bare", "plain", "mesh"))
        self.environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        self.environ |= {"BURDENSHARE_SEEDS": str(self.seeds), "PYTHONPATH": str(PROJECT), "HOME": str(folder)}
        self.environ |= {"COLUMNS": "100", "BURDENSHARE_WAREHOUSE": str(self.ours)}
        self._plan()

    def _plan(self) -> None:
        run(
            [sys.executable, "-m", "benchmarks.night.plan", str(self.ours), str(self.seeds), str(self.folder / "plan")],
            self.environ,
        )

    def program(self, name: str, target: Path) -> list[str]:
        """Write the command that builds the plan by one of the programs beside this file."""
        return [sys.executable, str(HERE / f"{name}.py"), str(self.folder / "plan" / "plan.json"), str(target)]

    def clear(self, other: Path) -> None:
        """Remove what we built and what one of the others did."""
        for path in (self.ours, other):
            shutil.rmtree(path, ignore_errors=True)

    def cases(self) -> Iterator[Case]:
        """Yield what is compared, in an order in which each finds what the one before left."""
        build = [*OURS, "build"]
        plain, bare = partial(self.clear, self.plain), partial(self.clear, self.bare)
        yield Case("first build, plain Dagster", build, self.program("plain", self.plain), plain, 1.4)
        yield Case("first build, bare script", build, self.program("bare", self.bare), bare)
        yield Case("unchanged build, bare script", build, self.program("bare", self.bare), limit=1.5)
        if self.sqlmesh:
            self.plan_mesh()
            yield Case("unchanged build, SQLMesh", build, self.of_mesh("run"), limit=1.0)

    def plan_mesh(self) -> None:
        """Write the SQLMesh project and build it once."""
        run(self.program("mesh", self.mesh), self.environ)
        run(self.of_mesh("plan", "--auto-apply", "--no-prompts"), self.environ)

    def of_mesh(self, *words: str) -> list[str]:
        """Write a command of SQLMesh, whose logs would lie wherever it is called."""
        return [str(self.sqlmesh), "--log-file-dir", str(self.mesh / "logs"), "-p", str(self.mesh), *words]

    def results(self) -> Iterator[str]:
        """Say of each of the others whether it made the rows that we made."""
        plan, ours = self.folder / "plan" / "plan.json", f"read_parquet('{self.ours / 'tables'}/{{name}}.parquet')"
        for name, made in (("bare script", self.bare), ("plain Dagster", self.plain)):
            theirs = f"read_parquet('{made}/{{name}}.parquet')"
            yield f"{name}: {compare(plan, ours, theirs)}"
        if self.sqlmesh:
            yield f"SQLMesh: {compare(plan, ours, 'warehouse.night.{name}', self.mesh / 'warehouse.duckdb')}"
        else:
            yield "SQLMesh: left out, since it is no part of this project; --sqlmesh names one that is installed apart"

    def measure(self, case: Case) -> str:
        """Run a case's pairs and write a line of the medians."""
        found = []
        for _ in range(self.pairs):
            case.before()
            found.append((run(case.ours, self.environ), run(case.other, self.environ)))
        ratio = statistics.median(ours.seconds / other.seconds for ours, other in found)
        memory = statistics.median(ours.mib / other.mib for ours, other in found)
        ours, other = (statistics.median(pair[side].seconds for pair in found) for side in (0, 1))
        limit = f", at most {case.limit}" if case.limit else ""
        return (
            f"{self.name:<13}{case.name:<30}{ratio:5.2f} times{limit:<14}{ours:7.2f} s against {other:6.2f} s; "
            f"memory {memory:.2f} times"
        )


def main() -> int:
    """Print a line for each comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--editions", type=int, nargs="*", default=[])
    parser.add_argument("--sqlmesh", metavar="PROGRAM")
    given = parser.parse_args()
    for editions in [None, *given.editions]:
        with tempfile.TemporaryDirectory() as folder:
            bench = Bench(Path(folder), editions, given.pairs, given.sqlmesh)
            for case in bench.cases():
                print(bench.measure(case), flush=True)
            for line in bench.results():
                print(f"{bench.name:<13}{line}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
