"""Make seeds with many editions: copies of the figures of June 2024, each under an id of its own, some months apart."""

from __future__ import annotations

import shutil
import textwrap
from datetime import date
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
        with registry.open("a", encoding="utf-8") as stream:
            stream.write("\n" + textwrap.indent(yaml.safe_dump(entries, sort_keys=False, allow_unicode=True), "  "))
    return target


def _months(count: int, taken: set[str]) -> list[date]:
    """Count back from the model's month, past the months that have an edition."""
    months = (date(2024 - number // 12, 12 - number % 12, 1) for number in range(7, 7 + count + len(taken)))
    return [month for month in months if _id(month) not in taken][:count]


def _id(month: date) -> str:
    return f"nato-{month:%Y-%m}"
