"""The commands about editions, on the shared release and on folders of their own."""

import shutil

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from tests.workbooks import modern_workbook, read_figures, save


@pytest.fixture
def run(settings, report, monkeypatch):
    """Run a command on the shared warehouse, and give what it says."""
    monkeypatch.setenv("COLUMNS", "160")

    def command(*words: str, warehouse=None):
        result = CliRunner().invoke(app, ["--warehouse", str(warehouse or settings.warehouse), *words])
        return result.exit_code, result.output

    return command


def test_editions_lists_the_held_and_the_quoted_ones(run):
    code, said = run("editions")
    assert code == 0
    lines = {line.split("│")[1].strip(): line for line in said.splitlines() if line.startswith("│")}
    # A line without an edition is the rest of the line above.
    editions = [edition for edition in lines if edition]
    assert sum(edition.startswith("nato-") for edition in editions) == 8 and "sipri-2025" in editions
    assert all(word in lines["nato-2024-06"] for word in ("5501", "2015", "17.9467", "23", "63.6974"))
    assert "30" in lines["nato-2025-08"] and "15.9433" in lines["nato-2025-08"]


def test_revisions_tells_one_figure_through_the_editions(run):
    code, said = run("revisions", "BEL", "2019", "--measure", "equipment_share")
    assert code == 0 and said.count("█") > 3
    assert [line.split()[0] for line in said.splitlines() if "nato-" in line][:4] == [
        "nato-2019-06",
        "nato-2024-06",
        "nato-2025-08",
        "nato-2026-07",
    ]
    assert "TABLE8a!" in said and "transcribed" in said


def test_revisions_names_whose_compliance_flipped(run):
    code, said = run("revisions", "MNE", "2024")
    assert code == 0 and "no longer meets gdp_2, other than nato-2024-06" in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("Polen", "2024"), "There is no entity 'Polen'. Did you mean POL (Poland)?"),
        (("Atlantis", "2024"), "There is no entity 'Atlantis'. There are: ALB (Albania), BEL (Belgium)"),
        (("POL", "2024", "--measure", "tanks"), "There are: cumulative_real_growth"),
        (("POL", "1999"), "No edition gives defence_share_of_gdp of POL (Poland) for 1999. Its figures are of 2012 to"),
    ],
)
def test_revisions_says_what_there_is_instead(run, words, told):
    code, said = run("revisions", *words)
    assert code == 1 and told in " ".join(said.split())


def test_ingest_tells_what_a_workbook_is_and_refuses_with_cells(run, settings, tmp_path):
    figures = read_figures(settings.seeds, "nato-2026-07")
    warehouse = tmp_path / "warehouse"
    good = save(modern_workbook(figures), tmp_path / "def-exp-2026-en.xlsx")
    code, said = run("ingest", str(good), warehouse=warehouse)
    assert code == 0 and "a new revision" in said and "nato-2026-07, published on 2026-07-07, revision 2" in said
    assert "build" in said.splitlines()[-1]
    code, said = run("ingest", str(good), warehouse=warehouse)
    assert code == 0 and "archived already; nothing changes" in said and "Next" not in said
    inbox = settings.replace(warehouse=warehouse).inbox
    inbox.mkdir(parents=True)
    waiting = shutil.copy(good, inbox / "download.xlsx")
    code, _ = run("ingest", str(waiting), warehouse=warehouse)
    assert code == 0 and list(inbox.iterdir()) == [], "a file of the inbox leaves it when it is archived"
    figures.loc[(figures["table_id"] == "2") & (figures["entity_code"] == "POL"), "value"] *= 1000
    bad = save(modern_workbook(figures), tmp_path / "bad" / "def-exp-2026-en.xlsx")
    code, said = run("ingest", str(bad), str(tmp_path / "none.xlsx"), warehouse=warehouse)
    assert code == 1 and "Table 2!" in said and "There is no file" in said


def test_fetch_without_a_network_says_so_and_fails(run, tmp_path, monkeypatch):
    monkeypatch.setenv("BURDENSHARE_TOPIC_PAGE", "http://127.0.0.1:9/")
    code, said = run("fetch", warehouse=tmp_path / "warehouse")
    assert code == 1 and "is not https" in said and "try again later" in said
