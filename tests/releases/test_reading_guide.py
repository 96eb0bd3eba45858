"""Every Python example of docs/reading.md runs, in order, and gives what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipelines.settings import PROJECT, Settings

GUIDE = (PROJECT / "docs/reading.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def found(settings: Settings, release) -> dict:
    """Run the examples as one notebook, on the session's warehouse."""
    names: dict = {}
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("BURDENSHARE_WAREHOUSE", str(settings.warehouse))
        for example in re.findall(r"```python\n(.*?)```", GUIDE, re.S):
            exec(example, names)
    return names


def test_pandas_arrow_and_duckdb_give_the_figures(found: dict) -> None:
    assert found["poland"].shape[0] == 44 and found["newest"].index.max() == 2026
    assert found["shares"].num_rows > 0 and set(found["shares"].column("price_basis").to_pylist()) == {"constant"}
    assert found["headline"].loc[0, "edition_id"] == "nato-2026-07"


def test_the_door_gives_the_figures(found: dict, release) -> None:
    assert (
        found["june"].num_rows
        == release.execute("select count(*) from fct_growth where edition_id = 'nato-2024-06'").fetchone()[0]
    )
    assert found["december"].entity_code.unique().tolist() == ["POL", "USA"] and len(found["leaders"]) > 0
    assert found["figure"].value is not None and "holds" in set(found["verdicts"].verdict)


@pytest.mark.parametrize("page", ["reading", "methods", "uncertainty"])
def test_every_sql_example_answers(release, page) -> None:
    guide = (PROJECT / f"docs/{page}.md").read_text(encoding="utf-8")
    examples = re.findall(r"```sql\n(.*?)```", guide, re.S)
    assert examples and all(release.execute(example).fetchall() for example in examples)


def test_own_data_join(found: dict, release) -> None:
    by_hand = {
        year: 0.7 * poland + 0.3 * estonia
        for year, poland, estonia in release.execute(
            "select year, max(value_pct) filter (entity_code = 'POL'), max(value_pct) filter (entity_code = 'EST') "
            "from fct_target_compliance where target_id = 'gdp_2' and edition_id = 'nato-2026-07' group by year"
        ).fetchall()
    }
    frame = found["weighted"]
    assert dict(zip(frame["year"], frame["weighted_pct"], strict=True)) == pytest.approx(by_hand)


def test_parquet_needs_no_duckdb(found: dict, release) -> None:
    assert len(found["growth"]) == release.execute("select count(*) from fct_growth").fetchall()[0][0]
    assert found["allies"].num_rows == 32


def test_the_session_cannot_write(found: dict) -> None:
    import duckdb

    with pytest.raises(duckdb.Error, match="read-only"):
        found["session"].execute("delete from nato.dim_ally")


def test_every_option_that_the_guides_name_exists() -> None:
    from typer.testing import CliRunner

    from pipelines.cli import app

    guides = GUIDE + (PROJECT / "docs/releases.md").read_text(encoding="utf-8")
    for line in set(re.findall(r"burdenshare (\w+)[^`\n]*", guides)) - {"s3"}:
        assert CliRunner().invoke(app, [line, "--help"]).exit_code == 0, line
    for command, option in re.findall(r"burdenshare (\w+)[^`\n]*?(--[a-z-]+)", guides):
        assert option in CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "200"}).stdout, (command, option)


def test_every_setting_that_the_guides_name_is_read() -> None:
    code = (PROJECT / "pipelines/settings.py").read_text(encoding="utf-8")
    guides = GUIDE + (PROJECT / "docs/releases.md").read_text(encoding="utf-8")
    assert {name for name in re.findall(r"BURDENSHARE_\w+", guides) if name not in code} == set()
    assert Path(PROJECT / "docs/releases.md").exists()
