"""Alternatives that really differ from the best route.

Candidates avoid, in turn, what the best route passes: each element, each crossing, each country
between its ends; and further ones come from making used arcs dearer. Kept are those that share
at most 60 per cent of the km of the shorter route and cost at most 1.5 times the best.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from karwan.analysis.corridors.planner import Planner
from karwan.analysis.corridors.scope import Scope
from karwan.base.reprs import short_repr
from karwan.network.nouns import Place
from karwan.route.cost import PricedGraph
from karwan.route.router import Path
from karwan.route.tcd import Journey

MOST_SHARED = 0.6
DEAREST_RATIO = 1.5
PENALTY_RATIO = 1.4
PENALTY_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class RouteSearch:
    """Origin, destination, scope and the places and crossings to pass in order."""

    origin: Place
    destination: Place
    scope: Scope
    via: tuple[tuple[str, str], ...] = ()

    __repr__ = short_repr


def alternatives(planner: Planner, question: RouteSearch, count: int) -> list[Journey]:
    """Return up to `count` journeys that differ from one another, by generalized cost.

    The first is the best there is; each further one the best of the candidates that differ enough
    from those before it.
    """
    best = _best(planner, question, question.scope)
    if best is None:
        return []
    found = [planner.journey(best)]
    if count <= 1:
        return found
    unique = {path.arcs: planner.journey(path) for path in _candidates(planner, question, best)}
    unique.pop(best.arcs, None)
    limit_usd = DEAREST_RATIO * found[0].generalized_cost_usd
    ordered = sorted(
        unique.values(), key=lambda journey: (journey.generalized_cost_usd, journey.path.arcs)
    )
    for journey in ordered:
        if len(found) == count or journey.generalized_cost_usd > limit_usd:
            break
        if all(shared_share(planner, journey, other) <= MOST_SHARED for other in found):
            found.append(journey)
    return found


def shared_share(planner: Planner, a: Journey, b: Journey) -> float:
    """Return km of links used by both, as a share of the shorter route."""
    arcs = planner.graph.arcs
    km = {arcs[arc].link_id: arcs[arc].km for arc in a.path.arcs if arcs[arc].link_id}
    other = {arcs[arc].link_id for arc in b.path.arcs if arcs[arc].link_id}
    shared = sum((km[link] for link in sorted(km.keys() & other)), 0.0)
    shorter = min(a.distance_km, b.distance_km)
    return shared / shorter if shorter else 1.0


def _best(planner: Planner, question: RouteSearch, scope: Scope) -> Path | None:
    return planner.best(question.origin, question.destination, scope, via=question.via)


def _candidates(planner: Planner, question: RouteSearch, best: Path) -> Iterator[Path]:
    first = planner.journey(best)
    ends = {question.origin.country, question.destination.country}
    needed = {ident for _, ident in question.via}
    avoid: list[tuple[str, str]] = [("element", name) for name in first.elements]
    avoid += [("crossing", name) for name in first.crossings]
    avoid += [("country", country) for country in first.countries if country not in ends]
    seen: set[tuple[int, ...]] = {best.arcs}
    second: list[Path] = []
    for item in avoid:
        if item[1] in needed:
            continue
        scope = replace(question.scope, avoided=question.scope.avoided | {item})
        path = _best(planner, question, scope)
        if path is not None and path.arcs not in seen:
            seen.add(path.arcs)
            second.append(path)
            yield path
    if not question.via:
        yield from _penalized(planner, question, [best, *second])


def _penalized(planner: Planner, question: RouteSearch, known: Sequence[Path]) -> Iterator[Path]:
    """Yield routes found while the arcs used so far grow dearer round by round."""
    factor = [1.0] * len(planner.graph.arcs)
    paths = list(known)
    for _ in range(PENALTY_ROUNDS):
        used = {planner.graph.arcs[arc].link_id for path in paths for arc in path.arcs} - {""}
        for arc in planner.graph.arcs:
            if arc.link_id in used:
                factor[arc.id] *= PENALTY_RATIO
        dearer = tuple(
            round(ticks * times) for ticks, times in zip(planner.priced.ticks, factor, strict=True)
        )
        scratch = planner.with_ticks(dearer)
        path = scratch.best(question.origin, question.destination, question.scope)
        if path is None:
            return
        paths = [path]
        yield _repriced(planner.priced, path)


def _repriced(priced: PricedGraph, path: Path) -> Path:
    ticks = sum(priced.ticks[arc] for arc in path.arcs)
    return Path((ticks, path.key[1], path.key[2]), path.arcs, path.end)
