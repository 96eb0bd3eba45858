"""Claims: verdicts by a second way, and sentences that say what the data show and no more."""

from collections import defaultdict

import pytest

from pipelines.reading.claims import Metric, NotAStatement, Statement, judge, judge_all, parse_value
from pipelines.reading.current import current_release


def _claim(release, claim: str, edition: str) -> dict:
    rows = release.execute("select * from fct_claim where claim_id = ? and edition_id = ?", [claim, edition])
    names = [column[0] for column in rows.description]
    return dict(zip(names, rows.fetchall()[0], strict=True))


VERDICTS = {
    # The annual report of 2024, by each edition.
    ("sgar2024-growth", "nato-2024-06"): ("differs", 17.9),
    ("sgar2024-growth", "nato-2025-08"): ("differs", 18.6),
    ("sgar2024-growth", "nato-2026-07"): ("differs", 19.3),
    ("sgar2024-us-share", "nato-2024-06"): ("holds", 64),
    ("sgar2024-us-share", "nato-2025-08"): ("cannot_tell", None),
    ("sgar2024-us-share", "nato-2026-07"): ("holds", 64),
    ("sgar2024-eurcan-share", "nato-2024-06"): ("holds", 36),
    ("sgar2024-at-2pct", "nato-2024-06"): ("differs", 23),
    ("sgar2024-at-2pct", "nato-2025-08"): ("differs", 18),
    ("sgar2024-at-2pct", "nato-2026-07"): ("differs", 17),
    ("sgar2024-us-below-5pct", "nato-2024-06"): ("holds", 0),
    ("sgar2024-us-gdp-share", "nato-2024-06"): ("holds", 53),
    ("sgar2024-us-gdp-share", "nato-2026-07"): ("holds", 53),
    ("sgar2024-growth", "nato-2025-04"): ("cannot_tell", None),
    # Claims in their own editions.
    ("pr2024-06-at-2pct", "nato-2024-06"): ("holds", 23),
    ("pr2024-06-growth", "nato-2024-06"): ("holds", 18),
    ("pr2024-06-total", "nato-2024-06"): ("holds", 1474.399),
    ("pr2025-08-growth-2025", "nato-2025-08"): ("holds", 15.9),
    ("pr2025-08-poland", "nato-2025-08"): ("holds", 4.48),
    ("pr2025-08-eurcan", "nato-2025-08"): ("holds", 2.27),
    ("pr2025-08-at-2pct", "nato-2025-08"): ("undecided", None),
}


@pytest.mark.parametrize(("claim", "edition"), VERDICTS)
def test_known_verdicts(release, claim, edition):
    found = _claim(release, claim, edition)
    assert (found["verdict"], found["figure_rounded"]) == VERDICTS[claim, edition]


def test_sentences_are_made_from_the_figures(release):
    share = _claim(release, "sgar2024-us-share", "nato-2024-06")["sentence"]
    assert share.startswith("Holds at constant prices (63.7), not at current prices (65.6).")
    assert share.endswith("of which we hold no tables.")
    half = _claim(release, "sgar2024-us-gdp-share", "nato-2026-07")["sentence"]
    assert half.startswith("Holds at current prices (52.8), not at constant prices (51.3).")
    below = _claim(release, "sgar2024-us-below-5pct", "nato-2026-07")["sentence"]
    assert below.startswith("Holds as published (not met).")
    open_ = _claim(release, "pr2025-08-at-2pct", "nato-2025-08")
    assert open_["sentence"].startswith("Undecided as published (30 to 31); the claim says 31")
    assert (open_["figure_low"], open_["figure_high"]) == (30, 31)


def test_22_equals_june_2024_recomputed_and_proves_nothing(release):
    found = _claim(release, "sgar2024-at-2pct", "nato-2024-06")
    assert (found["verdict"], found["closest_basis"]) == ("differs", "recomputed from constant prices")
    assert (found["difference"], found["closest_value"], found["closest_difference"]) == (1, 22, 0)
    assert "recomputed from constant prices (22), which does not prove that it was computed so" in found["sentence"]


def test_16_claims_come_from_editions_without_tables(release):
    rows = release.execute(
        "select count(distinct claim_id), count(*), bool_and(verdict = 'cannot_tell') from fct_claim "
        "where is_own_edition and not own_edition_held"
    ).fetchall()
    assert rows == [(16, 16, True)]
    said = release.execute(
        "select bool_and(sentence like '%we hold no tables%') from fct_claim where not own_edition_held"
    ).fetchall()
    assert said == [(True,)]


def test_every_claim_meets_every_edition_that_covers_its_year(release):
    missing = release.execute(
        "select claim_id, edition_id from dim_claim cross join dim_edition "
        "where dim_edition.publisher = 'NATO' and has_figures and year between first_year and last_year "
        "except select claim_id, edition_id from fct_claim"
    ).fetchall()
    assert missing == []


@pytest.mark.parametrize("edition", ["nato-2024-06", "nato-2026-07"])
def test_shares_and_dollars_by_pandas(release, independent, edition):
    for basis in ("constant", "current"):
        spent = independent.spending(edition, basis)
        share = 100 * spent.loc["USA", 2024] / spent.loc["NATO_TOTAL", 2024]
        found = _claim(release, "sgar2024-us-share", edition)
        if found["basis"] == f"at {basis} prices":
            assert found["figure_value"] == pytest.approx(share)
            assert found["difference"] == pytest.approx(share - 64)
    total = independent.spending(edition, "current").loc["NATO_TOTAL", 2024] / 1000
    assert _claim(release, "pr2024-06-total", edition)["figure_value"] == pytest.approx(total)


def test_a_checked_statement_is_judged_as_the_claims_are(settings, release):
    """Statements of one metric and target together: what is read for a question is what they can need."""
    columns = ["edition_id", "verdict", "basis", "figure_value", "difference", "closest_basis", "closest_value"]
    claims = release.execute(
        "select claim_id, metric, scope, year, value, decimals, target_id, price_basis, claim_kind, comparator, unit, "
        "against, among, year_from, threshold_pct, direction, value_to, price_base_year from dim_claim"
    ).fetchall()
    alike = defaultdict(dict)
    for claim, metric, *said in claims:
        statement = Statement(Metric(metric), *said)
        alike[metric, statement.target_id][claim] = statement
    assert len(alike) > 10
    for statements in alike.values():
        judged = defaultdict(list)
        for row in judge_all(current_release(settings), list(statements.values())).to_pylist():
            judged[row["claim_id"]].append(tuple(row[column] for column in columns))
        for number, claim in enumerate(statements):
            known = release.execute(
                f"select {', '.join(columns)} from fct_claim f join dim_edition using (edition_id) "
                "where claim_id = ? and has_figures order by edition_id",
                [claim],
            ).fetchall()
            assert judged[str(number)] == known


def test_metrics_are_those_of_the_dictionary(project):
    assert [metric.value for metric in Metric] == list(project.dictionary["metric"].values)


@pytest.mark.parametrize(
    ("text", "value"),
    [("19.4", (19.4, 1)), ("22", (22, 0)), ("4.50 %", (4.5, 2)), ("yes", (1, 0)), ("No", (0, 0)), ("-1", (-1, 0))],
)
def test_values_are_read_as_stated(text, value):
    assert parse_value(text) == value


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (Statement(Metric.real_growth, "UTOPIA", 2024, 1, 0), "NATO_EUR_CAN"),
        (Statement(Metric.meets_target, "USA", 2024, 1, 0), "gdp_2"),
        (Statement(Metric.allies_meeting_target, "NATO_TOTAL", 2024, 1, 0, "gdp_9"), "equipment_20"),
        (Statement(Metric.real_growth, "USA", 2024, 1, 0, "gdp_2"), "leave --target away"),
        (Statement(Metric.real_growth, "USA", 1999, 1, 0), "2012 to 2026"),
    ],
)
def test_what_cannot_be_judged_is_told_with_the_choices(settings, release, statement, words):
    with pytest.raises(NotAStatement, match=words):
        judge(settings, statement)


def test_no_figure_is_no_statement():
    with pytest.raises(NotAStatement, match=r"19\.4, 22"):
        parse_value("a lot")
