"""What the commands about public statements share: verdicts in words, and values to complete in a shell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.markup import escape

from .output import console, print_labelled

if TYPE_CHECKING:
    from ..reading.sentences.understand import Understood
    from ..reading.statements import Statement


def print_verdicts(rows: list[tuple[str, str, str]]) -> None:
    """Print verdicts, each with its edition and its sentence: `rows` are edition, verdict, sentence."""
    for edition, verdict, sentence in rows:
        style = {"holds": "green", "differs": "red"}.get(verdict, "yellow")
        console.print(f"\n[bold]{edition}[/]  [{style}]{verdict.replace('_', ' ')}[/]", highlight=False)
        print_labelled("", sentence, indent=2)


def print_answer(record: dict[str, Any]) -> None:
    """Print what a sentence was understood to say, and each statement as known then, as known now."""
    console.print(f"[bold]{escape(record['sentence'])}[/]", highlight=False)
    for statement in record["statements"]:
        console.print("")
        print_labelled("understood", in_words(statement), indent=14)
        for label, when in (("that day", "then"), ("older", "borrowed"), ("now", "now")):
            edition, verdict = statement[f"edition_{when}"], statement[f"verdict_{when}"]
            if when == "borrowed" and edition is None:
                continue
            told = (verdict or "cannot_tell").replace("_", " ")
            said = f"{edition or 'no edition'}: {told}. {statement[f'reason_{when}']}"
            print_labelled(label, said, indent=14)
        print_labelled("misleading", statement["misleading"] or "nothing that the tables show", indent=14)
    console.print("")
    for part in record["not_understood"]:
        print_labelled("not understood", part, indent=18)
    if record["reason"]:
        print_labelled("why", record["reason"], indent=18)
    for distance in record["distances"]:
        print_labelled("how far", distance, indent=18)
    if record["abstained"]:
        print_labelled("verdict", "cannot tell", indent=18)
    else:
        then, now = (record[f"verdict_{when}"].replace("_", " ") for when in ("then", "now"))
        print_labelled("verdict", f"{then} as known that day, {now} as known now", indent=18)


def print_answer_by_publisher(asked: Understood, judged: list[tuple[Statement, list[tuple[str, str, str]]]]) -> None:
    """Print what a sentence was understood to say, and what a publisher's editions make of each statement."""
    from ..reading.sentences.answer import fields_of

    console.print(f"[bold]{escape(asked.sentence)}[/]", highlight=False)
    for statement, verdicts in judged:
        console.print("")
        print_labelled("understood", in_words(fields_of(statement)), indent=14)
        for edition, verdict, sentence in verdicts:
            print_labelled(edition, f"{verdict.replace('_', ' ')}. {sentence}", indent=14)
    if asked.not_understood or asked.reasons:
        console.print("")
    for part in asked.not_understood:
        print_labelled("not understood", part, indent=18)
    for reason in dict.fromkeys(asked.reasons):
        print_labelled("why", reason, indent=18)


def in_words(statement: dict[str, Any]) -> str:
    """Write a statement as it was understood: who, what, when, how much, which prices, which comparison."""
    low, high = statement["low"], statement["high"]
    unit = statement["unit"]
    span = (
        f"{low:g}" if low == high else f"{'-' if low is None else f'{low:g}'} to {'-' if high is None else f'{high:g}'}"
    )
    parts = [
        f"{statement['kind']} of {statement['metric']}",
        " against ".join(statement["subjects"]),
        f"in {statement['year']}" + (f" since {statement['year_from']}" if statement["year_from"] else ""),
        f"target {statement['target_id']}" if statement["target_id"] else "",
        f"beyond {statement['threshold']:g} %" if statement["threshold"] is not None else "",
        statement["direction"] or "",
        f"among {statement['among']}" if statement["among"] else "",
        f"at {statement['price_basis']} prices" if statement["price_basis"] else "",
        f"stated {statement['comparator'].replace('_', ' ')} {statement['value']:g} {unit}: {span}",
    ]
    return ", ".join(part for part in parts if part) + "."


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
