"""Write the SQLMesh project of a plan: a model for each table, an audit for each check, a DuckDB file for all.

python benchmarks/night/mesh.py PLAN TARGET

`sqlmesh -p TARGET plan --auto-apply --no-prompts` builds it, `sqlmesh -p TARGET run` looks whether there is anything to
do. A model is sorted by its grain, and all is on one thread: so are ours, and sums are added in one order.
"""

import json
import sys
from pathlib import Path

import sqlglot
from sqlglot import exp

CONFIG = """\
model_defaults:
  dialect: duckdb
  start: 2020-01-01
gateways:
  local:
    connection:
      type: duckdb
      database: {target}/warehouse.duckdb
      concurrent_tasks: 1
      connector_config:
        threads: 1
    state_connection:
      type: duckdb
      database: {target}/state.duckdb
disable_anonymized_analytics: true
"""
SCHEMA = "night"


def model(plan: Path, table: dict) -> str:
    """Write the file of a model with its audits; a check that does not block warns."""
    name, order = table["name"], ", ".join(table["grain"])
    audits = [(f"{name}_{one['name']}", one) for one in table["checks"]]
    head = {
        "name": f"{SCHEMA}.{name}",
        "kind": "FULL",
        # Optimized, a text with a null in it comes out as null.
        "optimize_query": "false",
        "grain": f"({order})",
        "columns": f"({', '.join(f'{column} {kind}' for column, kind in table['columns'].items())})",
        "depends_on": f"({', '.join(f'{SCHEMA}.{needed}' for needed in table['needs'])})",
        "audits": f"({', '.join(audit for audit, _ in audits)})",
    }
    said = ",\n".join(f"  {key} {value}" for key, value in head.items() if value != "()")
    parts = [
        f"MODEL (\n{said}\n)",
        f"select {', '.join(table['columns'])} from (\n{query(plan, table)}\n) order by {order}",
    ]
    for audit, one in audits:
        parts += [f"AUDIT (name {audit}, blocking {str(one['blocking']).lower()})", with_views(one)]
    return ";\n\n".join(parts) + ";\n"


def query(plan: Path, table: dict) -> str:
    """Return a model's query, or the one that reads a source's CSV by the types of its contract."""
    if table["sql"]:
        return in_schema(table["sql"])
    kinds = ", ".join(f"'{name}': '{kind}'" for name, kind in table["columns"].items())
    file = plan.parent / f"{table['name']}.csv"
    form = """header = true, delim = ',', quote = '"', escape = '"'"""
    return f"select * from read_csv('{file}', {form}, columns = {{{kinds}}})"


def with_views(check: dict) -> str:
    """Write a check's query with the views that it reads before it: they are no models."""
    views = ", ".join(f"{name} as (\n{sql}\n)" for name, sql in check["views"].items())
    return in_schema(f"with {views}\nselect * from (\n{check['sql']}\n)" if views else check["sql"])


def in_schema(sql: str) -> str:
    """Write the schema before the names of tables, as SQLMesh wants it; all else stays as it is written."""
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    own = {part.alias for part in tree.find_all(exp.CTE)}
    names = (table.this for table in tree.find_all(exp.Table) if isinstance(table.this, exp.Identifier))
    for start in sorted((name.meta["start"] for name in names if name.name not in own), reverse=True):
        sql = f"{sql[:start]}{SCHEMA}.{sql[start:]}"
    return sql


def main(plan: Path, target: Path) -> None:
    """Write the configuration and the models."""
    (target / "models").mkdir(parents=True, exist_ok=True)
    (target / "config.yaml").write_text(CONFIG.format(target=target.resolve()))
    for table in json.loads(plan.read_text())["tables"]:
        (target / "models" / f"{table['name']}.sql").write_text(model(plan.resolve(), table))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
