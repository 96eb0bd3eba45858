"""Know the World Bank's indicators: what each measures, in which unit, and at which prices.

A figure at purchasing power is in international dollars, which are another unit than dollars at market rates: nothing
that asks for one finds the other.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Indicator:
    """Say what an indicator is; `scale` turns what is printed into `unit`."""

    measure: str
    unit: str
    price_basis: str
    scale: float = 1.0


_M = 1e-6
INDICATORS = {
    "NY.GDP.MKTP.CD": Indicator("gdp", "usd_m", "current", _M),
    "NY.GDP.MKTP.KD": Indicator("gdp", "usd_m", "constant", _M),
    "NY.GDP.MKTP.CN": Indicator("gdp", "lcu_m", "current", _M),
    "NY.GDP.MKTP.PP.CD": Indicator("gdp", "international_usd_m", "current", _M),
    "NY.GDP.MKTP.PP.KD": Indicator("gdp", "international_usd_m", "constant", _M),
    "NY.GDP.PCAP.CD": Indicator("gdp_per_capita", "usd_thousand", "current", 1e-3),
    "NY.GDP.PCAP.KD": Indicator("gdp_per_capita", "usd_thousand", "constant", 1e-3),
    "NY.GDP.PCAP.PP.CD": Indicator("gdp_per_capita", "international_usd_thousand", "current", 1e-3),
    "NY.GDP.PCAP.PP.KD": Indicator("gdp_per_capita", "international_usd_thousand", "constant", 1e-3),
    "NY.GDP.DEFL.ZS": Indicator("gdp_deflator", "index", "current"),
    "PA.NUS.FCRF": Indicator("exchange_rate", "lcu_per_usd", "current"),
    "SP.POP.TOTL": Indicator("population", "thousand", "none", 1e-3),
    "MS.MIL.XPND.CD": Indicator("defence_expenditure", "usd_m", "current", _M),
    "MS.MIL.XPND.CN": Indicator("defence_expenditure", "lcu_m", "current", _M),
    "MS.MIL.XPND.GD.ZS": Indicator("defence_share_of_gdp", "percent", "current"),
    "MS.MIL.XPND.ZS": Indicator("defence_share_of_government", "percent", "current"),
    "MS.MIL.TOTL.P1": Indicator("military_personnel", "thousand", "none", 1e-3),
}
# The long file of current dollars has no column for the indicator, and says which it is by its name.
NAMED = {("gdp", "current", "usd"): "NY.GDP.MKTP.CD", ("population",): "SP.POP.TOTL"}
# Groups of states that stand among the states; the Union is one that others publish too.
UNION = {"EUU": "EU"}
_GROUPS = (
    "AFE AFW ARB CEB CHI CSS EAP EAR EAS ECA ECS EMU FCS HIC HPC IBD IBT IDA IDB IDX INX LAC LCN LDC LIC LMC LMY LTE "
    "MEA MIC MNA NAC OED OSS PRE PSS PST SAS SSA SSF SST TEA TEC TLA TMN TSA TSS UMC WLD"
)
AGGREGATES = frozenset(_GROUPS.split())
