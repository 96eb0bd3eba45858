"""A table is made once, made anew when its inputs change, and the same bytes come out every time."""

import shutil

import pyarrow as pa
import pytest

from pipelines.intake.ingest import sources_of
from pipelines.models.checks import run_checks
from pipelines.models.load import load_source
from pipelines.models.runner import expected_fingerprint, run_model
from pipelines.models.tables import ContractError, read_table_file
from pipelines.sources.catalogue import Sources
from pipelines.sources.observations import to_arrow
from pipelines.sources.tables import read_source


@pytest.fixture
def tables(tmp_path, settings, report):
    """Give a copy of the built tables to work on."""
    return shutil.copytree(settings.tables, tmp_path / "tables")


def test_an_unchanged_table_is_left_alone(project, tables):
    assert run_model(project, "fct_growth", tables).was_current


def test_the_same_inputs_give_the_same_bytes(project, tables):
    before = read_table_file(tables, "fct_growth")
    digest = before.sha256
    before.path.unlink()
    again = run_model(project, "fct_growth", tables)
    assert not again.was_current and again.file.sha256 == digest and again.file.fingerprint == before.fingerprint


def test_a_changed_seed_changes_what_depends_on_it(project, tables, settings, tmp_path):
    seeds = shutil.copytree(settings.seeds, tmp_path / "seeds")
    lines = (seeds / "targets.csv").read_text(encoding="utf-8")
    (seeds / "targets.csv").write_text(lines + "gdp_3,3 %,defence_share_of_gdp,3,proposed,2025-05-01,,true,Here,\n")
    growth = expected_fingerprint(project, "fct_growth", tables)
    assert not load_source(
        project,
        "seed_target",
        read_source("targets.csv", None, Sources(seeds, seeds / "raw", seeds / "observations")),
        tables,
    ).was_current
    run_model(project, "dim_target", tables)
    run = run_model(project, "fct_target_compliance", tables)
    assert not run.was_current and expected_fingerprint(project, "fct_growth", tables) == growth
    # One more target for each Ally, year and edition, by a line in a seed alone.
    assert run.file.rows == 6920 // 5 * 6
    assert all(check.passed for check in run_checks(project, "fct_target_compliance", tables))


def test_a_source_is_known_by_its_rows_and_not_by_their_order(project, tables, settings):
    rows = read_source("targets.csv", None, sources_of(settings))
    assert load_source(project, "seed_target", rows.take(list(reversed(range(rows.num_rows)))), tables).was_current
    # A text that is empty is not one that is missing, and what moves from one column to the next is another row.
    note = rows.column_names.index("note")
    empty = rows.set_column(note, "note", pa.array([""] * rows.num_rows))
    assert not load_source(project, "seed_target", empty, tables).was_current


def test_a_missing_input_is_named(project, tables):
    read_table_file(tables, "stg_nato_whole_figure").path.unlink()
    read_table_file(tables, "fct_growth").path.unlink()
    with pytest.raises(FileNotFoundError, match="fct_growth needs stg_nato_whole_figure first"):
        run_model(project, "fct_growth", tables)


def test_a_contradiction_beyond_tolerance_fails_with_its_rows(project, tables, settings):
    rows = read_source(None, "observations", sources_of(settings)).to_pandas()
    wrong = rows["edition_id"].eq("nato-2024-06") & rows["table_id"].eq("2") & rows["entity_code"].eq("POL")
    rows.loc[wrong, "value"] *= 1000
    load_source(project, "source_observation", to_arrow(rows), tables)
    for name in project.order:
        if name in project.models:
            run_model(project, name, tables)
    failed = [check for check in run_checks(project, "fct_discrepancy", tables) if not check.passed]
    assert [check.check.name for check in failed] == ["figures_do_not_contradict"]
    assert failed[0].failures > 50 and "POL" in failed[0].message() and "What to do" in failed[0].message()


def test_a_wrong_value_in_a_seed_names_its_line(project, tables, settings, tmp_path):
    seeds = shutil.copytree(settings.seeds, tmp_path / "seeds")
    text = (seeds / "targets.csv").read_text(encoding="utf-8")
    (seeds / "targets.csv").write_text(text + "gdp_3,3 %,defence_share_of_gdp,three,proposed,soon,,true,Here,\n")
    with pytest.raises(ContractError) as refused:
        load_source(
            project,
            "seed_target",
            read_source("targets.csv", None, Sources(seeds, seeds / "raw", seeds / "observations")),
            tables,
        )
    message = str(refused.value)
    assert "targets.csv holds 2 values" in message and "line 7, threshold_pct: 'three'; expected a number" in message
    assert "line 7, agreed_or_proposed_on: 'soon'; expected a date such as" in message
