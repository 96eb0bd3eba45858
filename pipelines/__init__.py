"""Hold everything that Burdenshare runs: read, model, publish, and show.

The rooms, from the ground up: `settings`, `contracts`, then `sources` and `models` side by side,
`releases`, `orchestration`, and the two front doors `cli` (people) and `definitions` (Dagster).
A room imports only from rooms below it; the import contracts in `pyproject.toml` hold that.
"""

__version__ = "0.1.0"
