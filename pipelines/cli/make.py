"""Commands that make things: the build, the Dagster UI, the embedded figures."""

from __future__ import annotations

import os
import signal
import socket
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pipelines.cli.output import command_name, console, fail, short_path
from pipelines.files.lock import WarehouseBusy
from pipelines.models.project import ProjectError
from pipelines.reading.current import open_warehouse, read_manifest
from pipelines.releases.catalog import current_id
from pipelines.releases.manifest import tables_of
from pipelines.settings import Settings
from pipelines.sources.errors import SourceError
from pipelines.sources.figures import regenerate


def build(
    context: typer.Context,
    fetch: Annotated[bool, typer.Option("--fetch", help="Look at NATO's site for new editions first.")] = False,
    accept: Annotated[
        str | None,
        typer.Option(help="Why a lost row or a large change without a cause is right; the manifest keeps it."),
    ] = None,
) -> None:
    """Read every edition, build and check every table, and publish a release.

    The run is kept where the Dagster UI shows it. When something fails, nothing is published and
    readers keep what they had.
    """
    # Dagster takes half a second to import; commands that only read do without it.
    from pipelines.orchestration import build as dagster_build

    settings: Settings = context.obj
    try:
        report = _with_progress(settings, dagster_build, fetch, accept)
    except (ProjectError, SourceError, ValueError, WarehouseBusy) as error:
        raise fail(str(error)) from error
    except OSError as error:
        raise fail(f"{settings.warehouse} cannot be written: {error}\nName another folder with --warehouse.") from error
    if not report.succeeded:
        raise fail(
            f"The build failed.\n\n{report.failure}\n\n"
            f"Readers see {_seen(settings)}.\n"
            f"The whole run is in the Dagster UI ({command_name()} ui), run {report.run_id[:8]}."
        )
    _summarise(settings, report)


def _seen(settings: Settings) -> str:
    current = current_id(settings)
    return f"release {current}" if current else "nothing yet"


def _with_progress(settings: Settings, dagster_build, fetch: bool, accept: str | None):
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("reading the project", total=None)

        def hear(step) -> None:
            if step.state == "started":
                progress.update(task, description=f"{step.asset:<26}")
            else:
                progress.advance(task)

        return dagster_build.build(
            settings,
            hear,
            on_plan=lambda steps: progress.update(task, total=steps),
            on_wait=lambda words: progress.console.print(words, highlight=False),
            fetch=fetch,
            accept=accept,
        )


def _summarise(settings: Settings, report) -> None:
    manifest = read_manifest(settings)
    connection = open_warehouse(settings.warehouse)
    rows = connection.execute(
        "select edition_id, published_on, (select count(*) from fct_observation o where o.edition_id = e.edition_id) "
        "from dim_edition e where has_figures order by published_on"
    ).fetchall()
    tables = tables_of(manifest)
    words = "Published" if report.published else "Held back; still" if report.held else "Nothing changed; still"
    console.print(f"\n[bold]{words} release {manifest['id']}[/]")
    editions = ", ".join(f"{edition} ({figures:,} figures)" for edition, _, figures in rows)
    console.print(f"  editions   {editions}", highlight=False)
    total = sum(entry["rows"] for entry in tables.values())
    console.print(f"  tables     {len(tables)} with {total:,} rows, as Parquet and in one DuckDB file", highlight=False)
    console.print(f"  checks     {report.checks_passed} passed, {report.checks_failed} failed", highlight=False)
    for warning in report.warnings:
        first, *rest = warning.splitlines()
        console.print(f"  [yellow]warning    {escape(first)}[/]", highlight=False)
        for line in rest:
            console.print(f"             {line}", markup=False, highlight=False)
    if report.published or report.held:
        for line in report.changes:
            console.print(f"  changes    {line}", markup=False, highlight=False)
    for line in _headline(connection):
        console.print(f"  {line}", highlight=False)
    console.print(f"  lies in    {short_path(settings.current)}", highlight=False)
    name = command_name()
    console.print(f'\nNext: [bold]{name} tables[/] lists what there is, [bold]{name} query "from edition_headline"[/]')
    console.print(f"asks it, and [bold]{name} ui[/] shows this run in Dagster.")


def _headline(connection) -> list[str]:
    """Say what the newest edition says of its last year."""
    row = connection.execute(
        "select edition_id, year, is_estimate, real_growth_published_pct, allies_at_2_pct, allies_at_2_pct_unknown, "
        "us_share_constant_pct from edition_headline order by published_on desc, year desc limit 1"
    ).fetchall()
    if not row:
        return []
    edition, year, estimate, growth, at_2, unknown, share = row[0]
    parts = [f"real growth of Europe and Canada {growth:.2f} %"] if growth is not None else []
    parts.append(f"Allies at 2 % {at_2}" + (f" ({unknown} unknown)" if unknown else ""))
    parts += [f"United States' share {share:.2f} % at constant prices"] if share is not None else []
    return [f"headline   {edition}, {year}{'e' if estimate else ''}: {'; '.join(parts)}"]


class Part(StrEnum):
    """The two programs behind the UI, for services that keep each running by itself."""

    web = "web"
    daemon = "daemon"


def ui(
    context: typer.Context,
    only: Annotated[Part | None, typer.Option(help="Start one of the two programs, as a service does.")] = None,
    host: Annotated[str, typer.Option(help="Address to listen on; others than 127.0.0.1 show it to the network.")] = (
        "127.0.0.1"
    ),
) -> None:
    """Start the Dagster UI and its daemon on 127.0.0.1, with the runs of this warehouse.

    BURDENSHARE_UI_PORT chooses another port than 3000. Stop it with Ctrl-C.
    """
    from pipelines.orchestration.instance import CODE_LOCATION, claim_daemon, prepare_home
    from pipelines.orchestration.private import DAEMON_PROGRAM

    settings: Settings = context.obj
    try:
        prepare_home(settings)
        if only is not Part.daemon:
            _require_free(host, settings.ui_port)
        if only is not Part.web:
            claim_daemon(settings)
    except ValueError as error:
        raise fail(str(error)) from error
    os.environ["DAGSTER_HOME"] = str(settings.dagster_home)
    os.environ["BURDENSHARE_WAREHOUSE"] = str(settings.warehouse)
    address = ["-h", host, "-p", str(settings.ui_port)]
    programs = {
        None: ["dagster", "dev", "-m", CODE_LOCATION, *address],
        Part.web: ["dagster_webserver", "-m", CODE_LOCATION, *address],
        Part.daemon: [DAEMON_PROGRAM, "run", "-m", CODE_LOCATION],
    }
    if only is not Part.daemon:
        console.print(f"The Dagster UI comes up on http://{host}:{settings.ui_port} in a few seconds.", highlight=False)
    # A script that starts this in the background lets it ignore Ctrl-C, by which Dagster ends its own programs.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.execv(sys.executable, [sys.executable, "-m", *programs[only]])


def _require_free(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        # As the server does it: a port that was left a moment ago counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ValueError(
                f"The UI cannot listen on {host}:{port} ({error.strerror}). Name another port with "
                "BURDENSHARE_UI_PORT, or stop what listens there."
            ) from error


def seeds(
    context: typer.Context,
    originals: Annotated[
        Path, typer.Argument(help="Folder with the original files: 2024-06/*.xlsx, 2025-08/*.csv, 2026-07/figures.csv.")
    ],
) -> None:
    """Write the embedded figures anew from the original files, which are not part of the project."""
    settings: Settings = context.obj
    if not originals.is_dir():
        raise fail(f"{originals} is not a folder. Name the one that holds 2024-06, 2025-08 and 2026-07.")
    try:
        counts = regenerate(originals, settings.seeds)
    except (SourceError, FileNotFoundError) as error:
        raise fail(str(error)) from error
    for edition, count in counts.items():
        console.print(f"{edition}: {count:,} figures", highlight=False)
    written = short_path(settings.seeds / "figures")
    console.print(f"written to {written}; `git diff` shows what changed", highlight=False)
