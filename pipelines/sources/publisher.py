"""Say what a publisher is, and find those that there are.

A publisher is a package in this room with a `PUBLISHER`. It knows everything that is its own: where its
files are, which edition a file is, what its tables look like and mean. What takes files in, builds and
publishes asks it, and names none. There is no list of publishers: one is found by being there.
"""

from __future__ import annotations

import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from .errors import Offender, SourceError
from .kinds import TEXT

if TYPE_CHECKING:
    import pandas as pd

    from .editions import Editions
    from .entities import Entities
    from .registry import Edition
    from .workbook import SourceKind, Workbook


@dataclass(frozen=True)
class Clues:
    """Gather what tells an edition: the file's name and dates, its hashes, and what its tables cover.

    `tables` are those of which it holds figures, `sent_on` is the date by which a web server says the file was last
    changed, `same_figures` an edition that is held with the very figures of this file.
    """

    file_name: str
    sha256: str
    cells_sha256: str
    first_year: int
    last_year: int
    price_base_year: int | None
    document_day: date | None
    sent_on: date | None = None
    same_figures: str | None = None
    tables: tuple[str, ...] = ()

    def describe(self) -> str:
        """Describe in words what was found."""
        base = f", constant {self.price_base_year} prices" if self.price_base_year else ""
        day = f", last changed on {self.document_day}" if self.document_day else ", no date of its own"
        return f"tables for {self.first_year} to {self.last_year}{base}{day}"


@dataclass(frozen=True)
class Addresses:
    """Hold the addresses of files that a page names, and of those that may be there all the same."""

    known: tuple[str, ...] = ()
    guesses: tuple[str, ...] = ()


class Publisher(ABC):
    """Promise what the rest of the house may ask of a publisher.

    Only `title` must be written by one whose figures are embedded in the seeds alone; one that puts out
    files also says where they are, whose they are, which edition they are, and what they hold.
    """

    id: ClassVar[str]
    """The package's name; every edition's id begins with it."""
    name: ClassVar[str]
    credit: ClassVar[str]
    terms: ClassVar[str]
    dataset: ClassVar[str]
    """The data set whose figures the tables hold."""
    tables: ClassVar[tuple[str, ...]] = ()
    """The tables that can be read, in the order of printing; an entry of the registry names some of them."""
    edition_pattern: ClassVar[str] = r"\d{4}-\d{2}"
    """What follows the publisher in an edition's id, as a regular expression."""
    topic_page: ClassVar[str | None] = None
    """The page that is looked at every day; None where only a page that the settings name is."""
    reads: ClassVar[tuple[SourceKind, ...]] = ()
    """The kinds of files that can be parsed."""
    may_hold_part: ClassVar[bool] = False
    """Whether a file of some of the tables is whole: publishers whose readers choose what they download."""

    @abstractmethod
    def title(self, first_year: int, last_year: int) -> str:
        """Return the title of an edition that nobody has described, by the years that it covers."""

    def discover(self, links: Sequence[str]) -> Addresses:
        """Pick the addresses of files, and of those that may be beside them, from a topic page's links."""
        return Addresses()

    def guess(self, downloads: Sequence[str], today: date) -> tuple[str, ...]:
        """Guess where a new file may be from the addresses of those before, oldest first."""
        return ()

    def recognises(self, workbook: Workbook) -> bool:
        """Tell whether a workbook looks like one of this publisher's."""
        return False

    def document_day(self, workbook: Workbook) -> date | None:
        """Return the day by which a file dates itself; None where it bears none."""
        return workbook.modified.date() if workbook.modified else None

    def parse(
        self, workbook: Workbook, edition_id: str, entities: Entities, tables: Iterable[str] | None = None
    ) -> pd.DataFrame:
        """Read a workbook into observations (`observations.py`).

        `tables` names the tables that it must hold; all where it is None, whatever is there where it is
        empty. Raises `SourceError` with every offender and its cell.
        """
        raise NotImplementedError(f"{self.name} puts out no workbooks that can be read")

    def left_out(self, workbook: Workbook) -> tuple[str, ...]:
        """Name what a file holds beside the publisher's `tables`: whoever takes it in is told that it is not read."""
        return ()

    def empty_parts(self, workbook: Workbook, entities: Entities, known: Sequence[str]) -> list[Offender]:
        """List the parts of a workbook's tables that hold no figure, but for those that are `known` to be empty."""
        return []

    def identify(
        self, clues: Clues, editions: Editions, edition_id: str | None, published: date | None
    ) -> tuple[str, date]:
        """Return the id and the day of publication of the edition that a file is.

        What a person passes (`edition_id`, `published`) comes first. Raises `SourceError` that says what to
        pass where the file does not tell, or where it contradicts the registry.
        """
        raise NotImplementedError(f"{self.name} puts out no files that can be identified")

    def read_original(self, folder: Path, edition: Edition, entities: Entities) -> pd.DataFrame | None:
        """Read the files from which an edition's embedded figures are made; None where they have none."""
        return None

    def same_state(self, workbook: Workbook) -> str:
        """Return what two files share that are one revision: the hash of the visible cells."""
        return workbook.cells_sha256


@cache
def publishers() -> dict[str, Publisher]:
    """Find the publishers, by id: every package in this room that has a `PUBLISHER`."""
    room = import_module(__package__)
    packages = (found.name for found in pkgutil.iter_modules(room.__path__) if found.ispkg)
    found = [getattr(import_module(f"{__package__}.{name}"), "PUBLISHER", None) for name in sorted(packages)]
    return {publisher.id: publisher for publisher in found if isinstance(publisher, Publisher)}


def publisher_of(edition_id: str) -> Publisher:
    """Find the publisher of an edition by its id; raises `KeyError` where no package has it."""
    return publishers()[edition_id.partition("-")[0]]


def publisher_of_workbook(workbook: Workbook) -> Publisher:
    """Find whose file this is; raises `SourceError` where that cannot be told, or where nobody here reads it."""
    readers = [publisher for publisher in publishers().values() if workbook.source_kind in publisher.reads]
    claimed = [publisher for publisher in readers if publisher.recognises(workbook)]
    names, kind = ", ".join(publisher.name for publisher in claimed or readers), _KINDS[workbook.source_kind]
    advice = "compare its tables with the publisher's file; download it again if they differ."
    if not claimed and workbook.source_kind == "csv":
        raise SourceError(
            workbook.path.name, [Offender(workbook.path.name, TEXT.words, "an .xlsx workbook")], TEXT.advice
        )
    if not claimed and workbook.source_kind == "pdf":
        offender = Offender(workbook.path.name, "a PDF whose text holds no table's title", f"one of {names}")
        raise SourceError(workbook.path.name, [offender], "take the publisher's PDF with the tables, or its workbook.")
    if len(claimed) == 1:
        return claimed[0]
    found = f"a {kind} that may be of {names}" if claimed else f"a {kind} without a title of {names}"
    offender = Offender(workbook.path.name, found, "one that tells whose it is")
    raise SourceError(workbook.path.name, [offender], advice)


_KINDS: dict[SourceKind, str] = {"workbook": "workbook", "pdf": "PDF", "csv": "CSV"}
