"""What the tests of nights share: a UI and a daemon on a warehouse whose seeds may be damaged, and who hears of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import dagster as dg
import pytest

from pipelines.orchestration.instance import open_instance
from tests.orchestration.conftest import Hook
from tests.services.conftest import free_port, natos_site
from tests.services.programs import Programs


def newest(programs: Programs, job: str, *, status: dg.DagsterRunStatus, besides: tuple[str, ...] = ()):
    """Give the newest run of a job in this state, if there is one that is not among `besides`."""
    with open_instance(programs.settings) as instance:
        runs = instance.get_runs(dg.RunsFilter(job_name=job, statuses=[status]), limit=5)
    return next((run for run in runs if run.run_id not in besides), None)


@pytest.fixture(scope="module")
def hook() -> Iterator[Hook]:
    """Start a web server that keeps what the daemon tells it."""
    found = Hook()
    yield found
    found.server.shutdown()


@pytest.fixture(scope="module")
def nato(settings, tmp_path_factory) -> Iterator[Hook]:
    """Start a web server in the place of NATO's."""
    found = natos_site(settings, tmp_path_factory.mktemp("site"))
    yield found
    found.server.shutdown()


@pytest.fixture(scope="module")
def night(settings, report, hook, nato, tmp_path_factory) -> Iterator[Programs]:
    """Start UI and daemon on a copy of the built warehouse whose seeds may be damaged."""
    folder = tmp_path_factory.mktemp("night")
    shutil.copytree(settings.warehouse, folder / "warehouse", symlinks=True)
    shutil.copytree(settings.seeds, folder / "seeds")
    found = Programs(
        folder / "log.txt",
        {
            "BURDENSHARE_WAREHOUSE": str(folder / "warehouse"),
            "BURDENSHARE_SEEDS": str(folder / "seeds"),
            "BURDENSHARE_UI_PORT": str(free_port()),
            "BURDENSHARE_ALERT_WEBHOOK": hook.url,
            "BURDENSHARE_TOPIC_PAGE": nato.url,
            "BURDENSHARE_ALLOW_LOOPBACK": "1",
        },
    )
    # What NATO's site has is taken in beforehand, so that no look changes the release.
    assert found.run("build", "--fetch").returncode == 0
    found.start("web")
    found.start("daemon")
    try:
        found.wait_for_web()
        yield found
    finally:
        found.stop()
