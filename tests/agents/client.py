"""A client of the Model Context Protocol, which starts `burdenshare mcp` as any client does: over stdio."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import anyio
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.types import CallToolResult

T = TypeVar("T")


def with_client(warehouse: Path, talk: Callable[[ClientSession], Awaitable[T]]) -> T:
    """Start the server of a warehouse, let a client talk to it, and return what that gives."""
    command = StdioServerParameters(
        command=str(Path(sys.executable).with_name("burdenshare")),
        args=["mcp"],
        env=os.environ | {"BURDENSHARE_WAREHOUSE": str(warehouse)},
    )

    async def whole() -> T:
        async with stdio_client(command) as (reading, writing), ClientSession(reading, writing) as session:
            await session.initialize()
            return await talk(session)

    return anyio.run(whole)


def ask_all(warehouse: Path, asked: list[tuple[str, dict[str, Any]]]) -> list[tuple[CallToolResult, float]]:
    """Ask questions one after the other; return each answer with the seconds that it took."""

    async def talk(session: ClientSession) -> list[tuple[CallToolResult, float]]:
        answers = []
        for tool, arguments in asked:
            begin = time.monotonic()
            answer = await session.call_tool(tool, arguments)
            answers.append((answer, time.monotonic() - begin))
        return answers

    return with_client(warehouse, talk)
