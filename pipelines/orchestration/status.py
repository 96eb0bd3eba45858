"""Read how the warehouse is: last run, release, next night, checks, inbox, daemon. Starts nothing."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..alerts.tell import undelivered
from ..files.ledger import read_ledger
from ..intake.inbox import refused_files, waiting_files
from ..intake.memory import read_memory
from ..reading.connection import UnreadableRelease
from ..reading.current import NoRelease, open_warehouse, read_manifest
from ..releases.catalog import is_no_pointer, releases
from ..releases.settled import is_settled
from ..releases.soundness import find_all_damage
from ..settings import Settings
from ..sources.kinds import shown_name
from .glance import Runs, glance
from .names import ARCHIVE, NIGHTLY, REFUSED, SOUND, WEB

if TYPE_CHECKING:
    import dagster as dg

# The sensors that tell people of failures.
WATCHING = {"failed_run", "failed_check", "silence"}


@dataclass(frozen=True)
class Status:
    """Hold what `burdenshare status` shows; `problems` is empty when all is well. Times are ISO 8601."""

    problems: tuple[str, ...]
    last_run: dict[str, Any] | None
    release: dict[str, Any] | None
    next_night: str | None
    editions: tuple[str, ...]
    failed_checks: tuple[dict[str, Any], ...]
    inbox: dict[str, tuple[str, ...]]
    web: dict[str, Any] | None
    daemon_is_alive: bool
    in_progress: tuple[dict[str, Any], ...] = ()
    damage: tuple[str, ...] = ()
    would_be_built: dict[str, str] = field(default_factory=dict)

    @property
    def is_well(self) -> bool:
        """Return whether nothing is wrong."""
        return not self.problems


def read_status(settings: Settings, *, needs_daemon: bool = True) -> Status:
    """Look at the instance, the tables and the current release; `needs_daemon` where the night is Dagster's.

    Raises `ValueError` where there is no warehouse: to look must not make one.
    """
    if not settings.warehouse.is_dir():
        raise ValueError(f"There is no warehouse at {settings.warehouse}. `burdenshare build` makes one.")
    runs = glance(settings) or _ask_dagster(settings)
    damage = tuple(map(str, find_all_damage(settings)))
    release, editions = _release(settings)
    checks, inbox, web = _failed_checks(settings), _inbox(settings), _web(settings)
    problems = [] if release else ["there is no release yet: run `burdenshare build`"]
    problems += runs.failing
    if is_no_pointer(settings):
        problems.append(
            f"{settings.current} is no link to a release, so readers see what somebody put there: "
            "`burdenshare build` puts it aside and points to the release"
        )
    problems += damage
    problems += runs.quiet
    problems += [f"the check {check['name']} of {check['table']} fails: {check['failures']} rows" for check in checks]
    problems += [f"{name} in the inbox was refused; the report beside it says why" for name in inbox["refused"]]
    if web and (failed := web["failed"]):
        problems.append(f"the last look at the web failed at {len(failed)} addresses, first {failed[0]}")
    if needs_daemon and not runs.daemon_is_alive:
        problems.append("the daemon is not running, so no night will come: `burdenshare ui`, or start the service")
    if needs_daemon and (deaf := sorted(runs.turned_off & WATCHING)):
        problems.append(f"turned off, so that nobody is told: {', '.join(deaf)}; turn on in the UI, under Automation")
    elif needs_daemon and runs.daemon_is_alive and not runs.sensors_look:
        problems.append(
            "the daemon runs, but no sensor has looked for five minutes: it cannot load the project; its log says why"
        )
    problems += undelivered(settings)
    if needs_daemon and runs.next_night is None:
        problems.append("the schedule `nightly` is off: turn it on in the UI, under Automation")
    checks += _archive_checks(inbox, web, damage)
    return Status(
        tuple(problems),
        runs.last_run,
        release,
        runs.next_night,
        editions,
        tuple(checks),
        inbox,
        web,
        runs.daemon_is_alive,
        runs.in_progress,
        damage,
        _planned(settings),
    )


def _planned(settings: Settings) -> dict[str, str]:
    """Return what the next build would make; the project is read where that is not known already."""
    if is_settled(settings):
        return {}
    from ..models.project import read_project
    from ..models.runner import would_be_built
    from ..releases.inputs import source_inputs

    project = read_project(settings.sql, settings.seeds)
    return would_be_built(project, settings.tables, source_inputs(project, settings))


def _ask_dagster(settings: Settings) -> Runs:
    """Ask Dagster what `glance` cannot tell; it takes a second to import."""
    from . import incidents, private
    from .instance import open_instance

    with open_instance(settings) as instance:
        off = private.turned_off(instance)
        now = time.time()
        return Runs(
            last_run=_last_run(instance),
            in_progress=_in_progress(instance),
            failing=tuple(f"{i.title}: {i.cause.splitlines()[0]}" for i in incidents.failed_runs(instance, settings)),
            quiet=tuple(f"{i.title}: {i.cause}" for i in incidents.silence(instance, settings, since=now, now=now)),
            daemon_is_alive=private.daemon_is_alive(instance),
            sensors_look=private.sensors_look(instance),
            turned_off=frozenset(off),
            next_night=None if NIGHTLY in off else private.next_tick(settings.schedule, settings.timezone).isoformat(),
        )


def _last_run(instance: dg.DagsterInstance) -> dict[str, Any] | None:
    from . import incidents

    record = next(iter(incidents.finished_runs(instance)), None)
    if record is None:
        return None
    run = record.dagster_run
    failed = not run.is_success
    return {
        "id": run.run_id,
        "job": run.job_name,
        "result": "failed" if failed else "succeeded",
        "ended_at": _iso(record.end_time),
        "seconds": round((record.end_time or 0) - (record.start_time or record.end_time or 0), 1),
        "cause": incidents.first_cause(instance, run.run_id).text if failed else None,
    }


def _in_progress(instance: dg.DagsterInstance) -> tuple[dict[str, Any], ...]:
    """List the runs that wait or are under way, the oldest first."""
    import dagster as dg

    under_way = [dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]
    records = instance.get_run_records(dg.RunsFilter(statuses=under_way), limit=20)
    runs = [record.dagster_run for record in records]
    return tuple({"id": run.run_id, "job": run.job_name, "state": run.status.value.lower()} for run in reversed(runs))


def _release(settings: Settings) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
    try:
        manifest, connection = read_manifest(settings), open_warehouse(settings.warehouse, names={"dim_edition"})
    except (OSError, ValueError, UnreadableRelease):
        # Too damaged to be opened; what is wrong with it is told among the damage.
        return _unreadable(settings), ()
    except NoRelease:
        return None, ()
    with connection:
        rows = connection.execute(
            "select edition_id from dim_edition where has_figures order by published_on"
        ).fetchall()
    age = datetime.now(UTC) - datetime.fromisoformat(manifest["created"])
    release = {
        "id": manifest["id"],
        "made_at": manifest["created"],
        "age_hours": round(age.total_seconds() / 3600, 1),
    }
    return release, tuple(edition for (edition,) in rows)


def _unreadable(settings: Settings) -> dict[str, Any] | None:
    for entry in releases(settings):
        if entry.is_current:
            age = datetime.now(UTC) - datetime.fromisoformat(entry.made_at)
            return {"id": entry.id, "made_at": entry.made_at, "age_hours": round(age.total_seconds() / 3600, 1)}
    return None


def _failed_checks(settings: Settings) -> list[dict[str, Any]]:
    found, ledger = [], read_ledger(settings.tables)
    for name in ledger.tables:
        for check in ledger.checks_of(name) or ():
            if check.failures:
                kept = {key: getattr(check, key) for key in ("name", "failures", "blocking", "description")}
                found.append({"table": name, **kept})
    return found


def _archive_checks(
    inbox: dict[str, tuple[str, ...]], web: dict[str, Any] | None, damage: tuple[str, ...]
) -> list[dict[str, Any]]:
    """Return the archive's checks that fail now, as the tables' checks are given."""
    if not (inbox["refused"] or (web and web["failed"]) or damage):
        return []
    from .archive import ARCHIVE_CHECKS

    failures = {REFUSED: len(inbox["refused"]), WEB: len(web["failed"]) if web else 0, SOUND: len(damage)}
    return [
        {"table": ARCHIVE, "name": name, "failures": count, "blocking": False, "description": ARCHIVE_CHECKS[name]}
        for name, count in failures.items()
        if count
    ]


def _inbox(settings: Settings) -> dict[str, tuple[str, ...]]:
    """Sort the files of the inbox: one with a report beside it was refused, the others wait for the next build."""
    refused = tuple(refused_files(settings))
    return {
        "waiting": tuple(name for name in map(shown_name, waiting_files(settings)) if name not in refused),
        "refused": refused,
    }


def _web(settings: Settings) -> dict[str, Any] | None:
    """Return when the publishers' sites were last looked at, and what they did not give."""
    memory = read_memory(settings)
    if memory.looked_at is None:
        return None
    offline = memory.is_offline(datetime.now(UTC))
    return {"looked_at": memory.looked_at, "failed": () if offline else memory.failed(), "offline": offline}


def _iso(moment: float | None) -> str | None:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds") if moment else None
