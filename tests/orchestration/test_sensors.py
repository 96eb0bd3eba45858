"""The sensors and the schedule are on, explain themselves, and do what they say."""

from __future__ import annotations

import os
import shutil
import time

import dagster as dg
import pytest

from pipelines.intake.inbox import refuse
from pipelines.orchestration.assembly import assemble
from pipelines.orchestration.sensors import build_sensors
from pipelines.sources.errors import SourceError
from tests.orchestration.test_incidents import check_once, run

EXPECTED = {
    "failed_run",
    "failed_check",
    "silence",
    "heartbeat",
    "lost_run",
    "file_in_the_inbox",
    "edition_on_the_web",
    "report_after_release",
}


def look(settings, name: str, instance, cursor: str | None = None, keys=()):
    """Let one sensor that watches look once; give its words and its new cursor."""
    sensor = next(sensor for sensor in build_sensors(settings, list(keys)) if sensor.name == name)
    context = dg.build_sensor_context(instance=instance, cursor=cursor)
    return sensor(context).skip_message, context.cursor


def inbox_look(settings):
    """Let the sensor of the inbox look once."""
    return assemble(settings).resolve_sensor_def("file_in_the_inbox")(dg.build_sensor_context())


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


def test_a_failed_run_is_told_once_and_its_healing_once(told, hook, mailbox, instance):
    for _ in range(2):
        run(instance, "everything", ValueError("cell N27 holds 'n/a'"))
        look(told, "failed_run", instance)
    assert [post["state"] for post in hook.posts] == ["incident"] and len(mailbox.messages) == 1
    run(instance, "everything")
    for _ in range(2):
        words, _ = look(told, "failed_run", instance)
    assert words == "All is well."
    assert [post["state"] for post in hook.posts] == ["incident", "well again"] and len(mailbox.messages) == 2


def test_a_check_that_does_not_block_alerts_too(told, hook, instance):
    key = check_once(instance, passed=False, severity=dg.AssetCheckSeverity.WARN)
    look(told, "failed_check", instance, keys=[key])
    (post,) = hook.posts
    assert post["asset"] == "fct_growth" and "TABLE2!N27" in post["offenders"]


def test_where_nobody_asked_to_be_told_the_sensor_says_so(settings, tmp_path, instance):
    run(instance, "everything", ValueError("wrong"))
    words, _ = look(settings.replace(warehouse=tmp_path), "failed_run", instance)
    assert "the run of everything failed" in words and "BURDENSHARE_ALERT_WEBHOOK" in words


def test_silence_counts_from_the_first_look(told, hook, instance):
    words, cursor = look(told, "silence", instance)
    assert words == "All is well." and abs(float(cursor) - time.time()) < 60
    look(told, "silence", instance, cursor=str(time.time() - 37 * 3600))
    assert [post["title"] for post in hook.posts] == ["no successful night for 36 hours"]


def test_the_heartbeat_pings_once_after_each_good_night(told, hook, instance):
    _, cursor = look(told, "heartbeat", instance)
    assert hook.pings == 0
    # A build by day is no night: it must not make up for one that did not come.
    run(instance, "everything")
    _, cursor = look(told, "heartbeat", instance, cursor)
    assert hook.pings == 0
    for night in (1, 2):
        run(instance, "everything", **{"dagster/schedule_name": "nightly"})
        for _ in range(2):
            _, cursor = look(told, "heartbeat", instance, cursor)
        assert hook.pings == night
    run(instance, "everything", ValueError("wrong"), **{"dagster/schedule_name": "nightly"})
    look(told, "heartbeat", instance, cursor)
    assert hook.pings == 2
    hook.answer = 500
    with pytest.raises(RuntimeError, match="did not answer well") as caught:
        look(told, "heartbeat", instance, cursor="another run")
    assert "secret-part" not in str(caught.value)


def test_a_file_in_the_inbox_starts_one_build_and_a_refused_one_waits_for_a_change(settings, tmp_path):
    own = settings.replace(warehouse=tmp_path / "warehouse")
    assert isinstance(inbox_look(own), dg.SkipReason)
    own.inbox.mkdir(parents=True)
    book = own.inbox / "book.xlsx"
    book.write_bytes(b"no workbook")
    first = inbox_look(own)
    assert isinstance(first, dg.RunRequest) and "book.xlsx" in str(first.tags)
    assert inbox_look(own).run_key == first.run_key
    refuse(book, SourceError("book.xlsx", [], "mend it."))
    assert isinstance(inbox_look(own), dg.SkipReason)
    book.write_bytes(b"another")
    # The file's time decides nothing: a corrected one may be older than the report of the bad one.
    os.utime(book, (0, 0))
    assert inbox_look(own).run_key != first.run_key
    # Taking the file away is news as well: the next build clears the report, and people hear that it is over.
    book.unlink()
    assert "no longer book.xlsx" in str(inbox_look(own).tags)
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
