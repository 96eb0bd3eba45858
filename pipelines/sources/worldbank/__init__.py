"""The World Bank: extracts of the World Development Indicators, as CSV in long or wide form.

Belongs here: what is known of the World Bank alone. Does not: what any publisher could share.
"""

from .publisher import WorldBank

PUBLISHER = WorldBank()
