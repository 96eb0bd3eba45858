"""Run the command line as a module: `python -m pipelines.cli`."""

from pipelines.cli import app

app()
