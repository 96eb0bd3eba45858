"""The command that writes the report, and shows it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .output import console, fail, short_path

if TYPE_CHECKING:
    from ..report.site import Site
    from ..settings import Settings


def report(
    context: typer.Context,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder to write to, instead of report/ in the warehouse.")
    ] = None,
    serve: Annotated[bool, typer.Option("--serve", help="Then show it on 127.0.0.1, until Ctrl-C.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port for --serve; 0 takes a free one.")] = 3080,
) -> None:
    """Write the current release as a static site: pages, charts, and the data to take along.

    It needs no server and no network: open index.html from disk, print it, or put the folder on any
    web host.

    Examples:

      burdenshare report

      burdenshare report --output public --serve
    """
    # Charts take a second to import; other commands do without them.
    from ..reading.current import NoRelease
    from ..report.serve import make_server
    from ..report.site import NotAReport, write_site

    try:
        site = write_site(context.obj, output)
    except (NoRelease, NotAReport) as error:
        raise fail(str(error)) from error
    console.print(
        f"Wrote {site.pages} pages of release {site.release_id} in {site.seconds:.1f} s to {short_path(site.path)}",
        highlight=False,
    )
    if output is None:
        _note(context.obj, site)
    if not serve:
        console.print(f"Open {short_path(site.path / 'index.html')} in a browser.", highlight=False)
        return
    try:
        server = make_server(site.path, port)
    except OSError as error:
        raise fail(f"Port {port} on 127.0.0.1 cannot be used ({error.strerror}). Name another with --port.") from error
    console.print(f"The report is on http://127.0.0.1:{server.server_port}/ until Ctrl-C.", highlight=False)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


def _note(settings: Settings, site: Site) -> None:
    from ..orchestration.noted import note_report

    try:
        note_report(settings, site.release_id, site.pages)
    except ValueError as error:
        console.print(f"Dagster's pages do not show it: {error}", markup=False, highlight=False)
