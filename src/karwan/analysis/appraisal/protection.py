"""What closures and loss cost on a passage, and what guarding a kilometre may cost at most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A country's part of a passage over the line, by the market with most tonnes.

    Attributes
    ----------
    loss_usd_per_t, loss_usd_per_trip
        Part of the expected loss of cargo by the stated rate, by km; of a wagon the same.
    attacks_per_year
        Attacks foretold on the line's own kilometres there, by those on railways that were
        searched for; None where none was.
    """

    country: str
    km: float
    line_km: float
    loss_usd_per_t: float
    loss_usd_per_trip: float
    attacks_per_year: float | None


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
    covered_usd_per_km
        The same if it prevents the share that is assumed.
    legs
        The passage by country.
    """

    premium_usd_per_t: float
    lost_musd_per_year: float
    most_usd_per_km: float
    covered_usd_per_km: float
    legs: tuple[Leg, ...] = ()


def protection_of(
    *, goods_usd_per_t: float, premium_share: float, net_musd_open: float, open_share: float,
    length_km: float, cover_share: float = 1.0, legs: tuple[Leg, ...] = (),
) -> Protection:  # fmt: skip
    """Return what loss costs, and the spending on guards at which ending closures just pays.

    Parameters
    ----------
    net_musd_open
        What a year without a closure brings, hauling paid; 0 or less is worth no guard.
    cover_share
        Of losses that guards prevent.

    Examples
    --------
    >>> told = protection_of(goods_usd_per_t=500, premium_share=0.006, net_musd_open=100,
    ...                      open_share=0.8, length_km=1000, cover_share=0.5)
    >>> told.premium_usd_per_t, told.lost_musd_per_year, told.most_usd_per_km
    (3.0, 20.0, 20000.0)
    >>> told.covered_usd_per_km
    10000.0
    """
    lost = max(net_musd_open, 0.0) * (1 - open_share)
    return Protection(
        premium_usd_per_t=goods_usd_per_t * premium_share,
        lost_musd_per_year=round(lost, 9),
        most_usd_per_km=round(lost * 1e6 / length_km, 6),
        covered_usd_per_km=round(lost * 1e6 / length_km * cover_share, 6),
        legs=legs,
    )


def legs_of(
    km: Mapping[str, float], line_km: Mapping[str, float], *, loss_usd_per_t: float, trip_t: float,
    attacks_per_100km: float | None,
) -> tuple[Leg, ...]:  # fmt: skip
    """Return a passage by country, the loss parted by km.

    Parameters
    ----------
    km, line_km
        Of the whole passage, and of the line itself, by country in the order passed.

    Examples
    --------
    >>> legs = legs_of({"A": 300.0, "B": 100.0}, {"B": 50.0}, loss_usd_per_t=4.0, trip_t=60.0,
    ...                attacks_per_100km=2.0)
    >>> [(one.loss_usd_per_t, one.loss_usd_per_trip, one.attacks_per_year) for one in legs]
    [(3.0, 180.0, 0.0), (1.0, 60.0, 1.0)]
    """
    total = sum(km.values())
    return tuple(
        Leg(
            country=name,
            km=length,
            line_km=line_km.get(name, 0.0),
            loss_usd_per_t=loss_usd_per_t * length / total,
            loss_usd_per_trip=loss_usd_per_t * length / total * trip_t,
            attacks_per_year=None
            if attacks_per_100km is None
            else attacks_per_100km * line_km.get(name, 0.0) / 100,
        )
        for name, length in km.items()
    )
