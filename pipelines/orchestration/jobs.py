"""Name the jobs that people start.

(Dagster reads the annotations of an op at run time, so they are not postponed here.)
"""

import dagster as dg

from ..models.checks import run_checks
from ..models.project import Project
from ..reading.current import current_release
from ..releases.soundness import find_all_damage
from ..settings import Settings
from . import private
from .archive import ANEW
from .assets import RELEASE
from .describe import check_result
from .names import EVERYTHING
from .private import Job
from .report import REPORT


def build_jobs(project: Project) -> list[Job]:
    """Make the jobs: everything, facts, backfill and verify.

    Each that writes tables ends in the release, which is published only when all tables belong together.
    """
    return [
        dg.define_asset_job(
            EVERYTHING,
            selection=dg.AssetSelection.all(),
            description=(
                "Take the inbox in, build every table that changed, check all, and publish a release. Started for one "
                "edition, as its partition, it reads that edition anew, whatever was kept of it; for none in "
                "particular it starts from the launchpad, which opens by Shift and 'Materialize all'."
            ),
        ),
        dg.define_asset_job(
            "facts",
            selection=dg.AssetSelection.groups("facts") | dg.AssetSelection.assets(RELEASE),
            description="Build and check the facts on the tables that are there, and publish: for a change in sql/.",
        ),
        dg.define_asset_job(
            "backfill",
            selection=dg.AssetSelection.all() - dg.AssetSelection.assets(REPORT),
            tags={ANEW: "true"},
            description=(
                "Read and compute every table of every edition anew, trusting no fingerprint: after an upgrade, or "
                "when a file in tables/ is in doubt. The same inputs give the same release."
            ),
        ),
        _verify(project),
    ]


def _verify(project: Project) -> dg.JobDefinition:
    @dg.op(
        description="Hash tables, kept observations, the archive and the current release again, and compare each with "
        "what was written.",
        out=dg.Out(dg.Nothing),
    )
    def hash_everything(context: dg.OpExecutionContext, settings: dg.ResourceParam[Settings]) -> None:
        folder = current_release(settings)
        if damage := find_all_damage(settings):
            raise dg.Failure("\n".join(map(str, damage)))
        context.log.info(f"release {folder.name} and all that it was made from are as they were written")

    # After the hashes: a damaged table would fail its checks in words that lead astray.
    @dg.op(
        description="Run every check again on the tables that are there, and report each to its asset.",
        ins={"sound": dg.In(dg.Nothing)},
    )
    def run_every_check(context: dg.OpExecutionContext, settings: dg.ResourceParam[Settings]) -> None:
        failed = []
        for name in project.order:
            for run in run_checks(project, name, settings.tables):
                result = check_result(run, settings.tables)
                private.log_check(
                    context,
                    dg.AssetCheckEvaluation(
                        asset_key=dg.AssetKey(name),
                        check_name=run.check.name,
                        passed=result.passed,
                        severity=result.severity,
                        metadata=result.metadata,
                        description=result.description,
                    ),
                )
                failed += [run.message()] if not run.passed and run.check.blocking else []
        if failed:
            raise dg.Failure("\n".join(failed))

    @dg.job(
        name="verify",
        description="Prove that release, tables, kept observations and archive are as they were written, and run every "
        "check again.",
    )
    def verify() -> None:
        run_every_check(sound=hash_everything())

    return verify
