"""The front door for Dagster: `dagster dev -m pipelines.definitions` finds everything here."""

from .orchestration.assembly import assemble
from .settings import Settings

defs = assemble(Settings.from_environment())
