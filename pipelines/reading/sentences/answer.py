"""Judge what a sentence says: as known on the day on which it was said, and as known now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..claims import judge_all
from ..connection import open_release
from ..statements import NotAStatement, Statement, allowed
from .misleading import misleading
from .pledges import distances
from .scene import Membership
from .understand import Understood, understand


@dataclass(frozen=True)
class Edition:
    """Hold what of an edition decides by which one is judged."""

    edition_id: str
    published_on: date
    first_year: int
    last_year: int


@dataclass
class Answer:
    """Hold a sentence as understood with the verdicts on each of its statements, as `--json` prints them."""

    understood: Understood
    statements: list[dict[str, Any]] = field(default_factory=list)
    distances: list[str] = field(default_factory=list)

    @property
    def record(self) -> dict[str, Any]:
        """Return the object that `check --json` prints."""
        asked = self.understood
        return {
            "sentence": asked.sentence,
            "said_on": asked.said_on.isoformat() if asked.said_on else None,
            "statements": self.statements,
            "verdict_then": whole([s["verdict_then"] for s in self.statements], bool(asked.not_understood)),
            "verdict_now": whole([s["verdict_now"] for s in self.statements], bool(asked.not_understood)),
            "abstained": asked.abstained,
            "not_understood": asked.not_understood,
            "reason": "; ".join(dict.fromkeys(asked.reasons)) or None,
            "distances": self.distances,
        }


def whole(verdicts: Iterable[str], is_part: bool = False) -> str:
    """Put verdicts together: one that differs makes the whole differ, else cannot_tell, else undecided."""
    known = [*verdicts, *(["cannot_tell"] if is_part else [])]
    return next((v for v in ("differs", "cannot_tell", "undecided") if v in known), "holds") if known else "cannot_tell"


@lru_cache(2)
def editions_of(release: Path) -> tuple[Edition, ...]:
    """Read the editions with figures of NATO, oldest first."""
    connection = open_release(release, names=["dim_edition"])
    query = (
        "select edition_id, published_on, first_year, last_year from dim_edition "
        "where has_figures and upper(publisher) = 'NATO' order by published_on"
    )
    return tuple(Edition(*row) for row in connection.execute(query).fetchall())


@lru_cache(2)
def members_of(release: Path) -> tuple[Membership, ...]:
    """Read which Allies with armed forces belong to which group, and from when."""
    connection = open_release(release, names=["dim_group_member", "dim_ally"])
    query = (
        "select group_code, first_year, last_year from dim_group_member inner join dim_ally using (entity_code) "
        "where has_armed_forces"
    )
    return tuple(Membership(*row) for row in connection.execute(query).fetchall())


def answer(release: Path, sentence: str, said_on: date | None = None) -> Answer:
    """Understand a sentence and judge it by the editions of a release."""
    return answers(release, [(sentence, said_on)])[0]


def answers(release: Path, sentences: Sequence[tuple[str, date | None]]) -> list[Answer]:
    """Understand sentences, each with the day on which it was said, and judge all that they say at once."""
    editions = editions_of(release)
    asked = []
    for sentence, said_on in sentences:
        out = [e for e in editions if said_on is None or e.published_on <= said_on]
        asked.append(understand(sentence, said_on, (out or editions[:1])[-1].last_year, members_of(release)))
    found = _judge(release, [(one, one.statements) for one in asked])
    for one in found:
        one.distances = distances(release, one.understood.pledges, editions, one.understood.said_on)
    return found


def judge_statements(release: Path, asked: Understood, statements: list[Statement]) -> Answer:
    """Judge statements, understood already, by the edition of the day and by the newest."""
    return _judge(release, [(asked, statements)])[0]


def _judge(release: Path, asked: list[tuple[Understood, list[Statement]]]) -> list[Answer]:
    """Judge the statements of several sentences in one query; where one is none of the tables', each by itself."""
    editions = editions_of(release)
    able = [(one, _of_covered_years(one, statements, editions)) for one, statements in asked]
    together = [(number, statement) for number, (_, own) in enumerate(able) for statement in own]
    try:
        rows = judge_all(release, [statement for _, statement in together]).to_pylist() if together else []
    except NotAStatement as error:
        if len(asked) > 1:
            return [answer for one in able for answer in _judge(release, [one])]
        asked[0][0].not_understood.append(str(error))
        asked[0][0].statements, rows, together = [], [], []
    found = [Answer(one) for one, _ in asked]
    judged: dict[str, dict[str, dict[str, Any]]] = {}
    for row in rows:
        judged.setdefault(row["claim_id"], {})[row["edition_id"]] = row
    for place, (number, statement) in enumerate(together):
        entry = _entry(statement, judged.get(str(place), {}), editions, asked[number][0].said_on)
        found[number].statements.append(entry)
    return found


def _of_covered_years(asked: Understood, statements: list[Statement], editions: tuple[Edition, ...]) -> list[Statement]:
    """Keep the statements of years that some edition covers; of the others it is said that none does."""
    first, last = min(e.first_year for e in editions), max(e.last_year for e in editions)
    able = [statement for statement in statements if first <= statement.year <= last]
    if len(able) < len(statements):
        asked.not_understood.append(f"a year that no edition covers ({first} to {last})")
        asked.statements = able
    return able


def fields_of(statement: Statement) -> dict[str, Any]:
    """Return what a statement was understood to say, as `--json` prints it."""
    low, high = allowed(statement)
    return {
        "kind": statement.kind,
        "metric": statement.metric.value,
        "subjects": [code for code in (statement.scope, statement.against) if code],
        "among": statement.among,
        "year": statement.year,
        "year_from": statement.year_from,
        "target_id": statement.target_id,
        "threshold": statement.threshold,
        "direction": statement.direction,
        "unit": statement.unit,
        "comparator": statement.comparator,
        "value": statement.value,
        "low": None if low == float("-inf") else low,
        "high": None if high == float("inf") else high,
        "price_basis": statement.price_basis,
        "price_base_year": statement.price_base_year,
    }


def _entry(
    statement: Statement, judged: dict[str, dict[str, Any]], editions: tuple[Edition, ...], said_on: date | None
) -> dict[str, Any]:
    now = editions[-1]
    then = next((e for e in reversed(editions) if said_on is not None and e.published_on <= said_on), None)
    entry = fields_of(statement)
    for when, edition in (("then", then), ("now", now)):
        row = judged.get(edition.edition_id) if edition else None
        entry |= {
            f"edition_{when}": edition.edition_id if edition else None,
            f"verdict_{when}": row["verdict"] if row else "cannot_tell",
            f"figure_{when}": _figure(row),
            f"reason_{when}": row["sentence"] if row else _no_row(edition, statement, said_on),
        }
    borrowed = None
    if then is not None and entry["verdict_then"] == "cannot_tell":
        older = [e for e in reversed(editions) if e.published_on < then.published_on]
        borrowed = next(
            (e for e in older if judged.get(e.edition_id, {}).get("verdict", "cannot_tell") != "cannot_tell"), None
        )
    row = judged[borrowed.edition_id] if borrowed else None
    entry |= {
        "edition_borrowed": borrowed.edition_id if borrowed else None,
        "verdict_borrowed": row["verdict"] if row else None,
        "figure_borrowed": _figure(row),
        "reason_borrowed": row["sentence"] if row else None,
    }
    entry |= {"reason": entry["reason_now"], "misleading": misleading(entry)}
    return entry


def _figure(row: dict[str, Any] | None) -> float | list[float | None] | None:
    """Return the figure of a verdict, or its bounds where it is a range."""
    if row is None or row["figure_low"] is None:
        return None
    low, high = row["figure_low"], row["figure_high"]
    return float(low) if low == high else [low, high]


def _no_row(edition: Edition | None, statement: Statement, said_on: date | None) -> str:
    if edition is None and said_on is None:
        return "No day was given on which it was said."
    if edition is None:
        return "No edition that we hold was out on that day."
    return (
        f"Cannot be told: that edition has the years {edition.first_year} to {edition.last_year}, not {statement.year}."
    )
