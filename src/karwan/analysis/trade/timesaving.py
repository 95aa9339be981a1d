"""How far time saved alone could lift trade: the model's days, two published responses.

The days come from the corridors themselves: the fastest way as last known against the fastest way
with every gate open, both ways, between the towns that stand for each country. Like is set beside
like: the way of least cost may be slower once a gate opens, because it is cheaper. What promoters
claim to save stands beside it as a claim. The two published responses disagree by a factor and are
shown side by side, never averaged.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from karwan.analysis.corridors.planner import Planner, by_time
from karwan.analysis.corridors.scope import Scope
from karwan.analysis.trade.series import country_groups, ends_of
from karwan.analysis.world.state import State
from karwan.analysis.world.world import World
from karwan.base.bands import Band, Kind
from karwan.base.known import known_from
from karwan.base.provenance import Source
from karwan.base.reprs import short_repr
from karwan.base.units import HOURS_PER_DAY
from karwan.base.words import counted
from karwan.data.rows.region import CountryRow
from karwan.data.rows.trade import TradeResponseRow
from karwan.network.vehicles import make_consignment

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog
    from karwan.route.tcd import Journey


@dataclass(frozen=True, slots=True, kw_only=True)
class WayTime:
    """Mean hours of the fastest way between two places; None where everything is shut.

    `last_known_crossings` and `open_crossings` are what either way passes; `sources` is what its
    hours rest on.
    """

    origin: str
    destination: str
    last_known_hours: float | None
    open_hours: float | None
    last_known_crossings: tuple[str, ...]
    open_crossings: tuple[str, ...]
    sources: tuple[Source, ...] = ()

    __repr__ = short_repr

    @property
    def saved_days(self) -> float | None:
        """Days that opening every gate saves; None where one of both is missing."""
        if self.last_known_hours is None or self.open_hours is None:
            return None
        return (self.last_known_hours - self.open_hours) / HOURS_PER_DAY


@dataclass(frozen=True, slots=True)
class Response:
    """A published response of trade to time, or two that combine, with its band."""

    name: str
    form: str
    source_urls: tuple[str, ...]
    multiple: Band


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The multiple that so many days saved would allow, by each response.

    `days` is the most that is saved; `basis` says by whose reckoning.
    """

    basis: str
    days: float
    is_claim: bool
    responses: tuple[Response, ...]

    @property
    def highest_multiple(self) -> float:
        """The top of all bands."""
        return max(response.multiple.high for response in self.responses)


@dataclass(frozen=True, slots=True)
class TimeSaving:
    """Ways looked at, and the ceilings they lead to; `reason` where there is none."""

    ways: tuple[WayTime, ...]
    ceilings: tuple[Ceiling, ...]
    reason: str

    __repr__ = short_repr

    @property
    def modelled(self) -> Ceiling | None:
        """The ceiling by the model's own days."""
        return next((c for c in self.ceilings if not c.is_claim), None)


def lost_trade_multiple(days: float, share_per_day: float) -> float:
    """Return exp(share x days): the reduced form of Djankov, Freund and Pham (2006).

    Examples
    --------
    >>> round(lost_trade_multiple(30.0, 0.01), 2)
    1.35
    """
    return math.exp(share_per_day * days)


def price_multiple(days: float, share_per_day: float, elasticity: float) -> float:
    """Return (1 + share x days) to the power of minus the elasticity, which is negative.

    The share is the value of a day of Hummels and Schaur (2013), entered linearly.

    Examples
    --------
    >>> round(price_multiple(30.0, 0.008, -5.0), 2)
    2.93
    """
    return float((1.0 + share_per_day * days) ** -elasticity)


def price_factor_needed(multiple: float, elasticity: float) -> float:
    """Return the delivered-price factor that a multiple of trade needs.

    Examples
    --------
    >>> round(price_factor_needed(4.0, -5.0), 5)
    0.75786
    """
    return float(multiple ** (1.0 / elasticity))


def responses(rows: Mapping[str, TradeResponseRow], days: float) -> tuple[Response, ...]:
    """Return what either published response makes of days saved, with its whole band."""
    saved = max(days, 0.0)
    lost, time = rows["trade_lost_per_day_share"], rows["time_value_per_day_share"]
    price = rows["trade_price_elasticity_ratio"]
    losses, times, prices = (_band_of(one) for one in (lost, time, price))
    by_loss = [lost_trade_multiple(saved, share) for share in losses]
    # The elasticity is negative: its "high" end, nearest to zero, makes the least trade.
    by_price = [price_multiple(saved, a, b) for a, b in zip(times, reversed(prices), strict=True)]
    return (
        Response(
            "Djankov, Freund and Pham (2006)",
            f"exp({losses[1]:g} x days); {losses[0]:g} to {losses[2]:g}",
            (lost.source_url,),
            Band(by_loss[0], by_loss[1], by_loss[2], Kind.published),
        ),
        Response(
            "Hummels and Schaur (2013) with a trade elasticity",
            f"(1 + {times[1]:g} x days)^{-prices[1]:g}; {times[0]:g} to "
            f"{times[2]:g} a day, elasticity {prices[2]:g} to {prices[0]:g}",
            (time.source_url, price.source_url),
            Band(by_price[0], by_price[1], by_price[2], Kind.published),
        ),
    )


def _band_of(row: TradeResponseRow) -> tuple[float, float, float]:
    """Return low, value and high; an end that is blank is the value itself."""
    low = row.value if row.value_low is None else row.value_low
    return low, row.value, row.value if row.value_high is None else row.value_high


def time_saving(world: World, pair: str) -> TimeSaving:
    """Return the ceilings for a pair of countries in a world."""
    catalog = world.catalog
    rows = _known(catalog, world.as_of)
    if not {"trade_lost_per_day_share", "time_value_per_day_share",
            "trade_price_elasticity_ratio"} <= rows.keys():  # fmt: skip
        return TimeSaving((), (), "the published responses are dated after the as-of date")
    ways = _ways(world, pair)
    saved = [way.saved_days for way in ways if way.saved_days is not None]
    ceilings = []
    reason = ""
    if saved:
        days = max(saved)
        ceilings.append(
            Ceiling(
                "model: fastest way with all gates open against as last known, most saved of "
                f"{counted(len(saved), 'way')}",
                days,
                is_claim=False,
                responses=responses(rows, days),
            )
        )
    elif ways:
        reason = "no way is open as last known, or none with all gates open: no days to compare"
    else:
        reason = "no towns stand for one of the countries"
    if "claimed_saved_days" in rows:
        claim = rows["claimed_saved_days"]
        ceilings.append(
            Ceiling(
                f"claim, not adopted: {claim.applies_to} ({claim.source_date})",
                claim.value,
                is_claim=True,
                responses=responses(rows, claim.value),
            )
        )
    return TimeSaving(ways, tuple(ceilings), reason)


def _known(catalog: Catalog, as_of: dt.date) -> dict[str, TradeResponseRow]:
    return {
        row.parameter: row
        for row in catalog.rows(TradeResponseRow)
        if known_from(row.source_date, catalog.released(TradeResponseRow.TABLE)) <= as_of
    }


def _ways(world: World, pair: str) -> tuple[WayTime, ...]:
    """Return the times between all towns of both ends, both ways."""
    towns = [_towns(world.catalog, end) for end in ends_of(pair)]
    carriers = dict.fromkeys(country for end in towns for country, _ in end)
    planners = {country: _planner(world, country) for country in carriers}
    return tuple(
        _way_time(planners[country], origin, place)
        for origins, destinations in (towns, towns[::-1])
        for country, origin in origins
        for _, place in destinations
    )


def _towns(catalog: Catalog, end: str) -> list[tuple[str, str]]:
    """Return (country, place id) of the towns that stand for a country or a group."""
    members = country_groups(catalog).get(end, (end,))
    return [
        (row.country, place)
        for row in catalog.rows(CountryRow)
        if row.iso3 in members
        for place in row.gate_places
    ]


def _planner(world: World, carrier: str) -> Planner:
    """Return a planner of the fastest ways of a truck of general goods under a country's flag."""
    consignment = make_consignment(
        world.catalog, carrier=carrier, countries=world.network.countries
    )
    return by_time(Planner(world=world, consignment=consignment))


def _way_time(planner: Planner, origin: str, destination: str) -> WayTime:
    places = planner.world.network.places
    found: list[Journey | None] = []
    for state in (State.last_known, State.all_open):
        path = planner.best(places[origin], places[destination], Scope(state=state))
        found.append(planner.journey(path) if path is not None else None)
    now, opened = found
    return WayTime(
        origin=places[origin].name,
        destination=places[destination].name,
        last_known_hours=now.hours.value if now else None,
        open_hours=opened.hours.value if opened else None,
        last_known_crossings=now.crossings if now else (),
        open_crossings=opened.crossings if opened else (),
        sources=tuple(source for one in found if one is not None for source in one.sources),
    )


def longest(ways: Sequence[WayTime]) -> WayTime | None:
    """Return the way on which opening every gate saves most."""
    dated = [way for way in ways if way.saved_days is not None]
    return max(dated, key=lambda way: way.saved_days or 0.0, default=None)
