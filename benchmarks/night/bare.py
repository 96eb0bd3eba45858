"""Build the warehouse of a plan in the fewest lines: what the work costs by itself, with `import dagster` and no run.

python benchmarks/night/bare.py PLAN TARGET
"""

import hashlib
import json
import sys
from pathlib import Path

import dagster  # noqa: F401  (its import is part of what any night of Dagster costs)
import duckdb


def load(connection, plan: Path, table: dict, target: Path) -> None:
    """Write one table's Parquet file, sorted by its grain, and make it readable by its name."""
    query = table["sql"] or source(plan, table)
    path = target / f"{table['name']}.parquet"
    order = ", ".join(table["grain"])
    connection.execute(
        f"copy (select * from ({query}) order by {order}) to '{path}' (format parquet, compression zstd)"
    )
    connection.execute(f"create or replace temp view {table['name']} as from read_parquet('{path}')")


def source(plan: Path, table: dict) -> str:
    """Write the query that reads a source's CSV by the types of its contract."""
    kinds = ", ".join(f"'{name}': '{kind}'" for name, kind in table["columns"].items())
    form = """header = true, delim = ',', quote = '"', escape = '"'"""
    return f"select * from read_csv('{plan.parent / table['name']}.csv', {form}, columns = {{{kinds}}})"


def check(connection, table: dict) -> list[tuple[str, int]]:
    """Run a table's checks, each with the number of offending rows; raises where one that blocks found any."""
    found = []
    for one in table["checks"]:
        for name, sql in one["views"].items():
            connection.execute(f"create or replace temp view {name} as {sql}")
        rows = len(connection.execute(one["sql"]).fetchall())
        if rows and one["blocking"]:
            raise SystemExit(f"{table['name']}, {one['name']}: {rows} rows")
        found.append((one["name"], rows))
    return found


def store(plan: dict, target: Path) -> None:
    """Write the DuckDB file of what is published."""
    with duckdb.connect(str(target / "warehouse.duckdb"), config={"threads": 1}) as connection:
        connection.execute("begin")
        for name in plan["published"]:
            connection.execute(f"create table {name} as from read_parquet('{target / name}.parquet')")
        connection.execute("commit")


def mark(plan: Path) -> str:
    """Hash all that is read."""
    digest = hashlib.sha256()
    for path in sorted(plan.parent.iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def main(plan: Path, target: Path) -> None:
    """Build everything, unless nothing has changed."""
    done, now = target / "mark", mark(plan)
    if done.exists() and done.read_text() == now:
        return
    target.mkdir(parents=True, exist_ok=True)
    content = json.loads(plan.read_text())
    connection = duckdb.connect(config={"threads": 1})
    for table in content["tables"]:
        load(connection, plan, table, target)
        check(connection, table)
    (target / "warehouse.duckdb").unlink(missing_ok=True)
    store(content, target)
    done.write_text(now)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
