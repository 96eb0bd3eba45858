"""The command that builds the warehouse and publishes a release."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from ..files.whole import fingerprint, read_object, sha256_of, write_json
from .opening import open_current
from .output import command_name, console, fail, print_labelled, short_path

if TYPE_CHECKING:
    import duckdb

    from ..orchestration.build import BuildReport, Step
    from ..settings import Settings


# What is said of the release, beside the tables that it was made of.
SUMMARY = "summary.json"
# Two blanks, a word and the blanks behind it: where the lines of the summary begin.
LABEL_WIDTH = 13
SUMMARISED = (
    "dim_edition",
    "edition_headline",
    "fct_large_change",
    "fct_observation",
    "fct_publisher_warning",
    "fct_uncheckable_relation",
    "publisher_reasons",
)


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
    from ..files.lock import WarehouseBusy
    from ..models.parts import ProjectError
    from ..sources.errors import SourceError

    settings: Settings = context.obj
    try:
        report = _with_progress(settings, fetch, accept)
    except (ProjectError, SourceError, ValueError, WarehouseBusy) as error:
        raise fail(str(error)) from error
    if not report.succeeded:
        raise fail(
            f"The build failed.\n\n{report.failure}\n\n"
            f"Readers see {_seen(settings)}.\n"
            f"The whole run is in the Dagster UI ({command_name()} ui), run {report.run_id[:8]}."
        )
    _summarise(settings, report)


def _seen(settings: Settings) -> str:
    from ..releases.catalog import current_id

    current = current_id(settings)
    return f"release {current}" if current else "nothing yet"


def _with_progress(settings: Settings, fetch: bool, accept: str | None) -> BuildReport:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from ..orchestration.build import build as run_build

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("reading the project", total=None)

        def hear(step: Step) -> None:
            if step.state == "started":
                progress.update(task, description=f"{step.asset:<26}")
            else:
                progress.advance(task)

        return run_build(
            settings,
            hear,
            on_plan=lambda steps: progress.update(task, total=steps),
            on_wait=lambda words: progress.console.print(words, highlight=False),
            fetch=fetch,
            accept=accept,
        )


def _summarise(settings: Settings, report: BuildReport) -> None:
    from ..releases.catalog import current_id

    release_id = current_id(settings) or ""
    told = _told(settings, release_id)
    words = "Published" if report.published else "Held back; still" if report.held else "Nothing changed; still"
    console.print(f"\n[bold]{words} release {release_id}[/]")
    _print_all("editions", told["editions"])
    _print_all("tables", told["tables"])
    console.print(f"  checks     {report.checks_passed} passed, {report.checks_failed} failed", highlight=False)
    for warning in report.warnings:
        first, *rest = warning.splitlines()
        console.print(f"  [yellow]warning    {escape(first)}[/]", highlight=False)
        for line in rest:
            console.print(f"             {line}", markup=False, highlight=False)
    if report.published or report.held:
        _print_all("changes", report.changes)
    _print_all("unchecked", told["unchecked"])
    if report.published or report.held:
        connection = open_current(settings, *SUMMARISED)
        _print_all("missing", _missing(connection))
        _print_all("moved", _moves(connection))
    _print_all("publishers", told["publishers"])
    _print_all("headline", told["headline"])
    console.print(f"  lies in    {short_path(settings.current)}", highlight=False)
    name = command_name()
    console.print(f'\nNext: [bold]{name} tables[/] lists what there is, [bold]{name} query "from edition_headline"[/]')
    console.print(f"asks it, and [bold]{name} ui[/] shows this run in Dagster.")


def _told(settings: Settings, release_id: str) -> dict[str, list[str]]:
    """Return what is said of a release after every build, by label; kept, so that a night without news asks nothing."""
    path, mark = settings.tables / SUMMARY, fingerprint(release_id, sha256_of(Path(__file__)))
    try:
        if (kept := read_object(path))["mark"] == mark:
            return dict(kept["told"])
    except (OSError, ValueError, KeyError):
        # Not there yet, or not whole: it is made anew.
        pass
    from ..reading.current import read_manifest
    from ..releases.description import tables_of

    connection, tables = open_current(settings, *SUMMARISED), tables_of(read_manifest(settings))
    total = sum(entry["rows"] for entry in tables.values())
    told = {
        "editions": _editions(connection),
        "tables": [f"{len(tables)} with {total:,} rows, as Parquet and in one DuckDB file"],
        "unchecked": _uncheckable(connection),
        "publishers": _publishers(connection),
        "headline": _headline(connection),
    }
    write_json(path, {"mark": mark, "told": told})
    return told


def _editions(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Name each publisher's editions with their figures, NATO's first."""
    rows = connection.execute(
        "select string_agg(format('{} ({:,} figures)', edition_id, figures), ', ' order by published_on) "
        "from dim_edition join (select edition_id, count(*) as figures from fct_observation group by all) "
        "using (edition_id) group by publisher order by publisher <> 'NATO', publisher"
    ).fetchall()
    return [editions for (editions,) in rows]


def _print_all(label: str, lines: Iterable[str]) -> None:
    """Print lines behind a label, each folded under itself."""
    for line in lines:
        print_labelled(label, line, LABEL_WIDTH)


def _uncheckable(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Describe the aggregates that no members' sum can prove, a line for each edition and missing members."""
    rows = connection.execute(
        "select edition_id, missing_members, count(*), string_agg(distinct relation_id, ', ' order by relation_id) "
        "from fct_uncheckable_relation group by all order by all"
    ).fetchall()
    return [
        f"{edition}: {count} aggregate{'s' * (count > 1)} without the figures of "
        f"{missing.replace(' ', ', ')} ({relations})"
        for edition, missing, count, relations in rows
    ]


def _moves(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Name what moved much in each edition and beside what, a line for each; none of it is refused for its size."""
    rows = connection.execute(
        "select edition_id, compared_with, earlier_edition_id, count(*), string_agg(concat(entity_code, ' ', "
        "cast(year as varchar), ' ', measure, case when unit = 'percent' then printf(' %+.2f points', moved_by) "
        "else printf(' %+.1f %%', relative_change_pct) end), ', ' order by size_rank) filter (where size_rank <= 3) "
        "from fct_large_change inner join dim_edition using (edition_id) where present_value is not null "
        "group by all order by max(published_on) desc, compared_with, earlier_edition_id desc"
    ).fetchall()
    sides = {
        "edition": "moved by more than 5 % or 0.3 points from {earlier}",
        "revision": "moved by more than 5 % or 0.3 points from the revision that was replaced",
        "year": "that are estimates lie far from the year before",
    }
    return [
        f"{edition}: {count:,} figure{'s' * (count > 1)} {sides[side].format(earlier=earlier)}; farthest {farthest}"
        for edition, side, earlier, count, farthest in rows
    ]


def _missing(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Name the rows in which an edition gives no figure for a year that other rows have, a line for each edition."""
    rows = connection.execute(
        "with holes as (select edition_id, concat(entity_code, ' ', cast(year as varchar)) as place, "
        "count(*) as figures from fct_large_change where present_value is null and compared_with = 'year' "
        "group by all) "
        "select edition_id, cast(sum(figures) as integer), string_agg(concat(place, case when figures > 1 "
        "then printf(' (%d)', figures) else '' end), ', ' order by place) "
        "from holes inner join dim_edition using (edition_id) group by edition_id order by max(published_on) desc"
    ).fetchall()
    return [
        f"{edition}: {count} figure{'s are' if count > 1 else ' is'} not given where their rows have others: {where}"
        for edition, count, where in rows
    ]


def _publishers(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Say how far each publisher's newest shares of GDP lie from NATO's, how many no rule explains, and what is odd."""
    compared = connection.execute(
        "select publisher, year, compared_allies, mean_difference_pp, unexplained_allies, unexplained_pct "
        "from publisher_reasons qualify year = max(year) over (partition by publisher) order by publisher"
    ).fetchall()
    lines = [
        f"{publisher} {year}: {count} shares of GDP differ from NATO's by {mean:.3f} points on average; "
        f"{unexplained} of them ({percent:.0f} %) unexplained"
        for publisher, year, count, mean, unexplained, percent in compared
    ]
    words = {
        "repeats_year_before": "the share of the year before once more",
        "grew_beyond_range": "farther from NATO's than ever before",
        "held_by_one": "held by it alone",
    }
    found = connection.execute(
        "select publisher, warning_code, string_agg(concat(case when warning_code = 'held_by_one' then '' "
        "else concat(entity_code, ' ') end, cast(year as varchar)), ', ' order by year, entity_code) "
        "from fct_publisher_warning group by all order by all"
    ).fetchall()
    return lines + [f"{publisher}: {words[code]}: {places}" for publisher, code, places in found]


def _headline(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Describe what the newest edition says of its last year."""
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
    return [f"{edition}, {year}{'e' if estimate else ''}: {'; '.join(parts)}"]
