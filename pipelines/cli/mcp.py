"""The command that serves the release to agents."""

from __future__ import annotations

import typer

from .output import fail


def mcp(context: typer.Context) -> None:
    """Serve the current release to agents, over the Model Context Protocol on standard input and output.

    A client starts this command itself: name it `burdenshare` with the argument `mcp` in the client's list of
    servers. It takes the extra of the same name: pip install 'burdenshare[warehouse,mcp]'.

    Example:

      burdenshare --warehouse /path/to/warehouse mcp
    """
    try:
        from ..agents.server import serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "mcp":
            raise
        raise fail(
            "Serving agents needs the official MCP library, which is not installed. This brings it:\n\n"
            "    pip install 'burdenshare[warehouse,mcp]'"
        ) from error
    serve(context.obj)
