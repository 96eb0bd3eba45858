"""Run the daemon as its service does, on a warehouse of its own, by a clock that can be moved."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg

from pipelines.orchestration.instance import open_instance
from pipelines.settings import Settings
from tests.services.programs import Programs

# While a code server starts, the clock may go on by an hour.
PATIENT = "code_servers:\n  local_startup_timeout: 100000\n"


class Clock:
    """Tell the time to those who have its `environment`; it goes on by itself, and forward by whatever it is moved."""

    def __init__(self, folder: Path) -> None:
        self._file, self._ahead = folder / "clock", 0.0
        self.move(0)
        self.environment = {"CLOCK": str(self._file), "PYTHONPATH": str(Path(__file__).with_name("start"))}

    def now(self) -> datetime:
        """Return what the clock shows."""
        return datetime.fromtimestamp(time.time() + self._ahead, UTC)

    def move(self, seconds: float) -> None:
        """Move the clock forward."""
        self._ahead += seconds
        aside = self._file.with_suffix(".new")
        aside.write_text(f"{self._ahead:.3f}", encoding="ascii")
        aside.replace(self._file)

    def move_to(self, moment: datetime) -> None:
        """Move the clock forward to a moment; one that was is left as it is."""
        self.move(max(0.0, (moment - self.now()).total_seconds()))


class Daemon:
    """Hold a daemon that runs, its warehouse and its clock."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.clock = Clock(folder)
        quiet = {"BURDENSHARE_TOPIC_PAGE": "off", "BURDENSHARE_WAREHOUSE": str(folder / "warehouse")}
        self._programs = Programs(folder / "log.txt", quiet | environment)
        self.settings = self._programs.settings
        for command in ("build", "report"):
            done = self._programs.run(command)
            if done.returncode:
                sys.exit(f"burdenshare {command} failed:\n{done.stdout}{done.stderr}")
        with (self.settings.dagster_home / "dagster.yaml").open("a", encoding="utf-8") as stream:
            stream.write(PATIENT)
        # What a program that is killed leaves goes away with the folder.
        (folder / "tmp").mkdir()
        self._programs.environment |= self.clock.environment | {"TMPDIR": str(folder / "tmp")}

    @property
    def pid(self) -> int:
        """Return the number of the daemon's process."""
        return self._programs.running["daemon"].pid

    def start(self) -> None:
        """Start it and wait until its sensors look."""
        self._programs.start("daemon")
        self.wait(lambda: looks(self.settings), "no sensor looked", 120)

    def stop(self) -> None:
        """End it as its service does, and whatever it then leaves running."""
        if running := self._programs.running.get("daemon"):
            running.terminate()
            with suppress(subprocess.TimeoutExpired):
                running.wait(timeout=40)
        self._programs.stop()

    def wait(self, happened: Callable[[], object], otherwise: str, seconds: float = 300, every: float = 1) -> object:
        """Wait until something is true and give it; fail with the end of the daemon's log after so many seconds."""
        return self._programs.wait(happened, otherwise, seconds, every)

    def let_look(self) -> None:
        """Wait until both have looked that are due after each minute: the sensors of files and of runs."""
        enough = looks(self.settings) + 2
        self.wait(lambda: looks(self.settings) >= enough, "the sensors do not look", every=0.05)

    def runs(self) -> list[dg.RunRecord]:
        """Return every run, the oldest first."""
        with open_instance(self.settings) as instance:
            return list(instance.get_run_records(ascending=True))


def looks(settings: Settings) -> int:
    """Return how many looks of sensors and schedules there have been."""
    path = settings.dagster_home / "schedules" / "schedules.db"
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=30)) as connection:
        return connection.execute("select coalesce(max(id), 0) from job_ticks").fetchone()[0]


@contextmanager
def running(**environment: str) -> Iterator[Daemon]:
    """Make a warehouse in a folder that goes away, and a daemon on it that is ready to start; end it in any case."""
    with tempfile.TemporaryDirectory(prefix="burdenshare-daemon-") as folder:
        daemon = Daemon(Path(folder), environment)
        # Whoever ends the benchmark ends the daemon.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        try:
            yield daemon
        finally:
            daemon.stop()
