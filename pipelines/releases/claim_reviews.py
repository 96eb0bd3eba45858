"""Tell of a release's claims in the words of schema.org's ClaimReview: what was said, by whom, and what became of it.

Says what `fct_claim` says: the verdict by the newest edition of the day, and by the newest of all.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from ..contracts.metrics import COMPARED
from ..contracts.sql import quoted
from .names import table_file

# Of those who said something, the ones that are no organisation.
PERSONS = ("Donald Trump", "Joe Biden")
RATINGS = {"holds": 3, "undecided": 2, "differs": 1}

_QUERY = """
with judged as (
    select claims.*, verdicts.edition_id, verdicts.verdict, verdicts.figure_low, verdicts.figure_high,
        verdicts.sentence,
        editions.published_on as edition_day,
        editions.published_on <= claims.published_on as was_out
    from {claims} as claims
    inner join {verdicts} as verdicts using (claim_id)
    inner join {editions} as editions using (edition_id)
    where editions.has_figures
)
select claim_id, published_on, publisher, report, statement, comparator, value, value_to, unit, source, address,
    max(greatest(edition_day, published_on)) as reviewed_on,
    max_by({{'edition': edition_id, 'verdict': verdict, 'low': figure_low, 'high': figure_high, 'sentence': sentence}},
        edition_day) filter (was_out) as known_then,
    max_by({{'edition': edition_id, 'verdict': verdict, 'low': figure_low, 'high': figure_high, 'sentence': sentence}},
        edition_day) as known_now
from judged
group by all
order by published_on, claim_id
"""


def describe_claims(release: Path) -> list[dict[str, Any]]:
    """Describe every claim of a release's folder as a ClaimReview; oldest first."""
    tables = {
        name: f"read_parquet({quoted(release / table_file(table))})"
        for name, table in (("claims", "dim_claim"), ("verdicts", "fct_claim"), ("editions", "dim_edition"))
    }
    if not (release / table_file("dim_claim")).exists() or not (release / table_file("fct_claim")).exists():
        return []
    with duckdb.connect() as connection:
        cursor = connection.execute(_QUERY.format(**tables))
        names = [column[0] for column in cursor.description or []]
        return [_review(dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def _in_words(claim: dict[str, Any]) -> str:
    """Write what was claimed; of a statement that something is so there is no figure."""
    if claim["unit"] == "boolean":
        return str(claim["statement"])
    to = f" to {claim['value_to']:g}" if claim["value_to"] is not None else ""
    return f"{claim['statement']}: {COMPARED.get(claim['comparator'], '')}{claim['value']:g}{to} {claim['unit']}"


def _review(claim: dict[str, Any]) -> dict[str, Any]:
    now = _known(claim["claim_id"], claim["known_now"])
    rating = RATINGS.get(now["verdict"])
    return {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "identifier": claim["claim_id"],
        "url": f"claims.html#{claim['claim_id']}",
        # The day from which on the verdict could be given: that of the newest tables.
        "datePublished": claim["reviewed_on"].isoformat(),
        "claimReviewed": _in_words(claim),
        "author": {"@type": "Organization", "name": "Burdenshare"},
        "itemReviewed": {
            "@type": "Claim",
            "author": {
                "@type": "Person" if claim["publisher"] in PERSONS else "Organization",
                "name": claim["publisher"],
            },
            "datePublished": claim["published_on"].isoformat(),
            "appearance": {"@type": "CreativeWork", "name": claim["report"], "url": claim["address"]},
            "citation": claim["source"],
        },
        "reviewRating": {
            "@type": "Rating",
            "alternateName": now["verdict"],
            **({"ratingValue": rating, "worstRating": 1, "bestRating": 3} if rating else {}),
        },
        "known_then": _known(claim["claim_id"], claim["known_then"]),
        "known_now": now,
    }


def _known(claim_id: str, known: dict[str, Any] | None) -> dict[str, Any]:
    """Tell a verdict with its figure, and the command that leads to the cells."""
    if known is None:
        return {
            "edition": None,
            "verdict": "cannot_tell",
            "figure": None,
            "sentence": "We hold no edition of that day.",
        }
    low, high = known["low"], known["high"]
    return {
        "edition": known["edition"],
        "verdict": known["verdict"],
        "figure": low if low == high else [low, high],
        "sentence": known["sentence"],
        "cells": f"burdenshare explain fct_claim {claim_id} {known['edition']}",
    }
