"""The services themselves: a failure here is the machine's, not the warehouse's."""

from __future__ import annotations


def test_the_browser_draws_a_page(page):
    page.set_content("<html lang=en><title>hello</title><p id=greeting>good evening</p>")
    assert page.inner_text("#greeting") == "good evening"
    assert page.problems == []


def test_the_browser_tells_what_went_wrong_on_a_page(page):
    page.set_content("<script>console.error('wrong'); throw new Error('worse')</script>")
    assert sorted(page.problems) == ["worse", "wrong"]


def test_the_database_server_answers(postgres):
    import psycopg2

    with psycopg2.connect(postgres) as connection, connection.cursor() as cursor:
        cursor.execute("show data_directory")
        assert "postgres" in cursor.fetchone()[0]
