"""Sentences: what is understood, what is left alone, and that they are judged as claims are."""

from datetime import date

import pytest

from benchmarks.sentences import score_own, score_verdicts
from pipelines.reading.sentences.answer import answer, answers
from pipelines.reading.sentences.article import sentences_of


@pytest.fixture(scope="module")
def folder(settings, release):
    return settings.current.resolve()


def test_the_own_set_is_understood_or_left_alone(folder):
    score = score_own(folder)
    answered = score.right + len(score.wrong)
    assert not score.wrong
    assert answered >= 0.9 * (answered + len(score.wrongly_abstained)), score.wrongly_abstained
    assert not score.wrongly_answered


def test_verdicts_are_those_worked_out_by_hand(folder):
    score = score_verdicts(folder)
    answered = score.right + len(score.wrong)
    assert not score.wrong
    assert answered >= 0.9 * (answered + len(score.wrongly_abstained)), score.wrongly_abstained
    assert not score.wrongly_answered


def test_several_figures_are_several_statements_with_then_and_now(folder):
    said = "Poland spends 4.7 % of GDP on defence, the highest in NATO"
    record = answer(folder, said, date(2025, 8, 30)).record
    assert [(s["kind"], s["verdict_then"], s["verdict_now"]) for s in record["statements"]] == [
        ("value", "differs", "differs"),
        ("rank", "undecided", "holds"),  # that edition has no figure for Germany
    ]
    assert (record["verdict_then"], record["abstained"], record["not_understood"]) == ("differs", False, [])


def test_an_older_edition_is_told_beside_where_that_of_the_day_lacks_the_table(folder):
    (said,) = answer(folder, "The United States spent $968 billion in 2024.", date(2025, 10, 1)).record["statements"]
    assert (said["edition_then"], said["verdict_then"]) == ("nato-2025-08", "cannot_tell")
    assert (said["edition_borrowed"], said["verdict_borrowed"]) == ("nato-2024-06", "holds")


def test_many_are_judged_at_once_as_each_is_alone(folder):
    """Of those that are no statement, only they are refused."""
    said = [
        ("Poland spent 4.1 % of GDP on defence in 2024.", date(2024, 9, 1)),
        ("Germany spent 1.4 % of GDP on defence in 1990.", None),
        ("The moon is made of cheese.", None),
        ("The UK will spend 2.5 percent of GDP on defence by 2027.", date(2025, 2, 25)),
        ("23 Allies met the 2 % target in 2024, and Poland was the highest spender by share of GDP.", date(2024, 9, 1)),
    ]
    assert [one.record for one in answers(folder, said)] == [answer(folder, *one).record for one in said]


def test_what_is_not_understood_is_said(folder):
    record = answer(folder, "Russia spends 6 percent of its GDP on the military.", date(2024, 10, 1)).record
    assert record["abstained"] and record["verdict_now"] == "cannot_tell"
    assert "not in NATO's tables" in record["reason"]


def test_a_pledge_is_told_with_its_distance(folder):
    said = "The UK will spend 2.5 percent of GDP on defence by 2027."
    record = answer(folder, said, date(2025, 2, 25)).record
    assert record["abstained"] and len(record["distances"]) == 2
    then, now = record["distances"]
    assert "nato-2024-06" in then and "0.17 points short of 2.5 %" in then
    assert "nato-2026-07" in now and "0.06 points above 2.5 %" in now


def test_what_misleads_is_said(folder):
    said = "Defence budgets of the European Allies and Canada grew by 19.3 per cent in real terms in 2024."
    (statement,) = answer(folder, said, date(2026, 7, 20)).record["statements"]
    assert statement["verdict_now"] == "holds" and "same members in both years it is 15.76 %" in statement["misleading"]


def test_a_sum_of_two_allies_is_left_alone(folder):
    record = answer(folder, "Germany and France together spent $162 billion on defence in 2024.", None).record
    assert record["abstained"] and "together" in record["not_understood"]


def test_sentences_of_an_article_have_places():
    text = "First one here.\nThe U.S. spent 3 percent. Next!\n\nA last one"
    assert [(p.text, p.line, p.column) for p in sentences_of(text)] == [
        ("First one here.", 1, 1),
        ("The U.S. spent 3 percent.", 2, 1),
        ("Next!", 2, 27),
        ("A last one", 4, 1),
    ]
