"""HOW results become visible: compose a release, compare it, swap the pointer, open the door for readers.

Belongs here: everything between finished tables and a reader. Does not: how a table is made.

`publish` is the procedure; it calls `compose` (the folder), `manifest`, `causes` and `diff`, `verify`,
`catalog` (which releases there are) and `retention`, under the `lock`. `reader` is the door.
"""
