"""Change real workbooks in one place, thousands of times, and print what would be taken in silence.

Run `.venv/bin/python -m benchmarks.mutants --count 2100`. Each of the three layouts takes a third: June 2024 from
NATO's own file where it lies beside the project, August 2025 and July 2026 written from their figures. Each edition
comes in beside the others, which do not hold it. Nothing is written but the workbooks, in a temporary folder.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from pathlib import Path

from tabulate import tabulate

from pipelines.intake.ingest import sources_of
from pipelines.models.project import read_project
from pipelines.settings import Settings
from tests.mutants import courts, mutate


def main() -> None:
    """Judge the mutants and print them by kind and outcome, and what was silent by its size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2100)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder) / "warehouse")
        project = read_project(settings.sql, settings.seeds)
        outcomes: Counter[tuple[str, str]] = Counter()
        silent: list[tuple[float, str, str, str]] = []
        began = time.perf_counter()
        for court in courts(project, sources_of(settings), Path(folder)):
            for mutant in mutate(court.workbook, court.frame, given.count // 3, given.seed):
                verdict = court.try_mutant(mutant.workbook)
                outcomes[mutant.kind, verdict.outcome] += 1
                if verdict.outcome == "silent":
                    silent.append((verdict.moved_pct, mutant.kind, f"{court.edition_id} {mutant.place}", verdict.words))
        seconds = (time.perf_counter() - began) / sum(outcomes.values())
    kinds = sorted({kind for kind, _ in outcomes})
    names = ("refused", "told", "harmless", "silent")
    rows = [[kind, *(outcomes[kind, name] for name in names)] for kind in kinds]
    rows.append(["all", *(sum(outcomes[kind, name] for kind in kinds) for name in names)])
    print(tabulate(rows, headers=["kind", *names]))
    print(f"\n{seconds:.2f} s each. Taken in silence, the largest change first:")
    print(tabulate(sorted(silent, reverse=True), headers=["moved, %", "kind", "where", "what"], floatfmt=".3g"))


if __name__ == "__main__":
    main()
