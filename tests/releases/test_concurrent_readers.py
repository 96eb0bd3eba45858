"""Readers in processes of their own, in a loop, while publications happen: no error, never two releases at once."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.reading.connection import open_release
from pipelines.reading.current import current_release, open_warehouse
from pipelines.releases import retention
from pipelines.releases.catalog import releases
from tests.releases.small import Small, small_project

# More with BURDENSHARE_STRESS_PUBLICATIONS=1000.
PUBLICATIONS = int(os.environ.get("BURDENSHARE_STRESS_PUBLICATIONS", "50"))
STAMPS = 5
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.releases.small"])


def read_once(small: Small) -> int:
    """Read one release through DuckDB and through Parquet, table after table; raises where stamps differ."""
    folder = current_release(small.settings)
    with open_release(folder) as connection:
        stamps = [
            stamp
            for query in ("from stamps", "select stamp from fct_value", "select stamp from dim_thing")
            for (stamp,) in connection.execute(query).fetchall()
        ]
    for table in ("dim_thing", "fct_value"):
        stamps += pq.read_table(folder / f"{table}.parquet").column("stamp").to_pylist()
    # 1 of the view, and twice 6 values and 3 things.
    if len(set(stamps)) != 1 or len(stamps) != 19:
        raise AssertionError(f"a mixture: {stamps}")
    return stamps[0]


def read_in_a_loop(root: Path, stop, answers) -> None:
    small, reads, seen, wrong = Small(root), 0, set(), []
    while not stop.is_set():
        try:
            seen.add(read_once(small))
            reads += 1
        except Exception as error:
            wrong.append(repr(error))
        time.sleep(0.05)
    answers.put((reads, seen, wrong))


def test_readers_see_one_release_at_a_time_and_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Nothing is young here, so three releases stay and each of the fifty is composed anew.
    monkeypatch.setattr(retention, "YOUNG", retention.YOUNG * 0)
    small = small_project(tmp_path / "project")
    for stamp in range(1, STAMPS + 1):
        small.seed(stamp)
        small.build()
        shutil.copytree(small.settings.tables, tmp_path / str(stamp))
    small.publish()
    stop, answers = processes.Event(), processes.Queue()
    readers = [processes.Process(target=read_in_a_loop, args=(small.root, stop, answers)) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(PUBLICATIONS):
        stamp = number % STAMPS + 1
        small.seed(stamp)
        shutil.copytree(tmp_path / str(stamp), small.settings.tables, dirs_exist_ok=True)
        assert small.publish().is_new
    stop.set()
    for reads, seen, wrong in (answers.get(timeout=60) for _ in readers):
        assert wrong == []
        assert reads >= PUBLICATIONS and seen == set(range(1, STAMPS + 1))
    for reader in readers:
        reader.join()


def test_a_reader_keeps_its_release_when_it_is_retired(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = small_project(tmp_path)
    small.build()
    first = small.publish().path
    with open_warehouse(small.settings.warehouse) as held:
        assert held.execute("from stamps").fetchall() == [(1,)]
        monkeypatch.setattr(retention, "YOUNG", retention.YOUNG * 0)
        for stamp in range(2, 8):
            small.seed(stamp)
            small.build()
            small.publish()
        assert not first.exists()
        assert held.execute("select distinct stamp from fct_value").fetchall() == [(1,)]
    assert len(releases(small.settings)) == small.settings.keep_releases == 3
    with open_warehouse(small.settings.warehouse) as connection:
        assert connection.execute("from stamps").fetchall() == [(7,)]
