"""Who pays and who gains: the regional account parted by country, to the cent."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from karwan.analysis.appraisal.assumptions import Assumptions
    from karwan.analysis.appraisal.flows import MarketEffect

REST = "rest of world"
FEE, OTHER = "transit_fee", "other"
CENTS = 8
"""Digits behind the point of a million that a cent is."""
ITEMS = ("works", "upkeep", "receipts", "hauling", "external", "users", "fees")


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryAccount:
    """What a line does to a country, in present million USD; costs are negative.

    Attributes
    ----------
    works_musd
        Works and renewal, less what is left.
    upkeep_musd
        Upkeep and guards.
    receipts_musd, hauling_musd
        What the railway takes for haulage, and what hauling costs it.
    external_musd
        What others gain where freight leaves the road, by km; 0 while it is switched off.
    users_musd
        Its part of what is saved on its exports and imports (`user_benefit_origin`), less the same
        part of the fees that these pay more.
    fees_musd
        Transit fees that it takes more or less than before.
    """

    country: str
    capex_share: float
    works_musd: float
    upkeep_musd: float
    receipts_musd: float
    hauling_musd: float
    external_musd: float
    users_musd: float
    fees_musd: float

    @property
    def total_musd(self) -> float:
        """Sum of the items, as rounded to the cent."""
        return math.fsum(getattr(self, f"{item}_musd") for item in ITEMS)


def fees_per_t(
    route: Sequence[str], assumptions: Assumptions, *, ends: tuple[str, str]
) -> dict[str, float]:
    """Return the transit fee that a tonne pays in each country that it only passes."""
    fees = {}
    for country in dict.fromkeys(route):
        if country in ends:
            continue
        own = assumptions.if_known(FEE, country) or assumptions.band(FEE, OTHER)
        fees[country] = own.value
    return fees


def fee_changes(effect: MarketEffect, assumptions: Assumptions) -> dict[str, float]:
    """Return by country what transit fees a year change by at central demand, in USD."""
    market = effect.market
    ends = (market.from_country, market.to_country)
    tonnes = market.t_per_year
    changes: dict[str, float] = {}
    rail_t = tonnes * (effect.usual.rail_share + effect.generated_ratio)
    for country, fee in fees_per_t(market.new.countries, assumptions, ends=ends).items():
        changes[country] = changes.get(country, 0.0) + rail_t * fee
    for way, share in zip(market.old, effect.usual.drawn_share, strict=True):
        for country, fee in fees_per_t(way.countries, assumptions, ends=ends).items():
            changes[country] = changes.get(country, 0.0) - tonnes * float(share) * fee
    return changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """Present sums that are shared out.

    Attributes
    ----------
    users_musd, fee_years
        By market: what users gain, and present years of its fees at central demand.
    """

    works_musd: float
    upkeep_musd: float
    receipts_musd: float
    hauling_musd: float
    external_musd: float
    users_musd: Sequence[float]
    fee_years: Sequence[float]


def country_accounts(
    shared: Shared,
    effects: Sequence[MarketEffect],
    km_by_country: Mapping[str, float],
    perimeter: Sequence[str],
    assumptions: Assumptions,
) -> tuple[CountryAccount, ...]:
    """Return an account for each country of the perimeter, and one for the rest of the world.

    Costs and receipts of the line lie where its kilometres lie. Fees are transfers: what treasuries
    take more, users pay, on both ends as they share the savings. Every item is rounded to the
    cent, and the largest takes what rounding leaves, so that the accounts sum to the region's.
    """
    names = [*perimeter, REST]
    total_km = sum(km_by_country.values())
    km = {name: km_by_country.get(name, 0.0) / total_km for name in names}
    km[REST] = sum(v for name, v in km_by_country.items() if name not in perimeter) / total_km
    users, fees = dict.fromkeys(names, 0.0), dict.fromkeys(names, 0.0)
    leaving = assumptions.value("user_benefit_origin", "freight")

    def own(country: str) -> str:
        return country if country in perimeter else REST

    for effect, gained, years in zip(effects, shared.users_musd, shared.fee_years, strict=True):
        changes = fee_changes(effect, assumptions)
        paid = sum(changes.values()) * years / 1e6
        for country, change in changes.items():
            fees[own(country)] += change * years / 1e6
        ends = (effect.market.from_country, effect.market.to_country)
        for country, share in zip(ends, (leaving, 1 - leaving), strict=True):
            users[own(country)] += share * (gained - paid)
    paid_in_all = math.fsum(fees.values())
    totals = {
        "works": -shared.works_musd,
        "upkeep": -shared.upkeep_musd,
        "receipts": shared.receipts_musd,
        "hauling": -shared.hauling_musd,
        "external": shared.external_musd,
        "users": math.fsum(shared.users_musd) - paid_in_all,
        "fees": paid_in_all,
    }
    parts = {
        item: to_cents(
            users if item == "users" else fees if item == "fees"
            else {name: totals[item] * km[name] for name in names},
            totals[item],
        )
        for item in ITEMS
    }  # fmt: skip
    return tuple(
        CountryAccount(
            country=name,
            capex_share=km[name],
            works_musd=parts["works"][name],
            upkeep_musd=parts["upkeep"][name],
            receipts_musd=parts["receipts"][name],
            hauling_musd=parts["hauling"][name],
            external_musd=parts["external"][name],
            users_musd=parts["users"][name],
            fees_musd=parts["fees"][name],
        )
        for name in names
    )


def to_cents(parts: Mapping[str, float], total: float) -> dict[str, float]:
    """Return parts in whole cents that sum to the total in whole cents; the largest takes the rest.

    Examples
    --------
    >>> to_cents({"A": 1 / 3, "B": 2 / 3}, 1.0)
    {'A': 0.33333333, 'B': 0.66666667}
    """
    cents = {name: round(value * 10**CENTS) for name, value in parts.items()}
    left = round(total * 10**CENTS) - sum(cents.values())
    largest = max(parts, key=lambda name: (abs(parts[name]), name))
    cents[largest] += left
    return {name: value / 10**CENTS for name, value in cents.items()}


def shapley(players: Sequence[str], worth: Mapping[frozenset[str], float]) -> dict[str, float]:
    """Return each player's share by Shapley's rule: what it adds, over all orders of coming.

    Examples
    --------
    >>> one, both = frozenset({"a"}), frozenset({"a", "b"})
    >>> shapley(["a", "b"], {frozenset(): 0.0, one: 4.0, frozenset({"b"}): 0.0, both: 10.0})
    {'a': 7.0, 'b': 3.0}
    """
    count = len(players)
    shares = {}
    for player in players:
        others = [one for one in players if one != player]
        shares[player] = sum(
            math.factorial(size) * math.factorial(count - size - 1) / math.factorial(count)
            * (worth[frozenset(some) | {player}] - worth[frozenset(some)])
            for size in range(count)
            for some in combinations(others, size)
        )  # fmt: skip
    return shares


def by_avoided_cost(
    players: Sequence[str], worth: Mapping[frozenset[str], float]
) -> dict[str, float]:
    """Return shares in proportion to what is lost if a player stays away; even if nothing is."""
    whole = frozenset(players)
    lost = {player: max(worth[whole] - worth[whole - {player}], 0.0) for player in players}
    total = sum(lost.values())
    if total <= 0:
        return {player: worth[whole] / len(players) for player in players}
    return {player: worth[whole] * part / total for player, part in lost.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """How the surplus of transit would be parted by each rule, in million USD a year."""

    country: str
    by_km_musd: float
    by_avoided_cost_musd: float
    by_shapley_musd: float
