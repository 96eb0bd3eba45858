"""Agents get known figures through a real client, and never one without what goes with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipelines.agents.release import USUAL, Current
from tests.agents.client import ask_all
from tests.agents.questions import QUESTIONS, Question

CARRIED = ("edition", "status", "unit", "prices", "origin", "release", "credit")
LOOKING = [("editions", {}), ("search", {"words": "burden gap"}), ("search", {"words": "UK"}), ("describe", {}),
           ("describe", {"name": "fct_growth"})]  # fmt: skip
# What is asked, and words of the sentence that says what there is instead.
REFUSED = [
    ("figure", {"measure": "real_growth", "entity": "Atlantis", "year": 2024}, "no entity 'Atlantis'"),
    ("figure", {"measure": "real_growth", "entity": "Poland", "year": 1999}, "nato-2024-06 (2014 to 2024)"),
    (
        "figure",
        {"measure": "real_growth", "entity": "Poland", "year": 2024, "edition": "nato-1"},
        "no edition 'nato-1'",
    ),
    ("figure", {"measure": "real_grwth", "entity": "Poland", "year": 2024}, "Did you mean"),
    ("figure", {"measure": "defence_expenditure", "entity": "USA", "year": 2024, "prices": "current"}, "lcu_m, usd_m"),
    ("figure", {"measure": "share_of_total_pct", "entity": "USA", "year": 2024}, "prices='constant'"),
    ("figure", {"measure": "gdp", "year": 2024, "prices": "current", "keys": {"unit": "usd_m"}}, "name an entity"),
    ("check", {"metric": "real_growth", "scope": "POL", "year": 2024, "value": "much"}, "no figure"),
    ("query", {"sql": "from read_csv('/etc/passwd')"}, "nothing else on this machine"),
    ("query", {"sql": "drop table fct_growth"}, "SELECT"),
    ("describe", {"name": "fct_grow"}, "Did you mean"),
]


@pytest.fixture(scope="module")
def answers(settings, report) -> list[Any]:
    """Ask everything of this file of one server."""
    asked = [(q.tool, q.asked) for q in QUESTIONS] + LOOKING + [(tool, given) for tool, given, _ in REFUSED]
    return [answer for answer, _ in ask_all(settings.warehouse, asked)]


def test_there_are_thirty_questions() -> None:
    assert len(QUESTIONS) == 30 and {q.tool for q in QUESTIONS} == {"figure", "series", "revisions", "check", "query"}


@pytest.mark.parametrize("number", range(len(QUESTIONS)), ids=lambda n: f"{n}-{QUESTIONS[n].tool}")
def test_each_has_its_known_answer(answers, number: int) -> None:
    question, answer = QUESTIONS[number], answers[number]
    assert not answer.is_error, answer.content[0].text
    told = answer.structured_content
    _require_equal(_value(told, question), question.value)
    assert [told[part] for part in ("edition", "status", "unit", "prices")] == list(question[3:])


def test_the_way_to_the_usual_cells_is_known_before_a_client_is_greeted(settings, report) -> None:
    current = Current(settings)
    current.warm_up()
    known = current.ask(lambda release: {name[:2] for name in release.lineage._figures})
    assert known >= set(USUAL)


def _value(told: dict, question: Question) -> Any:
    match question.tool:
        case "figure":
            return told["value"]
        case "check":
            return [verdict["verdict"] for verdict in told["verdicts"]]
        case "query":
            return [row[told["columns"][-1]] for row in told["rows"]]
        case _:
            return [figure["value"] for figure in told["figures"]]


def _require_equal(found: Any, known: Any) -> None:
    """Compare as the known answer is rounded."""
    if isinstance(known, list):
        assert len(found) == len(known)
        for one, other in zip(found, known, strict=True):
            _require_equal(one, other)
    elif isinstance(known, float):
        assert round(found, len(str(known).partition(".")[2])) == known
    else:
        assert (round(found) if type(known) is int else found) == known


def test_every_answer_carries_what_goes_with_a_figure(answers) -> None:
    for answer in answers[: len(QUESTIONS) + len(LOOKING)]:
        assert not answer.is_error, answer.content[0].text
        told = answer.structured_content
        assert all(told[part] for part in CARRIED), told
        for figure in told.get("figures", []):
            assert all(figure[part] for part in ("edition", "status", "unit", "prices")), figure


def test_a_figure_comes_with_its_cells_and_a_sentence_to_quote(answers) -> None:
    told = answers[0].structured_content
    assert [(cell["cell"], cell["header"]) for cell in told["origin"]] == [("TABLE3!N76", "2024e")]
    assert told["origin"][0]["sha256"].startswith("1897e2ea")
    for answer in answers[: sum(q.tool == "figure" for q in QUESTIONS)]:
        told = answer.structured_content
        assert all(str(told[part]) in told["answer"] for part in ("edition", "status", "year")), told["answer"]
        assert told["prices"] in told["answer"] or told["prices"] == "no prices"
        assert told["formula"] and told["origin"]


@pytest.mark.parametrize("number", range(len(REFUSED)), ids=lambda n: f"{n}-{REFUSED[n][0]}")
def test_what_cannot_be_answered_says_what_there_is(answers, number: int) -> None:
    answer, (_, _, words) = answers[len(QUESTIONS) + len(LOOKING) + number], REFUSED[number]
    assert answer.is_error and words in answer.content[0].text, answer.content[0].text
    assert "Traceback" not in answer.content[0].text


def test_the_command_says_what_it_takes_where_the_library_is_not_installed(tmp_path: Path) -> None:
    # Who installed no extra has no package of this name: None in its place is what Python has of such a one.
    start = "import sys; sys.modules['mcp'] = None; from pipelines.cli import app; app()"
    helped, served = (
        subprocess.run([sys.executable, "-c", start, "mcp", *more], capture_output=True, text=True)
        for more in (["--help"], [])
    )
    assert helped.returncode == 0 and "Model Context Protocol" in helped.stdout
    assert served.returncode == 1 and "burdenshare[warehouse,mcp]" in served.stdout + served.stderr
    assert "Traceback" not in served.stderr


def test_without_a_release_each_answer_says_what_to_do(tmp_path: Path) -> None:
    [(answer, _)] = ask_all(tmp_path / "empty", [("editions", {})])
    assert answer.is_error and "burdenshare build" in answer.content[0].text
