"""A release is complete, deterministic, and all that readers see; a failure leaves it alone."""

import json
import shutil
from dataclasses import replace

import duckdb
import pyarrow.parquet as pq
import pytest

from pipelines.files.ledger import updating
from pipelines.intake.ingest import sources_of
from pipelines.models.load import load_source
from pipelines.reading.current import NoRelease, current_release, open_warehouse, read_manifest
from pipelines.releases.description import tables_of
from pipelines.releases.publish import NotPublished, publish
from pipelines.releases.verify import find_damage
from pipelines.sources.tables import read_source


@pytest.fixture
def elsewhere(tmp_path, settings, report):
    """Give a warehouse of its own with the built tables, and nothing published."""
    shutil.copytree(settings.tables, tmp_path / "warehouse" / "tables")
    return settings.replace(warehouse=tmp_path / "warehouse")


def test_the_same_tables_give_the_same_release(project, settings, elsewhere):
    first = publish(project, elsewhere)
    assert first.is_new and first.id == read_manifest(settings)["id"]
    assert not publish(project, elsewhere).is_new
    for path in current_release(settings).glob("*.parquet"):
        assert path.read_bytes() == (first.path / path.name).read_bytes(), path.name


def test_the_manifest_tells_what_is_there(settings, release):
    manifest = read_manifest(settings)
    for name, entry in tables_of(manifest).items():
        assert release.execute(f"select count(*) from {name}").fetchall() == [(entry["rows"],)]
        assert pq.read_metadata(current_release(settings) / f"{name}.parquet").num_rows == entry["rows"]
    checks = json.loads((current_release(settings) / "checks.json").read_text(encoding="utf-8"))
    assert len(checks) > 30 and all(check["failures"] == 0 for check in checks)


def test_comments_and_parquet_metadata_are_the_contract(project, settings, database):
    comments = dict(
        database.execute("select table_name || '.' || column_name, comment from duckdb_columns()").fetchall()
    )
    for name in project.published():
        contract = project.shown(name).contract
        inside = json.loads(pq.read_metadata(current_release(settings) / f"{name}.parquet").metadata[b"columns"])
        for column, found in zip(contract.columns, inside, strict=True):
            assert comments[f"{name}.{column.name}"] == column.comment
            assert (found["name"], found["description"], found["unit"]) == (
                column.name,
                column.description,
                column.unit,
            )
    for view in project.views.values():
        assert all(comments[f"{view.name}.{column.name}"] == column.comment for column in view.contract.columns)


def test_the_file_is_in_the_oldest_format(settings, release):
    file = current_release(settings) / "warehouse.duckdb"
    # Bytes 12 to 19 hold the storage version; 64 is the one of DuckDB 0.10 to 1.1.
    assert int.from_bytes(file.read_bytes()[12:20], "little") == 64


def test_a_stale_table_is_not_published(project, elsewhere):
    published = publish(project, elsewhere)
    before = (elsewhere.current / "warehouse.duckdb").read_bytes()
    targets = read_source("targets.csv", None, sources_of(elsewhere)).slice(0, 4)
    load_source(project, "seed_target", targets, elsewhere.tables)
    with pytest.raises(NotPublished, match="dim_target is older than its SQL or its inputs"):
        publish(project, elsewhere)
    assert current_release(elsewhere).name == published.id
    assert (elsewhere.current / "warehouse.duckdb").read_bytes() == before


def test_a_failed_check_is_not_published(project, elsewhere):
    with updating(elsewhere.tables) as ledger:
        entry = ledger.checks["fct_growth"]
        failed = replace(entry.checks[0], failures=3, message="fct_growth: 3 rows break the rule")
        ledger.checks["fct_growth"] = replace(entry, checks=(failed, *entry.checks[1:]))
    with pytest.raises(NotPublished, match="3 rows break the rule"):
        publish(project, elsewhere)
    assert not elsewhere.current.exists()


def test_an_unchecked_table_is_not_published(project, elsewhere):
    with updating(elsewhere.tables) as ledger:
        del ledger.checks["fct_growth"]
    with pytest.raises(NotPublished, match="fct_growth: its checks have not run"):
        publish(project, elsewhere)


def test_a_release_can_be_moved(project, elsewhere, tmp_path):
    publish(project, elsewhere)
    moved = shutil.copytree(elsewhere.warehouse, tmp_path / "moved", symlinks=True)
    shutil.rmtree(elsewhere.warehouse)
    assert open_warehouse(moved).execute("select count(*) from dim_ally").fetchall() == [(32,)]


def test_without_a_release_the_door_says_what_to_do(tmp_path):
    with pytest.raises(NoRelease, match="burdenshare build"):
        open_warehouse(tmp_path)


@pytest.mark.parametrize(
    "hostile",
    [
        "select * from read_csv('/etc/passwd')",
        "select * from read_text('/etc/hostname')",
        "copy dim_ally to 'out.csv'",
        "attach 'other.duckdb'",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "copy (select 1 as a) to '{folder}/dim_ally.parquet' (use_tmp_file false)",
        "attach '{folder}/warehouse.duckdb' as mine",
        "from '{folder}/dim_ally.parquet'",
    ],
)
def test_a_reader_reads_the_warehouse_and_nothing_else(settings, release, hostile):
    with pytest.raises(duckdb.Error):
        open_warehouse(settings.warehouse, ["dim_ally"]).execute(hostile.format(folder=settings.current.resolve()))


def test_what_a_reader_changes_is_gone_with_the_connection(settings, release):
    with open_warehouse(settings.warehouse, ["dim_ally"]) as connection:
        connection.execute("create table mine as select 1")
        connection.execute("delete from dim_ally")
    assert open_warehouse(settings.warehouse).execute("select count(*) from dim_ally").fetchall() == [(32,)]
    assert find_damage(current_release(settings)) == []
