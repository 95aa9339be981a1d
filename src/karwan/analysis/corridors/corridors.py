"""Follow a corridor between any two places.

A corridor is an ordered list of directed crossings and places. Between two of them only links
inside one country (and the sea) may be used, so a corridor cannot be dodged. For places other
than its ends, the part of it between their countries is followed, if it serves the two; a place of
its sequence that is aside is left out there, so that no journey goes past its end and back. A place
whose country it does not touch reaches it by the crossing that serves it best, short of the one
that makes it that corridor.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from karwan.analysis.corridors.planner import Planner
from karwan.analysis.corridors.scope import Scope
from karwan.analysis.world.state import State
from karwan.network.gauges import SEA
from karwan.network.network import Network
from karwan.network.nouns import Corridor, Place
from karwan.network.ways import inland_km
from karwan.route.composed import Partial, to_path
from karwan.route.router import Path

MOST_DETOUR_RATIO = 1.2
"""A place of a corridor is on the way if the km by it are at most so many times the least."""


@dataclass(frozen=True, slots=True)
class Token:
    """A place with an optional layer, or a crossing with the side it is entered from."""

    crossing_id: str = ""
    from_a: bool = True
    place_id: str = ""
    layer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is followed for one pair: tokens between the ends, and how the origin joins.

    Attributes
    ----------
    joins_north
        True where the northern end lies off the corridor and reaches it through other countries.
    northbound
        True where the journey runs against the order in which the corridor is written.
    ahead
        Countries the corridor passes beyond the crossing where the northern end joins: it may
        not reach the crossing through them.
    """

    tokens: tuple[Token, ...]
    joins_north: bool
    northbound: bool
    ahead: frozenset[str]
    north_layer: str
    south_layer: str


def read_tokens(corridor: Corridor, *, northbound: bool = False) -> tuple[Token, ...]:
    """Return a corridor's tokens in the direction travelled."""
    found = []
    for text in corridor.tokens:
        if text[-1] in "<>":
            found.append(Token(crossing_id=text[:-1], from_a=text[-1] == ">"))
        else:
            place_id, _, layer = text.partition("@")
            found.append(Token(place_id=place_id, layer=layer))
    if not northbound:
        return tuple(found)
    return tuple(replace(token, from_a=not token.from_a) for token in reversed(found))


def plans(network: Network, corridor: Corridor, origin: Place, destination: Place) -> list[Plan]:
    """Return the ways in which a corridor can serve a pair, southbound and northbound.

    The southern end must lie in a country of the corridor; a northern end off it may join if the
    journey then runs to the corridor's last country.
    """
    found = list(_southbound(network, corridor, origin, destination))
    for plan in _southbound(network, corridor, destination, origin):
        tokens = tuple(replace(token, from_a=not token.from_a) for token in reversed(plan.tokens))
        found.append(replace(plan, tokens=tokens, northbound=True))
    return found


def _southbound(network: Network, corridor: Corridor, north: Place, south: Place) -> Iterator[Plan]:
    """Yield the parts of a corridor between two places, in the order it is written."""
    from_countries, to_countries = corridor.serves
    if from_countries and (
        north.country not in from_countries or south.country not in to_countries
    ):
        return
    tokens = read_tokens(corridor)
    inner, layers = tokens[1:-1], (tokens[0].layer, tokens[-1].layer)
    last_country = network.places[tokens[-1].place_id].country
    countries = _countries_along(network, tokens)
    gates = [position for position, token in enumerate(inner) if token.crossing_id]
    over_sea = last_country != countries[-1]
    if not gates:
        if (north.country, south.country) == (countries[0], last_country):
            yield Plan(
                tokens=inner,
                joins_north=False,
                northbound=False,
                ahead=frozenset(),
                north_layer=layers[0],
                south_layer=layers[1],
            )
        return
    last = _last_gate(gates, countries, south, last_country)
    to_the_end = south.country in (countries[-1], last_country)
    for first, joins in _first_gates(corridor, inner, gates, countries, north):
        if first > last or (joins and not to_the_end):
            continue
        beyond_sea = over_sea and south.country == last_country
        kept = _trim(
            network,
            inner,
            (gates[first], gates[last]),
            (north, south),
            own=(tokens[0].place_id, tokens[-1].place_id),
            joins=joins,
            over_sea=beyond_sea,
        )
        ahead = frozenset(countries[first + 1 :]) - {countries[first], north.country}
        ends = (
            layers[0] if first == 0 and not joins else _land(layers[0]),
            layers[1] if beyond_sea else _land(layers[1]),
        )
        yield Plan(
            tokens=kept,
            joins_north=joins,
            northbound=False,
            ahead=ahead,
            north_layer=ends[0],
            south_layer=ends[1],
        )


def _land(layer: str) -> str:
    """Return the layer asked for at an end that is another place: the sea is no door."""
    return "" if layer == SEA else layer


def _countries_along(network: Network, tokens: Sequence[Token]) -> list[str]:
    """Return the countries between crossings: one more than there are crossings."""
    found = [network.places[tokens[0].place_id].country]
    for token in tokens:
        if token.crossing_id:
            crossing = network.crossings[token.crossing_id]
            found.append(crossing.country_b if token.from_a else crossing.country_a)
    return found


def _first_gates(
    corridor: Corridor,
    inner: Sequence[Token],
    gates: Sequence[int],
    countries: Sequence[str],
    north: Place,
) -> list[tuple[int, bool]]:
    """Return where the northern end enters, as positions in `gates`, and whether it joins there.

    A country off the corridor joins at any crossing up to the one that makes it this corridor.
    """
    if north.country in countries:
        return [(countries.index(north.country), False)]
    names = [inner[gate].crossing_id for gate in gates]
    core = names.index(corridor.keep_crossing) if corridor.keep_crossing in names else 0
    return [(position, True) for position in range(core + 1)]


def _last_gate(
    gates: Sequence[int], countries: Sequence[str], south: Place, last_country: str
) -> int:
    """Return the last crossing passed, as a position in `gates`; -1 if the end is not served."""
    if south.country in countries:
        return len(countries) - 2 - countries[::-1].index(south.country)
    return len(gates) - 1 if south.country == last_country else -1


def _trim(
    network: Network,
    inner: Sequence[Token],
    gates: tuple[int, int],
    ends: tuple[Place, Place],
    *,
    own: tuple[str, str],
    joins: bool,
    over_sea: bool,
) -> tuple[Token, ...]:
    """Return the tokens from first to last gate, with the places still ahead at both ends.

    At the corridor's own end all are. Elsewhere a place in an end's own country is kept if it lies
    on the way from the frontier to the end; otherwise it is behind or aside, and going there would
    be a way round.
    """
    first, last = gates
    before = [] if joins else _same_country(inner, first, -1)
    after = _same_country(inner, last, +1)
    ahead = before[::-1]
    if ends[0].id != own[0]:
        ahead = _on_the_way(network, ahead, _side(network, inner[first], entered=False), ends[0])
    if not over_sea and ends[1].id != own[1]:
        after = _on_the_way(network, after, _side(network, inner[last], entered=True), ends[1])
    return (*ahead, *inner[first : last + 1], *after)


def _same_country(inner: Sequence[Token], gate: int, step: int) -> list[Token]:
    found = []
    position = gate + step
    while 0 <= position < len(inner) and not inner[position].crossing_id:
        found.append(inner[position])
        position += step
    return found


def _side(network: Network, token: Token, *, entered: bool) -> str:
    crossing = network.crossings[token.crossing_id]
    return crossing.side_b if token.from_a == entered else crossing.side_a


def _on_the_way(network: Network, tokens: Sequence[Token], gate: str, place: Place) -> list[Token]:
    km, from_place = inland_km(network, gate), inland_km(network, place.id)
    direct_km = km.get(place.id, float("inf"))

    def leads(token: Token) -> bool:
        there_km = km.get(token.place_id, 0.0) + from_place.get(token.place_id, 0.0)
        return there_km <= MOST_DETOUR_RATIO * direct_km

    return [token for token in tokens if token.place_id != place.id and leads(token)]


def follow(
    planner: Planner, corridor: Corridor, origin: Place, destination: Place, state: State | None
) -> Path | None:
    """Return the best path along a corridor, or None if it is cut or does not serve the pair."""
    found = [
        way
        for plan in plans(planner.world.network, corridor, origin, destination)
        if (way := _follow_plan(planner, corridor, plan, origin, destination, state)) is not None
    ]
    best = min(found, key=lambda way: way.order, default=None)
    return None if best is None else to_path(planner.priced, best)


def _follow_plan(
    planner: Planner,
    corridor: Corridor,
    plan: Plan,
    origin: Place,
    destination: Place,
    state: State | None,
) -> Partial | None:
    inland = Scope(state=state, modes=corridor.modes, inland=True)
    north = destination if plan.northbound else origin
    access = Scope(
        state=state,
        modes=corridor.modes,
        forbidden=(corridor.forbidden - {north.country}) | plan.ahead,
    )
    layers = (plan.north_layer, plan.south_layer)[:: -1 if plan.northbound else 1]
    crossings = planner.mask(Scope(state=state, modes=corridor.modes))
    ways = planner.starts(origin, corridor.modes, layers[0])
    for position, token in enumerate(plan.tokens):
        joining = plan.joins_north and not plan.northbound and position == 0
        ways = _pass(planner, ways, token, access if joining else inland, crossings)
        if not ways:
            return None
    closings = planner.closings(destination, corridor.modes, layers[1])
    return planner.finish(
        ways, closings, access if plan.joins_north and plan.northbound else inland
    )


def _pass(
    planner: Planner, ways: list[Partial], token: Token, scope: Scope, mask: Sequence[bool]
) -> list[Partial]:
    """Return the ways carried on to a token that may yet be the best."""
    graph = planner.graph
    if token.crossing_id:
        arcs = [
            arc
            for arc in graph.arcs_of_crossing.get(token.crossing_id, ())
            if graph.arcs[arc].forward == token.from_a and mask[arc]
        ]
        return planner.cross(ways, arcs, scope)
    states = [
        state
        for state in graph.states_of_place.get(token.place_id, ())
        if token.layer in ("", graph.states[state][1])
    ]
    return planner.advance(ways, states, scope)
