"""The manifest is a valid data package, and says the same as the contracts, the database and the Parquet files."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import duckdb
import frictionless
import pyarrow.parquet as pq
import pytest
import yaml
from pyarrow.csv import write_csv

from pipelines.models.project import Project
from pipelines.models.published import write_published
from pipelines.releases.description import OWN, read_manifest_of, size_of, tables_of
from pipelines.releases.publish import _release_id
from pipelines.settings import Settings
from pipelines.sources.registry import read_registry
from tests.building import build_tables


@pytest.fixture(scope="module")
def folder(settings: Settings, release) -> Path:
    """Give the folder of the session's release."""
    return settings.current.resolve()


@pytest.fixture(scope="module")
def manifest(folder: Path) -> dict:
    """Read its manifest."""
    return read_manifest_of(folder)


def test_it_is_a_valid_data_package(folder: Path, manifest: dict) -> None:
    package = frictionless.Package.from_descriptor(manifest, basepath=str(folder))
    assert list(frictionless.Package.metadata_validate(manifest)) == []
    assert manifest["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    growth = package.get_resource("fct_growth")
    assert growth.schema.primary_key == ["edition_id", "entity_code", "year"]
    assert {
        "fields": ["entity_code"],
        "reference": {"resource": "dim_entity", "fields": ["entity_code"]},
    } in growth.schema.foreign_keys


def test_every_row_fits_what_the_manifest_says(
    folder: Path, manifest: dict, release: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    """Write every table as CSV and let frictionless hold it against fields, types, bounds and keys."""
    resources = []
    for name, resource in tables_of(manifest).items():
        write_csv(release.sql(f"from {name}").to_arrow_table(), tmp_path / f"{name}.csv")
        kept = {key: resource[key] for key in ("name", "type", "schema")}
        resources.append(kept | {"path": f"{name}.csv", "format": "csv", "encoding": "utf-8"})
    package = frictionless.Package.from_descriptor({"name": "as-csv", "resources": resources}, basepath=str(tmp_path))
    assert package.validate().flatten(["taskName", "rowNumber", "fieldName", "type", "note"]) == []


def test_schema_org_and_croissant_say_the_same(folder: Path, manifest: dict) -> None:
    told = json.loads((folder / "croissant.json").read_text(encoding="utf-8"))
    assert (told["@type"], told["identifier"], told["datePublished"]) == (
        "sc:Dataset",
        manifest["id"],
        manifest["created"],
    )
    tables = tables_of(manifest)
    files = {file["contentUrl"]: f"sha256:{file['sha256']}" for file in told["distribution"]}
    assert files == {resource["path"]: resource["hash"] for resource in tables.values()}
    fields = {records["name"]: [field["name"] for field in records["field"]] for records in told["recordSet"]}
    assert fields == {name: [f["name"] for f in resource["schema"]["fields"]] for name, resource in tables.items()}


def test_bytes_hashes_and_rows_are_those_of_the_files(folder: Path, manifest: dict) -> None:
    for resource in manifest["resources"]:
        content = (folder / resource["path"]).read_bytes()
        assert size_of(resource) == len(content)
        assert resource["hash"] == "sha256:" + hashlib.sha256(content).hexdigest()
        if resource.get("type") == "table":
            assert resource["rows"] == pq.read_metadata(folder / resource["path"]).num_rows
    listed = {resource["path"] for resource in manifest["resources"]}
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert found == listed | {"datapackage.json", "_SUCCESS"}
    assert {"lineage/models.json", "lineage/stg_nato_observation.parquet"} <= listed, (
        "what explaining needs is sealed, too"
    )


def test_descriptions_agree_in_dictionary_database_parquet_and_manifest(
    folder: Path, manifest: dict, project: Project, database: duckdb.DuckDBPyConnection
) -> None:
    dictionary = yaml.safe_load((project.models["fct_growth"].path.parents[1] / "columns.yml").read_text())
    # The least and the most of a figure have no lines of their own.
    for name in dictionary.pop("with_range"):
        for bound, word in (("low", "least"), ("high", "most")):
            words = f"The {word} that {name} can be within the rounding of the printed figures that it is made of."
            dictionary[f"{name}_{bound}"] = dictionary[name] | {"description": words}

    def comment(entry: dict) -> str:
        return entry["description"] + (f" Unit: {entry['unit']}." if entry.get("unit") else "")

    comments: dict[str, dict[str, str]] = {}
    for table, column, text in database.execute(
        "select table_name, column_name, comment from duckdb_columns() where not internal order by column_index"
    ).fetchall():
        comments.setdefault(table, {})[column] = text
    relations = dict(
        database.execute(
            "select table_name, comment from duckdb_tables() "
            "union all select view_name, comment from duckdb_views() where not internal"
        ).fetchall()
    )
    described = tables_of(manifest) | {view["name"]: view for view in manifest[OWN]["views"]}
    assert set(described) == set(comments) == set(relations) == {*project.published(), *project.views}
    for name, resource in described.items():
        item = project.views.get(name) or project.shown(name)
        fields = resource.get("schema", resource)["fields"]
        # Names and order as in the SQL's own last select.
        assert [field["name"] for field in fields] == list(comments[name]) == [c.name for c in item.contract.columns]
        assert {f["name"]: comment(f) for f in fields} == comments[name]
        assert {f["name"]: comment(dictionary[f["name"]]) for f in fields} == comments[name]
        assert resource["description"] == relations[name] == item.contract.description
    for name in tables_of(manifest):
        stored = pq.read_metadata(folder / f"{name}.parquet").metadata
        columns = json.loads(stored[b"columns"])
        assert {c["name"]: comment(c) for c in columns} == comments[name]
        assert stored[b"description"].decode() == relations[name]
        assert json.loads(stored[b"grain"]) == described[name]["schema"]["primaryKey"]


def test_it_says_what_the_release_was_made_from(settings: Settings, manifest: dict, project: Project) -> None:
    own = manifest[OWN]
    for seed in ("memberships.csv", "editions.yml", "figures/nato-2024-06.csv"):
        digest = hashlib.sha256((settings.seeds / seed).read_bytes()).hexdigest()
        assert own["inputs"]["files"][f"seeds/{seed}"] == digest
    assert set(own["inputs"]["sources"]) == set(project.sources)
    assert set(own["models"]) == set(project.models)
    assert own["sql_fingerprint"] and own["code_fingerprint"] and own["software"]["duckdb"] == duckdb.__version__
    assert manifest["created"] and manifest["id"] == settings.current.resolve().name
    held = [e for e in read_registry(settings.seeds / "editions.yml").values() if e.tables]
    assert {e.publisher for e in held} == {"eda", "nato", "sipri", "worldbank"}
    assert [source["title"] for source in manifest["sources"]] == [e.title for e in held]
    assert "NATO-terms-of-use" in {licence["name"] for licence in manifest["licenses"]}
    assert {licence["title"] for licence in manifest["licenses"]} == {e.terms for e in held}
    authors = [{"title": credit, "role": "author"} for credit in sorted({e.credit for e in held})]
    assert manifest["contributors"] == authors
    growth = tables_of(manifest)["fct_growth"]
    assert growth["sources"] and growth["licenses"]
    assert next(f for f in growth["schema"]["fields"] if f["name"] == "real_growth_pct")["unit"] == "percent"


def test_the_same_inputs_give_the_same_bytes_and_the_same_id_elsewhere(
    settings: Settings, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    elsewhere = Settings(tmp_path / "else where's")
    project = build_tables(elsewhere)
    for name in project.published():
        write_published(project.models[name], project.shown(name).contract, elsewhere.tables, tmp_path)
        assert (tmp_path / f"{name}.parquet").read_bytes() == (folder / f"{name}.parquet").read_bytes(), name
    assert _release_id(project, elsewhere.tables) == folder.name


def test_no_path_of_this_machine_stands_in_a_release(folder: Path, settings: Settings) -> None:
    places = [str(settings.warehouse).encode(), str(settings.seeds).encode(), str(Path.home()).encode()]
    for path in filter(Path.is_file, folder.rglob("*")):
        content = path.read_bytes()
        assert not [place for place in places if place in content], path.name
