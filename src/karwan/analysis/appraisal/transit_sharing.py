"""How the surplus of transit would be parted: what countries add that build their own legs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from karwan.analysis.appraisal.cases import Study
from karwan.analysis.appraisal.country_accounts import Sharing, by_avoided_cost, shapley
from karwan.analysis.appraisal.flows import MarketEffect, market_effects
from karwan.analysis.appraisal.lines import with_links
from karwan.analysis.appraisal.markets import Surveyor
from karwan.analysis.appraisal.valuing import CostPlan


def sharing_of(
    study: Study, effects: Sequence[MarketEffect], plan: CostPlan
) -> tuple[Sharing, ...]:
    """Return how the surplus of transit would be parted, by coalitions that build their legs."""
    line = study.line
    players = tuple(line.km_by_country)
    transit = [
        one for one in effects
        if any(c not in (one.market.from_country, one.market.to_country)
               for c in one.market.new.countries if c in players)
    ]  # fmt: skip
    if not transit:
        return ()
    worth: dict[frozenset[str], float] = {}
    for size in range(len(players) + 1):
        for some in combinations(players, size):
            here = frozenset(some)
            links = [link.id for link in line.links if set(link.countries) <= here]
            worth[here] = _surplus(study, transit, links, plan) if links else 0.0
    whole = worth[frozenset(players)]
    km = sum(line.km_by_country.values())
    avoided, fair = by_avoided_cost(players, worth), shapley(players, worth)
    return tuple(
        Sharing(
            country=one,
            by_km_musd=whole * line.km_by_country[one] / km,
            by_avoided_cost_musd=avoided[one],
            by_shapley_musd=fair[one],
        )
        for one in players
    )


def _surplus(
    study: Study, transit: Sequence[MarketEffect], links: Sequence[str], plan: CostPlan
) -> float:
    """Return what transit would save and bring in a year over some of the line's links."""
    taste = study.taste(
        study.assumptions.value("cost_elasticity", "freight"),
        study.assumptions.value("nest_dissimilarity", "overland ways"),
    )
    whole = {link.id for link in study.line.links}
    if set(links) == whole:
        again = [one.market for one in transit]
    else:
        some = [link for link in study.line.links if link.id in links]
        line = replace(study.line, links=tuple(some))
        surveyor = Surveyor(world=with_links(study.world, study.line, links), line=line)
        places = study.world.network.places
        again = []
        for one in transit:
            market = one.market
            new = surveyor.new_way((places[market.origin], places[market.destination]))
            if new is not None:
                again.append(replace(market, new=new))
    total = 0.0
    for effect in market_effects(again, study.lengths, taste, 0.0):
        market = effect.market
        paid = market.new.line_usd_per_t - plan.variable_usd_per_tkm * market.new.line_km
        gain = effect.usual.saved_usd_per_t + effect.usual.rail_share * paid
        total += market.t_per_year * gain / 1e6
    return total
