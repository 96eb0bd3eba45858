"""Whatever happens to a publication, readers keep a complete release, and the next run puts things right."""

from __future__ import annotations

import errno
import multiprocessing
import os
import resource
import shutil
import signal
import tempfile
from pathlib import Path

import pytest

from pipelines.files.lock import WarehouseBusy, writing
from pipelines.reading.current import open_warehouse
from pipelines.releases import catalog
from pipelines.releases.publish import STEPS, NotPublished
from pipelines.releases.verify import find_damage
from tests.releases.small import Small, small_project

# Root may write everywhere, so it becomes somebody who may not.
NOBODY = 65534
# The first step after the pointer has moved.
MOVED = STEPS.index("pointed")
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.releases.small"])


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """Publish stamp 1 and build, but not publish, stamp 2."""
    small = small_project(tmp_path_factory.mktemp("prepared"))
    small.build()
    small.publish()
    small.seed(2)
    small.build()
    return small


@pytest.fixture
def ready(prepared: Small, tmp_path: Path) -> Small:
    """Give a copy that a test may break."""
    shutil.copytree(prepared.root, tmp_path / "copy", symlinks=True)
    return Small(tmp_path / "copy")


def in_process(target, *arguments) -> int:
    """Run something in a process of its own and give its exit code."""
    process = processes.Process(target=target, args=arguments)
    process.start()
    process.join(60)
    return process.exitcode


def publish_and_die(root: Path, fatal: str) -> None:
    def at_step(step: str) -> None:
        if step == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    Small(root).publish(at_step=at_step)


def stamps_seen(small: Small) -> set[int]:
    """Read as anybody would; every table and the view of one release carry one stamp."""
    assert find_damage(small.settings.current.resolve()) == []
    with open_warehouse(small.settings.warehouse) as connection:
        return {
            stamp
            for table in ("dim_thing", "fct_value", "stamps")
            for (stamp,) in connection.execute(f"select stamp from {table}").fetchall()
        }


def assert_put_right(small: Small) -> None:
    """The next run succeeds, nothing of the broken one is left, and the history knows both releases."""
    first = catalog.history(small.settings)[0].release
    small.publish()
    assert stamps_seen(small) == {2}
    second = catalog.current_id(small.settings)
    assert {p.name for p in small.settings.releases.iterdir()} == {first, second, "history.jsonl"}
    assert [p.name for p in small.settings.warehouse.glob(".current*")] == []
    assert [event.release for event in catalog.history(small.settings)] == [first, second]
    assert catalog.history(small.settings)[-1].before == first
    assert not small.publish().is_new


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_after_any_step_leaves_a_complete_release(ready: Small, step: str) -> None:
    assert in_process(publish_and_die, ready.root, step) == -signal.SIGKILL
    assert stamps_seen(ready) == ({2} if STEPS.index(step) >= MOVED else {1})
    assert_put_right(ready)


@pytest.mark.parametrize("step", ["checked", "tables copied", "compared", "synced", "in place", "pointed", "recorded"])
def test_a_full_disk_after_any_step_leaves_a_complete_release(ready: Small, step: str) -> None:
    def at_step(done: str) -> None:
        if done == step:
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(NotPublished, match="No space left on device"):
        ready.publish(at_step=at_step)
    assert stamps_seen(ready) == ({2} if STEPS.index(step) >= MOVED else {1})
    assert_put_right(ready)


def test_every_step_is_told_in_order(ready: Small) -> None:
    told: list[str] = []
    ready.publish(at_step=told.append)
    assert tuple(told) == STEPS


def publish_with_little_room(root: Path, most_bytes: int) -> None:
    # The system then refuses to let any file grow further, as a full disk does, to Python and to DuckDB.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    try:
        Small(root).publish()
    except NotPublished:
        os._exit(7)
    os._exit(0)


@pytest.mark.parametrize("most_bytes", [500, 3_000, 100_000])
def test_files_that_cannot_grow_refuse_the_publication(ready: Small, most_bytes: int) -> None:
    assert in_process(publish_with_little_room, ready.root, most_bytes) == 7
    assert stamps_seen(ready) == {1}
    assert_put_right(ready)


def publish_as_nobody(root: Path) -> None:
    if os.getuid() == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    try:
        Small(root).publish()
    except NotPublished as error:
        os._exit(7 if "Permission denied" in str(error) else 8)
    os._exit(0)


@pytest.mark.parametrize("closed", ["warehouse", "warehouse/releases"])
def test_lost_permission_refuses_the_publication(prepared: Small, closed: str) -> None:
    # Not below pytest's own folder, which nobody else may enter.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        shutil.copytree(prepared.root, Path(folder) / "copy", symlinks=True)
        small = Small(Path(folder) / "copy")
        small.root.chmod(0o755)
        if os.getuid() == 0:
            for path in [small.root, *small.root.rglob("*")]:
                os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
        place = small.root / closed
        place.chmod(0o555)
        assert in_process(publish_as_nobody, small.root) == 7
        place.chmod(0o755)
        assert stamps_seen(small) == {1}
        assert_put_right(small)


def hold_the_lock(root: Path, ready, done) -> None:
    with writing(Small(root).settings, "a build"):
        ready.set()
        done.wait(60)


def test_a_second_writer_stops_with_the_name_of_the_first(ready: Small) -> None:
    holding, done = processes.Event(), processes.Event()
    first = processes.Process(target=hold_the_lock, args=(ready.root, holding, done))
    first.start()
    assert holding.wait(30)
    with pytest.raises(WarehouseBusy, match=rf"Process {first.pid} on .* \(a build, since "):
        ready.publish()
    assert stamps_seen(ready) == {1}
    # Killed without a word, it leaves no lock behind.
    first.kill()
    first.join()
    assert_put_right(ready)


def test_a_second_writer_waits_where_it_may(ready: Small) -> None:
    holding, done = processes.Event(), processes.Event()
    first = processes.Process(target=hold_the_lock, args=(ready.root, holding, done))
    first.start()
    assert holding.wait(30)
    told: list[str] = []

    def on_wait(words: str) -> None:
        told.append(words)
        done.set()

    with writing(ready.settings.replace(wait_s=30), "two", on_wait):
        ready.publish()
    first.join()
    assert len(told) == 1 and f"Process {first.pid}" in told[0]


def test_a_table_cut_short_by_a_power_cut_is_built_again(ready: Small) -> None:
    table = ready.settings.tables / "fct_value.parquet"
    table.write_bytes(table.read_bytes()[:-20])
    (ready.settings.tables / "dim_thing.checks.json").write_text('{"table": "dim')
    with pytest.raises(NotPublished, match="fct_value has not been built"):
        ready.publish()
    ready.build()
    assert_put_right(ready)


def test_a_history_line_cut_short_is_passed_over(ready: Small) -> None:
    history = ready.settings.releases / "history.jsonl"
    history.write_text(history.read_text() + '{"at": "2026-')
    assert_put_right(ready)
