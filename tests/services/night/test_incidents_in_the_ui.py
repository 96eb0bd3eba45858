"""A night as it goes: the UI driven in a browser, a bad input, and people told by the daemon."""

from __future__ import annotations

import re
from pathlib import Path

import dagster as dg
import pytest

from pipelines.orchestration import incidents
from pipelines.orchestration.instance import open_instance
from tests.services.night.conftest import newest

PLACE = "locations/burdenshare.definitions"


@pytest.fixture
def visit(page, night):
    """Open a page of the UI and wait for a text on it."""

    def go(path: str, text: str):
        page.goto(f"{night.settings.ui_url}/{path}")
        page.get_by_text(text).first.wait_for(timeout=60_000, state="attached")
        for button in ("Dismiss", "No thanks", "Skip"):
            for found in page.get_by_role("button", name=button).all():
                found.click()
        return page

    return go


def damage(seeds: Path) -> str:
    """Let somebody spend a thousand times as much in one cell; give the file's text as it was."""
    path = seeds / "figures" / "nato-2024-06.csv"
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    place = next(i for i, line in enumerate(lines) if "TABLE2!N27" in line)
    parts = lines[place].split(",")
    parts[9] = str(float(parts[9]) * 1000)
    path.write_text("".join([*lines[:place], ",".join(parts), *lines[place + 1 :]]), encoding="utf-8")
    return text


def test_the_graph_shows_the_way_of_the_data(visit):
    page = visit("asset-groups", "dimensions")
    for group in ("sources", "staging", "dimensions", "facts", "release", "report"):
        page.get_by_text(group, exact=True).first.wait_for(timeout=30_000)
    page = visit(f"{PLACE}/asset-groups/facts/list", "fct_growth")
    # The list draws what the window shows: these come first.
    for name in ("fct_growth", "fct_burden_per_head", "fct_contribution_share"):
        page.get_by_text(name, exact=True).first.wait_for(timeout=30_000, state="attached")


def test_the_schedule_is_on(visit):
    page = visit(f"{PLACE}/schedules/nightly", "Next tick")
    page.locator("input[type=checkbox]:checked").wait_for(timeout=30_000, state="attached")
    assert page.locator("input[type=checkbox]").count() == 1


def test_a_run_started_from_the_page_succeeds(visit, night):
    page = visit(f"{PLACE}/jobs/facts", "Build and check the facts")
    page.get_by_role("button", name=re.compile("Materialize all")).first.click()
    night.wait(lambda: newest(night, "facts", status=dg.DagsterRunStatus.SUCCESS), "the run did not succeed")


def test_an_asset_shows_its_picture(visit):
    page = visit("assets/fct_growth", "at a glance")
    picture = page.locator("img[src^='data:image/svg']").first
    picture.wait_for(timeout=30_000)
    assert picture.evaluate("image => image.complete && image.naturalWidth") > 100
    assert picture.get_attribute("alt")


def test_a_failing_check_shows_its_rows_and_people_hear_of_it_once(visit, night, hook):
    text = damage(night.settings.seeds)
    for _ in range(2):
        assert night.run("build").returncode == 1
    run = newest(night, "everything", status=dg.DagsterRunStatus.FAILURE)
    with open_instance(night.settings) as instance:
        cause = incidents.first_cause(instance, run.run_id)
    page = visit(f"assets/{cause.asset}?view=checks&checkDetail={cause.check}", "first failing rows")
    page.get_by_text("Show Markdown").first.click()
    page.locator("table td").filter(has_text="nato-2024-06").first.wait_for(timeout=20_000)
    night.wait(lambda: hook.posts, "nobody was told")
    night.wait(lambda: night.run("status", "--json").returncode == 2, "status does not know")
    (night.settings.seeds / "figures" / "nato-2024-06.csv").write_text(text, encoding="utf-8")
    assert night.run("build").returncode == 0
    night.wait(lambda: len(hook.posts) > 1, "nobody was told that it is over")
    assert [post["state"] for post in hook.posts] == ["incident", "well again"]
    assert hook.posts[0]["asset"] == cause.asset and hook.posts[0]["link"].startswith(night.settings.ui_url)


def test_all_is_well_while_the_daemon_lives(night):
    done = night.wait(
        lambda: (found := night.run("status")).returncode == 0 and found, "status did not find all well", seconds=60
    )
    assert "All is well." in done.stdout


def test_a_bad_file_and_a_silent_web_are_told_once_each_and_the_release_stays(night, nato, hook):
    """Drop a workbook that is none, cut the network, and mend both."""
    current, hook.posts[:] = night.settings.current.resolve(), []
    night.settings.inbox.mkdir(exist_ok=True)
    book = night.settings.inbox / "def-exp-2027-en.xlsx"
    book.write_bytes(b"PK, but no workbook")

    def told(state: str) -> set[str]:
        return {post["subject"].partition(":")[2].partition("/")[0] for post in hook.posts if post["state"] == state}

    # The sensor sees the file and starts a build by itself.
    night.wait(lambda: told("incident"), "nobody was told of the bad file")
    assert told("incident") == {"no_file_is_refused"} and book.name in hook.posts[0]["cause"]
    nato.answer = 503
    assert night.run("build", "--fetch").returncode == 0
    night.wait(lambda: "the_web_answers" in told("incident"), "nobody was told that the web is silent")
    assert night.run("status").returncode == 1
    nato.answer = 200
    book.unlink()
    assert night.run("build", "--fetch").returncode == 0
    both = {"no_file_is_refused", "the_web_answers"}
    night.wait(lambda: told("well again") == both, "nobody was told that it is over")
    assert len(hook.posts) == 4 and night.settings.current.resolve() == current


def test_the_log_of_all_this_holds_no_colours_and_no_warning_that_nobody_can_act_on(night):
    log = night.log.read_text(encoding="utf-8")
    assert "\x1b" not in log and "Warning" not in log and "No cursor" not in log and "No heartbeat" not in log
