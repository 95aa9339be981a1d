"""What closures and loss cost on a passage, and what guarding a kilometre may cost at most."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """Loss and protection of a line.

    Attributes
    ----------
    premium_usd_per_t
        Expected loss of cargo on a passage by the stated rate; the premium that covers it is the
        same money and never added to it.
    lost_musd_per_year
        What days shut cost a year at maturity.
    most_usd_per_km
        What guarding may cost a kilometre and year if it ended all closures.
    """

    premium_usd_per_t: float
    lost_musd_per_year: float
    most_usd_per_km: float


def protection_of(
    *, goods_usd_per_t: float, premium_share: float, net_musd_open: float, open_share: float,
    length_km: float,
) -> Protection:  # fmt: skip
    """Return what loss costs, and the spending on guards at which ending closures just pays.

    Parameters
    ----------
    net_musd_open
        What a year without a closure brings, hauling paid; 0 or less is worth no guard.

    Examples
    --------
    >>> protection_of(goods_usd_per_t=500, premium_share=0.006, net_musd_open=100,
    ...               open_share=0.8, length_km=1000)
    Protection(premium_usd_per_t=3.0, lost_musd_per_year=20.0, most_usd_per_km=20000.0)
    """
    lost = max(net_musd_open, 0.0) * (1 - open_share)
    return Protection(
        premium_usd_per_t=goods_usd_per_t * premium_share,
        lost_musd_per_year=round(lost, 9),
        most_usd_per_km=round(lost * 1e6 / length_km, 6),
    )
