"""Tell which edition a file is: by what its tables cover and its days, by its name, or by what a person passes.

What the cells say (years, base year) comes first: only an edition of just these tables is asked for. Among those the
name and the days decide. Where they tell nothing, nothing is guessed: a person is asked.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import PurePosixPath

from ..editions import Editions
from ..errors import Offender, SourceError
from ..identify import known_by_hash
from ..publisher import Clues, publishers
from ..registry import Edition
from .names import PUBLISHER_ID

# 240617-def-exp-2024-TABLES-en.xlsx; 20190625_PR2019-069-EN.xlsx
_DATED = re.compile(r"^(?:20)?(?P<yy>\d\d)(?P<mm>\d\d)(?P<dd>\d\d)[-_ ]")
# def-exp-2025-en.xlsx
_YEARLY = re.compile(r"def-exp-(?P<year>20\d\d)", re.I)
# What browsers and people add to the name of a copy: def-exp-2026-en (1).xlsx
_COPY = re.compile(r"^copy of |( - copy)?( ?\(\d+\))?(?=\.[^.]+$)", re.I)
_ID = re.compile(r"^[a-z]+-(?P<year>\d{4})-(?P<month>\d{2})$")
# The day in a file's name may be that of writing or of uploading.
_NAMED = timedelta(days=7)
# A document is last changed before it is published, or in a correction soon after.
_EARLY, _LATE = timedelta(days=45), timedelta(days=31)


def identify(clues: Clues, editions: Editions, edition_id: str | None, published: date | None) -> tuple[str, date]:
    """Return the id and the day of publication of the edition that a file is.

    What a person passes comes first, then hashes, then the name, then the days. Raises `SourceError`
    that says what to pass where the file does not tell, or where it contradicts the registry.
    """
    known, asked = known_by_hash(clues, editions, PUBLISHER_ID), published
    if known and edition_id and known != edition_id:
        found = f"the very cells of {known}, which is held"
        raise _refusal(clues, [Offender(clues.file_name, found, f"another file for {edition_id}")])
    edition_id = edition_id or known or (None if published else _by_name(clues, editions) or _by_day(clues, editions))
    if edition_id is None:
        published = published or _day_of_new_edition(clues)
        if published is None:
            raise _unknown(clues, editions)
        edition_id = f"{PUBLISHER_ID}-{published:%Y-%m}"
        # The registry knows the day better than a name or a document does, and a person better than the registry.
        published = asked or (None if edition_id in editions.declared else published)
    declared = editions.declared.get(edition_id)
    published = published or (declared.published_on if declared else _day_within(clues, edition_id))
    offenders = _problems(clues, edition_id, published, declared)
    if offenders or published is None:
        raise _refusal(clues, offenders)
    return edition_id, published


def _candidates(clues: Clues, editions: Editions) -> list[Edition]:
    """List the editions of tables that cover just what this file's tables cover."""
    return [
        edition
        for edition in editions.of(PUBLISHER_ID)
        if (edition.first_year, edition.last_year) == (clues.first_year, clues.last_year)
        and (clues.price_base_year is None or edition.price_base_year in (None, clues.price_base_year))
        and _has_tables(edition)
    ]


def _has_tables(edition: Edition) -> bool:
    """Tell whether NATO published tables, and not a statement that is quoted."""
    title = publishers()[PUBLISHER_ID].title(edition.first_year, edition.last_year)
    return bool(edition.tables or edition.download) or edition.title == title


def _by_name(clues: Clues, editions: Editions) -> str | None:
    """Find the edition that the registry knows under this name, or that was published about the day in it."""
    name, candidates = _plain_name(clues.file_name), _candidates(clues, editions)
    for edition in candidates:
        names = {_plain_name(known) for known in (edition.file_name, str(edition.download or "")) if known}
        if name in names:
            return edition.id
    day = _day_in_name(clues)
    near = [edition for edition in candidates if day and abs(edition.published_on - day) <= _NAMED]
    return min(near, key=lambda edition: abs(edition.published_on - (day or date.max))).id if near else None


def _by_day(clues: Clues, editions: Editions) -> str | None:
    """Find the one edition that was published about when the document was changed, where its name has no day."""
    if clues.document_day is None or _day_in_name(clues):
        return None
    found = [
        edition.id
        for edition in _candidates(clues, editions)
        if -_EARLY <= clues.document_day - edition.published_on <= _LATE
    ]
    return found[0] if len(found) == 1 else None


def _plain_name(name: str) -> str:
    """Return a name as the publisher gave it: without a folder, and without what a copy has more."""
    return _COPY.sub("", PurePosixPath(name).name).strip().casefold()


def _day_in_name(clues: Clues) -> date | None:
    """Read the day with which a name begins; None where tables up to their last year cannot be of that day."""
    match = _DATED.match(_plain_name(clues.file_name))
    try:
        day = date(2000 + int(match["yy"]), int(match["mm"]), int(match["dd"])) if match else None
    except ValueError:
        return None
    return day if day and abs(day.year - clues.last_year) <= 1 else None


def _day_of_new_edition(clues: Clues) -> date | None:
    """Read the day of publication of an edition that nobody has declared."""
    if day := _day_in_name(clues):
        return day
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
        expected = f"the day on which NATO published it: --published {match['year']}-{match['month']}-DD"
        return [Offender("--published", found, expected)]
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
    likely = [edition.id for edition in _candidates(clues, editions)]
    if clues.same_figures in likely:
        likely = [clues.same_figures]
    known = "".join(f"--edition {edition_id} if it is that one, or " for edition_id in likely)
    found = clues.describe()
    if clues.same_figures:
        found += f"; its figures are those of {clues.same_figures}"
    return SourceError(
        clues.file_name,
        [Offender(clues.file_name, found, "a name or a day that tells the edition, or an option that does")],
        f"pass {known}--published {clues.last_year}-MM-DD with the day on which NATO published it, for a new edition.",
    )


def _refusal(clues: Clues, offenders: list[Offender]) -> SourceError:
    advice = (
        "pass the right --edition and --published (`burdenshare editions` lists what is known), or mend "
        "warehouse/seeds/editions.yml. Nothing was taken from this file."
    )
    return SourceError(clues.file_name, offenders, advice)
