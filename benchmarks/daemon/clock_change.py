"""Let a file come to the inbox in the minute of the night, on the days when the clocks of Brussels change at 02:30.

    python -m benchmarks.daemon.clock_change

On the last Sunday of March there is no 02:30, and on that of October there are two. On each, the sensor and the
schedule of a real daemon ask for a run within the same minute, and the clock then goes on to noon. Prints when each
run began, by the clock of Brussels, and how long it took; ends with 1 where two runs were under way at once, where any
was missing or came twice, or where not exactly one release was published.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import dagster as dg
from tabulate import tabulate

from pipelines.orchestration.names import EVERYTHING, NIGHTLY
from pipelines.orchestration.news import BECAUSE
from pipelines.orchestration.private import schedule_tags
from pipelines.orchestration.report import WRITE_REPORT
from tests.workbooks import modern_workbook, read_figures, save

from .program import Daemon, running

BRUSSELS = ZoneInfo("Europe/Brussels")
# When Dagster's night comes: at 03:00 where 02:30 is left out, and at the second 02:30 of two.
DAYS = {"March": datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "October": datetime(2027, 10, 31, 1, 30, tzinfo=UTC)}
HALF_HOUR = 1800
NIGHT = schedule_tags(NIGHTLY)
WANTED = ["inbox", "night", "report"]


def main() -> None:
    """Let both nights come, print their runs, and judge."""
    sound = True
    for name, night in DAYS.items():
        with running(BURDENSHARE_SCHEDULE="30 2 * * *", BURDENSHARE_TIMEZONE="Europe/Brussels") as daemon:
            before = {*daemon.settings.releases.iterdir()}
            records = _runs_of(daemon, night)
            published = len({*daemon.settings.releases.iterdir()} - before)
        print(_table(records))
        told = {
            "day": name,
            "releases published": published,
            "runs": sorted(_kind(record) for record in records),
            "at once": _overlaps(records),
            "from file to end s": round(records[-1].end_time - night.timestamp(), 1),
        }
        print(json.dumps(told), flush=True)
        sound &= published == 1 and told["runs"] == WANTED and not told["at once"]
        sound &= all(record.dagster_run.is_success for record in records)
    raise SystemExit(not sound)


def _runs_of(daemon: Daemon, night: datetime) -> list[dg.RunRecord]:
    """Let the night come with a new file a moment before, then the morning; return the runs in their order."""
    daemon.clock.move_to(night - timedelta(minutes=92))
    daemon.start()
    known = {record.dagster_run.run_id for record in daemon.runs()}

    def new() -> list[dg.RunRecord]:
        return [record for record in daemon.runs() if record.dagster_run.run_id not in known]

    # Past the first 02:30 of October, at which nothing is to happen.
    for _ in range(3):
        daemon.clock.move(HALF_HOUR)
        daemon.let_look()
    book = modern_workbook(read_figures(daemon.settings.seeds, "nato-2025-08"), core=False)
    daemon.settings.inbox.mkdir(exist_ok=True)
    # Under a name that is not looked at, so that it is there all at once.
    aside = save(book, daemon.settings.inbox / ".def-exp-2025-en.xlsx")
    aside.rename(aside.with_name(aside.name.removeprefix(".")))
    # The sensor is long due at this moment, and the schedule a second later.
    daemon.clock.move_to(night - timedelta(seconds=1))
    daemon.wait(lambda: len(new()) >= len(WANTED) and _are_over(new()), "the runs did not come, or did not end", 900)
    # Through the looks of a morning.
    for _ in range(20):
        daemon.clock.move(HALF_HOUR)
        daemon.let_look()
    daemon.wait(lambda: _are_over(new()), "a run did not end", 900)
    return sorted(new(), key=lambda record: record.start_time)


def _are_over(records: list[dg.RunRecord]) -> bool:
    return all(record.dagster_run.is_finished for record in records)


def _kind(record: dg.RunRecord) -> str:
    """Say who asked for a run."""
    run = record.dagster_run
    if run.job_name == WRITE_REPORT:
        return "report"
    assert run.job_name == EVERYTHING, run.job_name
    return "night" if NIGHT.items() <= run.tags.items() else "inbox" if BECAUSE in run.tags else "nobody"


def _overlaps(records: list[dg.RunRecord]) -> int:
    """Count the runs that began before the one before them was over."""
    return sum(after.start_time < before.end_time for before, after in pairwise(records))


def _table(records: list[dg.RunRecord]) -> str:
    rows = [
        [
            _kind(record),
            *(f"{moment.astimezone(BRUSSELS):%H:%M:%S %Z}" for moment in (record.create_timestamp, _started(record))),
            round(record.end_time - record.start_time, 1),
            record.dagster_run.status.value,
        ]
        for record in records
    ]
    return tabulate(rows, ["run", "asked for", "began", "seconds", "ended as"])


def _started(record: dg.RunRecord) -> datetime:
    return datetime.fromtimestamp(record.start_time, UTC)


if __name__ == "__main__":
    main()
