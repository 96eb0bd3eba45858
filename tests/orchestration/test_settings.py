"""Settings that cannot work are refused at the start, by name, and an empty line is no setting."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.orchestration.instance import claim_daemon, prepare_home
from pipelines.settings import Settings

BURDENSHARE = str(Path(sys.executable).with_name("burdenshare"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BURDENSHARE_TIMEZONE", "Europe/Brusels"),
        ("BURDENSHARE_UI_PORT", "99999"),
        ("BURDENSHARE_UI_PORT", "three"),
        ("BURDENSHARE_UI_PORT", "²"),
        ("BURDENSHARE_TOPIC_PAGE", "http://["),
        ("BURDENSHARE_SILENCE_HOURS", "a day"),
        ("BURDENSHARE_KEEP_RELEASES", "0"),
    ],
)
def test_a_value_that_cannot_work_is_refused_by_name(name, value):
    with pytest.raises(ValueError, match=name):
        Settings.from_environment({name: value})


@pytest.mark.parametrize("schedule", ["every night", "99 3 * * *", "30 3 * *", "0 30 3 * * *", "0 0 31 2 *"])
def test_a_schedule_that_is_none_is_refused_by_name(schedule, tmp_path):
    with pytest.raises(ValueError, match="BURDENSHARE_SCHEDULE"):
        prepare_home(Settings(tmp_path, schedule=schedule))


def test_an_empty_line_is_no_setting(tmp_path):
    names = ("UI_PORT", "SILENCE_HOURS", "SCHEDULE", "TIMEZONE", "WAREHOUSE", "TOPIC_PAGE", "ALERT_WEBHOOK", "WAIT_S")
    assert Settings.from_environment({f"BURDENSHARE_{name}": "" for name in names}) == Settings.from_environment({})


def test_the_web_can_be_turned_off():
    assert Settings.from_environment({"BURDENSHARE_TOPIC_PAGE": "off"}).topic_page is None
    # Where nobody names a page, each publisher has its own.
    assert Settings.from_environment({}).topic_page == ""


def run_ui(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """Start the UI as a person does; it must refuse before anything starts."""
    return subprocess.run(
        [BURDENSHARE, "ui", *arguments], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_port_that_is_taken_is_told_before_anything_starts(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = run_ui(BURDENSHARE_WAREHOUSE=str(tmp_path), BURDENSHARE_UI_PORT=port)
    assert done.returncode == 1 and f"127.0.0.1:{port}" in done.stderr and "Traceback" not in done.stderr


def test_a_warehouse_has_one_daemon(tmp_path):
    """The lock outlives the program that took it becoming another one, and ends with that."""
    settings = Settings(tmp_path)
    prepare_home(settings)
    script = (
        "import os, sys; from pathlib import Path; from pipelines.settings import Settings; "
        "from pipelines.orchestration.instance import claim_daemon; claim_daemon(Settings(Path(sys.argv[1]))); "
        "os.execv('/bin/sleep', ['sleep', '60'])"
    )
    first = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)])
    try:
        lock = settings.dagster_home / ".daemon.lock"
        while not (lock.exists() and lock.read_text() == str(first.pid)):
            assert first.poll() is None
            time.sleep(0.1)
        refused = run_ui("--only", "daemon", BURDENSHARE_WAREHOUSE=str(tmp_path))
        assert refused.returncode == 1 and f"process {first.pid}" in refused.stderr and "--only web" in refused.stderr
    finally:
        first.kill()
        first.wait()
    claim_daemon(settings)


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(tmp_path):
    file = tmp_path / "file"
    file.write_text("no folder", encoding="utf-8")
    started = run_ui(BURDENSHARE_WAREHOUSE=str(file))
    assert started.returncode == 1 and "Traceback" not in started.stderr and started.stderr.strip()
    for command in ("ui", "fetch", "editions", "prune", "verify", "report"):
        done = CliRunner().invoke(app, ["--warehouse", str(file), command])
        assert done.exit_code == 1 and isinstance(done.exception, SystemExit) and done.stderr.strip(), command
