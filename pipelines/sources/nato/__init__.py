"""NATO's tables of defence expenditure: where they are, which edition a file is, and what they mean.

Belongs here: whatever is known of NATO's files and words alone. Does not: what any publisher could share.
"""

from .publisher import Nato

PUBLISHER = Nato()
