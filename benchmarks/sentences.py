"""Measure how well sentences are understood: precision among answered, share answered, wrong abstentions, seconds.

    .venv/bin/python benchmarks/sentences.py [LABELLED.csv | VERDICTS.txt ...] [-v]

A labelled set (default: ../shared/cases/sentences-dev.csv where it is at hand) is scored by its verdicts, then and now;
the project's own sentences in tests/sentences: verdicts.txt by verdicts worked out by hand, own.txt by what they say -
measure, subjects, year and range. A text file given in place of a labelled set is read like verdicts.txt.
"""

from __future__ import annotations

import csv
import statistics
import sys
import time
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from pipelines.reading.current import current_release  # noqa: E402
from pipelines.reading.sentences.answer import answer, answers  # noqa: E402
from pipelines.settings import Settings  # noqa: E402

LABELLED = PROJECT.parent / "shared" / "cases" / "sentences-dev.csv"
OWN = PROJECT / "tests" / "sentences" / "own.txt"
VERDICTS = PROJECT / "tests" / "sentences" / "verdicts.txt"


@dataclass
class Score:
    """Count what became of sentences."""

    right: int = 0
    wrong: list[str] = field(default_factory=list)
    wrongly_abstained: list[str] = field(default_factory=list)
    rightly_abstained: int = 0
    wrongly_answered: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def add(self, sentence: str, record: dict[str, Any], must_abstain: bool, is_right: bool) -> None:
        """Count one sentence."""
        if must_abstain:
            if record["abstained"]:
                self.rightly_abstained += 1
            else:
                self.wrongly_answered.append(sentence)
        elif record["abstained"]:
            self.wrongly_abstained.append(f"{sentence} [{'; '.join(record['not_understood'])}]")
        elif is_right:
            self.right += 1
        else:
            self.wrong.append(sentence)

    def tell(self, name: str) -> str:
        """Say the score in five lines."""
        answered = self.right + len(self.wrong)
        decidable = answered + len(self.wrongly_abstained)
        outside = self.rightly_abstained + len(self.wrongly_answered)
        return (
            f"{name}\n"
            f"  precision among answered  {100 * self.right / max(1, answered):.0f} % ({self.right} of {answered})\n"
            f"  decidable answered        {100 * answered / max(1, decidable):.0f} % ({answered} of {decidable})\n"
            f"  wrong abstentions         {len(self.wrongly_abstained)}\n"
            f"  to abstain from, answered {len(self.wrongly_answered)} of {outside}"
            + (f"\n  median seconds            {statistics.median(self.seconds):.3f}" if self.seconds else "")
        )


def run(release: Path, sentence: str, said_on: str, score: Score) -> dict[str, Any]:
    """Answer one sentence and keep the time."""
    begin = time.perf_counter()
    record = answer(release, sentence, date.fromisoformat(said_on) if said_on else None).record
    score.seconds.append(time.perf_counter() - begin)
    return record


def together(release: Path, lines: list[tuple[str, ...]]) -> list[dict[str, Any]]:
    """Answer many sentences at once, as those of an article are."""
    asked = [(sentence, date.fromisoformat(said_on) if said_on else None) for sentence, said_on, *_ in lines]
    return [one.record for one in answers(release, asked)]


def score_labelled(release: Path, path: Path, with_doubtful: bool) -> Score:
    """Score a labelled set by its verdicts."""
    score = Score()
    with path.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if with_doubtful or not row["doubtful"]]
    for row in rows:
        record = run(release, row["sentence"], row["said_on"], score)
        now = record["verdict_now"] == row["verdict_2026-07"]
        then = not row["said_on"] or record["verdict_then"] == row["then_verdict"]
        score.add(f"{row['id']} {row['sentence']}", record, row["must_abstain"] == "true", now and then)
    return score


def read_lines(path: Path) -> list[tuple[str, ...]]:
    """Read the project's own sentences: the parts of each line, without notes."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return [tuple(part.strip() for part in line.split("|")) for line in lines]


def score_verdicts(release: Path, path: Path = VERDICTS) -> Score:
    """Score sentences whose verdicts, then and now, were worked out by hand."""
    score = Score()
    lines = read_lines(path)
    for (sentence, _, *verdicts), record in zip(lines, together(release, lines), strict=True):
        found = [record["verdict_then"], record["verdict_now"]]
        score.add(f"{sentence}\n      {verdicts} but {found}", record, "-" in verdicts, found == verdicts)
    return score


def in_short(statement: dict[str, Any], extra: str) -> str:
    """Write a statement as `own.txt` does; `extra` words are kept where the statement bears them."""
    since = f"<{statement['year_from']}" if statement["year_from"] else ""
    units = {"USD billion": "USD", "EUR billion": "EUR", "USD per head": "USD", "thousand persons": "thousand"}
    low, high = (
        ("-inf", "inf")[n]
        if v is None
        else f"{round(v, 3 if v < 60 and statement['comparator'] == 'plain' else 2):.6g}"
        for n, v in enumerate((statement["low"], statement["high"]))
    )
    borne = [word for word in extra.split() if word in map(str, statement.values())]
    return " ".join(
        [
            statement["kind"],
            statement["metric"],
            ";".join(statement["subjects"]),
            f"{statement['year']}{since}",
            units.get(statement["unit"], statement["unit"]),
            f"{low}..{high}",
            *borne,
        ]
    )


def score_own(release: Path) -> Score:
    """Score the own set by what was understood."""
    score = Score()
    lines = read_lines(OWN)
    for (sentence, _, expected), record in zip(lines, together(release, lines), strict=True):
        if expected == "?":
            continue
        wanted = [part.strip() for part in expected.split("&&")]
        found = [in_short(s, " ".join(w.split()[6:])) for s, w in zip(record["statements"], wanted, strict=False)]
        right = found == wanted and len(record["statements"]) == len(wanted)
        score.add(
            f"{sentence}\n      said {expected}\n      read {found} of {len(record['statements'])}",
            record,
            expected == "-",
            right,
        )
    return score


def main() -> None:
    """Print the scores; with -v every sentence that went wrong."""
    release = current_release(Settings.from_environment())
    paths = [Path(word) for word in sys.argv[1:] if not word.startswith("-")] or (
        [LABELLED] if LABELLED.exists() else []
    )
    answer(release, "Poland spent 4 % of GDP on defence in 2024.", None)  # start-up
    scores = [
        (f"{path.name}, {what}", score_labelled(release, path, keep))
        for path in paths
        if path.suffix == ".csv"
        for what, keep in (("all", True), ("without the doubtful", False))
    ]
    scores += [(path.name, score_verdicts(release, path)) for path in [*paths, VERDICTS] if path.suffix == ".txt"]
    for name, score in [*scores, (OWN.name, score_own(release))]:
        print(score.tell(name))
        if "-v" in sys.argv:
            for label in ("wrong", "wrongly_abstained", "wrongly_answered"):
                for sentence in getattr(score, label):
                    print(f"    {label}: {sentence}")


if __name__ == "__main__":
    main()
