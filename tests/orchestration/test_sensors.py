"""The sensors and the schedule are on, explain themselves, and do what they say."""

from __future__ import annotations

import json
import os
import shutil
import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from dagster._utils.schedules import cron_string_iterator

from pipelines.intake.inbox import refuse
from pipelines.orchestration.assembly import assemble
from pipelines.sources.errors import SourceError
from tests.orchestration.test_incidents import check_once, run

EXPECTED = {"edition_on_the_web", "files", "runs"}


def look(settings, instance, cursor: str | None = None):
    """Let the sensor of runs look once; give what it says, what it leaves on the assets' pages, and its new cursor."""
    sensor = assemble(settings).resolve_sensor_def("runs")
    found = sensor(dg.build_sensor_context(instance=instance, cursor=cursor))
    return found.skip_reason.skip_message, found.asset_events, found.cursor


def asked_for(settings) -> list[dg.RunRequest]:
    """Let the sensor of files look once."""
    with dg.DagsterInstance.ephemeral() as nothing_known:
        context = dg.build_sensor_context(instance=nothing_known)
        return assemble(settings).resolve_sensor_def("files")(context).run_requests or []


def test_all_are_on_and_explain_themselves(settings):
    sensors = {sensor.name: sensor for sensor in assemble(settings).sensors}
    assert set(sensors) == EXPECTED
    for sensor in sensors.values():
        assert sensor.default_status is dg.DefaultSensorStatus.RUNNING, sensor.name
        assert len(sensor.description or "") > 60, sensor.name


def test_the_night_comes_when_the_settings_say_and_looks_at_the_web(settings):
    nightly = assemble(settings.replace(schedule="15 4 * * 1", timezone="Europe/Brussels")).resolve_schedule_def(
        "nightly"
    )
    assert (nightly.cron_schedule, nightly.execution_timezone) == ("15 4 * * 1", "Europe/Brussels")
    data = nightly.evaluate_tick(dg.build_schedule_context())
    assert data.run_requests[0].run_config["ops"]["archive"]["config"] == {"fetch": True}


def test_sensors_look_seldom_enough(settings):
    """Each look is an entry in Dagster's database, and a call of its code."""
    intervals = [sensor.minimum_interval_seconds for sensor in assemble(settings).sensors]
    assert sum(24 * 3600 / seconds for seconds in intervals) < 5000


def test_a_failed_run_and_its_healing_are_told_once_and_stay_on_the_asset_s_page(told, hook, mailbox, instance):
    kept = []
    for _ in range(2):
        run(instance, "everything", ValueError("cell N27 holds 'n/a'"))
        kept += look(told, instance)[1]
    assert [post["state"] for post in hook.posts] == ["incident"] and len(mailbox.messages) == 1
    assert hook.posts[0]["command"] == "burdenshare build"
    run(instance, "everything")
    for _ in range(2):
        words, events, _ = look(told, instance)
        kept += events
    assert words == "All is well."
    assert [post["state"] for post in hook.posts] == ["incident", "well again"] and len(mailbox.messages) == 2
    assert [(event.asset_key.to_user_string(), event.metadata["state"].value) for event in kept] == [
        ("archive", "incident"),
        ("archive", "well again"),
    ]
    assert "N27" in kept[0].metadata["cause"].value and "burdenshare build" in kept[0].metadata["command"].value


def test_a_check_that_does_not_block_alerts_too(told, hook, instance):
    check_once(instance, passed=False, severity=dg.AssetCheckSeverity.WARN, name="exceptions_are_needed")
    look(told, instance)
    (post,) = hook.posts
    assert post["asset"] == "fct_growth" and "TABLE2!N27" in post["offenders"]


def test_where_nobody_asked_to_be_told_the_sensor_says_so(settings, tmp_path, instance):
    run(instance, "everything", ValueError("wrong"))
    words, events, _ = look(settings.replace(warehouse=tmp_path), instance)
    assert "the run of everything failed" in words and "BURDENSHARE_ALERT_WEBHOOK" in words and len(events) == 1


def test_a_channel_that_fails_leaves_what_is_wrong_on_the_asset_s_page(told, hook, instance):
    hook.answer = 500
    run(instance, "everything", ValueError("wrong"))
    words, events, _ = look(told, instance)
    assert "webhook could not be reached" in words and len(events) == 1


def test_silence_counts_from_the_first_look(told, hook, instance):
    words, _, cursor = look(told, instance)
    assert words == "All is well." and abs(json.loads(cursor)["since"] - time.time()) < 60
    look(told, instance, cursor=json.dumps({"since": time.time() - 37 * 3600}))
    assert [post["title"] for post in hook.posts] == ["no successful night for 36 hours"]


def test_nights_that_fail_are_not_told_as_silence_too(told, hook, instance):
    run(instance, "everything", ValueError("wrong"))
    look(told, instance, cursor=json.dumps({"since": time.time() - 37 * 3600}))
    assert [post["title"] for post in hook.posts] == ["the run of everything failed at archive"]


def test_the_heartbeat_pings_once_after_each_good_night(told, hook, instance):
    *_, cursor = look(told, instance)
    assert hook.pings == 0
    # A build by day is no night: it must not make up for one that did not come.
    run(instance, "everything")
    *_, cursor = look(told, instance, cursor)
    assert hook.pings == 0
    for night in (1, 2):
        run(instance, "everything", **{"dagster/schedule_name": "nightly"})
        for _ in range(2):
            *_, cursor = look(told, instance, cursor)
        assert hook.pings == night
    run(instance, "everything", ValueError("wrong"), **{"dagster/schedule_name": "nightly"})
    *_, cursor = look(told, instance, cursor)
    assert hook.pings == 2
    hook.answer = 500
    words, _, after = look(told, instance, json.dumps(json.loads(cursor) | {"pinged": "another run"}))
    assert "did not answer well" in words and "secret-part" not in words
    assert json.loads(after)["pinged"] == "another run"


def test_a_file_in_the_inbox_starts_one_build_and_a_refused_one_waits_for_a_change(settings, tmp_path):
    own = settings.replace(warehouse=tmp_path / "warehouse")
    assert asked_for(own) == []
    own.inbox.mkdir(parents=True)
    book = own.inbox / "book.xlsx"
    book.write_bytes(b"no workbook")
    (first,) = asked_for(own)
    assert first.job_name == "everything" and "book.xlsx" in str(first.tags)
    assert asked_for(own)[0].run_key == first.run_key
    refuse(book, SourceError("book.xlsx", [], "mend it."))
    assert asked_for(own) == []
    book.write_bytes(b"another")
    # The file's time decides nothing: a corrected one may be older than the report of the bad one.
    os.utime(book, (0, 0))
    assert asked_for(own)[0].run_key != first.run_key
    # Taking the file away is news as well: the next build clears the report, and people hear that it is over.
    book.unlink()
    assert "no longer book.xlsx" in str(asked_for(own)[0].tags)
    shutil.rmtree(own.warehouse)


def test_what_the_web_has_starts_one_build_that_takes_it_in_and_the_sensor_writes_nothing(settings, tmp_path, hook):
    own = settings.replace(warehouse=tmp_path / "warehouse", topic_page=hook.url, allow_loopback=True)
    own.warehouse.mkdir()

    def web_look():
        return assemble(own).resolve_sensor_def("edition_on_the_web")(dg.build_sensor_context())

    hook.pages = {"/secret-part": b'<a href="/def-exp-2027-en.xlsx">Tables</a>', "/def-exp-2027-en.xlsx": b"PK one"}
    first = web_look()
    assert isinstance(first, dg.RunRequest) and "def-exp-2027-en.xlsx" in str(first.tags)
    assert first.run_config["ops"]["archive"]["config"] == {"fetch": True}
    assert web_look().run_key == first.run_key
    hook.pages["/def-exp-2027-en.xlsx"] = b"PK two"
    assert web_look().run_key != first.run_key
    assert list(own.warehouse.iterdir()) == []
    hook.answer = 503
    assert "503" in web_look().skip_message


@pytest.mark.parametrize(
    ("place", "day"),
    [
        ("Europe/Brussels", "2027-03-28"),
        ("Europe/Brussels", "2027-10-31"),
        ("America/New_York", "2027-03-14"),
        ("America/New_York", "2027-11-07"),
    ],
)
def test_a_night_at_an_hour_that_is_missing_or_comes_twice_comes_once(settings, place, day):
    """On these days the clocks change, at 2 or 3 in the morning."""
    zone, noon = ZoneInfo(place), datetime.fromisoformat(f"{day}T12:00")
    own = settings.replace(schedule="30 2 * * *", timezone=place)
    nightly = assemble(own).resolve_schedule_def("nightly")
    begin = (noon - timedelta(days=2)).replace(tzinfo=zone)
    ticks = cron_string_iterator(begin.timestamp(), nightly.cron_schedule, nightly.execution_timezone)
    days = [tick.astimezone(zone).date() for tick in (next(ticks) for _ in range(4))]
    assert days == [begin.date() + timedelta(days=n) for n in range(1, 5)]
