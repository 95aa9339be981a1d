"""Arithmetic of energy links: fees, prices, shares, seasons. No flow of power is modelled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

HOURS_PER_DAY = 24.0
MW_HOURS_PER_TWH = 1e6
CUBIC_FEET_PER_M3 = 35.3147
BTU_PER_CUBIC_FOOT = 1_030.0
DAYS_PER_YEAR = 365.0


def season_twh(capacity_mw: float, days: float) -> float:
    """Return what a line can carry in a season at full load.

    Examples
    --------
    >>> round(season_twh(1300, 153), 4), round(season_twh(1000, 153), 4)
    (4.7736, 3.672)
    """
    return capacity_mw * days * HOURS_PER_DAY / MW_HOURS_PER_TWH


def fee_twh(fee_musd: float, cents_per_kwh: float) -> float:
    """Return the energy that a yearly transit fee stands for.

    Examples
    --------
    >>> round(fee_twh(45, 1.25), 3), round(fee_twh(99.1, 1.25), 3)
    (3.6, 7.928)
    """
    return fee_musd / cents_per_kwh / 10


def bill_cents_per_kwh(bill_musd: float, gwh: float) -> float:
    """Return the price that a bill stands for.

    Examples
    --------
    >>> round(bill_cents_per_kwh(91.18, 1820), 2), round(bill_cents_per_kwh(288, 5760), 2)
    (5.01, 5.0)
    """
    return bill_musd / gwh * 100


def gas_fee_musd(bcm: float, usd_per_mmbtu: float) -> float:
    """Return the transit fee of gas at 1,030 Btu a cubic foot.

    Examples
    --------
    >>> round(gas_fee_musd(33, 0.495))
    594
    """
    mmbtu = bcm * 1e9 * CUBIC_FEET_PER_M3 * BTU_PER_CUBIC_FOOT / 1e6
    return mmbtu * usd_per_mmbtu / 1e6


def gas_bcm(mmcfd: float) -> float:
    """Return billion cubic metres a year of million cubic feet a day.

    Examples
    --------
    >>> round(gas_bcm(750), 4)
    7.7517
    """
    return mmcfd * DAYS_PER_YEAR / CUBIC_FEET_PER_M3 / 1000


def concentration_index(shares: Sequence[float]) -> float:
    """Return the Herfindahl index of shares: one over it is how many equal suppliers these are.

    Examples
    --------
    >>> round(concentration_index([0.3646, 0.2465, 0.2222, 0.1667]), 5)
    0.27086
    """
    return sum(share**2 for share in shares)


def served_share(
    shares: Mapping[str, float], imports_mw: float, own_mw: float, out: Sequence[str]
) -> float:
    """Return the share of supply that is left while suppliers are out.

    Examples
    --------
    >>> shares = {"UZB": 105 / 288, "TJK": 71 / 288, "TKM": 64 / 288, "IRN": 48 / 288}
    >>> round(served_share(shares, 800, 250, ["UZB"]), 4)
    0.7222
    """
    lost = sum(shares[name] for name in out) * imports_mw
    return 1 - lost / (imports_mw + own_mw)


def months_to_go(length_km: float, laid_km: float, km_per_month: float) -> float:
    """Return how long the rest takes at a pace.

    Examples
    --------
    >>> round(months_to_go(153, 14, 3.249), 1)
    42.8
    """
    return (length_km - laid_km) / km_per_month


def cover_days(stock: float, use_per_day: float) -> float:
    """Return for how many days a stock lasts.

    Examples
    --------
    >>> round(cover_days(38_000, 6_500_000 / 365), 2), round(cover_days(13_000, 6_000), 2)
    (2.13, 2.17)
    """
    return stock / use_per_day
