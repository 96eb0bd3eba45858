"""The command that starts the Dagster UI and its daemon."""

from __future__ import annotations

import os
import signal
import socket
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from .output import console, fail

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

    BURDENSHARE_UI_PORT chooses another port than 3000. Stop it with Ctrl-C.
    """
    from ..orchestration.instance import CODE_LOCATION, claim_daemon, prepare_home, put_damaged_aside
    from ..orchestration.private import DAEMON_PROGRAM

    settings: Settings = context.obj
    try:
        prepare_home(settings)
        if only is not Part.daemon:
            _require_free(host, settings.ui_port)
        if only is not Part.web:
            claim_daemon(settings)
        for words in put_damaged_aside(settings):
            console.print(words, highlight=False, markup=False)
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
