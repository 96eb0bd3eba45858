"""The command that lists what the current release holds."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from .output import console, fail, print_rows


def tables(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="A table or view, to see its columns.")] = None,
) -> None:
    """List the tables and views of the current release, or the columns of one, with units and meaning."""
    from ..reading.current import NoRelease, current_release
    from ..reading.explain import CannotExplain, read_models
    from ..reading.suggest import there_is_no
    from ..releases.description import read_manifest_of, tables_of

    try:
        release = current_release(context.obj)
        models = read_models(release)
    except (NoRelease, CannotExplain) as error:
        raise fail(str(error)) from error
    manifest = read_manifest_of(release)
    held = [{"kind": "table", **entry} for entry in tables_of(manifest).values()]
    held += [{"kind": "view", "rows": None, **entry} for entry in manifest["burdenshare"]["views"]]
    known = {entry["name"]: entry for entry in sorted(held, key=lambda entry: (entry["kind"], entry["name"]))}
    if name is None:
        fields = ("name", "kind", "rows", "description")
        print_rows([{field: entry[field] for field in fields} for entry in known.values()])
        console.print("See the columns of one with [bold]burdenshare tables NAME[/].")
        return
    if name not in known:
        raise fail(there_is_no("table", name, known))
    console.print(f"[bold]{name}[/]: {escape(known[name]['description'])}", highlight=False)
    columns = models[name]["columns"].items()
    print_rows(
        [
            {"column": column, "type": told["type"], "unit": told["unit"], "description": told["description"]}
            for column, told in columns
        ]
    )
