"""What the tests with services share: a headless browser, a PostgreSQL server, a free port.

Every test in this folder bears the marker `services`. Where a service is absent the test skips and
says what is missing; `tests/services/install` installs what it can.
"""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.settings import Settings
from tests.orchestration.conftest import Hook
from tests.workbooks import modern_workbook, read_figures, save

HERE = Path(__file__).parent
# Without these, Chromium calls hosts of its maker at every start.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, so that none runs in `make test` by oversight."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.services)


def free_port() -> int:
    """Find a port of the loopback interface that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def natos_site(settings: Settings, folder: Path) -> Hook:
    """Start a web server in the place of NATO's, whose page links the workbook of August 2025."""
    found, name = Hook(), "def-exp-2025-en.xlsx"
    book = save(modern_workbook(read_figures(settings.seeds, "nato-2025-08"), core=False), folder / name)
    page = found.url.removeprefix(found.url.rsplit("/", 1)[0])
    found.pages = {page: f'<a href="/{name}">Tables</a>'.encode(), f"/{name}": book.read_bytes()}
    return found


@pytest.fixture(scope="session")
def browser():
    """Give a headless Chromium (a Playwright `Browser`); `page` gives a fresh window in it."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: make test-services")
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        pytest.skip("there is no Chromium on this machine")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, headless=True, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser):
    """Give a fresh window of 1280 x 900 (a Playwright `Page`) without cookies or storage.

    What the page wrote to its console as an error, and what it threw, stands in `page.problems`.
    """
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    window = context.new_page()
    window.problems = []
    window.on("console", lambda message: message.type == "error" and window.problems.append(message.text))
    window.on("pageerror", lambda error: window.problems.append(str(error)))
    yield window
    context.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Start a PostgreSQL server of our own on a free port and give the address of an empty database."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = str(programs[-1]) if programs else shutil.which("initdb")
    if found is None:
        pytest.skip("there is no PostgreSQL server on this machine")
    # PostgreSQL refuses to run as root; Debian's package brings a user for it.
    user = "postgres" if os.geteuid() == 0 else getpass.getuser()

    def run(program: str, *arguments: str) -> None:
        command = [str(Path(found).with_name(program)), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", user, "--", *command]
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr

    # pytest's own folders are closed to others again by whoever starts tests beside these.
    with tempfile.TemporaryDirectory(prefix="burdenshare-postgres-") as name:
        if os.geteuid() == 0:
            shutil.chown(name, user)
        data, port = Path(name) / "data", free_port()
        run("initdb", "--pgdata", str(data), "--username", "burdenshare", "--auth", "trust", "--no-sync")
        options = f"-h 127.0.0.1 -p {port} -k '' -c fsync=off"
        run("pg_ctl", "--pgdata", str(data), "--wait", "--log", f"{name}/log", "--options", options, "start")
        try:
            yield f"postgresql://burdenshare@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "--pgdata", str(data), "--mode", "immediate", "--wait", "stop")


@pytest.fixture
def visit(page, site):
    """Open a page of the site from disk; what it asks of others than the disk stands in `page.foreign`."""
    page.foreign = []
    page.on("console", lambda message: message.type == "warning" and page.problems.append(message.text))
    page.on("request", lambda r: r.url.startswith(("file:", "data:", "blob:")) or page.foreign.append(r.url))

    def go(kind: str, choice: str = "", width: int = 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto("about:blank")
        page.goto(f"{(site.path / kind).with_suffix('.html').as_uri()}{choice}")
        page.wait_for_selector("html[data-ready=yes]", state="attached")
        for plot in page.locator(".chart:visible .plot").all():
            plot.locator("svg, canvas").first.wait_for(timeout=15_000, state="attached")
        return page

    yield go
    assert page.problems == []
    assert page.foreign == []
