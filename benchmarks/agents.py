"""Measure how long agents wait for an answer, through a real client over stdio.

    python benchmarks/agents.py            thirty questions three times; exit code 1 where p95 is over a second
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
    taken = sorted(seconds for _, seconds in answers)
    wrong = sum(answer.is_error for answer, _ in answers)
    p95 = taken[math.ceil(0.95 * len(taken)) - 1]
    print(f"{len(taken)} answers, {wrong} refused: median {taken[len(taken) // 2]:.2f} s, p95 {p95:.2f} s (at most "
          f"{LIMIT_S:g}), slowest {taken[-1]:.2f} s")  # fmt: skip
    return 1 if wrong or p95 > LIMIT_S else 0


if __name__ == "__main__":
    sys.exit(main())
