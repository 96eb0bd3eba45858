"""A warehouse that the version before made, without a ledger and with shorter manifests, is taken over by one build."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.files.ledger import LEDGER
from pipelines.reading.current import open_warehouse
from pipelines.releases import catalog
from pipelines.releases.description import OWN, read_manifest_of
from pipelines.releases.publish import NotPublished
from pipelines.releases.rollback import rollback
from pipelines.releases.soundness import find_all_damage
from pipelines.releases.verify import find_damage, mark_success
from tests.releases.small import Small, small_project


@pytest.fixture
def old(tmp_path: Path) -> Small:
    """Publish stamps 1 and 2, go back to 1, and turn the warehouse into the form of the version before."""
    small = small_project(tmp_path)
    for stamp in (1, 2):
        small.seed(stamp)
        small.build()
        small.publish()
    rollback(small.settings, reason="looks wrong")
    (small.settings.tables / LEDGER).unlink()
    for name in small.project.order:
        (small.settings.tables / f"{name}.checks.json").write_text(json.dumps({"table": name, "checks": []}))
    for folder in small.settings.releases.glob("[!.]*/"):
        if not folder.is_dir():
            continue
        manifest = read_manifest_of(folder)
        for key in ("edition_inputs", "references"):
            del manifest[OWN][key]
        (folder / "datapackage.json").write_text(json.dumps(manifest))
        mark_success(folder)
    return small


def test_history_holds_and_releases_stay_and_all_tables_are_known_again(old: Small) -> None:
    events, held = catalog.history(old.settings), catalog.held_ids(old.settings)
    assert find_all_damage(old.settings) == []
    with pytest.raises(NotPublished, match="fct_value has not been built"):
        old.publish()
    old.build()
    assert old.publish().is_held
    assert (catalog.history(old.settings), catalog.held_ids(old.settings)) == (events, held)
    assert [find_damage(entry.path) for entry in catalog.releases(old.settings)] == [[], []]
    assert list(old.settings.tables.glob("*.checks.json")) == [] and find_all_damage(old.settings) == []


def test_changes_are_held_against_the_older_manifest(old: Small) -> None:
    old.seed(3)
    old.build()
    release = old.publish()
    assert release.diff is not None and release.diff.unexplained == [] and release.diff.tables
    with open_warehouse(old.settings.warehouse) as connection:
        assert connection.execute("from stamps").fetchall() == [(3,)]


def test_code_explains_nothing_against_the_older_manifest(old: Small) -> None:
    old.seed(1)
    model = (old.root / "sql/facts/fct_value.sql").read_text()
    old.write("sql/facts/fct_value.sql", model.replace("value_usd_m,", "value_usd_m * 2 as value_usd_m,"))
    old.build()
    with pytest.raises(NotPublished, match="SQL of fct_value changed: explains nothing by itself"):
        old.publish()
