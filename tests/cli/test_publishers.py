"""Publishers side by side on the command line: known figures, narrow screens, other forms, what is unknown."""

from __future__ import annotations

import csv
import io
import json

import pytest
from typer.testing import CliRunner

from pipelines.cli import app


@pytest.fixture
def run(settings, monkeypatch):
    def invoke(*words: str, columns: int = 80):
        monkeypatch.setenv("COLUMNS", str(columns))
        return CliRunner().invoke(app, ["--warehouse", str(settings.warehouse), *words])

    return invoke


@pytest.mark.usefixtures("release")
def test_publishers_stand_side_by_side_with_reasons_and_cells_within_80_columns(run):
    shown = run("compare", "pol", "2024")
    assert shown.exit_code == 0, shown.output
    assert max(len(line) for line in shown.stdout.splitlines()) <= 80
    told = " ".join(shown.stdout.split())
    for words in (
        "nato-2026-07 │ 3.75",
        "sipri-2025 │ 4.15 │ │ +0.40 points",
        "an older edition",
        "Share of GDP!BZ146",
        "Table 3, Share of real GDP (%), Poland, 2024",
        "Credit SIPRI; not for commercial use",
        "in data that begin in 1980",
        "Million US dollars at current prices",
    ):
        assert words in told, (words, told)


@pytest.mark.usefixtures("release")
def test_every_row_of_other_forms_carries_credit_and_terms(run):
    rows = json.loads(run("compare", "USA", "2023", "--format", "json").stdout)
    assert {row["publisher"] for row in rows} == {"nato", "sipri"}
    assert all(row["credit"] and row["terms"] for row in rows)
    by_csv = list(csv.DictReader(io.StringIO(run("compare", "USA", "2023", "-f", "csv").stdout)))
    assert [float(row["value"]) for row in by_csv] == [row["value"] for row in rows]
    assert {row["terms"] for row in by_csv} == {row["terms"] for row in rows}


@pytest.mark.usefixtures("release")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("Utopia", "2024"), "There is no entity 'Utopia'"),
        (("POL", "1900"), "No publisher has a figure of POL (Poland) in 1900"),
        # China's figures are no part of the tenth that may be shown.
        (("CHN", "2024"), "No publisher has a figure of CHN (China) in 2024"),
    ],
)
def test_what_nobody_has_is_said(run, words, said):
    done = run("compare", *words)
    assert done.exit_code == 1 and said in " ".join(done.output.split())


def check(run, publisher, metric, scope, year, value, *more):
    return run(
        "check",
        *("--publisher", publisher, "--metric", metric, "--scope", scope, "--year", str(year), "--value", value, *more),
    )


@pytest.mark.usefixtures("release")
@pytest.mark.parametrize(
    ("asked", "verdict"),
    [
        (("sipri", "defence_share_of_gdp", "ALB", 2024, "2.04"), "sipri-2025 holds 2.04 % (Share of GDP!BZ132)."),
        (("nato", "defence_share_of_gdp", "ALB", 2024, "2.04"), "nato-2026-07 differs 1.35 %"),
        (("sipri", "defence_share_of_gdp", "Germany", 1990, "2.5"), "holds 2.51 % (Share of GDP!AR168)."),
        (("SIPRI", "allies_meeting_target", "NATO_TOTAL", 2024, "18", "--target", "gdp_2"), "holds 18 of 31 Allies"),
        (("sipri", "allies_meeting_target", "NATO_TOTAL", 2024, "17", "--target", "gdp_2"), "differs 18 of 31"),
        # 1.997 %, which is printed as 2.00.
        (("sipri", "meets_target", "SWE", 2024, "yes", "--target", "gdp_2"), "holds 2.00 %"),
        (("sipri", "expenditure", "USA", 2024, "997"), "holds 997.31 billion US dollars at current prices"),
        (("eda", "meets_target", "POL", 2023, "yes", "--target", "gdp_2"), "holds 3.26 %"),
    ],
)
def test_a_figure_is_judged_by_another_publisher(run, asked, verdict):
    done = check(run, *asked)
    assert verdict in " ".join(done.stdout.split()), done.output


@pytest.mark.usefixtures("release")
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("oecd", "defence_share_of_gdp", "POL", 2024, "2"), "There is no publisher 'oecd'"),
        (("sipri", "real_growth", "POL", 2024, "2"), "By a publisher can be judged"),
        (("sipri", "defence_share_of_gdp", "POL", 1900, "2"), "sipri has no such figure of POL (Poland) in 1900"),
        (("sipri", "meets_target", "POL", 2024, "yes"), "--target gdp_2"),
        (("sipri", "expenditure", "POL", 2024, "2", "--price-basis", "constant"), "current prices alone"),
        (("sipri", "defence_share_of_gdp", "Utopia", 2024, "2"), "There is no entity 'Utopia'"),
    ],
)
def test_what_a_publisher_cannot_judge_is_said(run, asked, said):
    done = check(run, *asked)
    assert done.exit_code == 1 and said in " ".join(done.output.split()), done.output


@pytest.mark.usefixtures("release")
@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("Russia spent 7.1 % of its GDP on defence in 2024", "RUS, in 2024, stated plain 7.1 percent: 7.05 to 7.15."),
        (
            "Russia spent 7.1 % of its GDP on defence in 2024",
            "sipri-2025 holds. 7.05 %, estimate (Share of GDP!BZ158).",
        ),
        ("Ukraine spent 36.7 % of GDP in 2023, according to SIPRI", "sipri-2024 holds. 36.65 %"),
        ("Ukraine spent 36.7 % of GDP in 2023, according to SIPRI", "sipri-2025 differs. 36.53 %"),
        ("18 allies met the 2 % target in 2024", "sipri-2025 holds. 18 of 31 Allies"),
        ("18 allies met the 2 % target in 2024", "sipri cannot tell. No edition that we hold was out on 2025-01-30"),
        ("Israel spent 8 % of GDP", "not understood israel spent 8% of gdp"),
    ],
)
def test_a_sentence_is_judged_by_another_publisher_as_known_then_and_now(run, sentence, said):
    done = run("check", sentence, "--publisher", "sipri", "--said-on", "2025-01-30", columns=200)
    assert done.exit_code == 0 and said in " ".join(done.stdout.split()), done.output


@pytest.mark.usefixtures("release")
def test_flags_are_judged_by_another_publisher_as_known_then_and_now(run):
    done = check(run, "sipri", "defence_share_of_gdp", "Germany", 1990, "2.52", "--said-on", "2024-06-01")
    assert [line.split() for line in done.stdout.splitlines() if line.startswith("sipri")] == [
        ["sipri-2024", "holds"],
        ["sipri-2025", "differs"],
    ]


@pytest.mark.usefixtures("release")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("Poland spent 4 % of GDP in 2024", "--json"), "--publisher judges one sentence"),
        (("-",), "--publisher judges one sentence"),
        (("Poland spent 4 % of GDP in 2024", "--format", "csv"), "--publisher judges one sentence"),
        (("Russia spends more than Germany",), "one figure each"),
    ],
)
def test_what_does_not_go_with_a_publisher_is_said_and_not_ignored(run, words, said):
    done = run("check", *words, "--publisher", "sipri")
    assert done.exit_code != 0 and said in " ".join(done.output.split())


@pytest.mark.usefixtures("release")
def test_a_figure_leads_to_the_publisher_s_cell(run):
    keys = ("sipri", "ALB", "2024", "defence_share_of_gdp", "percent")
    shown = run("explain", "fct_publisher_difference", *keys, "--column", "other_value", columns=160)
    assert "Share of GDP!BZ132" in shown.stdout, shown.output
    both = run("explain", "fct_publisher_difference", *keys, "--column", "difference", columns=160)
    assert "Share of GDP!BZ132" in both.stdout and "nato-2026-07" in both.stdout
