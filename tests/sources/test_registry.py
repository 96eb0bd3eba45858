"""The registry of editions tells which of its lines is wrong, and what was expected there."""

import pytest

from pipelines.sources.errors import SourceError
from pipelines.sources.registry import read_registry

GOOD = """editions:
  - id: nato-2030-06
    title: Tables of 2030
    publisher: nato
    published_on: 2030-06-17
    first_year: 2014
    last_year: 2030
    tables: {}
    credit: NATO
    terms: Credit NATO.
"""


@pytest.fixture
def refusal(tmp_path):
    def read(text: str) -> str:
        path = tmp_path / "editions.yml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(SourceError) as refused:
            read_registry(path)
        return str(refused.value)

    return read


def test_known_editions_stand_in_the_order_of_publication(settings):
    editions = read_registry(settings.seeds / "editions.yml")
    days = [edition.published_on for edition in editions.values()]
    assert days == sorted(days) and {edition.publisher for edition in editions.values()} > {"nato", "sipri"}
    mine = [edition for edition in editions.values() if edition.publisher == "nato"]
    assert [e.id for e in mine] == sorted(e.id for e in mine) and len(mine) == 8
    assert [e.id for e in mine if e.tables] == [
        "nato-2019-06",
        "nato-2024-06",
        "nato-2025-08",
        "nato-2026-07",
    ]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("id: nato-2030-06", "id: june 2030", "line 2: found id: june 2030; expected an id such as nato-2030-06"),
        ("published_on: 2030-06-17", "published_on: soon", "line 5: found published_on: 'soon'; expected a valid date"),
        (
            "first_year: 2014",
            "first_year: 2031",
            "line 7: found last_year: 2030; expected 2031, which is first_year, or",
        ),
        (
            "tables: {}",
            "tables: {'9': workbook}",
            "line 8: found tables: the tables 9; expected tables that NATO has: 1,",
        ),
        (
            "tables: {}",
            "tables: {'3': guess}",
            "found tables.3: 'guess'; expected 'workbook', 'transcription', 'pdf' or 'csv'",
        ),
        ("publisher: nato", "publisher: nobody", "line 4: found publisher: nobody; expected one of eda, nato"),
        ("    credit: NATO\n", "", "credit: nothing; expected this key"),
        ("credit: NATO", "credits: NATO", "line 9: found credits: 'NATO'; expected one of the keys id, title"),
        ("publisher: nato", "publisher: [", "line "),
    ],
)
def test_a_mistake_names_its_line(refusal, old, new, words):
    message = refusal(GOOD.replace(old, new))
    assert words in message and "What to do:" in message, message


def test_an_edition_twice_is_refused(refusal):
    assert "line 11: found nato-2030-06 again" in refusal(GOOD + GOOD.removeprefix("editions:\n"))


def test_a_registry_without_editions_is_refused(refusal):
    assert "a key `editions:`" in refusal("{}")
