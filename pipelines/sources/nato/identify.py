"""Tell which edition a workbook is: from what it says, its name and its date, or from what a person passes."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import PurePosixPath

from pipelines.sources.editions import Editions
from pipelines.sources.errors import Offender, SourceError
from pipelines.sources.nato.names import PUBLISHER_ID
from pipelines.sources.publisher import Clues
from pipelines.sources.registry import Edition

# 240617-def-exp-2024-TABLES-en.xlsx; def-exp-2025-en.xlsx
_DATED = re.compile(r"^(?P<yy>\d\d)(?P<mm>\d\d)(?P<dd>\d\d)-")
_YEARLY = re.compile(r"def-exp-(?P<year>20\d\d)", re.I)
_ID = re.compile(r"^[a-z]+-(?P<year>\d{4})-(?P<month>\d{2})$")
# A document is last changed before it is published, or in a correction soon after.
_EARLY, _LATE = timedelta(days=45), timedelta(days=31)


def identify(clues: Clues, editions: Editions, edition_id: str | None, published: date | None) -> tuple[str, date]:
    """Return the id and the day of publication of the edition that a workbook is.

    What a person passes comes first, then hashes, then the name, then the dates. Raises `SourceError`
    that says what to pass where the file does not tell, or where it contradicts the registry.
    """
    known = _by_hash(clues, editions)
    if known and edition_id and known != edition_id:
        found = f"the very cells of {known}, which is held"
        raise _refusal(clues, [Offender(clues.file_name, found, f"another file for {edition_id}")])
    edition_id = edition_id or known or (None if published else _by_name(clues, editions) or _by_date(clues, editions))
    if edition_id is None:
        published = published or _day_of_new_edition(clues)
        if published is None:
            raise _unknown(clues, editions)
        edition_id = f"{PUBLISHER_ID}-{published:%Y-%m}"
    declared = editions.declared.get(edition_id)
    published = published or (declared.published_on if declared else _day_within(clues, edition_id))
    offenders = _problems(clues, edition_id, published, declared)
    if offenders or published is None:
        raise _refusal(clues, offenders)
    return edition_id, published


def _by_hash(clues: Clues, editions: Editions) -> str | None:
    for edition_id, revisions in editions.revisions.items():
        for revision in revisions:
            if clues.sha256 == revision.sha256 or clues.cells_sha256 == revision.cells_sha256:
                return edition_id
    declared = (edition for edition in editions.of(PUBLISHER_ID) if edition.sha256 == clues.sha256)
    return next((edition.id for edition in declared), None)


def _by_name(clues: Clues, editions: Editions) -> str | None:
    """Find the edition that the registry knows under this file's name."""
    for edition in editions.of(PUBLISHER_ID):
        names = {edition.file_name, PurePosixPath(str(edition.download or "")).name}
        if clues.file_name in names and edition.last_year == clues.last_year:
            return edition.id
    return None


def _by_date(clues: Clues, editions: Editions) -> str | None:
    """Find the one edition of tables for these years that was published about when the document was changed."""
    if clues.document_day is None or _YEARLY.search(clues.file_name) or _DATED.match(clues.file_name):
        return None
    found = [
        edition.id
        for edition in editions.of(PUBLISHER_ID)
        if (edition.tables or edition.download)
        and (edition.first_year, edition.last_year) == (clues.first_year, clues.last_year)
        and edition.price_base_year in (None, clues.price_base_year)
        and -_EARLY <= clues.document_day - edition.published_on <= _LATE
    ]
    return found[0] if len(found) == 1 else None


def _day_of_new_edition(clues: Clues) -> date | None:
    """Read the day of publication of an edition that nobody has declared."""
    if match := _DATED.match(clues.file_name):
        try:
            return date(2000 + int(match["yy"]), int(match["mm"]), int(match["dd"]))
        except ValueError:
            return None
    named = _YEARLY.search(clues.file_name)
    # Tables are published in the year of their last estimate, which the name repeats.
    if named and int(named["year"]) == clues.last_year:
        days = (day for day in (clues.sent_on, clues.document_day) if day and day.year == clues.last_year)
        return next(days, None)
    return None


def _day_within(clues: Clues, edition_id: str) -> date | None:
    """Read the day of publication of an edition whose month is known from its id."""
    match = _ID.match(edition_id)
    if match is None:
        return None
    days = (day for day in (_day_of_new_edition(clues), clues.sent_on, clues.document_day) if day)
    return next((day for day in days if f"{day:%Y-%m}" == f"{match['year']}-{match['month']}"), None)


def _problems(clues: Clues, edition_id: str, published: date | None, declared: Edition | None) -> list[Offender]:
    place = clues.file_name
    match = _ID.match(edition_id)
    if match is None:
        return [Offender("--edition", repr(edition_id), "an id such as nato-2027-06: publisher, year, month")]
    if published is None:
        found = f"{edition_id}, which nothing describes, and no day of publication in the file"
        return [Offender("--published", found, f"the day, such as --published {match['year']}-{match['month']}-15")]
    problems = []
    if f"{published:%Y-%m}" != f"{match['year']}-{match['month']}":
        problems.append(Offender("--published", f"{published}", f"a day in {match['year']}-{match['month']}"))
    if declared is None:
        if not clues.last_year - 1 <= published.year <= clues.last_year + 1:
            expected = f"a publication of {clues.last_year}, to which its tables run"
            problems.append(Offender(place, f"{edition_id}, published on {published}", expected))
        return problems
    source = f"the registry's entry for {edition_id}"
    if published != declared.published_on:
        problems.append(Offender("--published", f"{published}", f"{declared.published_on}, by {source}"))
    years = (clues.first_year, clues.last_year)
    if years != (declared.first_year, declared.last_year):
        found, expected = f"the years {years[0]} to {years[1]}", f"{declared.first_year} to {declared.last_year}"
        problems.append(Offender(place, found, f"{expected}, by {source}"))
    if declared.price_base_year and clues.price_base_year not in (None, declared.price_base_year):
        found, expected = f"constant {clues.price_base_year} prices", f"{declared.price_base_year}"
        problems.append(Offender(place, found, f"{expected}, by {source}"))
    return problems


def _unknown(clues: Clues, editions: Editions) -> SourceError:
    likely = [e.id for e in editions.of(PUBLISHER_ID) if e.last_year == clues.last_year and (e.tables or e.download)]
    known = f"--edition {likely[-1]} if it is that one, or " if likely else ""
    year = clues.last_year
    return SourceError(
        clues.file_name,
        [
            Offender(
                clues.file_name, clues.describe(), "a name or a date that tells the edition, or an option that does"
            )
        ],
        f"pass {known}--published {year}-MM-DD with the day on which NATO published it, for a new edition.",
    )


def _refusal(clues: Clues, offenders: list[Offender]) -> SourceError:
    advice = (
        "pass the right --edition and --published (`burdenshare editions` lists what is known), or mend "
        "warehouse/seeds/editions.yml. Nothing was taken from this file."
    )
    return SourceError(clues.file_name, offenders, advice)
