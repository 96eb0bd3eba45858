"""Build and publish as the assets do, without Dagster: for tests that are about figures and not about runs."""

from __future__ import annotations

import pyarrow as pa

from pipelines.intake.ingest import sources_of
from pipelines.models.check_results import record_checks
from pipelines.models.checks import run_checks
from pipelines.models.load import load_source
from pipelines.models.project import Project, read_project
from pipelines.models.runner import run_model
from pipelines.releases.publish import Release, publish
from pipelines.settings import Settings
from pipelines.sources.tables import read_marks, read_source


def build_tables(settings: Settings, altered: dict[str, pa.Table] | None = None) -> Project:
    """Build and check every table of any project."""
    project = read_project(settings.sql, settings.seeds)
    for name in project.order:
        if name in project.sources:
            source = project.sources[name]
            rows = (altered or {}).get(name) or read_source(source.file, source.reader, sources_of(settings))
            read = read_marks(source.reader, sources_of(settings))
            load_source(project, name, rows, settings.tables, read=read)
        else:
            run_model(project, name, settings.tables)
        record_checks(settings.tables, name, run_checks(project, name, settings.tables))
    return project


def publish_tables(settings: Settings) -> Release:
    """Build every table and publish; raises what stops a release, a blocking check that fails above all."""
    return publish(build_tables(settings), settings)
