"""Make the asset that takes sources in: the archive of every file ever read.

(Dagster reads the annotations of an asset at run time, so they are not postponed here.)
"""

import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import dagster as dg
from pydantic import Field

from ..files.lock import writing
from ..intake.fetch import looked, take
from ..intake.inbox import Handled, refused_files, take_inbox
from ..intake.ingest import sources_of
from ..intake.look import Finding, Look
from ..intake.memory import read_memory
from ..intake.overdue import DAYS, overdue
from ..models.project import Project, fingerprint
from ..releases.inputs import enter_inputs
from ..releases.soundness import Damage, find_all_damage
from ..settings import Settings
from ..sources.editions import Editions
from .code import archive_code
from .describe import markdown
from .incidents import COMMAND, NAMED, SEPARATELY
from .names import ARCHIVE as ARCHIVE
from .names import PUNCTUAL, REFUSED, SOUND, WEB
from .private import Materialized, Metadata

OWNERS = ["team:warehouse"]
# A run with this tag trusts no fingerprint: it reads and computes every table anew.
ANEW = "burdenshare/anew"
ARCHIVE_CHECKS = {
    REFUSED: "No file waits in the inbox because it was refused.",
    SOUND: "What was archived and what was built is still what was written.",
    WEB: "The publishers' sites gave every address that was asked for when they were last asked.",
    PUNCTUAL: f"No publisher whose site is looked at has been without a new edition for more than {DAYS} days.",
}
_MEND = (
    "read the report beside the file in warehouse/inbox; mend the file, pass what it asks for with `burdenshare "
    "ingest`, or take it away. Everything else went on, and readers keep the last good release."
)
_LOOK = (
    "look at the publisher's page. Where there is a newer edition, drop its workbook into warehouse/inbox, and say "
    "where the page is now (BURDENSHARE_TOPIC_PAGE)."
)
_WAIT = (
    "nothing, if it is over by tomorrow: the night went on with what the archive holds. Else look whether the topic "
    "page has moved (BURDENSHARE_TOPIC_PAGE)."
)


class ArchiveConfig(dg.Config):
    """What a person may choose when starting a run by hand."""

    fetch: bool = Field(
        default=False, description="Look at the publishers' sites for new files first, as every night does."
    )


# For a run that is to look at the publishers' sites: every night does, by day a build reads what is there.
LOOKING = {"ops": {ARCHIVE: {"config": {"fetch": True}}}}


def archive_asset(project: Project, look: Look | None = None) -> dg.AssetsDefinition:
    """Make the archive's asset, whose step takes in what lies in the inbox, and what the web has.

    `look` is what the web gave just now; without it, the step looks by itself where it is to.
    """

    @dg.asset(
        name=ARCHIVE,
        group_name="sources",
        owners=OWNERS,
        tags={"layer": "sources"},
        description=(
            "Every source file ever read, unchanged, with its receipt. Takes in what lies in warehouse/inbox, and by "
            "night what is new on the publishers' sites. A file that is refused stays in the inbox with its report."
        ),
        kinds={"python", "excel"},
        code_version=archive_code(),
        check_specs=[
            dg.AssetCheckSpec(name, asset=ARCHIVE, description=description)
            for name, description in ARCHIVE_CHECKS.items()
        ],
    )
    def archive(
        context: dg.AssetExecutionContext, config: ArchiveConfig, settings: dg.ResourceParam[Settings]
    ) -> Materialized:
        with (
            _looked(context, settings, config.fetch, look) as found,
            writing(settings, "taking sources in", context.log.info),
        ):
            # Before anything is read or made anew, so that each damaged file is told by its name.
            damage = find_all_damage(settings)
            for damaged in damage:
                context.log.warning(str(damaged))
            findings = take(found, settings, project, _teller(context)) if found else []
            handled = take_inbox(settings, project)
            for file in handled:
                context.log.info(f"{file.name}: {file.taken.outcome if file.taken else 'refused'}")
            sources = sources_of(settings)
            enter_inputs(settings)
        return dg.MaterializeResult(
            metadata=_metadata(sources.editions, handled, findings),
            data_version=dg.DataVersion(fingerprint(*(receipt.sha256 for receipt in sources.editions.receipts))),
            check_results=[
                _refused_result(settings),
                _web_result(settings),
                _sound_result(damage),
                _punctual_result(sources.editions, settings),
            ],
        )

    return archive


@contextmanager
def _looked(
    context: dg.AssetExecutionContext, settings: Settings, is_wanted: bool, given: Look | None
) -> Iterator[Look | None]:
    """Look at the web before the lock is taken, if it is to be looked at: a slow site holds up nobody."""
    if not is_wanted:
        yield None
    elif given:
        # Whoever looked had nobody to tell.
        for finding in given.findings:
            _teller(context)(finding)
        yield given
    else:
        with looked(settings, _teller(context)) as found:
            yield found


def _teller(context: dg.AssetExecutionContext) -> Callable[[Finding], None]:
    def tell(finding: Finding) -> None:
        log = context.log.warning if finding.outcome in ("failed", "refused") else context.log.info
        log(finding.words)

    return tell


def _metadata(editions: Editions, handled: list[Handled], findings: list[Finding]) -> Metadata:
    receipts = [
        {
            "edition": receipt.edition_id,
            "file": receipt.file_name,
            "tables": ",".join(receipt.tables),
            "figures": receipt.figures,
            "received": receipt.received_at.isoformat(),
            "from": receipt.origin,
        }
        for receipt in editions.receipts
    ]
    taken = [{"file": file.name, "outcome": file.taken.outcome} for file in handled if file.taken]
    looked = [{"address": finding.url, "outcome": finding.outcome} for finding in findings]
    metadata: Metadata = {"files": len(receipts), "editions with figures": len(editions.revisions)}
    for name, rows in (("receipts", receipts), ("taken from the inbox", taken), ("looked at", looked)):
        if rows:
            metadata[name] = dg.MetadataValue.md(markdown(list(rows[0]), (list(row.values()) for row in rows)))
    return metadata


def _refused_result(settings: Settings) -> dg.AssetCheckResult:
    refused = refused_files(settings)
    told: Metadata = {name: dg.MetadataValue.md(f"```\n{report}\n```") for name, report in refused.items()}
    if refused:
        command = f"burdenshare ingest {shlex.quote(str(settings.inbox))}/{NAMED}"
        told |= {SEPARATELY: dg.MetadataValue.json(refused), "what to do": _MEND, COMMAND: command}
    return dg.AssetCheckResult(
        check_name=REFUSED,
        passed=not refused,
        severity=dg.AssetCheckSeverity.WARN,
        description="\n\n".join(refused.values()) or "The inbox is clear.",
        metadata=told,
    )


def _sound_result(damage: list[Damage]) -> dg.AssetCheckResult:
    """Report what was damaged when the build began: what is derived is made anew, the archive is not."""
    return dg.AssetCheckResult(
        check_name=SOUND,
        passed=not damage,
        severity=dg.AssetCheckSeverity.WARN,
        description="\n".join(map(str, damage)) or "Nothing is damaged.",
        metadata={SEPARATELY: dg.MetadataValue.json({found.name: str(found) for found in damage})} if damage else {},
    )


def _web_result(settings: Settings) -> dg.AssetCheckResult:
    """Judge the last look at the web, by whichever run or sensor: a build that did not look heals nothing."""
    memory = read_memory(settings)
    failed = memory.failed()
    told: Metadata = {"looked at": memory.looked_at or "never", COMMAND: "burdenshare fetch"}
    return dg.AssetCheckResult(
        check_name=WEB,
        passed=not failed,
        severity=dg.AssetCheckSeverity.WARN,
        description="; ".join(failed) or ("All answered." if memory.looked_at else "The web was never asked."),
        metadata=told | ({"what to do": _WAIT} if failed else {}),
    )


def _punctual_result(editions: Editions, settings: Settings) -> dg.AssetCheckResult:
    late = overdue(editions, read_memory(settings), datetime.now(UTC).date())
    told: Metadata = {COMMAND: "burdenshare fetch"}
    return dg.AssetCheckResult(
        check_name=PUNCTUAL,
        passed=not late,
        severity=dg.AssetCheckSeverity.WARN,
        description="; ".join(late.values()) or "No edition is overdue.",
        metadata=told | ({SEPARATELY: dg.MetadataValue.json(late), "what to do": _LOOK} if late else {}),
    )
