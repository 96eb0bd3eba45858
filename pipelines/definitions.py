"""The front door for Dagster: `dagster dev -m pipelines.definitions` finds everything here."""

from pipelines.orchestration.assembly import assemble
from pipelines.settings import Settings

defs = assemble(Settings.from_environment())
