"""A release reaches another place whole, pointer last; a failure there changes nothing for its readers."""

from __future__ import annotations

import json
from pathlib import Path

import fsspec
import pytest
from fsspec.implementations.local import LocalFileSystem

from pipelines.files.whole import files_below
from pipelines.releases.description import read_manifest_of, tables_of
from pipelines.releases.publish import publish
from pipelines.releases.remote import NotPushed, push
from pipelines.releases.verify import find_damage
from pipelines.settings import Settings
from tests.releases.small import Small, published_project


@pytest.fixture
def small(tmp_path: Path) -> Small:
    """Publish stamp 1."""
    return published_project(tmp_path / "here")


def elsewhere(small: Small, place: Path) -> Settings:
    """Give settings that publish to a folder."""
    return small.settings.replace(publish_url=f"file://{place}")


def test_nothing_happens_without_an_address(small: Small) -> None:
    assert push(small.settings, small.settings.current.resolve()) is None


def test_a_folder_gets_whole_releases_and_a_pointer(small: Small, tmp_path: Path) -> None:
    place = tmp_path / "there"
    settings = elsewhere(small, place)
    for stamp in (1, 2):
        small.seed(stamp)
        small.build()
        release = publish(small.project, settings)
        push(settings, release.path)
        pointer = json.loads((place / "current.json").read_text())
        assert pointer["release"] == release.id and pointer["path"] == f"releases/{release.id}"
        assert find_damage(place / pointer["path"]) == []
        latest, manifest = json.loads((place / "latest.json").read_text()), read_manifest_of(release.path)
        assert latest.items() >= pointer.items() - {("pushed_at", pointer["pushed_at"])}
        assert latest["created"] == manifest["created"]
        assert {(t["path"], t["hash"], t["rows"]) for t in latest["tables"].values()} == {
            (t["path"], t["hash"], t["rows"]) for t in tables_of(manifest).values()
        }
    assert len(list((place / "releases").iterdir())) == 2
    assert not (place / "current.json.part").exists()


def test_pushing_again_sends_nothing(small: Small, tmp_path: Path) -> None:
    settings, folder = elsewhere(small, tmp_path / "there"), small.settings.current.resolve()
    push(settings, folder)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "there").rglob("*.parquet")}
    pointer = (tmp_path / "there/current.json").read_text()
    push(settings, folder)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert len(before) == 4, "two tables, and the two sources that explaining needs"
    assert (tmp_path / "there/current.json").read_text() == pointer


@pytest.mark.parametrize("broken_at", ["dim_thing.parquet", "warehouse.duckdb", "datapackage.json", "_SUCCESS"])
def test_a_push_cut_short_leaves_the_pointer_and_goes_on_later(
    small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken_at: str
) -> None:
    place = tmp_path / "there"
    settings = elsewhere(small, place)
    push(settings, small.settings.current.resolve())
    first = json.loads((place / "current.json").read_text())
    small.seed(2)
    small.build()
    release = small.publish()
    put = LocalFileSystem.put_file

    def fail_at(self, source, target, **options):
        if target.endswith(broken_at):
            raise ConnectionError("the line went dead")
        return put(self, source, target, **options)

    with monkeypatch.context() as patched:
        patched.setattr(LocalFileSystem, "put_file", fail_at)
        with pytest.raises(NotPushed, match="the line went dead"):
            push(settings, release.path)
    assert json.loads((place / "current.json").read_text()) == first
    assert find_damage(place / first["path"]) == []
    push(settings, release.path)
    assert json.loads((place / "current.json").read_text())["release"] == release.id
    assert find_damage(place / "releases" / release.id) == []


def test_a_rollback_moves_the_pointer_there_too(small: Small, tmp_path: Path) -> None:
    place = tmp_path / "there"
    settings, first = elsewhere(small, place), small.settings.current.resolve()
    push(settings, first)
    small.seed(2)
    small.build()
    push(settings, small.publish().path)
    push(settings, first)
    assert json.loads((place / "current.json").read_text())["release"] == first.name


def test_any_store_that_fsspec_knows_will_do(small: Small) -> None:
    settings = small.settings.replace(publish_url="memory://bucket/burdenshare")
    push(settings, small.settings.current.resolve())
    files = fsspec.filesystem("memory")
    pointer = json.loads(files.cat_file("/bucket/burdenshare/current.json"))
    there = f"/bucket/burdenshare/{pointer['path']}"
    folder = small.settings.current.resolve()
    for path in files_below(folder):
        assert files.cat_file(f"{there}/{path.relative_to(folder).as_posix()}") == path.read_bytes()


def test_an_unknown_address_is_told_in_words(small: Small) -> None:
    settings = small.settings.replace(publish_url="nowhere://bucket")
    with pytest.raises(NotPushed, match="nowhere"):
        push(settings, small.settings.current.resolve())
