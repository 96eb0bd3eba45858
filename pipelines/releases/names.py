"""Name the files of a release, for whoever writes, checks or reads one."""

MANIFEST = "datapackage.json"
SUCCESS = "_SUCCESS"
DATABASE = "warehouse.duckdb"
# The folder with what explaining needs: every query (MODELS), and the tables that readers do not see.
LINEAGE = "lineage"
MODELS = "models.json"
