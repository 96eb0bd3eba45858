"""Tell what each edition that is held already adds: to the build that takes in one more, and to the report's pages.

    python -m benchmarks.night.growth                      from the seeds' editions to 33
    python -m benchmarks.night.growth --editions 33 103    between others

It builds a warehouse of each number of editions, writes its report, and builds once more when an edition has come that
is the newest: three times, from the same warehouse, of which the median counts. It ends with 1 where a limit is broken.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from pipelines.settings import Settings

from .cost import OURS, Cost, run
from .editions import add_newest, write_seeds

# What an edition may add to the build of one more, and to each page.
MOST_MS, MOST_KB = 50, 20
# How often the build of one more is run.
TIMES = 3
# What a report of 33 editions may take.
REPORT_EDITIONS, REPORT_S, REPORT_MIB = 33, 23, 1024


@dataclass(frozen=True)
class Held:
    """Hold what so many editions cost: the build of one more, the report, and its largest page in KB."""

    editions: int
    one_more: Cost
    report: Cost
    page_kb: dict[str, float]


def hold(folder: Path, editions: int | None) -> Held:
    """Build a warehouse of so many editions, write its report, and take in the newest."""
    seeds = Settings(folder / "none").seeds
    own = len(list((seeds / "figures").glob("*.csv")))
    copies = max(0, (editions or own) - own)
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environ |= {"BURDENSHARE_WAREHOUSE": str(folder / "warehouse"), "HOME": str(folder)}
    environ["BURDENSHARE_SEEDS"] = str(write_seeds(seeds, folder / "seeds", copies))
    run([*OURS, "build"], environ)
    report = run([*OURS, "report", "--output", str(folder / "report")], environ)
    pages = sorted((folder / "report").rglob("*.html"))
    sizes = {page.relative_to(folder / "report").as_posix(): page.stat().st_size / 1000 for page in pages}
    add_newest(folder / "seeds")
    return Held(own + copies, _one_more(folder, environ), report, sizes)


def _one_more(folder: Path, environ: dict[str, str]) -> Cost:
    """Take in what has come, each time into the warehouse as it was."""
    costs = []
    for number in range(TIMES):
        own = shutil.copytree(folder / "warehouse", folder / f"warehouse-{number}", symlinks=True)
        costs.append(run([*OURS, "build"], environ | {"BURDENSHARE_WAREHOUSE": str(own)}))
    return sorted(costs, key=lambda cost: cost.seconds)[TIMES // 2]


def within(words: str, found: float, most: float, unit: str) -> bool:
    """Print a figure beside its limit; return whether it is within."""
    print(f"{words:<58}{found:8.1f} {unit}, at most {most} {unit}{'' if found <= most else '  BROKEN'}", flush=True)
    return found <= most


def main() -> int:
    """Print what was found, and what lies between the fewest editions and the most."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--editions", type=int, nargs="*", default=[REPORT_EDITIONS])
    given, held = parser.parse_args(), []
    for editions in given.editions if len(given.editions) > 1 else [None, *given.editions]:
        with tempfile.TemporaryDirectory() as folder:
            held.append(found := hold(Path(folder), editions))
        print(
            f"{found.editions} editions: one more {found.one_more.seconds:.1f} s, {found.one_more.mib:.0f} MiB; report "
            f"{found.report.seconds:.1f} s, {found.report.mib:.0f} MiB, "
            f"largest page {max(found.page_kb.values()):.0f} KB",
            flush=True,
        )
    few, many = held[0], held[-1]
    more = many.editions - few.editions
    name, grown = max(
        ((page, (many.page_kb[page] - few.page_kb[page]) / more) for page in few.page_kb), key=lambda page: page[1]
    )
    slope = 1000 * (many.one_more.seconds - few.one_more.seconds) / more
    fine = [within("each edition adds to the build of one more", slope, MOST_MS, "ms")]
    fine.append(within(f"each edition adds to a page, most to {name}", grown, MOST_KB, "KB"))
    for found in held:
        if found.editions == REPORT_EDITIONS:
            fine.append(within(f"the report of {REPORT_EDITIONS}", found.report.seconds, REPORT_S, "s"))
            fine.append(within(f"the report of {REPORT_EDITIONS}", found.report.mib, REPORT_MIB, "MiB"))
    return 0 if all(fine) else 1


if __name__ == "__main__":
    sys.exit(main())
