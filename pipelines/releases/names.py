"""Name the files of a release and beside it, for whoever writes, checks or reads one: the one place that does."""

MANIFEST = "datapackage.json"
SUCCESS = "_SUCCESS"
DATABASE = "warehouse.duckdb"
# The folder with what reading and explaining need: every query (MODELS), the macros, and the tables that readers do
# not see.
LINEAGE = "lineage"
MODELS = "models.json"
MACROS = "macros.json"
# How this release differs from the one before, and how its checks went.
DIFF = "diff.json"
CHECKS = "checks.json"
# The same as the manifest in the words of schema.org and Croissant.
CROISSANT = "croissant.json"
# Every claim with its verdicts, in the words of ClaimReview.
CLAIMS = "claims.json"
# Beside the releases: every move of the pointer, and what is held back.
HISTORY = "history.jsonl"
HELD = "held.json"
# Where releases are pushed: which one is current, for stores that have no links.
POINTER = "current.json"
# And beside it, for programs that look for news: its time, and each table with its hash.
LATEST = "latest.json"


def table_file(name: str) -> str:
    """Name the file of a table, below the release or its lineage."""
    return f"{name}.parquet"


def hidden(release: str, kind: str) -> str:
    """Name a folder that no reader sees: a release that is being made (`part`) or taken away (`gone`)."""
    return f".{release}.{kind}"
