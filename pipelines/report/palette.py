"""Name the project's colours once: the style sheet holds them, and what is drawn without one reads them there."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

# What estimates look like beside outturns: the same colour, this opaque.
PALE = 0.35


@cache
def _sheet() -> dict[str, tuple[str, str]]:
    text = files(__package__).joinpath("assets", "report.css").read_text(encoding="utf-8")
    found = re.findall(r"--([a-z]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", text)
    return {name: (light, dark) for name, light, dark in found}


def on_white(name: str) -> str:
    """Return a colour of the style sheet (`blue`, `orange`, `green`, `grey`, `rule` ...) as #rrggbb, for a white page.

    Raises `KeyError` where the style sheet has no such colour.
    """
    return _sheet()[name][0]


def light_and_dark(name: str) -> tuple[str, str]:
    """Return a colour of the style sheet as #rrggbb for a light and for a dark page; raises as `on_white` does."""
    return _sheet()[name]
