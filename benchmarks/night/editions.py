"""Make seeds with many editions: copies of the figures of June 2024, each under an id of its own, some months apart."""

from __future__ import annotations

import shutil
import textwrap
from datetime import date, timedelta
from pathlib import Path

import yaml

MODEL = "nato-2024-06"
KEPT = ("publisher", "first_year", "last_year", "price_base_year", "tables", "credit", "terms")


def write_seeds(seeds: Path, target: Path, copies: int) -> Path:
    """Copy a folder of seeds and add copies of one edition until there are so many more; return the new folder."""
    shutil.copytree(seeds, target)
    registry, figures = target / "editions.yml", target / "figures" / f"{MODEL}.csv"
    known = {entry["id"]: entry for entry in yaml.safe_load(registry.read_text(encoding="utf-8"))["editions"]}
    model, text, entries = known[MODEL], figures.read_text(encoding="utf-8"), []
    for published in _months(copies, {*known}):
        name = _id(published)
        kept = {key: model[key] for key in KEPT}
        title = f"A copy of {model['title']}"
        entries.append({"id": name, "title": title, "published_on": published, **kept})
        (target / "figures" / f"{name}.csv").write_text(text.replace(f"{MODEL},", f"{name},"), encoding="utf-8")
    if entries:
        _append(registry, entries)
    return target


def add_newest(seeds: Path) -> str:
    """Add a copy of the newest edition to a folder of seeds, as if it had come out a month later; return its id."""
    registry = seeds / "editions.yml"
    known = yaml.safe_load(registry.read_text(encoding="utf-8"))["editions"]
    model = max((one for one in known if one["publisher"] == "nato"), key=lambda one: one["published_on"])
    published = model["published_on"] + timedelta(days=31)
    name, kept = _id(published), {key: model[key] for key in (*KEPT, "gaps") if key in model}
    _append(registry, [{"id": name, "title": f"A copy of {model['title']}", "published_on": published, **kept}])
    for path in (seeds / "figures" / f"{model['id']}.csv", seeds / "exceptions.csv"):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        copied = [line.replace(model["id"], name, 1) for line in lines if line.startswith(f"{model['id']},")]
        target = path if path.name == "exceptions.csv" else path.with_name(f"{name}.csv")
        target.write_text("".join([*(lines if target == path else lines[:1]), *copied]), encoding="utf-8")
    return name


def _append(registry: Path, entries: list[dict[str, object]]) -> None:
    with registry.open("a", encoding="utf-8") as stream:
        stream.write("\n" + textwrap.indent(yaml.safe_dump(entries, sort_keys=False, allow_unicode=True), "  "))


def _months(count: int, taken: set[str]) -> list[date]:
    """Count back from the model's month, past the months that have an edition."""
    months = (date(2024 - number // 12, 12 - number % 12, 1) for number in range(7, 7 + count + len(taken)))
    return [month for month in months if _id(month) not in taken][:count]


def _id(month: date) -> str:
    return f"nato-{month:%Y-%m}"
