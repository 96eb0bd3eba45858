"""Hold everything that Burdenshare runs: read, model, publish, and show.

The rooms, from the ground up:

    settings                         every path and knob
    files                            whole writes, hashes, the lock
    contracts                        what each table promises
    sources, models                  what is read, and how SQL becomes tables; neither knows the other
    intake                           how a file gets in
    releases                         how results become visible
    reading                          how results are read
    report                           what people look at
    alerts                           whom to tell
    orchestration                    when things run
    cli, definitions                 the front doors, for people and for Dagster

A room imports only from rooms below it; the import contracts in `pyproject.toml` hold that, and each
room's docstring says what belongs in it and what does not.
"""

__version__ = "0.1.0"
