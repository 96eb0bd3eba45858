"""The command that starts the Dagster UI and its daemon."""

from __future__ import annotations

import os
import signal
import socket
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from .output import console, fail
from .output.plain import write_plainly

if TYPE_CHECKING:
    from ..settings import Settings


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

    BURDENSHARE_UI_PORT chooses another port than 3000. Behind a proxy that shows it below a path, the path stands in
    BURDENSHARE_UI_URL, and `--only web` serves it there. Stop it with Ctrl-C.
    """
    from ..orchestration.glance import glance
    from ..orchestration.instance import CODE_LOCATION, claim_daemon, open_instance, prepare_home, put_damaged_aside
    from ..orchestration.private import DAEMON_PROGRAM, DEV_WARNING, begin_events

    settings: Settings = context.obj
    prefix = urlsplit(settings.ui_url).path
    try:
        if prefix and only is None:
            raise ValueError(
                f"BURDENSHARE_UI_URL has the path {prefix}, below which each program is served by itself alone: "
                "burdenshare ui --only web, and burdenshare ui --only daemon"
            )
        prepare_home(settings)
        # The daemon first: it knows where its UI runs, which a port that is taken does not tell.
        if only is not Part.web:
            claim_daemon(settings, None if only else f"http://{host}:{settings.ui_port}")
        if only is not Part.daemon:
            _require_free(host, settings.ui_port)
        for words in put_damaged_aside(settings):
            console.print(words, highlight=False, markup=False)
        with open_instance(settings) as instance:
            begin_events(instance)
    except ValueError as error:
        raise fail(str(error)) from error
    os.environ["DAGSTER_HOME"] = str(settings.dagster_home)
    os.environ["BURDENSHARE_WAREHOUSE"] = str(settings.warehouse)
    os.environ["PYTHONWARNINGS"] = ",".join(filter(None, [os.environ.get("PYTHONWARNINGS"), DEV_WARNING]))
    address = ["-h", host, "-p", str(settings.ui_port)]
    # What goes well stands on the pages; a terminal and a journal have what does not.
    quiet = ["--log-level", "warning", "--code-server-log-level", "error"]
    programs = {
        None: ["dagster", "dev", "-m", CODE_LOCATION, *quiet, *address],
        Part.web: [
            "dagster_webserver",
            "-m",
            CODE_LOCATION,
            "--dagster-log-level",
            "warning",
            *quiet[2:],
            *address,
            "-l",
            prefix,
        ],
        Part.daemon: [DAEMON_PROGRAM, "run", "-m", CODE_LOCATION, *quiet],
    }
    if only is not Part.daemon:
        place = f"http://{host}:{settings.ui_port}{prefix}"
        console.print(f"The Dagster UI comes up on {place} in a few seconds.", highlight=False)
        if (known := glance(settings)) and known.last_run:
            console.print(f"The last run is shown on {place}/runs/{known.last_run['id']}", highlight=False)
    write_plainly()
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
                f"The UI cannot listen on {host}:{port} ({error.strerror}). If it runs there already, open "
                f"http://{host}:{port}; else name another port with BURDENSHARE_UI_PORT, or stop what listens there."
            ) from error
