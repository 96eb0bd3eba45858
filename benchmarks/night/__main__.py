"""Hold our builds against what the same work costs by itself, in one run: ratios of processor time and of memory.

    python -m benchmarks.night                      first and unchanged build of the seeds
    python -m benchmarks.night --editions 33 103    so many editions too

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
from pathlib import Path

from pipelines.settings import PROJECT, Settings

from .editions import write_seeds

HERE = Path(__file__).parent
OURS = [str(Path(sys.executable).with_name("burdenshare"))]


@dataclass(frozen=True)
class Cost:
    """Hold what a program cost: processor time in seconds, of it and what it started, and its peak memory in MiB."""

    seconds: float
    mib: float


@dataclass(frozen=True)
class Case:
    """Name two programs that are run in turn; `before` makes ready for each pair."""

    name: str
    ours: list[str]
    other: list[str]
    before: Callable[[], None] = lambda: None
    limit: float | None = None


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


class Bench:
    """Keep a folder with the seeds of so many editions, their plan, and what is built of them."""

    def __init__(self, folder: Path, editions: int | None, pairs: int) -> None:
        self.folder, self.pairs = folder, pairs
        seeds = Settings(folder / "none").seeds
        held = len(list((seeds / "figures").glob("*.csv")))
        self.seeds = write_seeds(seeds, folder / "seeds", max(0, (editions or held) - held))
        self.name = f"{editions or held} editions"
        self.ours, self.bare, self.plain = (folder / name for name in ("ours", "bare", "plain"))
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

    def clear(self) -> None:
        """Remove what was built."""
        for path in (self.ours, self.bare, self.plain):
            shutil.rmtree(path, ignore_errors=True)

    def cases(self) -> Iterator[Case]:
        """Yield what is compared, in an order in which each finds what the one before left."""
        build = [*OURS, "build"]
        yield Case("first build, plain Dagster", build, self.program("plain", self.plain), self.clear, 1.4)
        yield Case("first build, bare script", build, self.program("bare", self.bare), self.clear)
        yield Case("unchanged build, bare script", build, self.program("bare", self.bare), limit=1.5)

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
    given = parser.parse_args()
    for editions in [None, *given.editions]:
        with tempfile.TemporaryDirectory() as folder:
            bench = Bench(Path(folder), editions, given.pairs)
            for case in bench.cases():
                print(bench.measure(case), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
