"""Describe what a release is made from: every input file, and for each edition what is its own.

An edition's own input is its archived files, its figures file, and its own entry in the registry. Only
when one of them has changed may figures of that edition change (see `causes`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..files.ledger import describe_file, updating
from ..files.whole import fingerprint, sha256_seen
from ..settings import Settings

if TYPE_CHECKING:
    from ..models.parts import Source
    from ..models.project import Project

REGISTRY = "editions.yml"
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class EditionInput:
    """Hold the marks of what is an edition's own; None where a mark is not known, or there is no such input.

    `archive` is of the visible cells of its archived files: a file that was only saved again changes nothing.
    `tables` are those of its current revision: of each, one edition of a publisher is the newest.
    """

    publisher: str
    published_on: str
    is_held: bool
    tables: tuple[str, ...]
    registry: str | None
    figures: str | None
    archive: str | None

    def as_json(self) -> dict[str, object]:
        """Return the marks for the manifest."""
        return asdict(self)


def input_files(settings: Settings) -> dict[str, str]:
    """Hash every input file: the seeds, and the archive where there is one."""
    found = {}
    for prefix, root in (("seeds", settings.seeds), ("raw", settings.raw)):
        for path in sorted(root.rglob("*")) if root.is_dir() else []:
            if path.is_file() and not path.name.startswith("."):
                found[f"{prefix}/{path.relative_to(root).as_posix()}"] = sha256_seen(path)
    return found


def source_inputs(project: Project, settings: Settings) -> dict[str, str]:
    """Return the mark of the files behind each source."""
    everything = _everything(settings)
    return {
        name: source_input(source, settings) if source.file else everything for name, source in project.sources.items()
    }


def source_input(source: Source, settings: Settings) -> str:
    """Return the mark of the files behind a source: its seed, or for a reader all that it might read."""
    return (_hash_of(settings.seeds / source.file) or "") if source.file else _everything(settings)


def _everything(settings: Settings) -> str:
    return fingerprint(*(f"{path}={mark}" for path, mark in input_files(settings).items()))


def enter_inputs(settings: Settings) -> None:
    """Enter every input file in the ledger; for the holder of the writing lock.

    What was archived once never changes again, so a known archived file keeps its first entry: an altered
    one does not become sound by being read. One that was withdrawn or is a seed is entered as it is.
    """
    roots = {"seeds": settings.seeds, "raw": settings.raw}
    marks = input_files(settings)
    present = {name: roots[name.split("/")[0]] / name.partition("/")[2] for name in marks}
    with updating(settings.tables) as ledger:
        known = ledger.inputs
        gone = [name for name in known if name not in present and not is_missing_from_archive(settings.raw, name)]
        for name in gone:
            del known[name]
        for name, path in present.items():
            if name in known and (name.startswith("raw/") or known[name].sha256 == marks[name]):
                continue
            entry = describe_file(path)
            # One that is damaged when it is first seen must not be taken for what was archived.
            if not (is_named_by_hash(path) and entry.sha256 != path.stem):
                known[name] = entry


def is_named_by_hash(path: Path) -> bool:
    """Tell whether a file's name is the SHA-256 that its bytes must have; a receipt bears that of its file."""
    return path.suffix != ".json" and _HASH.fullmatch(path.stem) is not None


def is_missing_from_archive(raw: Path, name: str) -> bool:
    """Tell whether an input that was archived is neither where it lay nor among what people withdrew."""
    path = Path(name)
    in_archive = path.parent.as_posix() == "raw"
    return in_archive and not (raw / path.name).exists() and not (raw / "withdrawn" / path.name).exists()


def edition_inputs(settings: Settings) -> dict[str, EditionInput]:
    """Hash what is each edition's own, by edition; empty where the seeds hold no registry."""
    # What reads publishers' files takes long to import, and whoever only hashes inputs has no use for it.
    from ..sources.editions import read_editions
    from ..sources.figures import figures_path

    if not (settings.seeds / REGISTRY).is_file():
        return {}
    editions = read_editions(settings.seeds, settings.raw)
    entries = _registry_entries(settings.seeds / REGISTRY)
    cells: dict[str, set[str]] = {}
    for receipt in editions.receipts:
        cells.setdefault(receipt.edition_id, set()).add(receipt.cells_sha256)
    return {
        edition_id: EditionInput(
            publisher=edition.publisher,
            published_on=edition.published_on.isoformat(),
            is_held=edition_id in editions.revisions,
            tables=next((r.tables for r in editions.revisions.get(edition_id, ()) if r.is_current), ()),
            registry=entries.get(edition_id),
            figures=_hash_of(figures_path(settings.seeds, edition_id)),
            archive=fingerprint_of_cells(cells[edition_id]) if edition_id in cells else None,
        )
        for edition_id, edition in editions.declared.items()
    }


def fingerprint_of_cells(cells: Iterable[str]) -> str:
    """Hash the visible cells of an edition's archived files, whatever their order."""
    return fingerprint(*sorted(cells))


def _registry_entries(path: Path) -> dict[str, str]:
    """Hash each entry as parsed: a comment, the order of keys or another edition's entry changes nothing.

    Read without the model that checks it, so that a change of code is no change of an entry.
    """
    import yaml

    content = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return {
        str(entry["id"]): fingerprint(json.dumps(entry, sort_keys=True, default=str)) for entry in content["editions"]
    }


def _hash_of(path: Path) -> str | None:
    return sha256_seen(path) if path.is_file() else None
