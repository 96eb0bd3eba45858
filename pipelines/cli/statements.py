"""What the commands about public statements share: verdicts in words, and values to complete in a shell."""

from __future__ import annotations

from .output import console, print_labelled


def print_verdicts(rows: list[tuple[str, str, str]]) -> None:
    """Print verdicts, each with its edition and its sentence: `rows` are edition, verdict, sentence."""
    for edition, verdict, sentence in rows:
        style = {"holds": "green", "differs": "red"}.get(verdict, "yellow")
        console.print(f"\n[bold]{edition}[/]  [{style}]{verdict.replace('_', ' ')}[/]", highlight=False)
        print_labelled("", sentence, indent=2)


def _complete(table: str, columns: str, incomplete: str) -> list[tuple[str, str]]:
    """Offer values of a table of the current release to the shell; nothing where there is no release."""
    import duckdb

    from ..reading.current import NoRelease, open_warehouse
    from ..settings import Settings

    try:
        connection = open_warehouse(Settings.from_environment().warehouse, [table])
        rows = connection.execute(f"select {columns} from {table} order by 1").fetchall()
    except (NoRelease, duckdb.Error, ValueError):
        return []
    return [(value, words) for value, words in rows if value.lower().startswith(incomplete.lower())]


def complete_scope(incomplete: str) -> list[tuple[str, str]]:
    """Offer Allies and groups."""
    return _complete("dim_entity", "entity_code, entity_name", incomplete)


def complete_target(incomplete: str) -> list[tuple[str, str]]:
    """Offer targets."""
    return _complete("dim_target", "target_id, target_name", incomplete)


def complete_claim(incomplete: str) -> list[tuple[str, str]]:
    """Offer claims."""
    return _complete("dim_claim", "claim_id, statement", incomplete)
