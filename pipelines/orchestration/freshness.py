"""Say how old an asset may be before Dagster's page shows it as overdue.

The daemon judges by the last materialization, which a night gives to release and report also where nothing changed.
"""

from __future__ import annotations

from datetime import timedelta

import dagster as dg

from ..intake.overdue import DAYS
from ..settings import Settings

# Dagster refuses a shorter one.
SHORTEST = timedelta(minutes=1)


def nightly(settings: Settings) -> dg.FreshnessPolicy:
    """Fail after the hours of silence after which people are told, too."""
    return dg.FreshnessPolicy.time_window(max(timedelta(hours=settings.silence_hours), SHORTEST))


def with_editions() -> dg.FreshnessPolicy:
    """Fail when no edition was read for longer than publishers leave between two; warn a month before."""
    return dg.FreshnessPolicy.time_window(timedelta(days=DAYS), timedelta(days=DAYS - 30))
