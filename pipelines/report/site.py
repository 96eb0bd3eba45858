"""Write the site aside and swap it in: a reader who has it open, or a host that serves it, never sees half of one."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from html import unescape
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
import pyarrow.csv
import pyarrow.parquet as pq
import vl_convert

from ..reading.connection import open_release
from ..reading.current import current_release
from ..reading.explain import Lineage
from ..releases.description import read_manifest_of, tables_of
from ..releases.names import MANIFEST
from ..settings import Settings
from ..version import __version__
from . import html as write
from . import origins, wording
from . import pages as page_kinds
from .apart import Apart
from .content import island
from .mark import is_ours, our_files, write_mark
from .origins import Shown
from .release import READ, READ_BY_ORIGINS, Release

LEFT_S = 3600
ROWS = 16_384
PART, OLD = ".part", ".old"
# A percent sign of a text, behind which the next tag begins; attributes hold keys, in which a space is a space.
PERCENT = re.compile(r" %(?=[^<>]*(?:<|\Z))")
# Cells of the release that a page names: in the figures of its text, and in the rows of its charts.
SHOWN = re.compile(r'origin"?[=:]"([^"|]+)\|([^"]+)"')


class NotAReport(Exception):
    """Signal that a folder holds something else, which the report would have to delete."""


@dataclass(frozen=True)
class Site:
    """Describe what was written: where, of which release, how many pages, and in what time."""

    path: Path
    release_id: str
    pages: int
    seconds: float


def write_site(settings: Settings, output: Path | None = None) -> Site:
    """Write the site of the current release to `output`, or to `report/` in the warehouse.

    Raises `NoRelease` where nothing has been published, `NotAReport` where `output` holds other files.
    """
    began = time.perf_counter()
    target = (output or settings.report).expanduser().resolve()
    _clear_up(target)
    _require_ours(target)
    folder = current_release(settings)
    manifest, lineage = read_manifest_of(folder), Lineage(folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=PART, dir=target.parent))
    # Others than who wrote it read it, on a web host.
    aside.chmod(0o755)
    try:
        manifests = _write_data(manifest, folder, aside / "data")
        # Closed, since templates and what they wrote name each other, and the release, in circles.
        with closing(Release(open_release(folder, names=READ, copied=False), manifest, lineage)) as release:
            count, shown = _write_pages(release, manifests, aside)
        named = Release(open_release(folder, names=READ_BY_ORIGINS), manifest, lineage)
        _write_assets(named, shown, aside / "assets")
        write_mark(aside, folder.name)
        _swap(aside, target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return Site(target, folder.name, count, time.perf_counter() - began)


def _require_ours(target: Path) -> None:
    if target.exists() and not is_ours(target) and (not target.is_dir() or any(target.iterdir())):
        raise NotAReport(
            f"{target} holds something that is not a report, and the report would replace it. "
            "Name a folder that is empty or does not exist yet: burdenshare report --output DIR"
        )


def _write_pages(release: Release, manifests: list[str], site: Path) -> tuple[int, Shown]:
    """Write the pages; returns how many, and the cells of the release that they show."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(__package__),
        autoescape=True,
        trim_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    newest = release.newest
    made = datetime.fromisoformat(release.manifest["created"])
    environment.globals |= {
        "island": island,
        "write": write,
        "day": wording.day,
        "nav": page_kinds.navigation(),
        "version": __version__,
        "release_id": release.manifest["id"],
        "release_day": wording.day(made),
        "credit": newest["credit"],
        "terms": newest["terms"],
        "manifests": manifests,
        "years": island(
            {
                edition["edition_id"]: {str(y): wording.year_label(y, e) for y, e in edition["years"].items()}
                for edition in release.editions
            }
        ),
    }
    shown = Shown()

    def finish(html: str) -> str:
        for cell, keys in set(SHOWN.findall(html)):
            shown.setdefault(cell, set()).add(unescape(keys))
        # No percent sign begins a line.
        return PERCENT.sub(f"{wording.SPACE}%", html)

    count = 0
    # A page at a time, since it holds what it shows of all editions.
    for page in (page for kind in page_kinds.kinds() for page in kind.pages(release)):
        count += 1
        path = site / page.path
        path.parent.mkdir(parents=True, exist_ok=True)
        apart = Apart(site, page, finish)
        html = environment.get_template(page.template).render(page=page, apart=apart, **page.context)
        path.write_text(finish(html), encoding="utf-8")
        apart.end()
    return count, shown


def _write_assets(release: Release, shown: Shown, folder: Path) -> None:
    """Write style, scripts, and Vega-Lite in one file that every page shares."""
    folder.mkdir(exist_ok=True)
    for asset in files(__package__).joinpath("assets").iterdir():
        if asset.name != "origins.js":
            (folder / asset.name).write_bytes(asset.read_bytes())
    static = files(__package__).joinpath("assets/origins.js").read_text(encoding="utf-8")
    for name, script in origins.scripts(release, shown, static).items():
        (folder / name).write_text(script, encoding="utf-8")
    (folder / "vega.js").write_text(_drawing_script(), encoding="utf-8")


@cache
def _drawing_script() -> str:
    """Bundle the library that draws the charts; it takes a second, and is the same for every site."""
    bundle: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return bundle


def _write_data(manifest: dict[str, Any], source: Path, folder: Path) -> list[str]:
    """Copy the release's tables and reports, and write each table as CSV; returns the names of the JSON files.

    The manifest speaks of what lies beside it here: Parquet and reports, not the DuckDB file or lineage.
    """
    folder.mkdir()
    for name in tables_of(manifest):
        file = source / f"{name}.parquet"
        shutil.copyfile(file, folder / file.name)
        _write_csv(file, folder / f"{name}.csv")
    manifests = sorted(file.name for file in source.glob("*.json"))
    for name in manifests:
        shutil.copyfile(source / name, folder / name)
    here = [resource for resource in manifest["resources"] if (folder / resource["path"]).exists()]
    text = json.dumps(manifest | {"resources": here}, ensure_ascii=False, indent=2)
    (folder / MANIFEST).write_text(f"{text}\n", encoding="utf-8")
    return manifests


def _write_csv(table: Path, target: Path) -> None:
    """Write a table as CSV, some rows at a time: as text it takes many times the memory that its file does."""
    with pq.ParquetFile(table) as file, pyarrow.csv.CSVWriter(target, file.schema_arrow) as writer:
        for rows in file.iter_batches(ROWS):
            writer.write_batch(rows)


def _swap(aside: Path, target: Path) -> None:
    """Put the new site in the old one's place; two renames, the shortest way for a folder that is no link."""
    old = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=OLD, dir=target.parent))
    if target.exists():
        target.rename(old)
    aside.rename(target)
    _retire(old, target)


def _retire(old: Path, target: Path) -> None:
    """Delete an old site, after what people put beside its pages (a CNAME, a .git) has moved to the new one."""
    if is_ours(old):
        ours = our_files(old)
        _move_others(old, target, ours, {name.split("/")[0] for name in ours})
    shutil.rmtree(old, ignore_errors=True)


def _move_others(old: Path, new: Path, ours: set[str], tops: set[str]) -> None:
    for path in sorted(old.iterdir()):
        if path.name not in tops:
            # Whole, with its links and empty folders: a .git is none without them.
            if not (new / path.name).exists():
                path.rename(new / path.name)
        elif path.is_dir() and not path.is_symlink():
            for file in sorted(path.rglob("*")):
                name = file.relative_to(old).as_posix()
                if (file.is_symlink() or file.is_file()) and name not in ours and not (new / name).exists():
                    (new / name).parent.mkdir(parents=True, exist_ok=True)
                    file.rename(new / name)


def _clear_up(target: Path) -> None:
    """Make good what a writer left that was killed: the old site goes back or away, what was half written goes."""
    for old in sorted(target.parent.glob(f".{target.name}.*{OLD}")):
        if not target.exists() and is_ours(old):
            old.rename(target)
        elif time.time() - old.stat().st_mtime > LEFT_S:
            _retire(old, target)
    for path in target.parent.glob(f".{target.name}.*{PART}"):
        # A younger one may still be at work.
        if time.time() - path.stat().st_mtime > LEFT_S:
            shutil.rmtree(path, ignore_errors=True)
