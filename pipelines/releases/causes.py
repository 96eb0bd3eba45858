"""Say why a release differs from another: what was put in, and which SQL was changed.

A cause explains a change in a table when the table is made from it, directly or through others.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from pipelines.releases.manifest import OWN

FIGURES = "source_observation"


@dataclass(frozen=True)
class Cause:
    """Name one thing that is not as it was. `origin` is the table or view where it enters."""

    kind: str
    name: str
    words: str
    origin: str | None

    @property
    def explains(self) -> bool:
        """Tell whether people meant this to change figures; new software and new code are no reason to."""
        return self.origin is not None

    def as_json(self) -> dict:
        """Give the cause for `diff.json`."""
        return asdict(self)


def find_causes(before: dict, after: dict) -> list[Cause]:
    """Compare two manifests: editions new and revised, seeds and SQL changed, code and software."""
    old, new = before[OWN], after[OWN]
    return [*_inputs(old, new), *_sql(old, new), *_software(old, new)]


def explaining(causes: list[Cause], table: str, before: dict, after: dict) -> list[Cause]:
    """Pick the causes that enter above a table, or in it, by the lineage of either release."""
    above, waiting = set(), {table}
    while waiting:
        name = waiting.pop()
        above.add(name)
        for manifest in (before, after):
            for kind in ("models", "view_sql"):
                waiting |= set(manifest[OWN][kind].get(name, {}).get("reads", ())) - above
    return [cause for cause in causes if cause.origin in above]


def _inputs(old: dict, new: dict) -> list[Cause]:
    changed_files = {
        path
        for path in {*old["inputs"]["files"], *new["inputs"]["files"]}
        if old["inputs"]["files"].get(path) != new["inputs"]["files"].get(path)
    }
    single = {mark["file"] for side in (old, new) for mark in side["inputs"]["sources"].values()}
    causes = []
    for name in sorted({*old["inputs"]["sources"], *new["inputs"]["sources"]}):
        mark_before, mark_after = old["inputs"]["sources"].get(name), new["inputs"]["sources"].get(name)
        if mark_before == mark_after:
            continue
        file = (mark_after or mark_before)["file"]
        if file in changed_files:
            causes.append(Cause("seed", file, f"seed {file.removeprefix('seeds/')} changed", name))
        elif file is None and changed_files - single:
            causes += _editions(name, old, new)
    return causes


def _editions(source: str, old: dict, new: dict) -> list[Cause]:
    """Tell which editions of a source are new, revised or gone; only asked where its files changed."""
    found = []
    for edition in sorted({*old["editions"], *new["editions"]}):
        before = old["editions"].get(edition, {}).get(source)
        after = new["editions"].get(edition, {}).get(source)
        if before == after:
            continue
        # New is an edition of which there were no figures; the registry may have named it before.
        had, has = (FIGURES in side["editions"].get(edition, {}) for side in (old, new))
        kind, words = ("revision", "was revised") if had == has else ("edition", "is new")
        if had and not has:
            words = "was withdrawn"
        found.append(Cause(kind, edition, f"{edition} {words}", source))
    return found or [Cause("seed", source, f"the files behind {source} changed", source)]


def _sql(old: dict, new: dict) -> list[Cause]:
    causes = []
    for kind, noun in (("models", "SQL of"), ("view_sql", "SQL of view")):
        for name in sorted({*old[kind], *new[kind]}):
            before, after = old[kind].get(name, {}).get("sql"), new[kind].get(name, {}).get("sql")
            if before != after:
                words = "is new" if before is None else "was removed" if after is None else "changed"
                causes.append(Cause("sql", name, f"{noun} {name} {words}", name))
    return causes


def _software(old: dict, new: dict) -> list[Cause]:
    causes = []
    if old["code_fingerprint"] != new["code_fingerprint"]:
        causes.append(Cause("code", "pipelines", "the code of pipelines/ changed (explains nothing by itself)", None))
    for name, version in new["software"].items():
        if (was := old["software"].get(name)) != version:
            causes.append(Cause("software", name, f"{name} {was} became {version} (explains nothing by itself)", None))
    return causes
