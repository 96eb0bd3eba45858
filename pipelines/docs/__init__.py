"""WHAT the project tells of itself: lists of commands, settings, tables and checks, written from the code.

Belongs here: turning what the code says of itself into pages of `docs/`, and showing the current release in the
picture and the console blocks of the guides. Does not: anything that a reader of the warehouse needs (`report`,
`cli`), or words that could stand where the thing itself is (a command's help, a column's description).

The room lies above all others: it looks at the commands of `cli`, at the settings and at `sql/`, and nothing
imports it. It needs no Dagster and, but for picture and blocks, no built warehouse.

    python -m pipelines.docs             writes the lists
    python -m pipelines.docs --check     writes nothing; exit code 1 and a sentence where a list is stale
    python -m pipelines.docs --examples  draws the picture and runs the console blocks anew, on the current release
"""
