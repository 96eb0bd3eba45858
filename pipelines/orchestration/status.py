"""Read how the warehouse is: last run, release, next night, checks, inbox, daemon. Starts nothing."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from ..alerts.tell import undelivered
from ..files.ledger import read_ledger
from ..intake.inbox import refused_files, waiting_files
from ..intake.memory import read_memory
from ..intake.overdue import DAYS, overdue
from ..reading.connection import UnreadableRelease
from ..reading.current import NoRelease, open_warehouse, read_manifest
from ..releases.catalog import is_no_pointer, releases
from ..releases.settled import is_settled
from ..releases.soundness import find_all_damage
from ..settings import Settings
from ..sources.kinds import shown_name
from .glance import Runs, glance
from .names import ARCHIVE, EVERYTHING, FILES, NIGHTLY, REFUSED, RUNS, SOUND, WEB

if TYPE_CHECKING:
    import dagster as dg


class State(IntEnum):
    """Grade a warehouse; the number is the exit code of `burdenshare status`, as monitors know it."""

    well = 0
    degraded = 1
    failed = 2


@dataclass(frozen=True)
class Status:
    """Hold what `burdenshare status` shows. Times are ISO 8601.

    `failures` keep readers from a sound release, or nights from coming or succeeding; with `warnings` readers have a
    good release and nights go on, but somebody should look. Both are sentences.
    """

    failures: tuple[str, ...]
    warnings: tuple[str, ...]
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

    @property
    def problems(self) -> tuple[str, ...]:
        """Return all that is wrong, the gravest first."""
        return self.failures + self.warnings

    @property
    def state(self) -> State:
        """Return how grave it is."""
        return State.failed if self.failures else State.degraded if self.warnings else State.well


def read_status(settings: Settings, *, needs_daemon: bool = True) -> Status:
    """Look at the instance, the tables and the current release; `needs_daemon` where the night is Dagster's.

    Raises `ValueError` where there is no warehouse: to look must not make one.
    """
    if not settings.warehouse.is_dir():
        raise ValueError(f"There is no warehouse at {settings.warehouse}. `burdenshare build` makes one.")
    runs = glance(settings) or _ask_dagster(settings)
    found_damage = find_all_damage(settings)
    damage = tuple(map(str, found_damage))
    release, editions, newest = _release(settings)
    checks, inbox, web = _failed_checks(settings), _inbox(settings), _web(settings)
    failures = [] if release else ["there is no release yet: run `burdenshare build`"]
    failures += runs.failing
    if is_no_pointer(settings):
        failures.append(
            f"{settings.current} is no link to a release, so readers see what somebody put there: "
            "`burdenshare build` puts it aside and points to the release"
        )
    failures += [str(one) for one in found_damage if one.kind == "release"]
    failures += runs.quiet
    failures += _no_night(runs) if needs_daemon else []
    # What the next build makes anew, or goes on without, keeps nobody from the release.
    warnings = [str(one) for one in found_damage if one.kind != "release"]
    warnings += runs.failing_beside
    warnings += [f"the check {check['name']} of {check['table']} fails: {check['failures']} rows" for check in checks]
    warnings += [f"{name} in the inbox was refused; the report beside it says why" for name in inbox["refused"]]
    if web and (failed := web["failed"]):
        warnings.append(f"the last look at the web failed at {len(failed)} addresses, first {failed[0]}")
    warnings += _overdue(settings, newest) if web else []
    if needs_daemon and (deaf := sorted(runs.turned_off & {FILES, RUNS})):
        warnings.append(f"turned off: {', '.join(deaf)}, which starts builds or tells people; turn on under Automation")
    warnings += undelivered(settings)
    checks += _archive_checks(inbox, web, damage)
    return Status(
        tuple(failures),
        tuple(warnings),
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


def _no_night(runs: Runs) -> list[str]:
    """Say why no night will come."""
    found = []
    if not runs.daemon_is_alive:
        found.append("the daemon is not running, so no night will come: `burdenshare ui`, or start the service")
    elif not runs.sensors_look and not {FILES, RUNS} <= runs.turned_off:
        found.append(
            "the daemon runs, but no sensor has looked for five minutes: it cannot load the project; its log says why"
        )
    if runs.next_night is None:
        found.append("the schedule `nightly` is off: turn it on in the UI, under Automation")
    return found


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
        found = incidents.find(instance, [], settings, since=now, now=now)
        words = {True: list[str](), False: list[str]()}
        for one in found["failed_run"]:
            words[one.subject == EVERYTHING].append(f"{one.title}: {one.cause.splitlines()[0]}")
        return Runs(
            last_run=_last_run(instance),
            in_progress=_in_progress(instance),
            failing=tuple(words[True]),
            failing_beside=tuple(words[False]),
            quiet=tuple(f"{one.title}: {one.cause}" for one in found["silence"]),
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


def _release(settings: Settings) -> tuple[dict[str, Any] | None, tuple[str, ...], dict[str, date]]:
    """Describe the current release, its editions, and when the newest of each publisher came out."""
    try:
        manifest, connection = read_manifest(settings), open_warehouse(settings.warehouse, names={"dim_edition"})
    except (OSError, ValueError, UnreadableRelease):
        # Too damaged to be opened; what is wrong with it is told among the damage.
        return _unreadable(settings), (), {}
    except NoRelease:
        return None, (), {}
    with connection:
        rows = connection.execute(
            "select edition_id, publisher, published_on from dim_edition where has_figures order by published_on"
        ).fetchall()
    age = datetime.now(UTC) - datetime.fromisoformat(manifest["created"])
    release = {
        "id": manifest["id"],
        "made_at": manifest["created"],
        "age_hours": round(age.total_seconds() / 3600, 1),
    }
    return release, tuple(edition for edition, *_ in rows), {publisher: day for _, publisher, day in rows}


def _overdue(settings: Settings, newest: dict[str, date]) -> list[str]:
    """Say which publishers have put out nothing for too long; who reads workbooks is asked only where one may have."""
    today = datetime.now(UTC).date()
    if not any((today - day).days > DAYS for day in newest.values()):
        return []
    from ..intake.ingest import sources_of

    return list(overdue(sources_of(settings).editions, read_memory(settings), today).values())


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
