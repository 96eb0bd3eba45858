"""SIPRI: the Military Expenditure Database, a workbook a year.

Belongs here: what is known of SIPRI alone. Does not: what any publisher could share.
"""

from .publisher import Sipri

PUBLISHER = Sipri()
