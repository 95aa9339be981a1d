"""Compose a path into a journey: totals, bands, and the time-cost-distance (TCD) table.

TCD after UNESCAP (https://www.unescap.org/resources/timecost-distance-methodology): legs have
slope, nodes (crossings, terminals) are jumps at zero distance. What does not add along a route
is done here: rest of a driver is waived by the hours his vehicle waits at a border, at most one
daily rest each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from karwan.base.bands import LOW_CENTRAL_HIGH, Band, Kind, part_columns
from karwan.base.provenance import Figure, Source, worst_grade
from karwan.base.reprs import short_repr
from karwan.base.telling import FILES, Column, Form, to_frame, to_html
from karwan.network.gauges import MODE_OF_LAYER
from karwan.route.charges import BEYOND, BORDER, CONVOY, KINDS, REST, SEASON, Charge
from karwan.route.clock import Clock, timed_arcs
from karwan.route.cost import PricedGraph, sum_hours
from karwan.route.expand import CROSSING, HAUL, TRANSFER, Arc, StateGraph
from karwan.route.money import Priced, draw_usd, quantiles
from karwan.route.rest import waived_hours
from karwan.route.router import Path
from karwan.route.spread import HourPart, Reliability, hour_parts, measure_reliability, moving_hours
from karwan.route.spreads import Spreads

if TYPE_CHECKING:
    import polars as pl

MOVING, BORDERS, TERMINALS, OTHER = "moving", "borders", "terminals", "other"
PART_OF_KIND = {
    kind.name: MOVING if kind.varies_with_way or kind.is_moving else TERMINALS for kind in KINDS
} | {BORDER.name: BORDERS, CONVOY.name: BORDERS, BEYOND.name: OTHER, SEASON.name: OTHER}
"""Which part of a journey's hours each kind belongs to."""

LONG_CROSSING_KM = 25.0
"""A link that is a crossing and longer than this is a stretch of its own in the table."""

LAW = "law"
"""Kind of the row that tells what the law of hours adds to a journey."""
BEYOND_LABEL = "Whole journey: beyond the sum of legs and nodes"

ENDS = ("low", "value", "high")
"""Of a band, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultUse:
    """A default a journey rests on: what it adds to hours and USD, with its band."""

    id: str
    what: str
    basis: str
    hours: Band
    usd: Band


@dataclass(frozen=True, slots=True)
class Width:
    """Charges whose rate is uncertain together: their USD.

    `default_id` names the default they rest on, if any.
    """

    what: str
    usd: Band
    default_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TcdRow:
    """One leg or node: what it adds, and the sums so far. USD are central values.

    Attributes
    ----------
    places, links
        A leg's places from its start to its end, and the link between each and the next; a node has
        one place and no link, what the law adds has neither.
    crossing_id
        Of a crossing; blank else.
    """

    kind: str
    label: str
    mode: str
    countries: tuple[str, ...]
    km: float
    hours: float
    usd: float
    cum_km: float
    cum_hours: float
    cum_usd: float
    grade: str
    sources: tuple[str, ...]
    rests_on_default: bool
    places: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    crossing_id: str = ""


def _figure_column(name: str, shown: str, unit: str, frame: str | None = None) -> Column[TcdRow]:
    """Return a column of a sum or a part; runs keep the parts, whole and under their own name."""
    return Column(
        name=name,
        unit=unit,
        forms=(Form.json, Form.csv, Form.table, Form.html, *([Form.frame] if frame else [])),
        names={Form.table: shown, Form.html: shown, Form.frame: frame or name},
        digits={Form.json: 3, Form.csv: 2},
        spec=",.1f" if unit == "h" else ",.0f",
    )


LEGS: tuple[Column[TcdRow], ...] = (
    Column(name="kind"),
    Column(
        name="label",
        forms=tuple(Form),
        names={Form.table: "leg or node", Form.html: "leg or node"},
    ),
    Column(
        name="kind",
        get=lambda row: row.mode if row.kind == HAUL else row.kind,
        forms=(Form.table, Form.html),
    ),
    Column(name="mode"),
    Column(name="countries"),
    _figure_column("km", "km", "km", "length_km"),
    _figure_column("hours", "h", "h", "hours"),
    _figure_column("usd", "USD", "USD", "cost_usd"),
    _figure_column("cum_km", "sum km", "km"),
    _figure_column("cum_hours", "sum h", "h"),
    _figure_column("cum_usd", "sum USD", "USD"),
    Column(name="grade", forms=(*FILES, Form.html)),
    Column(
        name="grade", get=lambda row: row.grade + "*" * row.rests_on_default, forms=(Form.table,)
    ),
    Column(name="sources", forms=(Form.json, Form.frame)),
    Column(name="rests_on_default", forms=(Form.json, Form.frame)),
    Column(name="places", forms=(Form.frame,)),
    Column(name="links", forms=(Form.frame,)),
    Column(name="crossing", get=lambda row: row.crossing_id or None, forms=(Form.frame,)),
)
"""What is told of a leg or node, in every form."""


DEFAULTS: tuple[Column[DefaultUse], ...] = (
    Column(name="default", get=lambda use: use.id, forms=(Form.frame,)),
    Column(name="what", forms=(Form.frame,)),
    Column(name="basis", forms=(Form.frame,)),
    *part_columns("{}_hours", lambda use: use.hours, LOW_CENTRAL_HIGH, unit="h"),
    *part_columns("{}_usd", lambda use: use.usd, LOW_CENTRAL_HIGH, unit="USD"),
)
"""What a run keeps of a default that a journey rests on."""


@dataclass(frozen=True, kw_only=True)
class Timing:
    """The hours of a journey, or of that part of it during which a clock runs.

    Attributes
    ----------
    hours
        The mean under the law of hours; the band is that of defaults and derived parameters.
    hours_by_kind
        Where the hours go; rest is after what borders waive. What the law adds is a kind of its
        own, so that the kinds add up to the mean.
    """

    hours: Band
    hours_by_kind: dict[str, float]
    rest_waived_hours: float
    parts: tuple[HourPart, ...] = field(repr=False)
    moving_hours: float = field(repr=False)
    spreads: Spreads = field(repr=False)
    value_of_time_usd_per_hour: float = field(repr=False)

    __repr__ = short_repr

    @cached_property
    def reliability(self) -> Reliability:
        """Quantiles and measures of the hours, computed once when asked for."""
        return measure_reliability(
            self.parts, self.moving_hours, self.spreads, self.value_of_time_usd_per_hour
        )

    @property
    def hours_by_part(self) -> dict[str, float]:
        """Mean hours on the move with rest, at frontiers, at terminals, and beyond the parts."""
        sums = dict.fromkeys((MOVING, BORDERS, TERMINALS, OTHER), 0.0)
        for kind, hours in self.hours_by_kind.items():
            sums[PART_OF_KIND[kind]] += hours
        return sums


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """What journeys of a way may meet, told by who knows closures; None where it was not asked.

    Attributes
    ----------
    meets_closure_share
        Of journeys, that find something shut which was open on the as-of date.
    in_time_share
        Of trips that wait for each closure, that meet the deadline.
    unsearched
        Elements of which the record was not searched: not searched is not safe.
    passed_count
        Elements passed.
    """

    meets_closure_share: float | None = None
    in_time_share: float | None = None
    unsearched: tuple[str, ...] = ()
    passed_count: int = 0


@dataclass(frozen=True, kw_only=True)
class Journey:
    """A route with all that is known of its means.

    Attributes
    ----------
    widths
        What the band of USD comes from, the widest first: each is drawn on its own.
    timing
        The hours from door to door.
    usd_by_kind
        Where the dollars go.
    usd, priced_usd
        The central value with P05 and P95 of what is drawn; the quantiles. Half of prices lie
        under the median, which may pass the central value: bands of figures are lopsided.
    """

    path: Path
    distance_km: float
    timing: Timing
    usd: Band
    priced_usd: Priced
    usd_by_kind: dict[str, float]
    generalized_cost_usd: float
    value_of_time_usd_per_hour: float
    crossings: tuple[str, ...]
    countries: tuple[str, ...]
    elements: tuple[str, ...]
    links: tuple[str, ...]
    places: tuple[str, ...]
    modes: tuple[str, ...]
    rows: tuple[TcdRow, ...]
    defaults: tuple[DefaultUse, ...]
    seasons: tuple[str, ...]
    grade: str
    sources: tuple[Source, ...] = field(repr=False)
    widths: tuple[Width, ...] = field(repr=False)
    chances: Chances | None = field(default=None, repr=False)

    __repr__ = short_repr

    @property
    def hours(self) -> Band:
        """Mean hours from door to door, with the band of defaults and derived parameters."""
        return self.timing.hours

    @property
    def hours_by_kind(self) -> dict[str, float]:
        """Where the hours go; rest is after what borders waive."""
        return self.timing.hours_by_kind

    @property
    def rest_waived_hours(self) -> float:
        """Hours of rest that waiting at borders makes up for."""
        return self.timing.rest_waived_hours

    @property
    def parts(self) -> tuple[HourPart, ...]:
        """The parts of the hours that vary on their own."""
        return self.timing.parts

    @property
    def moving_hours(self) -> float:
        """Hours in motion without any delay."""
        return self.timing.moving_hours

    @property
    def reliability(self) -> Reliability:
        """Quantiles and measures of the hours."""
        return self.timing.reliability

    @property
    def full_cost_usd(self) -> float:
        """Generalized cost plus what does not add along a route: unreliability and detention."""
        reliability = self.reliability
        return self.generalized_cost_usd + reliability.reliability_usd + reliability.detention_usd

    @property
    def ticks(self) -> int:
        """Routing weight in thousandths of a USD, before what does not add."""
        return self.path.key[0]

    def _repr_html_(self) -> str:
        """Return the time-cost-distance table for a notebook."""
        reliability = self.reliability
        caption = (
            f"{' - '.join(self.countries)}: {self.distance_km:,.0f} km, {self.hours.value:,.0f} h "
            f"(P05 {reliability.p05_hours:,.0f}, P95 {reliability.p95_hours:,.0f}), "
            f"{self.usd.value:,.0f} USD ({self.usd.low:,.0f}-{self.usd.high:,.0f}); "
            f"grade {self.grade}"
        )
        return to_html(LEGS, self.rows, caption)

    def to_frame(self) -> pl.DataFrame:
        """Return the legs and nodes as a frame, with all digits; units are in the names."""
        return to_frame(LEGS, self.rows)

    def default_band_usd(self) -> dict[str, Band]:
        """Return what each default adds to the generalized cost, USD by its id."""
        rate = self.value_of_time_usd_per_hour * self.timing.spreads.law.mean_ratio
        return {
            use.id: Band(
                use.usd.low + rate * use.hours.low,
                use.usd.value + rate * use.hours.value,
                use.usd.high + rate * use.hours.high,
                Kind.inputs,
            )
            for use in self.defaults
        }


def compose(priced: PricedGraph, path: Path) -> Journey:
    """Return the journey along a path."""
    graph = priced.graph
    arcs = [graph.arcs[arc_id] for arc_id in path.arcs]
    charges = [charge for arc in arcs for charge in priced.charges[arc.id]]
    timing = time_arcs(priced, arcs)
    widths = tuple(_widths(graph, arcs, priced))
    usd = _usd(charges, widths, priced.spreads.price_log_sd)
    rate = priced.consignment.value_of_time_usd_per_hour
    states = [graph.states[arcs[0].tail], *(graph.states[arc.head] for arc in arcs)] if arcs else []
    links = tuple(arc.link_id for arc in arcs if arc.link_id)
    sources = _sources(charges, [graph.network.links[link].source for link in links])
    return Journey(
        path=path,
        distance_km=sum((arc.km for arc in arcs), 0.0),
        timing=timing,
        usd=usd.band,
        priced_usd=usd.told,
        usd_by_kind=_by_kind(charges, "usd"),
        generalized_cost_usd=usd.band.value + rate * timing.hours.value,
        value_of_time_usd_per_hour=rate,
        crossings=tuple(arc.crossing_id for arc in arcs if arc.crossing_id),
        countries=_in_order(graph.network.places[place].country for place, _ in states),
        elements=_in_order(arc.element_id for arc in arcs if arc.element_id),
        links=links,
        places=_in_order(place for place, _ in states),
        modes=_in_order(
            MODE_OF_LAYER[graph.states[arc.tail][1]] for arc in arcs if arc.kind != TRANSFER
        ),
        rows=tuple(_rows(priced, arcs, timing)),
        defaults=tuple(_default_uses(charges)),
        seasons=tuple(_seasons(graph, links)),
        grade=worst_grade(source.grade for source in sources),
        sources=sources,
        widths=widths,
    )


def _waived_rest(priced: PricedGraph, arcs: list[Arc]) -> list[float]:
    """Return, per arc, the hours of rest that its border wait makes up for."""
    return list(waived_hours(priced.stop(arc.id) for arc in arcs))


@dataclass(frozen=True, slots=True)
class _Usd:
    """USD of a journey: its band about the central value, and all quantiles."""

    band: Band
    told: Priced


def _usd(charges: list[Charge], widths: tuple[Width, ...], log_sd: float) -> _Usd:
    """Return the central USD with P05 and P95 of the figures drawn, under the law of prices."""
    central = _sum(charges, "usd", "value")
    told = quantiles(draw_usd(_named(widths), log_sd))
    return _Usd(Band(told.p05_usd, central, told.p95_usd, Kind.draws), told)


def figures_of(journey: Journey) -> list[tuple[str, Band]]:
    """Return the figures of a journey's USD by the name under which each is drawn."""
    return _named(journey.widths)


def usd_name(width: Width) -> str:
    """Return the name under which a figure of a journey's USD is drawn."""
    return f"{width.what}|{width.default_id}"


def _named(widths: Iterable[Width]) -> list[tuple[str, Band]]:
    return [(usd_name(width), width.usd) for width in widths]


def time_arcs(priced: PricedGraph, arcs: list[Arc]) -> Timing:
    """Return the hours of arcs that follow one another."""
    charges = [charge for arc in arcs for charge in priced.charges[arc.id]]
    hours_by_kind = _by_kind(charges, "hours")
    rest_waived = sum(_waived_rest(priced, arcs), 0.0)
    if rest_waived:
        hours_by_kind[REST.name] -= rest_waived
    low, mean, high = (max(_sum(charges, "hours", end) - rest_waived, 0.0) for end in ENDS)
    factor = priced.spreads.law.mean_ratio
    if factor != 1 and mean:
        hours_by_kind[BEYOND.name] = mean * (factor - 1)
    return Timing(
        hours=_band(low * factor, mean * factor, high * factor),
        hours_by_kind=hours_by_kind,
        rest_waived_hours=rest_waived,
        parts=hour_parts(priced, arcs, rest_waived),
        moving_hours=moving_hours(priced, arcs),
        spreads=priced.spreads,
        value_of_time_usd_per_hour=priced.consignment.value_of_time_usd_per_hour,
    )


def clocked(priced: PricedGraph, path: Path, clock: Clock) -> Timing:
    """Return the hours of a journey by a clock.

    Raises
    ------
    DataError
        If the ends cannot have the clock.
    """
    arcs = [priced.graph.arcs[arc_id] for arc_id in path.arcs]
    return time_arcs(priced, timed_arcs(arcs, clock))


def _band(low: float, value: float, high: float) -> Band:
    return Band(low, value, high, Kind.inputs)


def _in_order(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))


def _figure(charge: Charge, attribute: str) -> Figure | None:
    figure: Figure | None = getattr(charge, attribute)
    return figure


def _sum(charges: list[Charge], attribute: str, part: str) -> float:
    figures = (_figure(charge, attribute) for charge in charges)
    return sum((float(getattr(figure, part)) for figure in figures if figure is not None), 0.0)


def _seasons(graph: StateGraph, links: tuple[str, ...]) -> Iterator[str]:
    """Yield what the season does to links of the route, in words."""
    for link_id in links:
        link = graph.network.links[link_id]
        if link.seasonal:
            ends = (graph.network.places[link.from_id].name, graph.network.places[link.to_id].name)
            yield f"{ends[0]} - {ends[1]}: {link.seasonal}"


def _by_kind(charges: list[Charge], attribute: str) -> dict[str, float]:
    usd_by_kind: dict[str, float] = {}
    for charge in charges:
        figure = _figure(charge, attribute)
        if figure is not None:
            usd_by_kind[charge.kind.name] = usd_by_kind.get(charge.kind.name, 0.0) + figure.value
    return usd_by_kind


def _sources(charges: list[Charge], more: list[Source]) -> tuple[Source, ...]:
    sources = [
        figure.source
        for charge in charges
        for figure in (charge.hours, charge.usd)
        if figure is not None
    ]
    return tuple(dict.fromkeys([*sources, *more]))


def _default_uses(charges: list[Charge]) -> Iterator[DefaultUse]:
    """Yield each default once, summed over the arcs that rest on it."""
    sums: dict[str, list[list[float]]] = {}
    about: dict[str, tuple[str, str]] = {}
    for charge in charges:
        for position, figure in enumerate((charge.hours, charge.usd)):
            if figure is None or not figure.default_id:
                continue
            total = sums.setdefault(figure.default_id, [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
            for part, value in enumerate((figure.low, figure.value, figure.high)):
                total[position][part] += value
            about.setdefault(figure.default_id, (charge.what, figure.basis))
    for default_id, (hours, usd) in sums.items():
        what, basis = about[default_id]
        yield DefaultUse(
            id=default_id, what=what, basis=basis, hours=_band(*hours), usd=_band(*usd)
        )


def _widths(graph: StateGraph, arcs: list[Arc], priced: PricedGraph) -> list[Width]:
    """Return USD by what is uncertain together: a country's rate by mode, a crossing, a port."""
    found: dict[tuple[str, str], list[float]] = {}
    for arc in arcs:
        for charge in priced.charges[arc.id]:
            if charge.usd is None:
                continue
            haul = charge.kind.rate_name and charge.what.endswith(")")
            where = charge.what[-3:-1] if haul else charge.what
            key = (f"{charge.kind.name}, {where}", charge.usd.default_id)
            total = found.setdefault(key, [0.0, 0.0, 0.0])
            for k, value in enumerate((charge.usd.low, charge.usd.value, charge.usd.high)):
                total[k] += value
    widths = [Width(what, _band(*ends), default) for (what, default), ends in found.items()]
    return sorted(widths, key=lambda width: (width.usd.low - width.usd.high, width.what))


@dataclass(kw_only=True)
class _Part:
    """A row in the making."""

    kind: str
    label: str
    mode: str
    countries: tuple[str, ...]
    km: float
    hours: float
    usd: float
    charges: list[Charge]
    places: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    crossing_id: str = ""


def _rows(priced: PricedGraph, arcs: list[Arc], timing: Timing) -> Iterator[TcdRow]:
    cum_km = cum_hours = cum_usd = 0.0
    parts = _parts(priced, arcs, _waived_rest(priced, arcs))
    if BEYOND.name in timing.hours_by_kind:
        parts.append(_beyond(timing))
    for part in parts:
        cum_km += part.km
        cum_hours += part.hours
        cum_usd += part.usd
        figures = [
            f for charge in part.charges for f in (charge.hours, charge.usd) if f is not None
        ]
        yield TcdRow(
            kind=part.kind,
            label=part.label,
            mode=part.mode,
            countries=part.countries,
            km=part.km,
            hours=part.hours,
            usd=part.usd,
            cum_km=cum_km,
            cum_hours=cum_hours,
            cum_usd=cum_usd,
            grade=worst_grade(figure.source.grade for figure in figures),
            sources=_in_order(figure.source.url for figure in figures),
            rests_on_default=any(figure.default_id for figure in figures),
            places=tuple(part.places),
            links=tuple(part.links),
            crossing_id=part.crossing_id,
        )


def _beyond(timing: Timing) -> _Part:
    """Return the row of what whole journeys take over the sum of their legs and nodes."""
    hours = timing.hours_by_kind[BEYOND.name]
    law = timing.spreads.law_figure.scaled(hours)
    part = _node(LAW, BEYOND_LABEL, "", (), 0.0, [Charge(BEYOND, BEYOND_LABEL, hours=law)])
    part.hours = hours
    return part


def _parts(priced: PricedGraph, arcs: list[Arc], waived: list[float]) -> list[_Part]:
    """Merge arcs of one mode and country into legs; crossings and transfers are nodes."""
    parts: list[_Part] = []
    for arc, spared in zip(arcs, waived, strict=True):
        charges = list(priced.charges[arc.id])
        if arc.kind == TRANSFER:
            if charges or arc.km:
                parts.append(_transfer_part(priced, arc, charges))
            continue
        hauls = [charge for charge in charges if not charge.kind.at_node]
        _add_haul(priced, parts, arc, hauls)
        if arc.kind == CROSSING:
            parts[-1].hours -= spared
            nodes = [charge for charge in charges if charge.kind.at_node]
            crossing = priced.graph.network.crossings[arc.crossing_id]
            label = f"{crossing.name} ({' to '.join(arc.countries)})"
            parts.append(
                _node(
                    CROSSING, label, MODE_OF_LAYER[_layer(priced, arc)], arc.countries, 0.0, nodes
                )
            )
            parts[-1].places = [priced.graph.states[arc.tail][0]]
            parts[-1].crossing_id = arc.crossing_id
    return parts


def _add_haul(priced: PricedGraph, parts: list[_Part], arc: Arc, hauls: list[Charge]) -> None:
    """Add an arc's haul to the running leg, or begin a new one."""
    mode = MODE_OF_LAYER[_layer(priced, arc)]
    short = arc.kind == CROSSING and arc.km < LONG_CROSSING_KM
    countries = arc.countries[:1] if short else arc.countries
    last = parts[-1] if parts else None
    ends = [priced.graph.states[state][0] for state in (arc.tail, arc.head)]
    tail, head = (priced.graph.network.places[name].name for name in ends)
    if last is None or last.kind != HAUL or last.mode != mode or last.countries != countries:
        parts.append(
            _Part(
                kind=HAUL,
                label=tail,
                mode=mode,
                countries=countries,
                km=0.0,
                hours=0.0,
                usd=0.0,
                charges=[],
                places=ends[:1],
            )
        )
    part = parts[-1]
    part.places.append(ends[1])
    part.links.append(arc.link_id)
    part.label = f"{part.label.split(' - ')[0]} - {head}"
    part.km += arc.km
    part.hours += sum_hours(tuple(hauls))
    part.usd += sum((charge.usd.value for charge in hauls if charge.usd), 0.0)
    part.charges += hauls


def _layer(priced: PricedGraph, arc: Arc) -> str:
    return priced.graph.states[arc.tail][1]


def _transfer_part(priced: PricedGraph, arc: Arc, charges: list[Charge]) -> _Part:
    tail, head = priced.graph.states[arc.tail], priced.graph.states[arc.head]
    name = priced.graph.network.places[tail[0]].name
    modes = tuple(MODE_OF_LAYER[layer] for _, layer in (tail, head))
    label = (
        f"{name}: change of gauge" if modes[0] == modes[1] else f"{name}: {modes[0]} to {modes[1]}"
    )
    part = _node(TRANSFER, label, modes[1], arc.countries, arc.km, charges)
    part.places = [tail[0]]
    return part


def _node(
    kind: str, label: str, mode: str, countries: tuple[str, ...], km: float, charges: list[Charge]
) -> _Part:
    usd = sum((charge.usd.value for charge in charges if charge.usd), 0.0)
    return _Part(
        kind=kind,
        label=label,
        mode=mode,
        countries=countries,
        km=km,
        hours=sum_hours(tuple(charges)),
        usd=usd,
        charges=charges,
    )
