"""The command that puts the publishers' figures of one entity and year side by side."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from .output import console, fail, print_labelled, print_rows
from .output.export import Format, FormatOption, OutputOption, choose_format, write_result

WIDTH = 40
SHARE = "defence_share_of_gdp"


def compare(
    context: typer.Context,
    entity: Annotated[str, typer.Argument(help="An Ally or another state, by code or name, such as POL.")],
    year: Annotated[int, typer.Argument(help="A calendar year.")],
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Compare what every publisher says of a share of GDP and of dollars, and tell why they differ.

    Figures of a file that was taken in on this machine, and that its publisher's terms keep out of a release, are
    shown here and marked.

    Example: burdenshare compare POL 2024
    """
    from ..reading.current import NoRelease, current_release
    from ..reading.entities import UnknownEntity, read_entities
    from ..reading.publishers import compare as compare_publishers

    form = choose_format(form, output)
    try:
        release = current_release(context.obj)
        names = read_entities(release)
        code = names.code(entity, by_any_publisher=True)
        found = compare_publishers(release, context.obj.observations, code, year)
    except (NoRelease, UnknownEntity) as error:
        raise fail(str(error)) from error
    if not found.num_rows:
        raise fail(f"No publisher has a figure of {names.listed(code)} in {year} that is held here.")
    if form is not Format.table or output is not None:
        write_result(found, form, output, release=release, asked=f"compare {code} {year}")
        return
    console.print(f"[bold]{names.listed(code)}, {year}[/]", highlight=False)
    _show(found.to_pylist())


def _show(rows: list[dict[str, Any]]) -> None:
    shares = [row for row in rows if row["measure"] == SHARE]
    dollars = [row for row in rows if row["measure"] != SHARE]
    _table("Share of GDP, percent", shares)
    most = max((row["value"] for row in shares), default=0)
    for row in shares:
        bar = "█" * max(1, round(WIDTH * row["value"] / most)) if row["value"] > 0 else ""
        console.print(f"{row['publisher']:<10} {bar} {row['value']:.2f} %", highlight=False)
    _table("Million US dollars at current prices", dollars)
    console.print()
    for row in rows:
        for words in _notes(row):
            print_labelled(row["publisher"], words, 12)


def _table(title: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        console.print(f"\n{title}", highlight=False)
        print_rows([_line(row) for row in rows])


def _line(row: dict[str, Any]) -> dict[str, Any]:
    is_share = row["measure"] == SHARE
    difference = row["difference"] if is_share else row["difference_pct"]
    beside = "{:+.2f} points" if is_share else "{:+.1f} %"
    return {
        "publisher": row["publisher"],
        "edition": row["edition_id"],
        "figure": f"{row['value']:.2f}" if is_share else f"{row['value']:,.0f}",
        "status": "" if row["status"] == "outturn" else row["status"],
        "beside_nato": "" if difference is None else beside.format(difference),
    }


def _notes(row: dict[str, Any]) -> list[str]:
    """Say where a figure stands, why it differs, and whose it is."""
    is_share = row["measure"] == SHARE
    said = [f"{'share' if is_share else 'dollars'}: {row['cell']}"]
    said += [row["difference_reason"]] if row["difference_reason"] else []
    said += ["only on this machine: its publisher's terms keep it out of the release"] if row["is_local"] else []
    lines = ["; ".join(said)]
    if not is_share:
        return lines
    if row["data_begin_year"] is not None:
        before = f"the highest since {row['as_high_in_year']}" if row["as_high_in_year"] else "higher than ever before"
        lines.append(f"{before}, in data that begin in {row['data_begin_year']}")
    lines += [row["footnote"]] if row["footnote"] else []
    return [*lines, f"credit: {row['credit']}. {row['terms']}"]
