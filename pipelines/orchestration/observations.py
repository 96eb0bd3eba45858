"""Make the asset of the observations: what the parsers read out of the archive, with a partition for each edition.

(Dagster reads the annotations of an asset at run time, so they are not postponed here.)
"""

import dagster as dg

from ..files.ledger import read_ledger
from ..files.lock import writing
from ..intake.ingest import sources_of
from ..settings import Settings
from ..sources.catalogue import Sources
from ..sources.kept import edition_path
from ..sources.observe import is_observed, observe_edition
from . import private
from .archive import ANEW, ARCHIVE, OWNERS
from .code import observation_code
from .freshness import with_editions
from .private import Materialized, Metadata

OBSERVATIONS = "observations"
PARTITIONS = "edition"
EDITION = dg.DynamicPartitionsDefinition(name=PARTITIONS)


def observations_asset(settings: Settings) -> dg.AssetsDefinition:
    """Make the asset; a run without a partition reads every edition that has changed, one with a partition that one."""
    code = observation_code(settings)

    @dg.asset(
        name=OBSERVATIONS,
        partitions_def=EDITION,
        # All editions in one run: most are read already, and each run has a start and an end that take longer.
        backfill_policy=dg.BackfillPolicy.single_run(),
        deps=[ARCHIVE],
        group_name="sources",
        owners=OWNERS,
        tags={"layer": "sources"},
        code_version=code,
        freshness_policy=with_editions(),
        description=(
            "The figures of each edition, every revision of it, as the parser reads them. An edition is read when its "
            "files, the parser or the names have changed; choose it as the partition to have it read anew."
        ),
        kinds={"python", "parquet"},
    )
    def observations(context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings]) -> Materialized:
        with writing(settings, "reading editions", context.log.info):
            sources = sources_of(settings)
            held = list(sources.editions.revisions)
            if context.has_partition_key:
                return _one(sources, context.partition_key, held)
            _name_partitions(context.instance, held)
            anew = ANEW in context.run.tags
            read = {}
            for edition_id in held:
                if anew or not is_observed(sources, edition_id):
                    table, _ = observe_edition(sources, edition_id, anew=True)
                    read[edition_id] = _metadata(sources, edition_id, len(table))
        for edition_id, metadata in read.items():
            version = _version(sources, edition_id)
            context.log_event(private.materialized(OBSERVATIONS, metadata, version, code, edition_id))
        return dg.MaterializeResult(
            metadata={"editions": len(held), "read in this run": ", ".join(read) or "none: nothing has changed"}
        )

    return observations


def _one(sources: Sources, edition_id: str, held: list[str]) -> Materialized:
    if edition_id not in held:
        raise dg.Failure(f"We hold no figures of {edition_id}. Held: {', '.join(held)}.")
    table, _ = observe_edition(sources, edition_id, anew=True)
    return dg.MaterializeResult(
        metadata=_metadata(sources, edition_id, len(table)),
        data_version=dg.DataVersion(_version(sources, edition_id)),
    )


def _name_partitions(instance: dg.DagsterInstance, held: list[str]) -> None:
    """Let Dagster know every edition that we hold, and none that was withdrawn."""
    known = instance.get_dynamic_partitions(PARTITIONS)
    if new := [edition_id for edition_id in held if edition_id not in known]:
        instance.add_dynamic_partitions(PARTITIONS, new)
    for edition_id in set(known) - set(held):
        instance.delete_dynamic_partition(PARTITIONS, edition_id)


def _version(sources: Sources, edition_id: str) -> str:
    """Return the mark by which observations are kept: of the revisions, the parser and the names."""
    return read_ledger(sources.observations.parent).observations[edition_id].fingerprint or ""


def _metadata(sources: Sources, edition_id: str, figures: int) -> Metadata:
    held = sources.editions.current(edition_id)
    # Only what we hold is observed.
    assert held is not None, edition_id
    return {
        "dagster/row_count": figures,
        "revision": held.revision,
        "source": held.source_kind,
        "source file": held.source_file or "none at hand",
        "tables": ", ".join(held.tables),
        "years": f"{held.first_year} to {held.last_year}",
        "file": dg.MetadataValue.path(str(edition_path(sources.observations, edition_id))),
    }
