"""The front door for Dagster: `dagster dev -m pipelines.definitions` finds everything here."""

from .orchestration.assembly import assemble
from .orchestration.storage import keep_engines
from .settings import Settings

# Of the processes in which runs work, and schedules and sensors are asked: a night takes half the time.
keep_engines()
defs = assemble(Settings.from_environment())
