"""Write to a terminal so that it shows what is there: nothing cropped, no word cut, no control character.

Belongs here: how words reach a screen. Does not: what is said, and how a table is laid out (`layout`).
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleDimensions, ConsoleOptions, RenderableType
from rich.segment import Segment

# A pipe has no width; COLUMNS gives it one.
WIDTH_OF_A_PIPE = 160
# C0 but the line's end, DEL and C1; line separators; marks that turn the direction of what follows.
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def visible(text: str) -> str:
    """Write control characters out, so that a terminal shows them (`\\x1b[2J`) and does not obey them."""
    return CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def visible_line(text: str) -> str:
    """Write control characters out, the ends of lines too."""
    return visible(text).replace("\n", r"\n")


class Screen(Console):
    """Fold lines between words, crop nothing, and write control characters out."""

    @property  # type: ignore[misc]  # nobody sets it
    def size(self) -> ConsoleDimensions:
        """Give the size of the terminal, or of COLUMNS, asked anew each time."""
        columns, lines = shutil.get_terminal_size((WIDTH_OF_A_PIPE, 50))
        return ConsoleDimensions(columns if self.is_terminal or "COLUMNS" in os.environ else WIDTH_OF_A_PIPE, lines)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Render what is printed, with control characters of its texts written out."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=visible(segment.text))

    def print(self, *objects: Any, **how: Any) -> None:
        """Print as rich does, and crop nothing: what is written out is longer than it was."""
        super().print(*objects, **{"crop": False, **how})


console = Screen()
errors = Screen(stderr=True)


def write(text: str) -> None:
    """Write a result to standard output: as it is for a program, with control characters written out for a person."""
    sys.stdout.write(visible(text) if sys.stdout.isatty() else text)
