"""Compare all corridors and outside options between two places in one state of the world.

A corridor that is cut says by what, since when and as known when, and what the best way round
costs. A ranking is stated only where it holds over the bands of the defaults it rests on;
otherwise both orders are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Protocol

from karwan.analysis.corridors.corridors import follow, plans
from karwan.analysis.corridors.planner import UNRULED, Planner, Scope
from karwan.analysis.world.world import ALL_OPEN, Cut, World, cuts_on
from karwan.base.bands import Band, Kind
from karwan.base.reprs import short_repr
from karwan.base.telling import Column, Form, to_frame, to_html
from karwan.network.nouns import Corridor, Place
from karwan.network.vehicles import Consignment
from karwan.route.router import Path
from karwan.route.tcd import Journey

if TYPE_CHECKING:
    import polars as pl

OPEN, CUT, NOT_BUILT, NOT_SERVED = "open", "cut", "not_built", "not_served"
MOST_CUTS = 20


@dataclass(frozen=True)
class CorridorAnswer:
    """What one corridor variant offers between two places.

    Attributes
    ----------
    journey
        The journey in the state asked for; None if cut, not built or not serving the pair.
    open_journey
        The journey with every gate open, or as if its project were built; for reference.
    cuts
        What cuts it, in the order met.
    same_as
        An earlier variant with the same route between these two places.
    """

    corridor: Corridor
    status: str
    journey: Journey | None = None
    open_journey: Journey | None = None
    cuts: tuple[Cut, ...] = ()
    same_as: str = ""

    __repr__ = short_repr


@dataclass(frozen=True, slots=True)
class Pairing:
    """Whether one route is cheaper than another whatever the defaults, in generalized cost.

    `margin_usd` is by how much the better beats the worse as its defaults
    range; `turned_by` names those that can turn it, the strongest first.
    """

    better: str
    worse: str
    margin_usd: Band
    holds: bool
    turned_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rank:
    """Place of a corridor among those open, with the range its defaults allow."""

    corridor_id: str
    rank: int
    best_rank: int
    worst_rank: int


@dataclass(frozen=True)
class Ranking:
    """Corridors by generalized cost, how far that holds, and the orders when it does not."""

    ranks: tuple[Rank, ...]
    pairings: tuple[Pairing, ...]
    holds: bool
    order_central: tuple[str, ...]
    order_low: tuple[str, ...]
    order_high: tuple[str, ...]

    __repr__ = short_repr


@dataclass(frozen=True)
class Comparison:
    """All corridors between two places in one state of the world."""

    world: World
    consignment: Consignment
    origin: Place
    destination: Place
    state: str
    answers: tuple[CorridorAnswer, ...]
    best: Journey | None
    best_avoiding: Journey | None
    way_cuts: tuple[Cut, ...]
    ranking: Ranking
    price_year: int = field(default=0)

    __repr__ = short_repr

    @property
    def also_without(self) -> frozenset[str]:
        """Countries that `best_avoiding` keeps out of; the region's tables name them."""
        return self.world.region.also_without

    @property
    def has_end_within(self) -> bool:
        """Whether an end lies in one of these countries, so that no way keeps out of them."""
        return bool(self.also_without & {self.origin.country, self.destination.country})

    def answer(self, corridor_id: str) -> CorridorAnswer:
        """Return the answer of one variant."""
        return next(answer for answer in self.answers if answer.corridor.id == corridor_id)

    def _repr_html_(self) -> str:
        """Return the corridors as a table for a notebook."""
        caption = (
            f"{self.origin.name} to {self.destination.name}, {self.state}, as of "
            f"{self.world.as_of}; newest evidence {self.world.evidence_horizon}; the order "
            f"{'holds' if self.ranking.holds else 'does not hold'} over the bands of the defaults"
        )
        return to_html(CORRIDORS, compared(self), caption)

    def to_frame(self) -> pl.DataFrame:
        """Return the corridors as a frame, with all digits; units are in the names."""
        return to_frame(CORRIDORS, compared(self))


class Finder(Protocol):
    """Finds best paths in a world: by search, or from trees that remember (see `whatif`)."""

    def along(
        self, corridor: Corridor, origin: Place, destination: Place, state: str
    ) -> Path | None:
        """Return the best path along a corridor, None if it is cut or does not serve the pair."""

    def best(
        self, origin: Place, destination: Place, state: str, forbidden: frozenset[str]
    ) -> Path | None:
        """Return the best path that keeps out of countries."""


@dataclass(frozen=True)
class Search:
    """Finds paths by searching a planner's world."""

    planner: Planner

    __repr__ = short_repr

    def along(
        self, corridor: Corridor, origin: Place, destination: Place, state: str
    ) -> Path | None:
        """Return the best path along a corridor, None if it is cut or does not serve the pair."""
        return follow(self.planner, corridor, origin, destination, state)

    def best(
        self, origin: Place, destination: Place, state: str, forbidden: frozenset[str]
    ) -> Path | None:
        """Return the best path that keeps out of countries."""
        return self.planner.best(origin, destination, Scope(state, forbidden=forbidden))


@dataclass
class Desk:
    """Answers comparisons for one world and consignment.

    Attributes
    ----------
    finder
        How paths are found; by search if None.
    """

    planner: Planner
    finder: Finder | None = None
    _announcing: dict[str, Planner] = field(default_factory=dict, init=False, repr=False)

    __repr__ = short_repr

    @property
    def paths(self) -> Finder:
        """What finds paths."""
        return self.finder if self.finder is not None else Search(self.planner)

    def compare(self, origin: Place, destination: Place, state: str) -> Comparison:
        """Return the comparison of all corridors between two places."""
        planner = self.planner
        answers: list[CorridorAnswer] = []
        for corridor in planner.world.network.corridors.values():
            answer = self.answer(corridor, origin, destination, state)
            answers.append(_marked(answer, answers))
        best = self._journey(origin, destination, state, frozenset())
        without = None
        also_without = planner.world.region.also_without
        if also_without and not also_without & {origin.country, destination.country}:
            without = self._journey(origin, destination, state, also_without)
        return Comparison(
            planner.world,
            planner.consignment,
            origin,
            destination,
            state,
            tuple(answers),
            best,
            without,
            () if best else tuple(cuts_between(planner, origin, destination, state)),
            rank(answers),
            planner.price_year,
        )

    def answer(
        self, corridor: Corridor, origin: Place, destination: Place, state: str
    ) -> CorridorAnswer:
        """Return what one corridor variant offers."""
        if not plans(self.planner.world.network, corridor, origin, destination):
            return CorridorAnswer(corridor, NOT_SERVED)
        if corridor.project_id and corridor.project_id not in self.planner.world.projects:
            return self._announced(corridor, origin, destination)
        planner, ends = self.planner, (origin, destination)
        path = self.paths.along(corridor, *ends, state)
        opened = path if state == ALL_OPEN else self.paths.along(corridor, *ends, ALL_OPEN)
        open_journey = planner.journey(opened) if opened else None
        if path is not None:
            return CorridorAnswer(corridor, OPEN, planner.journey(path), open_journey)
        relaxed = opened or self.paths.along(corridor, *ends, UNRULED)
        if relaxed is None:
            return CorridorAnswer(corridor, NOT_SERVED)
        cuts = cuts_on(planner.world, planner.graph, planner.consignment, relaxed.arcs, state)
        return CorridorAnswer(corridor, CUT, None, open_journey, tuple(cuts))

    def _journey(
        self, origin: Place, destination: Place, state: str, forbidden: frozenset[str]
    ) -> Journey | None:
        path = self.paths.best(origin, destination, state, forbidden)
        return self.planner.journey(path) if path is not None else None

    def _announced(self, corridor: Corridor, origin: Place, destination: Place) -> CorridorAnswer:
        """Return a corridor whose railway does not exist, with its journey as if it did."""
        planner = self._with_project(corridor.project_id)
        path = follow(planner, corridor, origin, destination, ALL_OPEN)
        if path is None:
            return CorridorAnswer(corridor, NOT_SERVED)
        project = self.planner.world.network.projects[corridor.project_id]
        cut = Cut(
            project.id, project.name, "not built", project.status_note, None, None, None, (), ""
        )
        return CorridorAnswer(corridor, NOT_BUILT, None, planner.journey(path), (cut,))

    def _with_project(self, project_id: str) -> Planner:
        """Return the planner of the same world with a project switched on, made once."""
        if project_id not in self._announcing:
            world = self.planner.world.with_projects({project_id})
            self._announcing[project_id] = self.planner.in_world(world)
        return self._announcing[project_id]


def cuts_between(
    planner: Planner,
    origin: Place,
    destination: Place,
    state: str,
    *,
    scope: Scope | None = None,
    via: tuple[tuple[str, str], ...] = (),
) -> list[Cut]:
    """Return what cuts all ways between two places, the best way's first.

    Each way found is looked at without what cuts those before it, until none is left. Empty if
    nothing built joins the two.
    """
    asked = scope if scope is not None else Scope(state)
    for relaxed in (ALL_OPEN, UNRULED):
        found: dict[str, Cut] = {}
        wider = replace(asked, state=relaxed)
        path = planner.best(origin, destination, wider, via=via)
        while path is not None and len(found) < MOST_CUTS:
            world, graph = planner.world, planner.graph
            cuts = cuts_on(world, graph, planner.consignment, path.arcs, state)
            found |= {cut.id: cut for cut in cuts}
            kinds = {(kind, cut.id) for cut in cuts for kind in ("element", "link")}
            wider = replace(wider, avoided=wider.avoided | kinds)
            path = planner.best(origin, destination, wider, via=via) if cuts else None
        if found:
            return list(found.values())
    return []


def _marked(answer: CorridorAnswer, earlier: Sequence[CorridorAnswer]) -> CorridorAnswer:
    """Return the answer, marked if an earlier variant has the same route."""
    journey = answer.journey or answer.open_journey
    if journey is None:
        return answer
    for other in earlier:
        known = other.journey or other.open_journey
        if (
            other.status == answer.status
            and known is not None
            and known.path.arcs == journey.path.arcs
        ):
            same = other.same_as or other.corridor.id
            return CorridorAnswer(
                answer.corridor,
                answer.status,
                answer.journey,
                answer.open_journey,
                answer.cuts,
                same,
            )
    return answer


def rank(answers: Sequence[CorridorAnswer]) -> Ranking:
    """Return the ranking of the corridors that are open, each route once, context left out."""
    found = {
        answer.corridor.id: answer.journey
        for answer in answers
        if answer.journey is not None and not answer.same_as and answer.corridor.role != "context"
    }
    order = sorted(found, key=lambda name: (found[name].generalized_cost_usd, name))
    margins = {(a, b): _pair(a, found[a], b, found[b]) for a in order for b in order if a != b}
    ranks = []
    for position, name in enumerate(order, 1):
        beaten_by = sum(margins[other, name].holds for other in order if other != name)
        beats = sum(margins[name, other].holds for other in order if other != name)
        ranks.append(Rank(name, position, 1 + beaten_by, len(order) - beats))
    neighbours = tuple(margins[a, b] for a, b in pairwise(order))
    return Ranking(
        tuple(ranks),
        neighbours,
        all(pair.holds for pair in neighbours),
        tuple(order),
        _order_at(found, 0),
        _order_at(found, 2),
    )


def _order_at(journeys: dict[str, Journey], end: int) -> tuple[str, ...]:
    """Return the order with every default at its low (0) or high (2) end."""

    def cost_usd(name: str) -> tuple[float, str]:
        bands = journeys[name].default_band_usd().values()
        shift = sum((band[end] - band[1] for band in bands), 0.0)
        return journeys[name].generalized_cost_usd + shift, name

    return tuple(sorted(journeys, key=cost_usd))


def _pair(better: str, a: Journey, worse: str, b: Journey) -> Pairing:
    """Return by how much a beats b over the bands of the defaults; a shared default cancels."""
    none = (0.0, 0.0, 0.0)
    bands_a, bands_b = a.default_band_usd(), b.default_band_usd()
    central = b.generalized_cost_usd - a.generalized_cost_usd
    least = most = central
    swings = []
    for name in sorted(bands_a.keys() | bands_b.keys()):
        in_a, in_b = bands_a.get(name, none), bands_b.get(name, none)
        now = in_b[1] - in_a[1]
        ends = (in_b[0] - in_a[0] - now, in_b[2] - in_a[2] - now)
        least += min(*ends, 0.0)
        most += max(*ends, 0.0)
        swings.append((min(*ends, 0.0), name))
    turned = tuple(name for swing, name in sorted(swings) if swing < 0) if least <= 0 else ()
    return Pairing(better, worse, Band(least, central, most, Kind.defaults), least > 0, turned)


def extra_usd(journey: Journey, over: Journey) -> Band:
    """Return what a journey costs more than another in generalized USD.

    The band is over those of the defaults that either rests on.
    """
    return _pair("", over, "", journey).margin_usd


CSV, FRAME, HTML = (Form.csv,), (Form.frame,), (Form.html,)
FLAT = (Form.csv, Form.frame)


@dataclass(frozen=True, slots=True)
class Compared:
    """A corridor in a comparison, with its rank if it is open and no repeat."""

    comparison: Comparison
    answer: CorridorAnswer
    rank: Rank | None


def compared(comparison: Comparison) -> Iterator[Compared]:
    """Yield the corridors of a comparison in their order."""
    ranks = {rank.corridor_id: rank for rank in comparison.ranking.ranks}
    for answer in comparison.answers:
        yield Compared(comparison, answer, ranks.get(answer.corridor.id))


def _asked(name: str, get: Callable[[Comparison], Any], forms: Sequence[Form]) -> Column[Compared]:
    return Column(name=name, get=lambda row: get(row.comparison), forms=forms)


def _corridor(
    name: str, get: Callable[[CorridorAnswer], Any], forms: Sequence[Form]
) -> Column[Compared]:
    return Column(name=name, get=lambda row: get(row.answer), forms=forms)


def _rank(name: str, get: Callable[[Rank], int], forms: Sequence[Form]) -> Column[Compared]:
    return Column(name=name, get=lambda row: row.rank and get(row.rank), forms=forms)


def _route(
    name: str,
    get: Callable[[Journey], Any],
    forms: Sequence[Form] = FLAT,
    *,
    csv: str = "",
    html: str = "",
    unit: str = "",
    digits: int = 2,
) -> Column[Compared]:
    """Return a column of the route; a corridor that is cut has none."""
    return Column(
        name=name,
        get=lambda row: row.answer.journey and get(row.answer.journey),
        unit=unit,
        forms=(*forms, *(HTML if html else ())),
        names={Form.csv: csv or name, Form.html: html or name},
        digits={Form.csv: digits},
    )


_PASSED = (
    _route("grade", lambda j: j.grade),
    _route("crossings", lambda j: j.crossings),
    _route("countries", lambda j: j.countries),
)
_QUANTILES = (
    _route("p05_hours", lambda j: j.reliability.p05_hours, csv="hours_p05", unit="h"),
    _route("p50_hours", lambda j: j.reliability.p50_hours, csv="hours_p50", unit="h"),
    _route("p90_hours", lambda j: j.reliability.p90_hours, csv="hours_p90", unit="h"),
    _route("p95_hours", lambda j: j.reliability.p95_hours, csv="hours_p95", unit="h"),
)


def _only(columns: Sequence[Column[Compared]], forms: Sequence[Form]) -> list[Column[Compared]]:
    """Return columns for some forms: CSV and Parquet have them in different places."""
    return [replace(column, forms=forms) for column in columns]


CORRIDORS: tuple[Column[Compared], ...] = (
    _asked("origin", lambda c: c.origin.id, FLAT),
    _asked("destination", lambda c: c.destination.id, FLAT),
    _asked("state", lambda c: c.state, FLAT),
    _asked("as_of", lambda c: c.world.as_of, CSV),
    _asked("evidence_horizon", lambda c: c.world.evidence_horizon, CSV),
    _corridor("corridor", lambda a: a.corridor.id, (*FLAT, Form.html)),
    _corridor("family", lambda a: a.corridor.family, FLAT),
    _corridor("role", lambda a: a.corridor.role, FLAT),
    _corridor("status", lambda a: a.status, (*FLAT, Form.html)),
    _corridor("same_as", lambda a: a.same_as or None, FRAME),
    _rank("rank", lambda r: r.rank, (*FLAT, Form.html)),
    _rank("best_rank", lambda r: r.best_rank, FRAME),
    _rank("worst_rank", lambda r: r.worst_rank, FRAME),
    _route("distance_km", lambda j: j.distance_km, html="km", unit="km", digits=1),
    _route("low_hours", lambda j: j.hours[0], csv="hours_low", unit="h"),
    _route("mean_hours", lambda j: j.hours[1], csv="hours_mean", html="h", unit="h"),
    _route("high_hours", lambda j: j.hours[2], csv="hours_high", unit="h"),
    _route("p05_hours", lambda j: j.reliability.p05_hours, (), html="P05 h", unit="h"),
    _route("p95_hours", lambda j: j.reliability.p95_hours, (), html="P95 h", unit="h"),
    _route("low_usd", lambda j: j.usd[0], csv="cost_low_usd", unit="USD"),
    _route("central_usd", lambda j: j.usd[1], csv="cost_central_usd", html="USD", unit="USD"),
    _route("high_usd", lambda j: j.usd[2], csv="cost_high_usd", unit="USD"),
    _route("generalized_cost_usd", lambda j: j.generalized_cost_usd, unit="USD"),
    _route("routing_weight_ticks", lambda j: j.ticks, FRAME),
    Column(
        name="price_year",
        get=lambda row: row.comparison.price_year if row.answer.journey else None,
        forms=CSV,
        unit="year",
    ),
    *_only(_PASSED, CSV),
    _corridor("cut_by", lambda a: [cut.id for cut in a.cuts], CSV),
    *_QUANTILES,
    _route("expected_shortfall_hours", lambda j: j.reliability.expected_shortfall_hours, FRAME),
    _route("reliability_usd", lambda j: j.reliability.reliability_usd, FRAME, unit="USD"),
    _route("detention_usd", lambda j: j.reliability.detention_usd, FRAME, unit="USD"),
    _route("full_cost_usd", lambda j: j.full_cost_usd, unit="USD"),
    *_only(_PASSED, FRAME),
    _corridor("cut by", lambda a: "; ".join(cut.name for cut in a.cuts) or None, HTML),
)
"""What is told of a corridor; figures of one that is cut are not known."""
