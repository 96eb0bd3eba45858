"""Make seeds with many editions: copies of the figures of June 2024, each under an id of its own, on days before it."""

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
    # No copy stands before an edition of fewer Allies: figures that are gone again are refused.
    days = sorted(entry["published_on"] for entry in known.values() if entry["publisher"] == "nato")
    first = days[days.index(model["published_on"]) - 1]
    for number, published in enumerate(_days(first, model["published_on"], copies)):
        # No month has such a number.
        name = f"nato-{2000 + number // 80}-{13 + number % 80}"
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
    name, kept = f"nato-{published:%Y-%m}", {key: model[key] for key in (*KEPT, "gaps") if key in model}
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


def _days(first: date, last: date, count: int) -> list[date]:
    """List so many days between two days, as far from each other as can be."""
    return [first + (last - first) * number // (count + 1) for number in range(1, count + 1)]
