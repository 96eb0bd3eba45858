"""The two programs of a warehouse, started as the services start them, and killed as power cuts kill them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx

from pipelines.settings import Settings

COMMAND = str(Path(sys.executable).with_name("burdenshare"))


class Programs:
    """Start, kill and stop `burdenshare ui --only web` and `--only daemon` for one warehouse, with an environment."""

    def __init__(self, log: Path, environment: dict[str, str]) -> None:
        self.log = log
        self.environment = {**os.environ, **environment}
        self.settings = Settings.from_environment(self.environment)
        self.running: dict[str, subprocess.Popen] = {}

    def start(self, part: str) -> None:
        """Start `web` or `daemon` in a process group of its own."""
        with self.log.open("ab") as log:
            self.running[part] = subprocess.Popen(
                [COMMAND, "ui", "--only", part],
                env=self.environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def kill(self, part: str, sign: int = signal.SIGKILL) -> None:
        """End the program and all that it started, at once."""
        process = self.running.pop(part)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        process.wait(timeout=30)

    def stop(self) -> None:
        """End whatever still runs."""
        for part in list(self.running):
            with suppress(ProcessLookupError):
                os.killpg(self.running[part].pid, signal.SIGTERM)
            time.sleep(2)
            self.kill(part)

    def run(self, *arguments: str) -> subprocess.CompletedProcess:
        """Run a command of ours in the same environment."""
        return subprocess.run([COMMAND, *arguments], env=self.environment, capture_output=True, text=True, timeout=180)

    def wait_for_web(self) -> None:
        """Wait until the UI has loaded the code."""

        def is_up() -> bool:
            with suppress(httpx.HTTPError):
                answer = httpx.post(f"{self.settings.ui_url}/graphql", json={"query": "{ version }"}, timeout=5)
                return answer.status_code == 200
            return False

        self.wait(is_up, "the UI did not come up", seconds=90)

    def wait(self, happened: Callable[[], object], otherwise: str, seconds: float = 300, every: float = 1) -> object:
        """Wait until something is true and give it; fail with the end of the log after `seconds`."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := happened():
                return found
            time.sleep(every)
        raise AssertionError(f"{otherwise} within {seconds} s\n{self.log.read_text()[-3000:]}")
