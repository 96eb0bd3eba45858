"""HOW results are read: the connection, queries of strangers, explaining a figure, judging a statement.

Belongs here: whatever answers a reader of a release. Does not: anything that writes a release or a table.
"""
