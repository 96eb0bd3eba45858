"""Run the command line as a module: `python -m pipelines.cli`."""

from . import app

app()
