"""HOW results become visible: compose a release, compare it, swap the pointer, go back.

Belongs here: everything between finished tables and a published folder. Does not: how a table is made
(`models`), or how a release is read (`reading`).

`publish` is the procedure; it calls `compose` (the folder), `manifest` (with `inputs`), `baseline` (which
holds it against the release before by `diff`, `causes` and `reach`), `catalog` (which releases there are)
and `retention`, under the lock of `files`. `soundness` finds what is damaged, `verify` in one release.
"""
