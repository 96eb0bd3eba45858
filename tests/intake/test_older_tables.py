"""A single table of an edition that nobody declared, older than all that is held: June 2021's national currencies."""

from __future__ import annotations


def test_june_2021_is_taken_and_builds(taken_in, originals):
    rows = taken_in.release.execute(
        "select entity_code, year, round(relative_change_pct, 1) from fct_revision "
        "where edition_id = 'nato-2024-06' and earlier_edition_id = 'nato-2021-06'"
    )
    changes = {(code, year): change for code, year, change in rows.fetchall()}
    assert len(changes) == 29 * 8
    assert [changes[key] for key in [("HUN", 2017), ("LVA", 2017), ("NOR", 2016)]] == [16.4, -8.6, 6.1]
    assert all(abs(changes["HRV", year]) < 0.1 for year in range(2014, 2020))
