"""The European Defence Agency: Defence Data, a workbook a year.

Belongs here: what is known of the Agency alone. Does not: what any publisher could share.
"""

from .publisher import Eda

PUBLISHER = Eda()
