"""Find the revision whose figures a file repeats, however it was saved or printed.

Hashes tell most copies. What is left are programs that write fewer digits than were there, receipts of versions
that hashed in another way, and the PDF of an edition of which we hold the workbook.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..sources.catalogue import Sources
from ..sources.editions import Revision
from ..sources.observations import to_frame
from ..sources.observe import observe_edition
from ..sources.publisher import Publisher
from ..sources.workbook import Workbook

# Programs that write 15 digits move a figure by half of the last at most; both sides may have been written so.
SAME = 1e-14
_KEY = ["table_id", "measure", "unit", "price_basis", "price_base_year", "currency_code", "entity_code", "period"]
_KEY += ["status", "repeats"]


def find_twins(workbook: Workbook, frame: pd.DataFrame, publisher: Publisher, sources: Sources) -> dict[str, Revision]:
    """Return the revision of each edition that holds the very figures of a file, the newest edition first.

    `frame` are the file's observations. A workbook is a copy only of a workbook: it says more than a
    transcription or a PDF of the same figures. A PDF is a copy of whatever prints like it.
    """
    editions, years = sources.editions, (int(frame["period"].min()[:4]), int(frame["period"].max()[:4]))
    twins = {}
    for edition in reversed(editions.of(publisher.id)):
        revisions = editions.revisions.get(edition.id, ())
        alike = [r for r in revisions if (r.first_year, r.last_year) == years and _may_repeat(workbook, r, frame)]
        if alike:
            held = to_frame(observe_edition(sources, edition.id)[0])
            same = [
                revision
                for revision in alike
                if _repeats(frame, held[held["revision"] == revision.revision], is_printed=_is_pdf(workbook))
            ]
            if same:
                twins[edition.id] = same[-1]
    return twins


def _is_pdf(workbook: Workbook) -> bool:
    return workbook.source_kind == "pdf"


def _may_repeat(workbook: Workbook, revision: Revision, frame: pd.DataFrame) -> bool:
    tables = set(frame["table_id"])
    if _is_pdf(workbook):
        return tables <= set(revision.tables)
    return revision.source_kind == workbook.source_kind and tables == set(revision.tables)


def _repeats(mine: pd.DataFrame, held: pd.DataFrame, *, is_printed: bool) -> bool:
    """Tell whether two sets of figures have the same rows, and values that differ by no more than their digits do.

    `is_printed` compares what a file prints: within half of the last digit of both.
    """
    held = held[held["table_id"].isin(set(mine["table_id"]))]
    key = _KEY if is_printed else [*_KEY, "marks"]
    left, right = _by_key(mine, key), _by_key(held, key)
    if len(left) != len(right) or not left.index.equals(right.index):
        return False
    a, b = left["value"].to_numpy(dtype=float), right["value"].to_numpy(dtype=float)
    size = np.maximum(np.abs(a), np.abs(b))
    allowed = SAME * size
    if is_printed:
        halves = left["half_step"].to_numpy(dtype=float) + right["half_step"].to_numpy(dtype=float)
        allowed = halves * (1 + 1e-9) + 1e-12 * size
    return bool(np.all(np.abs(a - b) <= allowed))


def _by_key(frame: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    # Column by column: joined row by row, that takes longer than all else that is done with a file.
    texts = frame[key].astype("string").fillna("")
    keys = texts[key[0]].str.cat(texts[key[1:]], sep="|").to_numpy()
    return frame[["value", "half_step"]].set_index(keys).sort_index()
