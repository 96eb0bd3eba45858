"""A table's page says what a run changed, also where most of the table was taken over."""

from __future__ import annotations

import shutil

import dagster as dg
import pytest

from pipelines.orchestration.build import build
from pipelines.orchestration.instance import open_instance
from tests.releases.editions import Edited


@pytest.fixture
def edited(settings, tmp_path) -> Edited:
    """Give a small project with editions of two publishers, built by a run; its seeds lie beside the real ones."""
    project = Edited(tmp_path / "edited")
    shutil.copytree(settings.seeds, project.small.settings.seeds)
    project.write_all()
    assert build(project.small.settings).succeeded
    return project


def changes(edited: Edited) -> dict[str, str]:
    """Build once more, and read what each table's page says of it."""
    built = build(edited.small.settings, accept="a test")
    assert built.succeeded, built.failure
    found = {}
    with open_instance(edited.small.settings) as instance:
        for name in ("dim_edition", "fct_sum", "fct_step"):
            event = instance.get_latest_materialization_event(dg.AssetKey(name))
            found[name] = event.asset_materialization.metadata["what changed"].value
    return found


def test_the_rows_of_a_new_edition(edited: Edited):
    edited.seed("alpha-2025", "Alpha", "2025-06-01", [4.0, 5.0])
    assert changes(edited) == {"dim_edition": "1 rows added", "fct_sum": "1 rows added", "fct_step": "2 rows added"}


def test_a_corrected_figure_and_what_stands_on_it(edited: Edited):
    edited.seed("alpha-2023", "Alpha", "2023-06-01", [1.5, 2.0])
    told = {"dim_edition": "nothing", "fct_sum": "total in 1 rows", "fct_step": "step in 1 rows"}
    assert changes(edited) == told
