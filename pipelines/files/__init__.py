"""HOW files are written and hashed, and who may write: the few things that every room needs of the disk.

Belongs here: whole writes (`whole`), the writing lock (`lock`), what is known of each file (`ledger`). Does not: what
stands in a file.
"""
