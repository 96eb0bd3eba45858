"""The command that tells how the warehouse is, and whether the next night will come."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .output import console, fail, print_labelled

if TYPE_CHECKING:
    from ..orchestration.status import Status
    from ..settings import Settings

# Two blanks, a word and a blank behind it.
LABEL_WIDTH = 13


def status(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON, for programs.")] = False,
    test_alert: Annotated[
        bool, typer.Option("--test-alert", help="Send a test to the webhook and the e-mail addresses, and stop.")
    ] = False,
    daemon: Annotated[
        bool, typer.Option(help="--no-daemon where cron or something else starts the builds, not Dagster.")
    ] = True,
) -> None:
    """Show how the warehouse is: last run, release, next night, editions, checks, inbox, daemon.

    The exit code is 0 when all is well, 1 when it is degraded - readers have a good release and nights go on, but
    somebody should look - and 2 when it has failed: no sound release, no night to come, or the last one failed.
    Monitors take these three as ok, warning and critical. It knows the settings of the shell that it is called
    from: give it those of the service.
    """
    # Dagster takes half a second to import; commands that only read do without it.
    from ..models.project import ProjectError
    from ..orchestration.status import State, read_status
    from ..sources.errors import SourceError

    settings: Settings = context.obj
    if test_alert:
        raise _send_test(settings)
    try:
        found = read_status(settings, needs_daemon=daemon)
    except (ProjectError, SourceError, ValueError) as error:
        raise fail(str(error), State.failed) from error
    if as_json:
        known = {"state": found.state.name, "is_well": found.is_well, "problems": found.problems, **asdict(found)}
        typer.echo(json.dumps(known, indent=2, ensure_ascii=False))
    else:
        _draw(found)
    raise typer.Exit(found.state)


def _send_test(settings: Settings) -> typer.Exit:
    from ..alerts.tell import send_test

    sent = send_test(settings)
    if not sent:
        return fail("Nobody would be told: set BURDENSHARE_ALERT_WEBHOOK, or BURDENSHARE_SMTP with _ALERT_EMAIL.")
    for channel, failure in sent.items():
        console.print(failure or f"{channel}: sent", highlight=False, markup=False)
    return typer.Exit(1 if any(sent.values()) else 0)


def _draw(found: Status) -> None:
    run, release = found.last_run, found.release
    lines = {
        "last run": f"{run['job']} {run['result']} {_moment(run['ended_at'])}, {run['seconds']} s"
        if run
        else "none yet",
        "now": ", ".join(f"{other['job']} {other['state']}" for other in found.in_progress) or "nothing runs",
        "release": f"{release['id']}, {_hours(release['age_hours'])} old" if release else "none yet",
        "next night": _moment(found.next_night) if found.next_night else "the schedule is off",
        "daemon": "running" if found.daemon_is_alive else "not running",
        "editions": ", ".join(found.editions) or "none",
        "checks": _checks(found.failed_checks),
        "web": _web(found.web),
        "next build": f"makes {len(found.would_be_built)} tables" if found.would_be_built else "finds nothing to do",
        "inbox": f"{len(found.inbox['waiting'])} waiting, {len(found.inbox['refused'])} refused",
    }
    for name, text in lines.items():
        print_labelled(name, text, LABEL_WIDTH)
    if found.is_well:
        console.print("\n[bold green]All is well.[/]")
        return
    count = f"{len(found.problems)} {'thing is' if len(found.problems) == 1 else 'things are'} wrong"
    style, words = ("red", "Failed") if found.failures else ("yellow", "Degraded; readers and nights go on")
    console.print(f"\n[bold {style}]{words}: {count}.[/]", highlight=False)
    for problem in found.problems:
        print_labelled("-", problem, len("  - "))


def _checks(failed: tuple[dict[str, Any], ...]) -> str:
    stop = sum(check["blocking"] for check in failed)
    counts = [f"{stop} failed"] if stop else []
    counts += [f"{len(failed) - stop} warned"] if len(failed) > stop else []
    return " and ".join(counts) or "none failing"


def _web(web: dict[str, Any] | None) -> str:
    if web is None:
        return "not looked at yet; every night does"
    if web["offline"]:
        return f"nobody answered {_moment(web['looked_at'])}, as where a machine is offline; the next night looks again"
    return f"looked at {_moment(web['looked_at'])}{', with failures' if web['failed'] else ''}"


def _moment(text: str) -> str:
    return datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M %Z")


def _hours(hours: float) -> str:
    return f"{hours:.1f} hours" if hours < 48 else f"{hours / 24:.1f} days"
