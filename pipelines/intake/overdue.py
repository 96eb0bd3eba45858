"""Tell which publishers have put out no edition for longer than is usual, though somebody looks for it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from .memory import Memory

if TYPE_CHECKING:
    from ..sources.editions import Editions

# NATO puts its tables out once or twice a year: with this, a year's edition may be a month late.
DAYS = 400


def overdue(editions: Editions, memory: Memory, today: date) -> dict[str, str]:
    """Describe each publisher whose newest edition is older than that; none where nobody looks at the sites.

    Either there is no newer one, or it is where nobody looks: the pages may have moved.
    """
    if memory.looked_at is None:
        return {}
    # What knows publishers reads workbooks, and `status` starts without that.
    from ..sources.publisher import publishers

    found = {}
    for publisher in publishers().values():
        held = [edition for edition in editions.of(publisher.id) if edition.id in editions.revisions]
        if publisher.topic_page is None or not held:
            continue
        newest = max(held, key=lambda edition: edition.published_on)
        days = (today - newest.published_on).days
        if days > DAYS:
            found[publisher.id] = (
                f"{newest.id} is the newest edition of {publisher.name}, and {days} days old; more than {DAYS} without "
                "a new one are unusual"
            )
    return found
