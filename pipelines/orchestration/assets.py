"""Make an asset of every table, and one of the release: an asset's value is its Parquet file.

Checks run inside the asset's own step: one that blocks and fails stops everything downstream, the
release included. (Dagster reads the annotations of an asset at run time, so they are not postponed here.)
"""

import dagster as dg
import pyarrow as pa
from pydantic import Field

from ..files.lock import writing
from ..intake.ingest import sources_of
from ..intake.look import Look
from ..models.check_results import record_checks
from ..models.checks import run_checks
from ..models.load import editions_read, load_source
from ..models.parts import Model, Source
from ..models.project import Project
from ..models.runner import TableRun, run_model, would_be_built
from ..releases.inputs import source_input, source_inputs
from ..releases.publish import publish
from ..releases.remote import push
from ..releases.settled import settle
from ..settings import Settings
from ..sources.tables import read_marks, read_source
from .archive import ANEW, ARCHIVE, OWNERS, archive_asset
from .code import release_code, table_code
from .describe import check_result, definition_metadata, file_before, run_metadata
from .freshness import nightly
from .names import RELEASE as RELEASE
from .observations import OBSERVATIONS, observations_asset
from .private import Materialized

# The readers of what we hold; the others read its figures, and a source without a reader is a file of the seeds.
READERS_OF_ARCHIVE = {"editions", "revisions"}


class ReleaseConfig(dg.Config):
    """What a person may tell the release when starting a run by hand."""

    accept: str | None = Field(
        default=None,
        description="Why a lost row or a large change without a cause is right; without it, such a release is refused.",
    )


def build_assets(project: Project, settings: Settings, look: Look | None = None) -> list[dg.AssetsDefinition]:
    """Make the assets of a project, in the order of the way of the data; `look` is one at the web made just now."""
    tables = (_table_asset(project, name) for name in project.order)
    return [archive_asset(project, look), observations_asset(settings), *tables, _release_asset(project, settings)]


def _table_asset(project: Project, name: str) -> dg.AssetsDefinition:
    table = project.table(name)

    @dg.asset(
        name=name,
        deps=[*project.needs(name), *_read_from(table)],
        group_name=table.layer,
        description=table.contract.description,
        owners=OWNERS,
        tags={"layer": table.layer},
        kinds={"python", "parquet"} if isinstance(table, Source) else {"duckdb", "sql", "parquet"},
        code_version=table_code(table),
        metadata=definition_metadata(table),
        check_specs=[
            dg.AssetCheckSpec(check.name, asset=name, description=check.description, blocking=check.blocking)
            for check in project.checks(name)
        ],
    )
    def build(context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings]) -> Materialized:
        tables, anew = settings.tables, ANEW in context.run.tags
        with writing(settings, f"building {name}", context.log.info), file_before(project, tables, name) as before:
            if isinstance(table, Source):
                run = _load(project, table, settings, context.run.run_id, anew=anew)
            else:
                run = run_model(project, name, tables, anew=anew, run=context.run.run_id)
            if run.was_damaged:
                context.log.warning(f"{name} was damaged: its file was not what had been written. It was made anew.")
            checks = run_checks(project, name, tables, run)
            record_checks(tables, name, checks)
            metadata = run_metadata(project, run, before)
        return dg.MaterializeResult(
            metadata=metadata,
            data_version=dg.DataVersion(run.file.fingerprint),
            check_results=[check_result(check, tables) for check in checks],
        )

    return build


def _load(project: Project, source: Source, settings: Settings, run: str, *, anew: bool) -> TableRun:
    """Read what a source's file does not keep already, and load it."""
    sources, tables = sources_of(settings), settings.tables
    inputs, read = source_input(source, settings), read_marks(source.reader, sources)
    kept = frozenset() if anew else editions_read(project, source.name, tables, read)
    rows = read_source(source.file, source.reader, sources, without=kept)
    loaded = load_source(project, source.name, rows, tables, anew=anew, inputs=inputs, read=read, kept=kept, run=run)
    del rows
    # Arrow would keep the room of a source's rows to the end of the build.
    pa.default_memory_pool().release_unused()
    return loaded


def _read_from(table: Source | Model) -> list[str]:
    if isinstance(table, Model) or table.reader is None:
        return []
    return [ARCHIVE if table.reader in READERS_OF_ARCHIVE else OBSERVATIONS]


def _release_asset(project: Project, settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        name=RELEASE,
        deps=list(project.order),
        group_name="release",
        description=(
            "What readers see: every dimension and fact as Parquet, one DuckDB file with the same tables and the "
            "views, and what it is made of. Published in one rename, and only when every table belongs together "
            "and no blocking check failed."
        ),
        owners=OWNERS,
        tags={"layer": "release"},
        kinds={"duckdb", "parquet"},
        code_version=release_code(settings),
        freshness_policy=nightly(settings),
    )
    def release(
        context: dg.AssetExecutionContext, config: ReleaseConfig, settings: dg.ResourceParam[Settings]
    ) -> Materialized:
        published = publish(project, settings, config.accept)
        changes = "\n".join(published.summary())
        context.log.info(f"release {published.id}: {changes}")
        settle(settings, published.id, would_be_built(project, settings.tables, source_inputs(project, settings)))
        if not published.is_held:
            push(settings, published.path)
        return dg.MaterializeResult(
            metadata={
                "release": published.id,
                "changed": published.is_new,
                "held back": published.is_held,
                "changes": changes,
                "accepted": published.accepted or "",
                "folder": dg.MetadataValue.path(str(published.path)),
                "tables": len(project.published()),
                "views": len(project.views),
            },
            data_version=dg.DataVersion(published.id),
        )

    return release
