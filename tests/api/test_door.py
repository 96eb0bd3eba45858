"""The door for programs: what a notebook asks, from a folder and from an address."""

from __future__ import annotations

import functools
import json
import shutil
import threading
from collections.abc import Iterator
from datetime import date
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pandas as pd
import pyarrow as pa
import pytest

import pipelines as burdenshare
from pipelines.files.whole import sha256_of
from pipelines.reading.remote import fetch_release
from pipelines.releases.names import DATABASE, MANIFEST, POINTER
from pipelines.releases.remote import push
from pipelines.settings import Settings


@pytest.fixture(scope="module", autouse=True)
def _warehouse(settings: Settings, release: object) -> Iterator[None]:
    """Let the shared warehouse be the one that is asked where nobody names another."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BURDENSHARE_WAREHOUSE", str(settings.warehouse))
        yield


@pytest.fixture(scope="module")
def address(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Push the shared release to a folder that a web server shows, and give its address."""
    folder = tmp_path_factory.mktemp("pushed")
    push(settings.replace(publish_url=str(folder)), settings.current.resolve())

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Leave the screen to the tests."""

    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_what_was_known_on_a_day_is_the_row_of_the_newest_edition_then(release):
    growth = burdenshare.load("fct_growth", as_of=date(2024, 12, 31), entities=["Poland", "usa"])
    assert set(growth.entity_code) == {"POL", "USA"} and not growth.duplicated(["entity_code", "year"]).any()
    by_hand = release.execute(
        "select real_growth_pct from fct_growth where edition_id = 'nato-2024-06' and entity_code = 'POL' "
        "and year = 2024"
    ).fetchall()
    found = growth.query("entity_code == 'POL' and year == 2024").iloc[0]
    assert found.edition_id == "nato-2024-06" and [(found.real_growth_pct,)] == by_hand
    pd.testing.assert_frame_equal(
        growth, burdenshare.load("fct_growth", as_of="2024-12-31", entities=["POL", "United States"])
    )


def test_one_edition_comes_in_each_form_with_the_same_figures():
    frame = burdenshare.load("fct_growth", edition="nato-2024-06")
    table = burdenshare.load("fct_growth", edition="nato-2024-06", to="arrow")
    assert isinstance(table, pa.Table) and table.num_rows == len(frame) > 0
    assert set(frame.edition_id) == {"nato-2024-06"}
    assert frame.real_growth_pct.dropna().tolist() == table.column("real_growth_pct").drop_null().to_pylist()


def test_every_edition_comes_where_none_is_named_in_the_order_of_the_grain():
    shares = burdenshare.load("fct_contribution_share")
    assert shares.edition_id.nunique() > 1
    keys = ["edition_id", "entity_code", "year", "price_basis"]
    pd.testing.assert_frame_equal(shares[keys], shares[keys].sort_values(keys, ignore_index=True))


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"table": "growth"}, "Did you mean fct_growth"),
        ({"table": "fct_growth", "edition": "nato-2024-07"}, "Did you mean"),
        ({"table": "fct_growth", "entities": ["Narnia"]}, "There is no entity 'Narnia'"),
        ({"table": "dim_unit", "as_of": "2025-12-31"}, "dim_unit is not kept by day"),
        ({"table": "dim_unit", "entities": "POL"}, "dim_unit has no entity_code to choose by"),
        ({"table": "fct_growth", "as_of": "2025-12-31", "edition": "nato-2024-06"}, "exclude each other"),
        ({"table": "fct_growth", "to": "excel"}, "expected pandas, polars or arrow"),
    ],
)
def test_what_there_is_not_is_told_with_what_there_is(asked, told):
    with pytest.raises(ValueError, match=told):
        burdenshare.load(**asked)


def test_a_folder_without_a_release_is_told(tmp_path):
    with pytest.raises(burdenshare.NoRelease, match="There is no release in"):
        burdenshare.editions(source=tmp_path)


def test_a_query_sees_the_release_and_nothing_else(settings):
    asked = "select count(*) as n from latest_growth where year = $year"
    assert burdenshare.query(asked, {"year": 2024}).n.tolist() == [
        burdenshare.load("latest_growth").query("year == 2024").shape[0]
    ]
    with pytest.raises(Exception, match="disabled"):
        burdenshare.query(f"from '{settings.current / 'fct_growth.parquet'}'")


def test_a_figure_is_explained_down_to_its_cell(release):
    figure = burdenshare.explain("fct_growth", "nato-2024-06", "FRA", 2024, column="real_growth_pct")
    assert [(figure.value,)] == release.execute(
        "select real_growth_pct from fct_growth "
        "where edition_id = 'nato-2024-06' and entity_code = 'FRA' and year = 2024"
    ).fetchall()
    origins = [leaf.origin for leaf in figure.leaves()]
    assert origins and all(origin and origin.cell and origin.sha256 for origin in origins)
    with pytest.raises(burdenshare.CannotExplain, match="has no row"):
        burdenshare.explain("fct_growth", "nato-2024-06", "FRA", 1066, column="real_growth_pct")


def test_a_statement_is_checked_by_every_edition():
    verdicts = burdenshare.check("allies_meeting_target", "NATO_TOTAL", 2024, 23, target="gdp_2")
    held = verdicts.set_index("edition_id").verdict
    assert held["nato-2024-06"] == "holds" and held["nato-2026-07"] == "differs"
    with pytest.raises(burdenshare.NotAStatement, match="No metric is called 'growth'"):
        burdenshare.check("growth", "POL", 2024, 3)


def test_a_pushed_release_is_read_from_its_address_and_kept(settings, address, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    growth = burdenshare.load("fct_growth", as_of="2025-12-31", source=address)
    pd.testing.assert_frame_equal(growth, burdenshare.load("fct_growth", as_of="2025-12-31"))
    (kept,) = (tmp_path / "burdenshare").iterdir()
    assert kept.name == settings.current.resolve().name and not (kept / DATABASE).exists()
    times = {path: path.stat().st_mtime_ns for path in kept.rglob("*")}
    damaged = kept / "fct_growth.parquet"
    damaged.write_bytes(damaged.read_bytes()[:-1])
    pd.testing.assert_frame_equal(growth, burdenshare.load("fct_growth", as_of="2025-12-31", source=address))
    fetched = {path for path, time in times.items() if path.is_file() and path.stat().st_mtime_ns != time}
    assert fetched == {damaged}, "what is here and sound is not fetched again"


@pytest.mark.parametrize("name", ["fct_growth.parquet", MANIFEST])
def test_what_was_changed_at_the_address_is_refused(settings, tmp_path, name):
    there = tmp_path / "there"
    push(settings.replace(publish_url=str(there)), settings.current.resolve())
    (changed,) = there.rglob(name)
    changed.chmod(0o644)
    changed.write_bytes(changed.read_bytes().replace(b"a", b"b", 1))
    with pytest.raises(burdenshare.NoRelease, match=f"{name} is not what the release says it is"):
        fetch_release(f"file://{there}", tmp_path / "kept")


def test_a_description_that_leads_elsewhere_is_refused(settings, tmp_path):
    there, kept = tmp_path / "there", tmp_path / "kept"
    push(settings.replace(publish_url=str(there)), settings.current.resolve())
    (manifest,) = there.rglob(MANIFEST)
    told = json.loads(manifest.read_text())
    told["resources"][0]["path"] = "../../outside"
    manifest.chmod(0o644)
    manifest.write_text(json.dumps(told))
    pointer = json.loads((there / POINTER).read_text())
    (there / POINTER).write_text(json.dumps(pointer | {MANIFEST: sha256_of(manifest)}))
    with pytest.raises(burdenshare.NoRelease, match="outside"):
        fetch_release(f"file://{there}", kept)
    shutil.rmtree(kept)
    assert not (tmp_path / "outside").exists()


def test_an_address_that_is_none_is_told(tmp_path):
    for address in (f"file://{tmp_path}/none", "nowhere://x"):
        with pytest.raises(burdenshare.NoRelease, match="cannot be read"):
            burdenshare.load("fct_growth", source=address)
