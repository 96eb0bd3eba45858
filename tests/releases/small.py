"""A project of two tables that builds and publishes in a tenth of a second, for tests that do it often.

Every row of both tables carries one `stamp`, so a reader can tell when it sees two releases at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from pipelines.models.project import Project, read_project
from pipelines.releases.publish import Release, publish
from pipelines.settings import Settings
from tests.building import build_tables

COLUMNS = """
thing_id: {type: VARCHAR, required: true, references: dim_thing, description: "A thing."}
thing_name: {type: VARCHAR, description: "Its name, with a quote ' and a sign €."}
year: {type: INTEGER, required: true, unit: year, description: "A year."}
stamp: {type: INTEGER, required: true, description: "Equal in every row of one release."}
value_usd_m: {type: DOUBLE, unit: million US dollars, min: 0, description: "A figure."}
share_pct: {type: DOUBLE, unit: percent, description: "A share."}
meets_target: {type: BOOLEAN, description: "Whether the share reaches 2."}
"""
SOURCES = """
seed_thing: {file: things.csv, description: Things., grain: [thing_id]}
seed_value: {file: values.csv, description: Values., grain: [thing_id, year]}
"""
THING = """/*
description: Things.
grain: [thing_id]
*/
select
    thing_id,
    thing_name,
    stamp
from seed_thing
"""
VALUE = """/*
description: Values.
grain: [thing_id, year]
*/
select
    thing_id,
    year,
    value_usd_m,
    share_pct,
    share_pct >= 2 as meets_target,
    stamp
from seed_value
"""
VIEW = """/*
description: Stamps.
grain: [stamp]
*/
select distinct fct_value.stamp
from fct_value
inner join dim_thing using (thing_id, stamp)
"""


@dataclass(frozen=True)
class Small:
    """Hold the folder of one small project and its warehouse."""

    root: Path

    @property
    def settings(self) -> Settings:
        """Give its settings; it never waits for another writer."""
        return Settings(
            self.root / "warehouse", sql=self.root / "sql", seeds=self.root / "seeds", wait_s=0, keep_releases=3
        )

    @property
    def project(self) -> Project:
        """Read its SQL as it is now."""
        return read_project(self.settings.sql, self.settings.seeds)

    def write(self, path: str, text: str) -> None:
        """Write one file of the project."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def seed(self, stamp: int, values: dict[tuple[str, int], tuple[float, float]] | None = None) -> None:
        """Write the seeds: `values` gives dollars and share for a thing and year."""
        values = values or {(thing, year): (100.0 + year % 100, 1.99) for thing in "abc" for year in (2023, 2024)}
        things = sorted({thing for thing, _ in values})
        self.write("seeds/things.csv", "thing_id,thing_name,stamp\n" + "".join(f"{t},T {t},{stamp}\n" for t in things))
        lines = [f"{t},{y},{usd},{share},{stamp}\n" for (t, y), (usd, share) in values.items()]
        self.write("seeds/values.csv", "thing_id,year,value_usd_m,share_pct,stamp\n" + "".join(lines))

    def build(self, altered: dict[str, pa.Table] | None = None) -> Project:
        """Build and check every table; `altered` gives other rows than the seed's for a source."""
        return build_tables(self.settings, altered)

    def publish(self, **options) -> Release:
        """Publish what is built."""
        return publish(self.project, self.settings, **options)


def small_project(root: Path, stamp: int = 1) -> Small:
    """Make the project in a folder, with seeds but nothing built."""
    small = Small(root)
    small.write("sql/columns.yml", COLUMNS)
    small.write("sql/sources.yml", SOURCES)
    small.write("sql/dimensions/dim_thing.sql", THING)
    small.write("sql/facts/fct_value.sql", VALUE)
    small.write("sql/views/stamps.sql", VIEW)
    small.seed(stamp)
    return small


def published_project(root: Path) -> Small:
    """Make the project in a folder, built, and published as stamp 1."""
    small = small_project(root)
    small.build()
    small.publish()
    return small
