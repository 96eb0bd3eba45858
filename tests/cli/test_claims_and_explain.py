"""`claims`, `check` and `explain`, as a person types them."""

import json

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.cli.statements import complete_claim, complete_scope, complete_target


@pytest.fixture
def run(settings, release):
    def command(*words: str):
        return CliRunner().invoke(app, ["--warehouse", str(settings.warehouse), *words])

    return command


def test_claims_are_set_against_the_editions(run, release):
    shown = run("claims").stdout
    for (claim,) in release.execute("select claim_id from dim_claim").fetchall():
        assert claim in shown
    line = next(line for line in shown.splitlines() if "sgar2024-at-2pct" in line)
    assert [cell.strip() for cell in line.split("│")[4:8]] == ["", "differs: 23", "differs: 18", "differs: 17"]


def test_one_claim_in_words_and_as_data(run):
    assert "Holds at constant prices (63.7), not at current prices (65.6)" in run("claims", "sgar2024-us-share").stdout
    rows = json.loads(run("claims", "sgar2024-us-share", "-f", "json").stdout)
    assert {row["edition_id"] for row in rows} == {"nato-2024-06", "nato-2025-04", "nato-2025-08", "nato-2026-07"}
    wrong = run("claims", "nothing")
    assert wrong.exit_code == 1 and "sgar2024-growth" in wrong.stderr


def test_a_new_statement_is_checked(run):
    words = ["check", "--metric", "real_growth", "--scope", "NATO_EUR_CAN", "--year", "2024", "--value"]
    shown = run(*words, "19.4").stdout
    assert shown.count("differs") == 3 and "17.95" in shown and "18.59" in shown and "19.28" in shown
    rows = json.loads(run(*words, "19.3", "-f", "json").stdout)
    assert {row["edition_id"]: row["verdict"] for row in rows} == {
        "nato-2024-06": "differs",
        "nato-2025-08": "differs",
        "nato-2026-07": "holds",
    }


def test_prices_that_a_statement_names_decide(run):
    words = [
        "check",
        "--metric",
        "contribution_share",
        "--scope",
        "USA",
        "--year",
        "2024",
        "--value",
        "64",
        "-f",
        "json",
    ]
    by_edition = {row["edition_id"]: row["verdict"] for row in json.loads(run(*words).stdout)}
    current = {row["edition_id"]: row["verdict"] for row in json.loads(run(*words, "--price-basis", "current").stdout)}
    assert (by_edition["nato-2024-06"], current["nato-2024-06"]) == ("holds", "differs")


def test_help_and_errors_list_the_choices(run):
    shown = run("check", "--help").stdout
    assert "allies_meeting_target" in shown and "NATO_EUR_CAN" in shown and "core_3_5" in shown
    wrong = run("check", "--metric", "real_growth", "--scope", "UTO", "--year", "2024", "--value", "1")
    assert wrong.exit_code == 1 and "EU_ALLIES" in wrong.stderr


def test_completion_offers_what_the_release_knows(settings, release, monkeypatch, tmp_path):
    monkeypatch.setenv("BURDENSHARE_WAREHOUSE", str(settings.warehouse))
    assert ("NATO_EUR_CAN", "NATO Europe and Canada") in complete_scope("nato")
    assert [target for target, _ in complete_target("gdp")] == ["gdp_2"]
    assert len(complete_claim("sgar2024")) == 6
    monkeypatch.setenv("BURDENSHARE_WAREHOUSE", str(tmp_path))
    assert complete_scope("") == []


def test_a_number_is_explained_with_formula_cell_value_and_hash(run):
    shown = run("explain", "fct_growth", "nato-2024-06", "NATO_EUR_CAN", "2024", "-c", "real_growth_pct").stdout
    assert "17.946747118910466 percent" in shown
    assert "100 * (expenditure_constant_usd_m / constant_usd_before - 1)" in shown
    assert "TABLE2!N76" in shown and "TABLE2!M76" in shown and "1897e2ead4be252c" in shown
    brief = run("explain", "fct_growth", "nato-2024-06", "NATO_EUR_CAN", "2024").stdout
    assert "like_for_like_growth_pct is 14.48803" in brief and "more; --all shows them" in brief


def test_an_explanation_is_data_too(run, release):
    words = ["explain", "fct_growth", "nato-2024-06", "POL", "2024", "--json", "-c", "real_growth_pct"]
    (figure,) = json.loads(run(*words).stdout)
    cell = figure["children"][0]["children"][0]["children"][0]["children"][0]["origin"]
    published = release.execute(
        "select cell, label from fct_observation where edition_id = 'nato-2024-06' and entity_code = 'POL' "
        "and year = 2024 and table_id = '2' and price_basis = 'constant'"
    ).fetchall()
    assert [(cell["cell"], cell["label"])] == published
    wrong = run("explain", "fct_growth", "nato-2024-06", "UTO", "2024")
    assert wrong.exit_code == 1 and "entity_code is one of" in wrong.stderr
