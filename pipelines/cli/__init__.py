"""The front door for people: `burdenshare`. One module for each kind of thing that people do.

Belongs here: words, options, tables on a screen. Does not: anything that a notebook or the nightly
run would need too; that lies in the rooms below.
"""

from pipelines.cli.app import app

__all__ = ["app"]
