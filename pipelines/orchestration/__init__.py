"""WHEN things run and what Dagster shows of them: assets, checks, jobs, schedules.

With `pipelines.definitions` the only place that imports dagster. Nothing here computes: an asset
calls the rooms below and reports what they say.
"""
