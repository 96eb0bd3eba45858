"""Keep Dagster's records within the megabytes that the settings allow: the oldest runs go first, with all their events.

What an asset is now is never forgotten: runs that made it, that judged it last, or that are not over stay.
"""

from __future__ import annotations

import shutil

import dagster as dg

from ..settings import Settings
from . import storage

# The newest runs stay, however large: status, alerts and the next night go by them.
LATEST = 10
# As many as one look may forget, so that no sensor takes longer than its minute.
AT_ONCE = 50
# A bit more than needed is forgotten, so that not every night has to.
ENOUGH = 0.9
OVER = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]


def tidy(instance: dg.DagsterInstance, settings: Settings) -> list[str]:
    """Forget the oldest runs until the records are within their limit, and say how many; the space is given back."""
    if storage.records_mb(instance, settings.dagster_home) <= settings.records_mb:
        return []
    needed = storage.needed_runs(instance)
    records = instance.get_run_records(dg.RunsFilter(statuses=OVER), ascending=True)
    old = [record.dagster_run.run_id for record in records[:-LATEST] if record.dagster_run.run_id not in needed]
    forgotten = 0
    for run_id in old[:AT_ONCE]:
        storage.forget_run(instance, settings.dagster_home, run_id)
        shutil.rmtree(settings.dagster_home / "storage" / run_id, ignore_errors=True)
        forgotten += 1
        if storage.records_mb(instance, settings.dagster_home) <= settings.records_mb * ENOUGH:
            break
    if not forgotten:
        return []
    storage.give_space_back(settings.dagster_home)
    return [f"{forgotten} old runs were forgotten, to keep the records of runs within {settings.records_mb} MB"]
