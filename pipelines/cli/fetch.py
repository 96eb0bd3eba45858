"""The command that looks for new workbooks on NATO's site."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer
from rich.markup import escape

from pipelines.cli.opening import hold_lock, require_project
from pipelines.cli.output import command_name, console, fail, short_path
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.intake.fetch import Finding


def fetch(context: typer.Context) -> None:
    """Look on NATO's site for new workbooks and take them in, as every night does.

    Ends well when the site cannot be reached: the warehouse goes on with what it has, and says so.
    """
    from pipelines.intake.fetch import fetch as look

    settings: Settings = context.obj
    styles = {"failed": "red", "refused": "red", "new edition": "green", "new revision": "green"}

    def show(finding: Finding) -> None:
        style = styles.get(finding.outcome, "dim")
        console.print(f"[{style}]{finding.outcome:<14}[/] {escape(finding.words)}", highlight=False)

    with hold_lock(settings, "taking sources in"):
        findings = look(settings, require_project(settings), show)
    if any(finding.is_new for finding in findings):
        console.print(f"\nNext: [bold]{command_name()} build[/] brings what is new into the warehouse.")
    elif any(finding.outcome == "failed" for finding in findings):
        console.print("\nThe site did not give everything. What is archived stays as it is; try again later.")
    else:
        console.print("\nNothing new.")
    if any(finding.outcome == "refused" for finding in findings):
        raise fail(f"A workbook was refused; it lies in {short_path(settings.inbox)} with its report.")
