"""HOW SQL becomes tables: read `sql/`, derive the graph, run a model, audit it.

Belongs here: anything about models as such. Does not: what a source looks like, Dagster, releases.
"""
