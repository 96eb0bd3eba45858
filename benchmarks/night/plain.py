"""Build the warehouse of a plan as a plain Dagster project would: an asset for each table, its checks, nothing more.

python benchmarks/night/plain.py PLAN TARGET

It runs each time; a plain project knows of no night in which nothing changed. Its storage keeps its engines, as ours.
"""

import json
import sys
from pathlib import Path

import dagster as dg
import duckdb
from bare import check, load, store

from pipelines.orchestration.storage import keep_engines


def main(plan: Path, target: Path) -> None:
    """Run every asset in this process, on an instance that lies in the target."""
    keep_engines()
    home = target / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    content = json.loads(plan.read_text())
    connection = duckdb.connect(config={"threads": 1})
    assets = [asset(connection, plan, table, target) for table in content["tables"]]

    @dg.asset(deps=[table["name"] for table in content["tables"]])
    def release() -> dg.MaterializeResult:
        store(content, target)
        return dg.MaterializeResult(metadata={"tables": len(content["published"])})

    job = dg.define_asset_job("everything", selection="*")
    definitions = dg.Definitions([*assets, release], jobs=[job], executor=dg.in_process_executor)
    with dg.DagsterInstance.from_config(str(home)) as instance:
        if not definitions.resolve_job_def("everything").execute_in_process(instance=instance).success:
            raise SystemExit(1)


def asset(connection: duckdb.DuckDBPyConnection, plan: Path, table: dict, target: Path) -> dg.AssetsDefinition:
    """Make the asset of one table, with a check for each of its checks."""
    name = table["name"]

    @dg.asset(
        name=name,
        deps=table["needs"],
        check_specs=[dg.AssetCheckSpec(one["name"], asset=name, blocking=one["blocking"]) for one in table["checks"]],
    )
    def build() -> dg.MaterializeResult:
        load(connection, plan, table, target)
        rows = connection.execute(f"select count(*) from {name}").fetchall()[0][0]
        return dg.MaterializeResult(
            metadata={"dagster/row_count": rows},
            check_results=[
                dg.AssetCheckResult(check_name=one, passed=not found, severity=severity(table, one))
                for one, found in check(connection, table)
            ],
        )

    return build


def severity(table: dict, name: str) -> dg.AssetCheckSeverity:
    """Return how grave a failed check is."""
    blocking = next(one["blocking"] for one in table["checks"] if one["name"] == name)
    return dg.AssetCheckSeverity.ERROR if blocking else dg.AssetCheckSeverity.WARN


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
