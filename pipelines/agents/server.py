"""Serve the tools over the Model Context Protocol, on standard input and output."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations

from ..reading.claims import NotAStatement
from ..reading.connection import NoRelease
from ..reading.entities import UnknownEntity
from ..reading.explain import CannotExplain
from ..reading.query import QueryRefused, QueryStopped
from ..settings import Settings
from ..version import __version__
from . import answers
from .answers import Answer
from .measures import NotAnswered
from .release import Current, OpenRelease

REFUSALS = (CannotExplain, NoRelease, NotAStatement, NotAnswered, QueryRefused, QueryStopped, UnknownEntity)
INSTRUCTIONS = """\
Defence spending in NATO, every edition of the published tables. The same figure differs from edition to edition, so \
never quote one without its edition, its status (outturn or estimate), its unit and its prices; each answer carries \
them, and `figure` has a sentence that can be quoted as it stands. Start with `search` for names of measures and \
entities; `figure` gives one figure with its formula and the published cells behind it, `series` years, `revisions` \
every edition, `check` judges a statement, `query` takes DuckDB's SQL (`describe` lists tables and columns). Entities \
go by code or name. A measure with both prices needs `prices`, others name what they need. Credit the publisher."""

Prices = Literal["current", "constant"]
Keys = dict[str, str | int]


def serve(settings: Settings) -> None:
    """Answer a client on standard input and output until it goes."""
    current = Current(settings)
    current.warm_up()
    make_server(current).run("stdio")


def make_server(current: Current) -> MCPServer[Any]:
    """Make the server with its tools."""
    server: MCPServer[Any] = MCPServer("burdenshare", instructions=INSTRUCTIONS, version=__version__, log_level="ERROR")
    # Nothing here changes anything, and nothing is asked of the world outside the release.
    reading = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)

    def ask(question: Callable[[OpenRelease], Answer]) -> Answer:
        try:
            return current.ask(question)
        except REFUSALS as error:
            raise ToolError(str(error)) from error

    @server.tool(annotations=reading)
    def editions() -> Answer:
        """List the editions: when each was published, what is held of it, its years and the base year of its prices."""
        return ask(answers.editions)

    @server.tool(annotations=reading)
    def search(words: str) -> Answer:
        """Find entities, measures (with the keys they need), targets and claims by words, such as `growth` or `UK`."""
        return ask(lambda release: answers.search(release, words))

    @server.tool(annotations=reading)
    def figure(
        measure: str,
        year: int,
        entity: str | None = None,
        edition: str | None = None,
        prices: Prices | None = None,
        target: str | None = None,
        keys: Keys | None = None,
    ) -> Answer:
        """Give one figure with its edition, status, unit, prices, formula and the published cells behind it.

        `measure` is a name that `search` gives: real_growth, defence_share_of_gdp, fct_growth.growth_pct.
        Without `edition` the newest that holds the figure answers, and is named. `keys` are other keys of the measure,
        such as {"unit": "usd_m"} for defence_expenditure or {"category": "equipment"}.
        """
        given = _keys(prices, target, keys)
        return ask(lambda release: answers.figure(release, measure, entity, year, edition, given))

    @server.tool(annotations=reading)
    def series(
        measure: str,
        entity: str | None = None,
        first_year: int | None = None,
        last_year: int | None = None,
        edition: str | None = None,
        prices: Prices | None = None,
        target: str | None = None,
        keys: Keys | None = None,
    ) -> Answer:
        """Give a measure year by year. Without `edition` each year is of the newest that holds it, named beside it.

        Years of different editions are no series at constant prices unless their base year is one: name an edition.
        """
        given = _keys(prices, target, keys)
        return ask(lambda release: answers.series(release, measure, entity, first_year, last_year, edition, given))

    @server.tool(annotations=reading)
    def revisions(
        measure: str,
        year: int,
        entity: str | None = None,
        prices: Prices | None = None,
        target: str | None = None,
        keys: Keys | None = None,
    ) -> Answer:
        """Give one figure by every edition that holds it, the oldest first, and how much each edition moved it."""
        given = _keys(prices, target, keys)
        return ask(lambda release: answers.revisions(release, measure, entity, year, given))

    @server.tool(annotations=reading)
    def check(
        metric: Literal[
            "real_growth",
            "contribution_share",
            "gdp_share",
            "allies_meeting_target",
            "meets_target",
            "expenditure",
            "defence_share_of_gdp",
        ],
        scope: str,
        year: int,
        value: str,
        target: str | None = None,
        prices: Prices | None = None,
    ) -> Answer:
        """Judge a public statement by every edition that covers its year: holds, differs, or cannot be judged.

        `scope` is whom it speaks of, `value` the figure as stated ("19.4", "22", "yes"); its decimals say how it was
        rounded. Percent for growth and shares, billion US dollars for expenditure, Allies for counts.
        """
        return ask(lambda release: answers.check(release, metric, scope, year, value, target, prices))

    @server.tool(annotations=reading)
    def query(sql: str) -> Answer:
        """Answer one SELECT in DuckDB's dialect over the release's tables; at most 200 rows come back.

        Select edition_id, is_estimate and price_basis or price_base_year with every figure. `latest_growth` and the
        like have one row for each key, by the newest edition; `growth_as_of('2024-12-31')` what was known on a day.
        """
        return ask(lambda release: answers.query(release, sql))

    @server.tool(annotations=reading)
    def describe(name: str | None = None) -> Answer:
        """Tell the grain, columns and units of a table or view; without a name, list all tables and views."""
        return ask(lambda release: answers.describe(release, name))

    return server


def _keys(prices: Prices | None, target: str | None, keys: Keys | None) -> Keys:
    given: Keys = dict(keys or {})
    if prices is not None:
        given["price_basis"] = prices
    if target is not None:
        given["target_id"] = target
    return given
