"""Each line of `deploy/` was run: the image's steps in a root of their own, the units by systemd, compose."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest
import yaml

from pipelines.settings import PROJECT, Alerts, Settings
from tests.services.conftest import free_port
from tests.services.container import Container, why_not
from tests.services.programs import Programs

DEPLOY = PROJECT / "deploy"


@pytest.fixture(scope="module")
def container(tmp_path_factory) -> Container:
    """Do what the Containerfile says, with a copy of the Python that runs the tests."""
    if reason := why_not():
        pytest.skip(reason)
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    found = Container(tmp_path_factory.mktemp("image"), Path(sys.base_prefix))
    files = [path for name in listed if (path := PROJECT / name).is_file()]
    found.build(DEPLOY / "Containerfile", PROJECT, files)
    return found


def test_the_image_s_steps_give_a_warehouse_that_builds_as_its_user(container):
    assert container.unproved == []
    built = container.run("burdenshare", "build", timeout=600, BURDENSHARE_TOPIC_PAGE="off")
    assert built.returncode == 0, built.stdout + built.stderr
    who = container.run("stat", "--format", "%U", "/var/lib/burdenshare/tables", "/var/lib/burdenshare/dagster")
    assert set(who.stdout.split()) == {"burdenshare"}
    told = container.run("burdenshare", "status", "--no-daemon", BURDENSHARE_TOPIC_PAGE="off")
    assert told.returncode == 0 and "All is well." in told.stdout, told.stdout + told.stderr


def test_the_image_s_command_shows_the_ui(container):
    port = free_port()
    process = container.start(*container.command, BURDENSHARE_UI_PORT=str(port))
    try:
        assert answer_of(f"http://127.0.0.1:{port}/server_info").json()["dagster_webserver_version"]
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=15)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def answer_of(url: str, seconds: float = 120) -> httpx.Response:
    """Wait until somebody answers well."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(httpx.HTTPError):
            if (answer := httpx.get(url, timeout=10, follow_redirects=True)).status_code == 200:
                return answer
        time.sleep(1)
    raise AssertionError(f"nobody answered at {url} within {seconds} s")


@pytest.mark.parametrize("change", [None, ("Restart=always", "Restart=sometimes")])
def test_systemd_takes_the_units_as_they_are(tmp_path, change):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not on this machine")
    units = []
    for unit in sorted(DEPLOY.glob("*.service")):
        text = unit.read_text(encoding="utf-8")
        # The command is there once the project is installed in /opt: here it is one that surely is.
        assert re.search(r"^ExecStart=/opt/burdenshare/.venv/bin/burdenshare ui --only (daemon|web)$", text, re.M)
        text = re.sub(r"^ExecStart=\S+", f"ExecStart={shutil.which('true')}", text, flags=re.M)
        units.append(tmp_path / unit.name)
        units[-1].write_text(text.replace(*change) if change else text, encoding="utf-8")
    assert len(units) == 2
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True)
    told = [line for line in (done.stdout + done.stderr).splitlines() if "burdenshare" in line]
    # What it does not understand it tells, and leaves out.
    assert (done.returncode == 0 and told == []) is (change is None)


def test_compose_names_commands_and_settings_that_we_have():
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
    known = Settings.variables() | Alerts.variables()
    ours = {name: service for name, service in services.items() if "build" in service}
    assert set(ours) == {"daemon", "ui"}
    for service in ours.values():
        assert set(service["environment"]) <= set(known)
        assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
        program, *arguments = service["command"]
        done = subprocess.run([Path(sys.executable).with_name(program), *arguments, "--help"], capture_output=True)
        assert done.returncode == 0
        (path,) = (place.partition(":")[2] for place in service["volumes"] if place.startswith("warehouse:"))
        assert f"BURDENSHARE_WAREHOUSE={path}\n" in (DEPLOY / "Containerfile").read_text(encoding="utf-8")


@pytest.fixture
def proxied(settings, report, tmp_path) -> Iterator[str]:
    """Show the UI below a path of a proxy, as nginx does; give the address that people open."""
    behind, front = free_port(), free_port()

    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {"Content-Type": self.headers.get("Content-Type", ""), "Host": self.headers["Host"]}
            answer = httpx.request(
                self.command, f"http://127.0.0.1:{behind}{self.path}", content=body, headers=headers, timeout=60
            )
            self.send_response(answer.status_code)
            for name in ("Content-Type", "Location"):
                if name in answer.headers:
                    self.send_header(name, answer.headers[name])
            self.end_headers()
            self.wfile.write(answer.content)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    address = f"http://127.0.0.1:{front}/burdenshare"
    programs = Programs(
        tmp_path / "log.txt",
        {
            "BURDENSHARE_WAREHOUSE": str(settings.warehouse),
            "BURDENSHARE_UI_PORT": str(behind),
            "BURDENSHARE_UI_URL": address,
        },
    )
    server = ThreadingHTTPServer(("127.0.0.1", front), Proxy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    programs.start("web")
    try:
        programs.wait_for_web()
        yield address
    finally:
        programs.stop()
        server.shutdown()


def test_the_ui_is_served_below_the_path_that_its_address_has(proxied, settings):
    page = answer_of(f"{proxied}/runs")
    scripts = re.findall(r'(?:src|href)="([^"]+\.(?:js|css))"', page.text)
    assert scripts and all(httpx.get(urljoin(proxied, found), timeout=60).status_code == 200 for found in scripts)
    answer = httpx.post(f"{proxied}/graphql", json={"query": "{ runsOrError { ... on Runs { count } } }"}, timeout=60)
    assert answer.json()["data"]["runsOrError"]["count"] > 0
    # Links in alerts lead there.
    assert settings.replace(ui_address=proxied).ui_url == proxied
    assert httpx.get(proxied.replace("/burdenshare", "/graphql"), timeout=60).status_code == 404
