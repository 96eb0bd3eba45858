"""The front door for people: `burdenshare`. One module for each command, named like it.

Belongs here: words, options, tables on a screen. Does not: anything that a notebook or the nightly
run would need too; that lies in the rooms below.

    app.py         puts the commands together
    opening.py     what they need before they begin
    output.py      how they print
    statements.py  what `claims` and `check` share

A command imports what is slow to import when it runs, so that the others do not wait for it.
"""

from .app import app

__all__ = ["app"]
