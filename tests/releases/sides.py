"""Write two small releases by hand, in this version's form or the one before, for tests of what explains what."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.releases.description import OWN

GRAINS = {
    "fct_share": ["edition_id", "entity_code", "year"],
    "fct_flip": ["edition_id", "entity_code"],
    "fct_claim": ["claim_id", "edition_id"],
    "fct_target": ["target_id", "entity_code"],
    "fct_exception": ["edition_id", "relation_id", "entity_code", "year"],
    "dim_newest": ["measure"],
}
SEEDS = {
    "seed_ally": ["entity_code"],
    "seed_group_member": ["group_code", "entity_code"],
    "seed_target": ["target_id"],
    "seed_claim": ["claim_id"],
    "seed_relation": ["relation_id"],
    "seed_exception": ["edition_id", "relation_id", "entity_code", "year"],
    "seed_break": ["entity_code", "measure", "year"],
}
REFERENCES = {
    "edition_id": "dim_edition",
    "earlier_edition_id": "dim_edition",
    "entity_code": "dim_entity",
    "group_code": "dim_entity",
    "target_id": "dim_target",
}
OLD, NEW = "nato-2024-06", "nato-2025-08"


@dataclass
class Version:
    """Hold what a release shows and what it says it was made from; tests change it before it is written."""

    tables: dict[str, list[dict[str, Any]]]
    seeds: dict[str, list[dict[str, Any]]]
    editions: dict[str, dict[str, Any]]
    files: dict[str, str] = field(default_factory=dict)
    code: str = "code"
    sql: dict[str, str] = field(default_factory=dict)
    software: str = "2.0.0"
    pools: tuple[str, ...] = ()

    def write(self, folder: Path, *, as_before: bool = False) -> Path:
        """Write it as a release; `as_before` with a manifest as the version before made it."""
        (folder / "lineage").mkdir(parents=True)
        resources = [self._table(folder, name, rows) for name, rows in self.tables.items()]
        for name, rows in self.seeds.items():
            pq.write_table(pa.Table.from_pylist(rows), folder / "lineage" / f"{name}.parquet")
        if as_before:
            self._tell_editions(folder / "lineage")
        models = {name: {"grain": grain} for name, grain in SEEDS.items()}
        (folder / "lineage/models.json").write_text(json.dumps(models))
        sources = {name: {"file": f"seeds/{name}.csv"} for name in SEEDS} | {"source_observation": {"file": None}}
        # One table is made from seeds alone: no edition reaches it.
        reads = {name: [*SEEDS, *([] if name == "fct_target" else ["source_observation"])] for name in self.tables}
        own: dict[str, Any] = {
            "inputs": {"files": self.files, "sources": sources},
            "models": {
                name: {"sql": self.sql.get(name, "sql"), "reads": reads[name], "pools_editions": name in self.pools}
                for name in self.tables
            },
            "view_sql": {},
            "code_fingerprint": self.code,
            "software": {"duckdb": self.software},
        }
        if not as_before:
            own |= {"edition_inputs": self.editions, "references": REFERENCES}
        manifest = {"id": folder.name, "resources": resources, OWN: own}
        (folder / "datapackage.json").write_text(json.dumps(manifest))
        return folder

    def _tell_editions(self, lineage: Path) -> None:
        """Write what the version before told of editions, in the tables that readers do not see."""
        declared = [
            {"edition_id": name, "has_figures": e["is_held"]} | {key: e[key] for key in ("publisher", "published_on")}
            for name, e in self.editions.items()
        ]
        read = [{"edition_id": name, "source_sha256": "s", "cells_sha256": "c"} for name in self.editions]
        pq.write_table(pa.Table.from_pylist(declared), lineage / "source_edition.parquet")
        pq.write_table(pa.Table.from_pylist(read), lineage / "source_revision.parquet")
        self.files |= {f"seeds/figures/{name}.csv": e["figures"] for name, e in self.editions.items() if e["figures"]}

    def _table(self, folder: Path, name: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
        table = pa.Table.from_pylist(rows)
        pq.write_table(table, folder / f"{name}.parquet")
        fields = [
            {"name": c, "type": _type(rows[0][c]), **({"unit": "percent"} if c.endswith("_pct") else {})}
            for c in table.column_names
        ]
        keys = [
            {"fields": [c], "reference": {"resource": REFERENCES[c], "fields": [c]}}
            for c in table.column_names
            if c in REFERENCES
        ]
        schema = {"fields": fields, "primaryKey": GRAINS[name], "foreignKeys": keys}
        content = (folder / f"{name}.parquet").read_bytes()
        mark = f"sha256:{hashlib.sha256(content).hexdigest()}"
        return {"name": name, "type": "table", "path": f"{name}.parquet", "hash": mark, "rows": len(rows)} | {
            "schema": schema
        }


def _type(value: object) -> str:
    return {bool: "boolean", int: "integer", float: "number"}.get(type(value), "string")


def version() -> Version:
    """Describe one release of five tables and every kind of seed."""
    share = [
        {"edition_id": e, "entity_code": c, "year": y, "share_pct": 1.5, "meets_target": False}
        for e in (OLD, NEW)
        for c in ("POL", "FRA", "EU")
        for y in (2022, 2023)
    ]
    return Version(
        tables={
            "fct_share": share,
            "fct_flip": [
                {"edition_id": NEW, "entity_code": c, "earlier_edition_id": OLD, "change_pp": 1.0}
                for c in ("POL", "FRA")
            ],
            "fct_claim": [{"claim_id": c, "edition_id": e, "figure": 10.0} for c in ("one", "two") for e in (OLD, NEW)],
            "fct_target": [
                {"target_id": t, "entity_code": c, "gap": 10.0} for t in ("gdp_2", "gdp_5") for c in ("POL", "FRA")
            ],
            "fct_exception": [
                {"edition_id": OLD, "relation_id": "sum", "entity_code": c, "year": y, "deviation": 10.0}
                for c in ("POL", "FRA")
                for y in (2022, 2023)
            ],
            "dim_newest": [{"measure": "gdp", "figure": 10.0}],
        },
        seeds={
            "seed_ally": [{"entity_code": c, "note": "-"} for c in ("POL", "FRA")],
            "seed_group_member": [{"group_code": "EU", "entity_code": c, "note": "-"} for c in ("POL", "FRA")],
            "seed_target": [{"target_id": t, "note": "-"} for t in ("gdp_2", "gdp_5")],
            "seed_claim": [{"claim_id": c, "note": "-"} for c in ("one", "two")],
            "seed_relation": [{"relation_id": r, "note": "-"} for r in ("sum", "ratio")],
            "seed_exception": [
                {"edition_id": OLD, "relation_id": "sum", "entity_code": c, "year": 2022, "note": "-"}
                for c in ("POL", "FRA")
            ],
            "seed_break": [{"entity_code": c, "measure": "gdp", "year": 2022, "note": "-"} for c in ("POL", "FRA")],
        },
        editions={
            name: {
                "publisher": "NATO",
                "published_on": f"{name[5:]}-01",
                "is_held": True,
                "registry": "r",
                "figures": "f",
                "archive": None,
            }
            for name in (OLD, NEW)
        },
        files={f"seeds/{name}.csv": "h" for name in SEEDS} | {"seeds/editions.yml": "h", "seeds/currencies.csv": "h"},
    )
