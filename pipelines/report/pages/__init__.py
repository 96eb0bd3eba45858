"""One module for each kind of page, found by being there.

A module makes its pages in `pages(release)` and, where it wants a place in the navigation, names it as
`NAVIGATION`, a `Link`. The template of the same name in `templates/` lays them out. Modules without
`pages` hold what several pages share.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Protocol, cast

from ..content import Link, Page
from ..release import Release


class Kind(Protocol):
    """Promise what a module of this folder has that makes pages."""

    def pages(self, release: Release) -> list[Page]:
        """Make the pages of a release."""


def kinds() -> list[Kind]:
    """Find the modules that make pages, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__, f"{__name__}."))
    modules = [importlib.import_module(name) for name in names]
    return [cast(Kind, module) for module in modules if hasattr(module, "pages")]


def navigation() -> list[Link]:
    """List the links that the modules ask for, in their order."""
    return sorted(kind.NAVIGATION for kind in kinds() if hasattr(kind, "NAVIGATION"))
