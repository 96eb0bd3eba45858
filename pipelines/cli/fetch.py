"""The command that looks for new workbooks on NATO's site."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer
from rich.markup import escape

from .opening import require_project
from .output import command_name, console, fail, short_path

if TYPE_CHECKING:
    from ..intake.look import Finding
    from ..settings import Settings


def fetch(context: typer.Context) -> None:
    """Look on NATO's site for new workbooks and take them in, as every night does.

    The exit code is 1 where an address failed, where the site gave no workbook at all, or where one was refused: what
    is archived stays as it is, and builds go on with it.
    """
    from ..files.lock import WarehouseBusy
    from ..intake.fetch import fetch as look

    settings: Settings = context.obj
    if settings.topic_page is None:
        console.print("BURDENSHARE_TOPIC_PAGE is off: the web is not looked at.")
        return
    styles = {"failed": "red", "refused": "red", "new edition": "green", "new revision": "green"}

    def show(finding: Finding) -> None:
        style = styles.get(finding.outcome, "dim")
        console.print(f"[{style}]{finding.outcome:<14}[/] {escape(finding.words)}", highlight=False)

    try:
        findings = look(settings, require_project(settings), show)
    except WarehouseBusy as error:
        raise fail(str(error)) from error
    outcomes = {finding.outcome for finding in findings}
    if any(finding.is_new for finding in findings):
        console.print(f"\nNext: [bold]{command_name()} build[/] brings what is new into the warehouse.")
    elif not outcomes & {"failed", "refused"}:
        console.print("\nNothing new.")
    wrong = []
    if "failed" in outcomes:
        wrong.append("The site did not give everything. What is archived stays as it is; try again later.")
    if "refused" in outcomes:
        wrong.append(f"A workbook was refused; it lies in {short_path(settings.inbox)} with its report.")
    if wrong:
        raise fail("\n".join(wrong))
