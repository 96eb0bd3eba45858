"""What changed is counted right, put down to its cause, and refused where there is none."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from pipelines.models.project import ProjectError
from pipelines.reading.query import QueryRefused, run_query
from pipelines.releases import catalog
from pipelines.releases.causes import Side, find_causes
from pipelines.releases.description import OWN, read_manifest_of
from pipelines.releases.diff import compare
from pipelines.releases.publish import NotPublished, Release
from pipelines.settings import Settings
from tests.releases.conftest import NEWEST
from tests.releases.small import Small, small_project

BEFORE = {
    ("a", 2023): (100.0, 1.0),
    ("a", 2024): (200.0, 1.5),
    ("b", 2023): (50.0, 1.99),
    ("b", 2024): (60.0, 3.0),
    ("c", 2024): (70.0, 4.0),
}
# a 2023 lost; a 2024 up 20 % (large) and 0.4 points (moderate); b 2023 up 0.02 points over the target
# (small, and a large flip of meets_target); b 2024 up 5 % (moderate); c 2024 as it was; d 2024 new.
AFTER = {
    ("a", 2024): (250.0, 1.9),
    ("b", 2023): (50.0, 2.01),
    ("b", 2024): (63.0, 3.0),
    ("c", 2024): (70.0, 4.0),
    ("d", 2024): (80.0, 5.0),
}


@pytest.fixture
def small(tmp_path: Path) -> Small:
    """Publish the values `BEFORE`."""
    small = small_project(tmp_path)
    small.seed(1, BEFORE)
    small.build()
    small.publish()
    return small


def rows(values: dict) -> pa.Table:
    """Give the rows of the values' seed, as its reader does."""
    lines = [(t, str(y), str(usd), str(share), "1") for (t, y), (usd, share) in values.items()]
    frame = pd.DataFrame(lines, columns=["thing_id", "year", "value_usd_m", "share_pct", "stamp"], dtype="string")
    return pa.Table.from_pandas(frame, preserve_index=False)


def test_keys_and_values_are_counted_by_tier(small: Small) -> None:
    small.seed(1, AFTER)
    small.build()
    diff = small.publish().diff
    values = next(table for table in diff.tables if table.table == "fct_value")
    assert (values.keys_added, values.keys_lost) == (1, 1)
    assert values.samples["keys_lost"] == [{"thing_id": "a", "year": 2023}]
    assert values.samples["keys_added"] == [{"thing_id": "d", "year": 2024}]
    assert values.columns_changed == {
        "value_usd_m": {"large": 1, "moderate": 1, "small": 0},
        "share_pct": {"large": 0, "moderate": 1, "small": 1},
        "meets_target": {"large": 1, "moderate": 0, "small": 0},
    }
    assert values.values == {"large": 2, "moderate": 2, "small": 1}
    assert {"row_key": "a, 2024", "column_name": "value_usd_m", "before": "200.0", "after": "250.0"} in values.samples[
        "large"
    ]
    things = next(table for table in diff.tables if table.table == "dim_thing")
    assert (things.keys_added, things.keys_lost, things.values) == (1, 0, dict.fromkeys(things.values, 0))


def test_pandas_counts_the_same_changes(small: Small) -> None:
    before = catalog.find_release(small.settings, "current")
    small.seed(1, AFTER)
    small.build()
    after = small.publish().path
    old, new = (
        pd.read_parquet(folder / "fct_value.parquet").set_index(["thing_id", "year"]) for folder in (before, after)
    )
    both = old.index.intersection(new.index)
    changed = (old.loc[both] != new.loc[both]).sum()
    values = next(table for table in compare(before, after).tables if table.table == "fct_value")
    assert values.keys_lost == len(old.index.difference(new.index))
    assert {c: sum(tiers.values()) for c, tiers in values.columns_changed.items()} == dict(changed[changed > 0])


def test_a_changed_seed_explains_what_is_made_from_it(small: Small) -> None:
    small.seed(1, AFTER)
    small.build()
    release = small.publish()
    assert [(cause.kind, cause.name) for cause in release.diff.causes] == [
        ("seed", "seeds/things.csv"),
        ("seed", "seeds/values.csv"),
    ]
    own = read_manifest_of(release.path)[OWN]
    assert own["previous"] == catalog.history(small.settings)[0].release
    assert own["changes"] == release.diff.summary()
    assert "fct_value: 1 rows added; 1 rows lost; values changed: 2 large, 2 moderate, 1 small" in own["changes"]


def test_a_grave_change_without_a_cause_is_refused_until_somebody_accepts_it(small: Small) -> None:
    # The reader gives other rows than before, though the file is what it was: as a changed parser would.
    small.build(altered={"seed_value": rows({key: AFTER[key] for key in AFTER if key[0] != "d"})})
    before = catalog.current_id(small.settings)
    with pytest.raises(NotPublished) as refused:
        small.publish()
    for words in ("fct_value: 1 rows lost, 2 large changes", "lost a, 2023", "value_usd_m of a, 2024: 200.0 became"):
        assert words in str(refused.value)
    assert "dim_thing" not in str(refused.value)
    assert catalog.current_id(small.settings) == before
    with pytest.raises(NotPublished):
        small.publish(accept="   ")
    release = small.publish(accept="the parser was wrong")
    assert read_manifest_of(release.path)[OWN]["accepted"] == "the parser was wrong"
    assert catalog.history(small.settings)[-1].reason == "the parser was wrong"
    assert "WITHOUT A CAUSE" in "\n".join(read_manifest_of(release.path)[OWN]["changes"])


def test_a_small_change_without_a_cause_is_told_and_published(small: Small) -> None:
    small.build(altered={"seed_value": rows(BEFORE | {("a", 2023): (100.5, 1.0)})})
    release = small.publish()
    assert release.is_new
    assert release.diff.summary() == ["fct_value: values changed: 1 small"]


def test_changed_sql_explains_nothing_by_itself(small: Small) -> None:
    model = (small.root / "sql/facts/fct_value.sql").read_text()
    small.write("sql/facts/fct_value.sql", model.replace("value_usd_m,", "value_usd_m * 2 as value_usd_m,"))
    small.build()
    with pytest.raises(NotPublished, match="SQL of fct_value changed: explains nothing by itself"):
        small.publish()
    release = small.publish(accept="the figures were halves")
    assert [cause.words for cause in release.diff.causes] == ["SQL of fct_value changed"]
    assert release.diff.tables[0].values["large"] == release.diff.tables[0].large_unexplained == len(BEFORE)
    # Nor does another's explain rows lost from a table that is not made from it.
    small.write("sql/facts/fct_value.sql", model)
    fewer = pa.table({"thing_id": ["a", "b", "x"], "thing_name": ["T a", "T b", "T c"], "stamp": ["1"] * 3})
    small.write("sql/columns.yml", (small.root / "sql/columns.yml").read_text().replace("references: dim_thing, ", ""))
    small.build(altered={"seed_thing": fewer})
    with pytest.raises(NotPublished, match=r"dim_thing: 1 rows lost"):
        small.publish()


def test_a_lost_column_and_a_lost_table_are_grave(small: Small) -> None:
    first = catalog.find_release(small.settings, "current")
    model = (small.root / "sql/facts/fct_value.sql").read_text()
    small.write("sql/facts/fct_value.sql", model.replace("    share_pct >= 2 as meets_target,\n", ""))
    small.build()
    with pytest.raises(NotPublished, match="column meets_target is gone"):
        small.publish()
    second = small.publish(accept="nobody reads it")
    table = second.diff.tables[0]
    assert table.columns_lost == ["meets_target"] and table.is_grave and table.is_unexplained
    (small.root / "sql/views/stamps.sql").unlink()
    (small.root / "sql/facts/fct_value.sql").unlink()
    with pytest.raises(NotPublished, match="the table is gone"):
        small.publish()
    third = small.publish(accept="nobody reads that either")
    assert [(t.table, t.state) for t in third.diff.tables] == [("fct_value", "removed")]
    assert third.diff.views["lost"] == ["stamps"]
    back = compare(third.path, first)
    assert [(t.table, t.state) for t in back.tables] == [("fct_value", "added")]


def test_a_column_that_is_withdrawn_says_what_to_ask_instead(small: Small) -> None:
    model = (small.root / "sql/facts/fct_value.sql").read_text()
    header = model.replace("*/", "withdrawn: {meets_target: the share itself}\n*/", 1)
    with pytest.raises(ProjectError, match="column meets_target is withdrawn and there"):
        small.write("sql/facts/fct_value.sql", header)
        small.build()
    small.write("sql/facts/fct_value.sql", header.replace("    share_pct >= 2 as meets_target,\n", ""))
    small.build()
    release = small.publish()
    (table,) = release.diff.tables
    assert table.columns_withdrawn == ["meets_target"] and not table.is_grave
    assert "fct_value: column meets_target withdrawn" in release.summary()
    for query in ("select meets_target from fct_value", "select v.meets_target from fct_value as v"):
        with pytest.raises(QueryRefused, match="fct_value has no meets_target any longer: ask the share itself"):
            run_query(release.path, query)
    for query in ("select meets_targets from fct_value", "select meets_target from dim_thing"):
        with pytest.raises(QueryRefused) as refused:
            run_query(release.path, query)
        assert "any longer" not in str(refused.value)


def test_the_first_release_has_nothing_to_be_compared_with(tmp_path: Path) -> None:
    small = small_project(tmp_path)
    small.build()
    release = small.publish()
    assert release.diff is None and release.summary() == ["the first release"]


def test_a_damaged_release_before_must_be_accepted(small: Small) -> None:
    (small.settings.current / "datapackage.json").write_text("{")
    small.seed(2)
    small.build()
    with pytest.raises(NotPublished, match="no sound release to compare with"):
        small.publish()
    assert small.publish(accept="the disk was damaged").is_new


def test_a_new_edition_is_named_as_the_cause(settings: Settings, withdrawn: tuple[Settings, Release]) -> None:
    """Compare the real figures without the newest edition with those of the session's release."""
    first, after = withdrawn[1].path, settings.current.resolve()
    causes = find_causes(*(Side(folder, read_manifest_of(folder)) for folder in (first, after)))
    assert ("edition", NEWEST) in {(cause.kind, cause.name) for cause in causes}
    diff = compare(first, after)
    growth = next(table for table in diff.tables if table.table == "fct_growth")
    assert growth.keys_added > 0 and growth.keys_lost == 0 and growth.values["large"] == 0
    assert any(f"{NEWEST} is new" in words for words in growth.causes)
    assert not diff.unexplained
