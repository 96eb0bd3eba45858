"""Tell which edition a file is, of a publisher whose tables or files date themselves.

What a person passes comes first, then a known hash, then the id that the file itself gives.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from .errors import Offender, SourceError

if TYPE_CHECKING:
    from .editions import Editions
    from .publisher import Clues, Publisher


def known_by_hash(clues: Clues, editions: Editions, publisher_id: str) -> str | None:
    """Return the edition of which these very bytes or cells are held or registered; None where none is."""
    for receipt in editions.receipts:
        if clues.sha256 == receipt.sha256:
            return receipt.edition_id
    for edition_id, revisions in editions.revisions.items():
        for revision in revisions:
            if clues.sha256 == revision.sha256 or clues.cells_sha256 == revision.cells_sha256:
                return edition_id
    declared = (edition for edition in editions.of(publisher_id) if edition.sha256 == clues.sha256)
    return next((edition.id for edition in declared), None)


def identify_dated(
    publisher: Publisher,
    clues: Clues,
    editions: Editions,
    edition_id: str | None,
    published: date | None,
    own_id: str | None,
    year: int | None = None,
) -> tuple[str, date]:
    """Return the id and the day of publication of a file whose edition is `own_id` by what it holds.

    `year` is that in which such an edition comes out, where its tables tell. Raises `SourceError` where the file does
    not tell, or contradicts what is passed.
    """
    known = known_by_hash(clues, editions, publisher.id)
    if edition_id and not re.fullmatch(rf"{publisher.id}-{publisher.edition_pattern}", edition_id):
        raise _refusal(clues, "--edition", repr(edition_id), f"an id such as {own_id or known or publisher.id}")
    if edition_id and known and edition_id != known:
        raise _refusal(clues, clues.file_name, f"the very cells of {known}, which is held", f"a file of {edition_id}")
    if edition_id and year and own_id and edition_id != own_id:
        raise _refusal(clues, clues.file_name, f"{clues.describe()}, which is {own_id}", f"tables of {edition_id}")
    found = edition_id or known or own_id
    day = published or clues.document_day or clues.sent_on
    if found is None:
        raise _refusal(clues, clues.file_name, clues.describe(), "--edition, or --published YYYY-MM-DD, to tell it")
    if found in editions.declared:
        declared = editions.declared[found].published_on
        if published and published != declared:
            raise _refusal(clues, "--published", f"{published}", f"{declared}, by the registry's entry for {found}")
        return found, declared
    if day is None or (year and day.year != year):
        told = f"{day}, the day of the file or of its saving" if day else "no day of publication in the file"
        told = f"{published}" if published else told
        during = f" in {year}" if year else ""
        raise _refusal(clues, "--published", told, f"the day{during} on which {publisher.name} published {found}")
    return found, day


def _refusal(clues: Clues, place: str, found: str, expected: str) -> SourceError:
    advice = (
        "pass the right --edition and --published (`burdenshare editions` lists what is known). Nothing was taken from "
        "this file."
    )
    return SourceError(clues.file_name, [Offender(place, found, expected)], advice)
