"""WHAT we read: the registry of editions, workbooks and seeds, and how cells become observations.

Belongs here: anything that knows what NATO's tables look like. Does not: SQL, the warehouse,
Dagster. A parser takes a file and gives a frame.
"""
