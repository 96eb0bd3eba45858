"""WHAT each table promises: the column dictionary, a table's contract, and the checks made from it.

Belongs here: anything that can be said of a table without running it. Does not: how a table is
made, or who looks at it.
"""
