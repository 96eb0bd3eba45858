"""Which edition a file is: by what it covers, its days and its name; and what is asked where nothing tells."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.sources.catalogue import Sources
from pipelines.sources.editions import Editions, combine
from pipelines.sources.errors import SourceError
from pipelines.sources.nato.identify import identify
from pipelines.sources.publisher import Clues
from pipelines.sources.registry import Edition


@pytest.fixture(scope="module")
def editions(settings) -> Editions:
    """Give the registry, with June 2019 in it."""
    registered = dict(Sources(settings.seeds).editions.registered)
    june = {"id": "nato-2019-06", "published_on": date(2019, 6, 25), "first_year": 2012, "last_year": 2019}
    june |= {"title": "Defence Expenditure of NATO Countries (2012-2019)", "price_base_year": 2015, "tables": {}}
    registered.setdefault("nato-2019-06", Edition(**june, publisher="nato", credit="NATO", terms="Credit NATO."))
    return combine(registered, [])


def clues(name: str, years: tuple[int, int], base: int | None, day: date | None = None, **others) -> Clues:
    return Clues(name, "0" * 64, "1" * 64, *years, base, day, **others)


NAMES = {
    "250827-def-exp-en.xlsx": ((2014, 2025), 2021, None, "nato-2025-08", date(2025, 8, 28)),
    "240616-def-exp-en.xlsx": ((2014, 2024), 2015, None, "nato-2024-06", date(2024, 6, 17)),
    "240617-def-exp-2024-en.pdf": ((2014, 2024), 2015, date(2024, 6, 17), "nato-2024-06", date(2024, 6, 17)),
    "PR-2019-069-eng.xlsx": ((2012, 2019), 2015, date(2019, 6, 24), "nato-2019-06", date(2019, 6, 25)),
    "20190625_PR2019-069-EN.xlsx": ((2012, 2019), 2015, None, "nato-2019-06", date(2019, 6, 25)),
    "20191129_pr-2019-123-en.xlsx": ((2013, 2019), 2015, date(2019, 11, 28), "nato-2019-11", date(2019, 11, 29)),
    "20201021_2020-104.xlsx": ((2013, 2020), 2015, None, "nato-2020-10", date(2020, 10, 21)),
    "210611-pr-2021-094-en.xlsx": ((2014, 2021), 2015, None, "nato-2021-06", date(2021, 6, 11)),
    "20170629_170629-pr2017-111-en.xlsx": ((2010, 2017), 2010, None, "nato-2017-06", date(2017, 6, 29)),
    "20160704_160704-pr2016-116.xlsx": ((2009, 2016), 2010, None, "nato-2016-07", date(2016, 7, 4)),
    "def-exp-2026-en (1).xlsx": ((2014, 2026), 2021, None, "nato-2026-07", date(2026, 7, 7)),
    "Copy of DEF-EXP-2026-EN.xlsx": ((2014, 2026), 2021, None, "nato-2026-07", date(2026, 7, 7)),
    "def-exp-2026-en - Copy (2).xlsx": ((2014, 2026), 2021, date(2027, 1, 2), "nato-2026-07", date(2026, 7, 7)),
    # The day of a name is that of writing; the registry has the day of publication of that month.
    "230703-def-exp-2023-TABLES-en.xlsx": ((2014, 2023), 2015, None, "nato-2023-07", date(2023, 7, 7)),
    "PR-2023-107.xlsx": ((2014, 2023), 2015, date(2023, 7, 5), "nato-2023-07", date(2023, 7, 7)),
    # The tables tell, whatever year is in the name.
    "def-exp-2025-en.xlsx": ((2014, 2026), 2021, date(2026, 7, 6), "nato-2026-07", date(2026, 7, 7)),
}


@pytest.mark.parametrize("name", NAMES)
def test_names_seen_in_the_wild(editions, name):
    years, base, day, edition_id, published = NAMES[name]
    assert identify(clues(name, years, base, day), editions, None, None) == (edition_id, published)


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("PR-2024-187-eng.xlsx", date(2024, 9, 9)),
        ("tables.xlsx", None),
        ("def-exp-en.xlsx", date(2026, 11, 2)),
        # No tables to 2024 are of that day: it is another one, or none.
        ("190316-tables.xlsx", None),
        ("241399-tables.xlsx", None),
    ],
)
def test_where_nothing_tells_the_question_says_what_to_type(editions, name, day):
    with pytest.raises(SourceError) as question:
        identify(clues(name, (2014, 2024), 2015, day, same_figures="nato-2024-06"), editions, None, None)
    words = str(question.value)
    assert "--published 2024-MM-DD" in words and "--edition nato-2024-06 if it is that one" in words
    assert "its figures are those of nato-2024-06" in words


def test_a_statement_that_is_quoted_is_no_edition_of_tables(editions):
    """In February 2024 the Secretary General gave figures; a workbook of that week is an edition of its own."""
    found = identify(clues("240212-tables.xlsx", (2014, 2024), 2015), editions, None, None)
    assert found == ("nato-2024-02", date(2024, 2, 14)), "of that month there is one edition in the registry"
    with pytest.raises(SourceError, match="--published"):
        identify(clues("tables.xlsx", (2014, 2024), 2015, date(2024, 2, 12)), editions, None, None)


def test_a_name_of_another_base_year_is_not_believed(editions):
    """Tables in 2021 prices are not those of June 2024, whose day the name bears."""
    with pytest.raises(SourceError, match="constant 2021 prices; expected 2015"):
        identify(clues("240617-def-exp-2024-TABLES-en.xlsx", (2014, 2024), 2021), editions, None, None)
