"""An Ally that does not exist: Denmark's figures of July 2026 under another name, in a copy of the seeds."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

EDITION, MODEL, CODE = "nato-2026-07", "DNK", "UTO"


def add_utopia(seeds: Path) -> None:
    """Add Utopia's figures to an edition, and say by name that its rows repeat another's."""
    path = seeds / "figures" / f"{EDITION}.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    copied = frame[frame["entity_code"] == MODEL].assign(entity_code=CODE, label="Utopia", currency_code="")
    pd.concat([frame, copied]).to_csv(path, index=False)
    with (seeds / "exceptions.csv").open("a", encoding="utf-8") as file:
        for code in (MODEL, CODE):
            for year in copied["period"].unique():
                file.write(f"{EDITION},repeated_row,{code},{year},0,Utopia's figures are a copy.\n")
