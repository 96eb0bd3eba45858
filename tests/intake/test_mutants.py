"""Real workbooks with one place changed: what moves a figure is refused, or named among what moved."""

from __future__ import annotations

import pytest

from pipelines.intake.ingest import sources_of
from tests.mutants import KINDS, courts, mutate

# What moves by less than this no relation can tell from what NATO publishes: pre-accession rows, rates of Allies
# without the euro, and growth where an edition comes without its dollars.
REAL_NOISE_PCT = 25


@pytest.fixture(scope="module")
def benches(settings, project, tmp_path_factory):
    """Give each layout with a judge of its own."""
    return list(courts(project, sources_of(settings), tmp_path_factory.mktemp("mutants")))


def test_no_real_edition_is_refused(benches):
    found = {c.edition_id: c.judge.find_contradictions(c.editions, c.frame, c.edition_id) for c in benches}
    assert found == {c.edition_id: [] for c in benches}


def test_nothing_that_moves_a_figure_is_taken_in_silence(benches):
    """Every kind of change is made once, each third of the kinds in another layout; benchmarks make thousands."""
    silent, share = [], -(-len(KINDS) // len(benches))
    for number, court in enumerate(benches):
        for mutant in mutate(court.workbook, court.frame, share, seed=16, first=number * share):
            verdict = court.try_mutant(mutant.workbook)
            if verdict.outcome == "silent" and verdict.moved_pct > REAL_NOISE_PCT:
                silent.append((mutant.kind, mutant.place, verdict.words))
    assert silent == []
