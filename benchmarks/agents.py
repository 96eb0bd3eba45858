"""Measure how long agents wait for an answer, through a real client over stdio.

    python benchmarks/agents.py            thirty questions three times; exit code 1 where p95 is over a second, of the
                                           first thirty after a start or of all
    python benchmarks/agents.py --times 9  more often

Needs a warehouse with a release, `make run` makes one.
"""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.agents.client import ask_all
from tests.agents.questions import QUESTIONS

LIMIT_S = 1.0


def main() -> int:
    """Print the median, the 95th percentile and the slowest; return 1 where the second is over the limit."""
    parser = argparse.ArgumentParser(description="How long agents wait for an answer.")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--warehouse", type=Path, default=Path("warehouse"))
    given = parser.parse_args()
    asked = [(question.tool, question.asked) for question in QUESTIONS] * given.times
    answers = ask_all(given.warehouse.resolve(), asked)
    taken = [seconds for _, seconds in answers]
    wrong = sum(answer.is_error for answer, _ in answers)
    slow = [_tell(name, some) > LIMIT_S for name, some in (("first", taken[: len(QUESTIONS)]), ("all", taken))]
    print(f"{wrong} refused")
    return 1 if wrong or any(slow) else 0


def _tell(name: str, taken: list[float]) -> float:
    """Print how long some answers took, in seconds; return the 95th percentile."""
    taken = sorted(taken)
    p95 = taken[math.ceil(0.95 * len(taken)) - 1]
    median, slowest = taken[len(taken) // 2], taken[-1]
    print(
        f"{name:5} {len(taken)} answers: median {median:.2f} s, p95 {p95:.2f} s (at most {LIMIT_S:g}), "
        f"slowest {slowest:.2f} s"
    )
    return p95


if __name__ == "__main__":
    sys.exit(main())
