"""The front door for Dagster: `dagster dev -m pipelines.definitions` finds everything here."""

from .orchestration.assembly import assemble
from .orchestration.storage import keep_engines
from .settings import Settings

# What loads this runs steps, or asks schedules and sensors: with engines that are kept, a night takes half the time.
keep_engines()
defs = assemble(Settings.from_environment())
