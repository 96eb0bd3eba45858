"""Simulate a year of nights without changes: how large Dagster's records are, and how long a night takes, over time.

    python -m benchmarks.year [--nights 365]

Builds once in a temporary folder, then again for each night with Dagster's clock moved by a day, and enters every look
of the sensors in a day. Ends with 1 where the records end above 100 MB, or the last nights take a tenth longer than the
first.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dagster._core.definitions.run_request import InstigatorType
from dagster._core.scheduler.instigation import TickData, TickStatus
from dagster._core.test_utils import freeze_time
from dagster._serdes import serialize_value

from pipelines.orchestration.assembly import assemble
from pipelines.orchestration.build import build
from pipelines.orchestration.instance import open_instance
from pipelines.orchestration.storage import records_mb
from pipelines.settings import Settings

MOST_MB = 100
SLOWER = 1.1


def main() -> None:
    """Run the nights and print a line for every thirtieth of them, then the verdict as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nights", type=int, default=365)
    nights = parser.parse_args().nights
    with tempfile.TemporaryDirectory(prefix="burdenshare-year-") as folder:
        settings = Settings(Path(folder) / "warehouse", topic_page=None)
        _build(settings)
        sensors, seconds = assemble(settings).sensors, []
        for night in range(nights):
            now = datetime.now(UTC) + timedelta(days=night)
            with freeze_time(now):
                started = time.process_time()
                _build(settings)
                seconds.append(time.process_time() - started)
                with open_instance(settings) as instance:
                    _look_for_a_day(settings, instance, sensors, now)
                    size = records_mb(instance, settings.dagster_home)
            if night % 30 == 29 or night == nights - 1:
                print(f"night {night + 1:3}: {size:6.1f} MB, {statistics.median(seconds[-30:]):.2f} s", flush=True)
        disk = sum(path.stat().st_size for path in settings.dagster_home.rglob("*") if path.is_file()) / 1e6
    part = max(nights // 10, 1)
    first, last = statistics.median(seconds[:part]), statistics.median(seconds[-part:])
    print(
        json.dumps(
            {"nights": nights, "mb_on_disk": round(disk, 1), "first_s": round(first, 2), "last_s": round(last, 2)}
        )
    )
    raise SystemExit(disk > MOST_MB or last > first * SLOWER)


def _build(settings: Settings) -> None:
    done = build(settings)
    assert done.succeeded, done.failure


def _look_for_a_day(settings: Settings, instance, sensors, now: datetime) -> None:
    """Enter every look of a day in one go, and let Dagster purge what its settings do not keep, as the daemon does."""
    with closing(sqlite3.connect(settings.dagster_home / "schedules" / "schedules.db")) as connection:
        for sensor in sensors:
            rows = []
            for look in range(0, 24 * 3600, sensor.minimum_interval_seconds):
                moment = now.timestamp() + look
                data = TickData(sensor.name, sensor.name, InstigatorType.SENSOR, TickStatus.SKIPPED, moment)
                at = datetime.fromtimestamp(moment, UTC).replace(tzinfo=None).isoformat(" ")
                rows.append((sensor.name, sensor.name, "SKIPPED", "SENSOR", at, serialize_value(data)))
            connection.executemany(
                "insert into job_ticks (job_origin_id, selector_id, status, type, timestamp, tick_body) "
                "values (?, ?, ?, ?, ?, ?)",
                rows,
            )
        connection.commit()
    kept_days = instance.get_tick_retention_settings(InstigatorType.SENSOR)[TickStatus.SKIPPED]
    before = now.timestamp() - kept_days * 24 * 3600
    for sensor in sensors:
        instance.purge_ticks(sensor.name, sensor.name, before, [TickStatus.SKIPPED])


if __name__ == "__main__":
    main()
