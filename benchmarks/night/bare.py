"""Build the warehouse of a plan in the fewest lines: what the work costs by itself, with `import dagster` and no run.

python benchmarks/night/bare.py PLAN TARGET
"""

import hashlib
import json
import shutil
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
    """Write what is published, words beside codes: as Parquet, and as a DuckDB file of the same format and views."""
    published, file = target / "published", target / "warehouse.duckdb"
    published.mkdir(exist_ok=True)
    file.unlink(missing_ok=True)
    with duckdb.connect(config={"threads": 1}) as connection:
        for table in plan["published"]:
            path = target / f"{table['name']}.parquet"
            if table["words"]:
                for name in (table["name"], *table["reads"]):
                    connection.execute(
                        f"create view if not exists {name} as from read_parquet('{target / name}.parquet')"
                    )
                order = ", ".join(table["grain"])
                connection.execute(
                    f"copy (select * from ({table['words']}) order by {order}) to '{published / path.name}' "
                    "(format parquet, compression zstd)"
                )
            else:
                shutil.copyfile(path, published / path.name)
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute(f"attach '{file}' as warehouse (storage_version '{plan['storage_version']}')")
        connection.execute("use warehouse")
        connection.execute("begin")
        for table in plan["published"]:
            rows = published / f"{table['name']}.parquet"
            connection.execute(f"create table {table['name']} as from read_parquet('{rows}')")
        for name, sql in plan["views"].items():
            connection.execute(f"create view {name} as {sql}")
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
    store(content, target)
    done.write_text(now)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
