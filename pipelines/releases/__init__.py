"""HOW results become visible: compose a release, swap the pointer, open the door for readers.

Belongs here: everything between finished tables and a reader. Does not: how a table is made.
"""
