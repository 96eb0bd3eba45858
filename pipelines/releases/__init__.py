"""HOW results become visible: compose a release, compare it, swap the pointer, go back.

Belongs here: everything between finished tables and a published folder. Does not: how a table is made
(`models`), or how a release is read (`reading`).

`publish` is the procedure; it calls `compose` (the folder), `manifest`, `causes` and `diff`, `verify`,
`catalog` (which releases there are) and `retention`, under the lock of `files`.
"""
