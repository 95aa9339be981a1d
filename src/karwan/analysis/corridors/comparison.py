"""All corridors and outside options between two places in one state of the world.

A corridor that is cut says by what, since when and as known when, and what the best way round
costs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from karwan.analysis.corridors.arrival import Arrival, arrival_of
from karwan.analysis.corridors.proof import Proof
from karwan.analysis.corridors.ranking import Rank, Ranking
from karwan.analysis.corridors.shares import FirstShare, Shares, first_shares
from karwan.analysis.corridors.worth import Worths, what_would_change
from karwan.analysis.world.bars import Cut
from karwan.analysis.world.state import State
from karwan.analysis.world.world import World
from karwan.base.provenance import Source
from karwan.base.reprs import short_repr
from karwan.base.telling import Column, Form, to_frame, to_html
from karwan.network.nouns import Corridor, Place
from karwan.network.vehicles import Consignment
from karwan.route.tcd import Journey

if TYPE_CHECKING:
    import polars as pl


class Status(StrEnum):
    """How a corridor stands between two places."""

    open = "open"
    cut = "cut"
    not_built = "not_built"
    not_served = "not_served"


BEST_WAY = "best-way"
"""What stands for the best of all ways among corridors: no corridor has this id."""


@dataclass(frozen=True, kw_only=True)
class CorridorAnswer:
    """What one corridor variant offers between two places.

    Attributes
    ----------
    journey
        The journey in the state asked for; None if cut, not built or not serving the pair.
    open_journey
        The journey with every gate open, or as if its project were built; for reference.
    lifted_journey
        Where it is cut with every gate open too: the journey if what cuts it were lifted, a closure
        that the question asks for or a bar to the vehicle.
    cuts
        What cuts it, in the order met.
    same_as
        An earlier variant with the same route between these two places.
    """

    corridor: Corridor
    status: Status
    journey: Journey | None = None
    open_journey: Journey | None = None
    lifted_journey: Journey | None = None
    cuts: tuple[Cut, ...] = ()
    same_as: str = ""

    __repr__ = short_repr


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """All corridors between two places in one state of the world.

    Attributes
    ----------
    best
        The best of all ways, along a corridor or not: the first row of every form.
    proof
        Whether it is proved the best; None where there is none.
    """

    world: World
    consignment: Consignment
    origin: Place
    destination: Place
    state: State
    answers: tuple[CorridorAnswer, ...]
    best: Journey | None
    best_avoiding: Journey | None
    way_cuts: tuple[Cut, ...]
    ranking: Ranking
    price_year: int = field(default=0)
    proof: Proof | None = None

    __repr__ = short_repr

    @property
    def best_corridor_id(self) -> str:
        """The corridor whose route is the best of all ways; blank where it follows none."""
        if self.best is None:
            return ""
        return next(
            (
                answer.corridor.id
                for answer in self.answers
                if answer.journey is not None and answer.journey.path.arcs == self.best.path.arcs
            ),
            "",
        )

    @cached_property
    def contenders(self) -> dict[str, Journey]:
        """The ways whose order is told: corridors ranked, and the best way if it is none of them.

        By id, the cheapest first.
        """
        ways = {rank.corridor_id: self.answer(rank.corridor_id) for rank in self.ranking.ranks}
        ranked = {name: one.journey for name, one in ways.items() if one.journey is not None}
        best = self.best
        if best is None or any(one.path.arcs == best.path.arcs for one in ranked.values()):
            return ranked
        return {BEST_WAY: best} | ranked

    @cached_property
    def shares(self) -> Shares:
        """In how many readings of the evidence each of them is the cheapest; drawn when asked."""
        return first_shares(self.contenders)

    @cached_property
    def worths(self) -> Worths:
        """What knowing one figure would change in their order; drawn when asked."""
        worths = what_would_change(self.contenders)
        told = self.shares.of(worths.leader)
        return worths if told is None else replace(worths, leader_share=told.cheapest_on_average)

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


CONTEXT = "context"
"""Role of a corridor that is shown and not ranked."""

CSV, FRAME, HTML = (Form.csv,), (Form.frame,), (Form.html,)
FLAT = (Form.csv, Form.frame)


@dataclass(frozen=True, slots=True)
class Compared:
    """A corridor in a comparison, with its rank if it is open and no repeat."""

    comparison: Comparison
    answer: CorridorAnswer
    rank: Rank | None


def _best_way(comparison: Comparison) -> CorridorAnswer:
    """Return the best of all ways as a row beside corridors."""
    way = Corridor(
        id=BEST_WAY,
        family="",
        variant="best of all ways",
        role="best",
        od_example=(comparison.origin.id, comparison.destination.id),
        tokens=(),
        forbidden=frozenset(),
        modes=frozenset(),
        project_id="",
        keep_crossing="",
        serves=(frozenset(), frozenset()),
        km_check=0.0,
        gauge_break_count=0,
        description="",
        source=Source("", "", "C"),
    )
    best = comparison.best
    return CorridorAnswer(
        corridor=way,
        status=Status.open if best is not None else Status.cut,
        journey=best,
        cuts=comparison.way_cuts,
        same_as=comparison.best_corridor_id,
    )


def in_order(answers: Iterable[CorridorAnswer]) -> tuple[CorridorAnswer, ...]:
    """Return answers in the one order of all forms: open, cheapest first; then what is not.

    What has the route of another, or is there for context, comes after the rest that is open.
    """
    place = {status: number for number, status in enumerate(Status)}

    def key(answer: CorridorAnswer) -> tuple[int, bool, bool, float]:
        journey = answer.journey or answer.open_journey
        cost_usd = journey.generalized_cost_usd if journey else float("inf")
        is_context = answer.corridor.role == CONTEXT
        return place[answer.status], is_context, bool(answer.same_as), cost_usd

    return tuple(sorted(answers, key=key))


def compared(comparison: Comparison, *, best: bool = True) -> Iterator[Compared]:
    """Yield the best of all ways, then the corridors of a comparison in their order.

    Parameters
    ----------
    best
        Whether the best of all ways is among them.
    """
    if best:
        yield Compared(comparison, _best_way(comparison), None)
    ranks = {rank.corridor_id: rank for rank in comparison.ranking.ranks}
    for answer in comparison.answers:
        yield Compared(comparison, answer, ranks.get(answer.corridor.id))


def share_of(row: Compared) -> FirstShare | None:
    """Return how often the way of a row is the cheapest; None where it is no part of the order."""
    way, shares = row.answer.corridor.id, row.comparison.shares
    return shares.of(way) or (shares.of(row.answer.same_as) if way == BEST_WAY else None)


def _asked(name: str, get: Callable[[Comparison], Any], forms: Sequence[Form]) -> Column[Compared]:
    return Column(name=name, get=lambda row: get(row.comparison), forms=forms)


def _corridor(
    name: str, get: Callable[[CorridorAnswer], Any], forms: Sequence[Form]
) -> Column[Compared]:
    return Column(name=name, get=lambda row: get(row.answer), forms=forms)


def _rank(name: str, get: Callable[[Rank], int], forms: Sequence[Form]) -> Column[Compared]:
    return Column(name=name, get=lambda row: row.rank and get(row.rank), forms=forms)


def _share(name: str, get: Callable[[FirstShare], float], shown: str) -> Column[Compared]:
    """Return a column of how often a way is the cheapest; one that is cut never is."""

    def read(row: Compared) -> float | None:
        one = share_of(row)
        return None if one is None else get(one)

    return Column(
        name=name,
        get=read,
        unit="share",
        forms=(*FLAT, Form.html),
        names={Form.html: shown},
        digits={Form.csv: 3, Form.html: 2},
    )


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


def _arrival(row: Compared) -> Arrival | None:
    """Return when the route of a row arrives; None where there is none or nothing was asked."""
    journey = row.answer.journey
    return arrival_of(row.comparison.world.travel, journey) if journey is not None else None


def _trip(name: str, get: Callable[[Arrival], Any]) -> Column[Compared]:
    """Return a column of when a route arrives; blank where no time was asked of."""

    def read(row: Compared) -> Any:
        arrival = _arrival(row)
        return None if arrival is None else get(arrival)

    return Column(name=name, get=read, forms=CSV, digits={Form.csv: 3})


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


def _meets_closure_share(journey: Journey) -> float | None:
    return journey.chances.meets_closure_share if journey.chances is not None else None


CORRIDORS: tuple[Column[Compared], ...] = (
    _asked("origin", lambda c: c.origin.id, FLAT),
    _asked("destination", lambda c: c.destination.id, FLAT),
    _asked("state", lambda c: c.state, FLAT),
    _asked("as_of", lambda c: c.world.as_of, CSV),
    _asked("evidence_horizon", lambda c: c.world.evidence_horizon, CSV),
    _corridor("corridor", lambda a: a.corridor.id, (*FLAT, Form.html)),
    _corridor("corridor name", lambda a: a.corridor.name, HTML),
    _corridor("family", lambda a: a.corridor.family, FLAT),
    _corridor("role", lambda a: a.corridor.role, FLAT),
    _corridor("status", lambda a: a.status, (*FLAT, Form.html)),
    _corridor("same_as", lambda a: a.same_as or None, FRAME),
    _rank("rank", lambda r: r.rank, (*FLAT, Form.html)),
    _share("cheapest_on_average_share", lambda one: one.cheapest_on_average, "cheapest on average"),
    _share("first_on_the_day_share", lambda one: one.first_on_the_day, "first on the day"),
    _rank("best_rank", lambda r: r.best_rank, FRAME),
    _rank("worst_rank", lambda r: r.worst_rank, FRAME),
    _route("distance_km", lambda j: j.distance_km, html="km", unit="km", digits=1),
    _route("low_hours", lambda j: j.hours.low, csv="hours_low", unit="h"),
    _route("mean_hours", lambda j: j.hours.value, csv="hours_mean", html="h", unit="h"),
    _route("high_hours", lambda j: j.hours.high, csv="hours_high", unit="h"),
    _route("p05_hours", lambda j: j.reliability.p05_hours, (), html="P05 h", unit="h"),
    _route("p95_hours", lambda j: j.reliability.p95_hours, (), html="P95 h", unit="h"),
    _route("low_usd", lambda j: j.usd.low, csv="cost_low_usd", unit="USD"),
    _route("central_usd", lambda j: j.usd.value, csv="cost_central_usd", html="USD", unit="USD"),
    _route("high_usd", lambda j: j.usd.high, csv="cost_high_usd", unit="USD"),
    _route("generalized_cost_usd", lambda j: j.generalized_cost_usd, unit="USD"),
    _route("routing_weight_ticks", lambda j: j.ticks, FRAME),
    _route("meets_closure_share", _meets_closure_share, html="meet a closure", digits=4),
    Column(
        name="price_year",
        get=lambda row: row.comparison.price_year if row.answer.journey else None,
        forms=CSV,
        unit="year",
    ),
    _trip("arrival_p50", lambda a: a.days.p50 if a.days else None),
    _trip("arrival_p95", lambda a: a.days.p95 if a.days else None),
    _trip("if_nothing_shuts", lambda a: a.if_nothing_shuts),
    _trip("with_closures", lambda a: a.with_closures),
    _trip("lost_share", lambda a: a.lost_share),
    *_only(_PASSED, CSV),
    _corridor("cut_by", lambda a: [cut.id for cut in a.cuts], CSV),
    *_QUANTILES,
    _route("expected_shortfall_hours", lambda j: j.reliability.expected_shortfall_hours, FRAME),
    _route("reliability_usd", lambda j: j.reliability.reliability_usd, FRAME, unit="USD"),
    _route("detention_usd", lambda j: j.reliability.detention_usd, FRAME, unit="USD"),
    _route("full_cost_usd", lambda j: j.full_cost_usd, unit="USD"),
    *_only(_PASSED, FRAME),
    _corridor("corridor_name", lambda a: a.corridor.name, FLAT),
    _corridor("cut by", lambda a: "; ".join(cut.name for cut in a.cuts) or None, HTML),
)
"""What is told of a corridor; figures of one that is cut are not known."""
