"""WHEN things run and what Dagster shows of them: assets, checks, jobs, schedules, sensors.

Belongs here: Dagster and nothing else; an asset calls the rooms below and reports what they say. With
`pipelines.definitions` the only place that imports it, and what it does not promise to keep stands in
`private` alone. Does not: anything that is computed, drawn or told to people, which would work without it.
"""
