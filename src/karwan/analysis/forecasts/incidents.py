"""Incidents along the network: where events, links and closures meet.

What is asked of a link outside the coverage has no answer, and says so; an answer that rests on an
old release is shown with its month, as last known. Incidents are never assumed to move closures:
whether they do is tested.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from karwan.analysis.world.state import State
from karwan.base.errors import UnknownNameError
from karwan.base.reprs import short_repr
from karwan.base.telling import FILES, Column, Form, to_frame
from karwan.evidence.incidents import next_month
from karwan.hazard.incidents import (
    Bools,
    Discs,
    Floats,
    band_counts,
    ewma,
    fit_dispersion,
    nb_quantile,
    near,
    shrunk_intensity,
)

if TYPE_CHECKING:
    import polars as pl

    from karwan.analysis.world.world import World
    from karwan.evidence.incidents import Incidents
    from karwan.network.network import Network
    from karwan.network.nouns import Link

HALF_WIDTH_KM = 25.0
"""Half-width of the band along a link: what UCDP calls near a place; finer cannot be told."""
NEAR_KM = 50.0
WINDOW_MONTHS = 120
"""Months of events that enter: the rest weighs nothing at a half-life of three."""
DISPERSION_MONTHS = 60
STALE_MONTHS = 3
"""Older than the half-life, an intensity is last known and none of today."""
SD_LOG_K = 0.5
"""How far the dispersion of links of one region differs, on the log scale (estimate)."""
WHAT_CAN_BE_ASKED = "link, element, corridor or country"
DATA, PARTIAL, NO_DATA = "data", "partial", "no data"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkIntensity:
    """Events per 1,000 km-months within the band along one link.

    Attributes
    ----------
    state
        data; partial, if only some of its countries are covered (then a lower bound); no data.
    reason
        Why there is none, or what is missing.
    month
        First day of the month at whose end the figures stand; None where nothing is known.
    is_last_known
        The figures are too old to be those of the as-of date, whose answer is "no data".
    low, mean, high
        Mean and 90 % interval; None where nothing is known. None is not zero.
    next_month
        P05, P50, P95 of the number of events in the month after.
    event_count, month_count
        Events along the link in the months that are covered, each in parts where its place is not
        exact, and how many months these are; None where no month is.
    """

    link_id: str
    countries: tuple[str, ...]
    length_km: float
    state: str
    reason: str
    month: dt.date | None = None
    is_last_known: bool = False
    low: float | None = None
    mean: float | None = None
    high: float | None = None
    next_month: tuple[int, int, int] | None = None
    event_count: float | None = None
    month_count: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a name stands for: its links, and the position of a crossing."""

    title: str
    links: tuple[str, ...]
    position: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentAnswer:
    """What the incidents say of a link, an element, a corridor or a country.

    Attributes
    ----------
    near_count, near_month
        Events within 50 km of a crossing in the 12 months up to the last that is covered; None
        where no side of it is covered, or where it is no crossing. Covered sides only: a lower
        bound.
    unplaced_count
        Events that no link got, because they are placed no better than in a country.
    """

    title: str
    label: str
    links: tuple[LinkIntensity, ...]
    near_count: int | None
    near_month: dt.date | None
    unplaced_count: int
    local_only: bool
    credit: str
    releases: tuple[str, ...]
    left_out: tuple[str, ...]
    as_of: dt.date

    __repr__ = short_repr

    def to_frame(self) -> pl.DataFrame:
        """Return the links as a frame, with all digits."""
        return to_frame(LINKS, recorded([self]))

    @property
    def covered_km(self) -> float:
        """Km of links with an answer of the as-of date."""
        return sum(link.length_km for link in self.links if link.state != NO_DATA)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one source says of a link."""

    source: str
    link: LinkIntensity


def recorded(answers: Iterable[IncidentAnswer]) -> Iterator[Recorded]:
    """Yield the links of answers with the source of each."""
    for one in answers:
        for link in one.links:
            yield Recorded(one.label, link)


def _known_to_dict(link: LinkIntensity) -> dict[str, Any]:
    return {
        "low": _rounded(link.low),
        "mean": _rounded(link.mean),
        "high": _rounded(link.high),
        "month": link.month.isoformat()[:7] if link.month else None,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _is_past(link: LinkIntensity) -> bool:
    return link.mean is None or link.is_last_known


def _range_text(link: LinkIntensity) -> str:
    if link.mean is not None:
        text = f"{link.mean:.2f} ({link.low:.2f} to {link.high:.2f})"
    elif link.event_count is not None:
        months = f"{link.month_count} month{'s' if link.month_count != 1 else ''}"
        text = f"{link.event_count:.2f} events in {months}"
    else:
        return "no data"
    return f"no data; last known {text}" if link.is_last_known else text


def _next_month(link: LinkIntensity) -> dict[str, int] | None:
    if _is_past(link) or link.next_month is None:
        return None
    return dict(zip(("p05", "p50", "p95"), link.next_month, strict=True))


def _next_month_text(link: LinkIntensity) -> str | None:
    if link.is_last_known or link.next_month is None:
        return None
    return f"{link.next_month[0]} to {link.next_month[2]}"


JSON, TABLE, FLAT = (Form.json,), (Form.table,), (Form.csv, Form.frame)
RATE = "events per 1,000 km-months"


def _link(
    name: str,
    get: Callable[[LinkIntensity], Any],
    forms: Sequence[Form] = (*FILES, Form.table),
    shown: str = "",
    frame: str = "",
) -> Column[Recorded]:
    return Column(
        name=name,
        get=lambda row: get(row.link),
        forms=forms,
        names={Form.table: shown or name, Form.frame: frame or name},
        digits={Form.csv: 4},
    )


LINKS: tuple[Column[Recorded], ...] = (
    Column(name="source", forms=FLAT),
    _link("link", lambda link: link.link_id),
    _link("countries", lambda link: link.countries, JSON),
    Column(name="length_km", get=lambda row: row.link.length_km, unit="km"),
    Column(name="km", get=lambda row: row.link.length_km, unit="km", forms=TABLE, spec=",.0f"),
    _link("state", lambda link: link.state),
    _link("reason", lambda link: link.reason, JSON),
    _link(
        "events_per_1000_km_months",
        lambda link: None if _is_past(link) else _known_to_dict(link),
        JSON,
    ),
    _link("last_known", lambda link: _known_to_dict(link) if link.is_last_known else None, JSON),
    _link("event_count", lambda link: _rounded(link.event_count), JSON),
    _link("month_count", lambda link: link.month_count, JSON),
    _link("next_month_count", _next_month, JSON),
    _link(RATE, _range_text, TABLE),
    _link("low", lambda link: link.low, FLAT, frame="low_events_per_1000_km_months"),
    _link("mean", lambda link: link.mean, FLAT, frame="mean_events_per_1000_km_months"),
    _link("high", lambda link: link.high, FLAT, frame="high_events_per_1000_km_months"),
    _link("month", lambda link: link.month, FLAT),
    _link("month", lambda link: f"{link.month:%Y-%m}" if link.month else None, TABLE),
    _link("last_known", lambda link: link.is_last_known, FLAT),
    _link("next month", _next_month_text, TABLE),
    _link("reason", lambda link: link.reason, (*FLAT, Form.table), "why"),
)
"""What is told of the incidents along a link; outside the coverage "no data"."""


def asked_links(world: World, name: str) -> Asked:
    """Return the links a name stands for: a link, element, crossing, corridor or country.

    Raises
    ------
    UnknownNameError
        With the nearest names.
    """
    network = world.network
    if name in network.corridors:
        corridor = network.corridors[name]
        return Asked(f"{corridor.id} ({corridor.description})", _corridor_links(world, name))
    try:
        kind, ident = network.resolve(name)
    except UnknownNameError as error:
        known = [*network.corridors, *network.elements, *network.links, *error.suggestions]
        raise UnknownNameError(WHAT_CAN_BE_ASKED, name, known) from error
    if kind == "element":
        element = network.elements[ident]
        return Asked(element.name, element.links, position_of(network, ident))
    if kind == "link":
        return Asked(ident, (ident,))
    if kind == "country":
        return Asked(ident, tuple(k for k, v in network.links.items() if ident in v.countries))
    hint = "Name a link, an element, a corridor or a country."
    raise UnknownNameError(WHAT_CAN_BE_ASKED, name, (), hint=hint)


def _corridor_links(world: World, corridor_id: str) -> tuple[str, ...]:
    """Return the links of a corridor's best way with all gates open, projects switched on.

    What a vehicle may not do there on the date is no matter: incidents do not depend on a ban.
    """
    from karwan.analysis.corridors.corridors import follow
    from karwan.analysis.corridors.planner import Planner
    from karwan.network.vehicles import make_consignment

    network = world.network
    corridor = network.corridors[corridor_id]
    there = world.with_projects({corridor.project_id}) if corridor.project_id else world
    there = replace(there, network=replace(network, restrictions=()))
    origin, destination = (network.places[end.partition("@")[0]] for end in corridor.od_example)
    for unit in ("truck", "wagon"):
        consignment = make_consignment(
            world.catalog, carrier=origin.country, countries=network.countries, unit=unit
        )
        planner = Planner(world=there, consignment=consignment)
        path = follow(planner, corridor, origin, destination, State.all_open)
        if path is not None:
            links = (planner.graph.arcs[arc].link_id for arc in path.arcs)
            return tuple(dict.fromkeys(link for link in links if link))
    return ()


def position_of(network: Network, crossing_id: str) -> tuple[float, float] | None:
    """Return the point halfway between the two sides of a crossing."""
    crossing = network.crossings.get(crossing_id)
    sides = (crossing.side_a, crossing.side_b) if crossing else ()
    points = [_point(network, side, crossing.mode) for side in sides if crossing and side]
    if not points:
        return None
    lat, lon = (float(np.mean(column)) for column in zip(*points, strict=True))
    return lat, lon


def _point(network: Network, place_id: str, mode: str) -> tuple[float, float]:
    place = network.places[place_id]
    return (place.rail if mode == "rail" else place.road) or place.position


def ask_incidents(world: World, incidents: Incidents, asked: Asked) -> IncidentAnswer:
    """Return what incidents say of what was asked, as known on the as-of date."""
    grid = _Grid(world.network, incidents)
    links = tuple(grid.intensity(link, world.as_of) for link in asked.links)
    near_count, near_month = _near_count(grid, asked)
    return IncidentAnswer(
        title=asked.title,
        label=incidents.label,
        links=links,
        near_count=near_count,
        near_month=near_month,
        unplaced_count=int(incidents.events["radius_km"].null_count()),
        local_only=incidents.local_only,
        credit=incidents.credit,
        releases=incidents.releases,
        left_out=incidents.left_out,
        as_of=world.as_of,
    )


def _near_count(grid: _Grid, asked: Asked) -> tuple[int | None, dt.date | None]:
    if asked.position is None or not grid.months or not asked.links:
        return None, None
    covered = grid.covered(grid.network.links[asked.links[0]].countries, every=False)
    last = _last(covered)
    if last is None:
        return None, None
    here = near(grid.discs, *asked.position, NEAR_KM) & (grid.discs.radius_km <= NEAR_KM)
    recent = (grid.month > last - 12) & (grid.month <= last)
    return int(np.sum(here & recent)), grid.months[last]


class _Grid:
    """Events by month, and the counts along all links of a country, made when asked for."""

    def __init__(self, network: Network, incidents: Incidents) -> None:
        self.network, self.incidents = network, incidents
        self.months = incidents.months()[-WINDOW_MONTHS:]
        self.discs, self.month = placed(incidents.events, self.months)
        self._regions: dict[tuple[str, ...], dict[str, LinkIntensity]] = {}

    def covered(self, countries: Iterable[str], *, every: bool) -> Bools:
        """Return which months are covered for every country, or for any; shape (n_months,)."""
        names = tuple(countries)
        test = all if every else any
        return np.array(
            [test(self.incidents.covers(name, month) for name in names) for month in self.months],
            dtype=bool,
        )

    def intensity(self, link_id: str, as_of: dt.date) -> LinkIntensity:
        """Return a link's intensity as of a date."""
        link = self.network.links[link_id]
        known = tuple(c for c in link.countries if self.covered((c,), every=True).any())
        if link.mode == "sea" or not known:
            reason = (
                "at sea" if link.mode == "sea" else f"no release covers {', '.join(link.countries)}"
            )
            return LinkIntensity(
                link_id=link_id,
                countries=link.countries,
                length_km=link.length_km,
                state=NO_DATA,
                reason=reason,
            )
        if known not in self._regions:
            self._regions[known] = self._region(known)
        intensity = self._regions[known][link_id]
        return _dated(intensity, link, known, as_of)

    def _region(self, known: tuple[str, ...]) -> dict[str, LinkIntensity]:
        """Return the intensities of all links whose covered countries are the same."""
        covered = self.covered(known, every=True)
        last = _last(covered)
        if last is None:
            covered = self.covered(known, every=False)
            last = _last(covered)
        links = [
            link
            for link in self.network.links.values()
            if link.mode != "sea"
            and link.length_km > 0
            and tuple(c for c in link.countries if self.covered((c,), every=True).any()) == known
        ]
        segments = np.array([self._ends(link) for link in links])
        counts = band_counts(
            self.discs,
            self.month,
            segments,
            half_width_km=HALF_WIDTH_KM,
            month_count=len(self.months),
        )
        return dict(self._fitted(links, counts, covered, last if last is not None else 0))

    def _fitted(
        self, links: Sequence[Link], counts: Floats, covered: Bools, last: int
    ) -> Iterable[tuple[str, LinkIntensity]]:
        month_count = int(covered.sum())
        event_counts = counts[:, covered].sum(axis=1)
        recent = [ewma(row, covered) for row in counts]
        pairs = [
            _pairs(row, r.mean_count, covered, last) for row, r in zip(counts, recent, strict=True)
        ]
        if not any(now.size for now, _ in pairs):
            months = f"{month_count} month{'s' if month_count != 1 else ''} covered"
            for link, count in zip(links, event_counts, strict=True):
                yield (
                    link.id,
                    LinkIntensity(
                        link_id=link.id,
                        countries=link.countries,
                        length_km=link.length_km,
                        state=DATA,
                        reason=f"too little for a forecast: {months}",
                        month=self.months[last],
                        event_count=float(count),
                        month_count=month_count,
                    ),
                )
            return
        pooled = fit_dispersion(*(np.concatenate(part) for part in zip(*pairs, strict=True)))
        k = np.array([fit_dispersion(*pair, prior=(pooled, SD_LOG_K)) for pair in pairs])
        length_km = np.array([link.length_km for link in links])
        intensities = shrunk_intensity(
            np.array([r.mean_count[last] for r in recent]),
            np.array([r.month_count[last] for r in recent]),
            length_km,
            k,
        )
        for n, link in enumerate(links):
            expected = float(intensities.mean[n]) * link.length_km / 1000.0
            low, middle, high = (nb_quantile(p, expected, k[n]) for p in (0.05, 0.5, 0.95))
            yield (
                link.id,
                LinkIntensity(
                    link_id=link.id,
                    countries=link.countries,
                    length_km=link.length_km,
                    state=DATA,
                    reason="",
                    month=self.months[last],
                    low=float(intensities.low[n]),
                    mean=float(intensities.mean[n]),
                    high=float(intensities.high[n]),
                    next_month=(low, middle, high),
                    event_count=float(event_counts[n]),
                    month_count=month_count,
                ),
            )

    def _ends(self, link: Link) -> tuple[float, float, float, float]:
        return (
            *_point(self.network, link.from_id, link.mode),
            *_point(self.network, link.to_id, link.mode),
        )


def placed(events: pl.DataFrame, months: Sequence[dt.date]) -> tuple[Discs, npt.NDArray[np.int64]]:
    """Return the events of the months that can be placed, and the index of each one's month."""
    import polars as pl

    if not months:
        none = np.zeros(0)
        return Discs(none, none, none), np.zeros(0, dtype=np.int64)
    first, end = months[0], next_month(months[-1])
    kept = events.filter(
        pl.col("radius_km").is_not_null() & (pl.col("start") >= first) & (pl.col("start") < end)
    )
    index = (kept["start"].dt.year().cast(pl.Int64) - first.year) * 12 + (
        kept["start"].dt.month().cast(pl.Int64) - first.month
    )
    discs = Discs(*(kept[name].to_numpy() for name in ("lat", "lon", "radius_km")))
    return discs, index.to_numpy().astype(np.int64)


def _last(covered: Bools) -> int | None:
    months = np.flatnonzero(covered)
    return int(months[-1]) if months.size else None


def _pairs(counts: Floats, means: Floats, covered: Bools, last: int) -> tuple[Floats, Floats]:
    """Return counts and what was expected a month before, over the last months covered."""
    begin = max(1, last + 1 - DISPERSION_MONTHS)
    now, before = slice(begin, last + 1), slice(begin - 1, last)
    kept = covered[now] & np.isfinite(means[before])
    return counts[now][kept], means[before][kept]


def _dated(
    intensity: LinkIntensity, link: Link, known: tuple[str, ...], as_of: dt.date
) -> LinkIntensity:
    """Return an intensity with what its age and its countries make of it."""
    missing = [country for country in link.countries if country not in known]
    state, reason = DATA, intensity.reason
    if missing:
        text = f"a lower bound: no release covers {', '.join(missing)}"
        state, reason = PARTIAL, "; ".join(filter(None, [intensity.reason, text]))
    if intensity.month is None:
        return replace(intensity, state=NO_DATA, reason="no month is covered")
    age = (as_of.year - intensity.month.year) * 12 + as_of.month - intensity.month.month - 1
    if age > STALE_MONTHS:
        last = next_month(intensity.month) - dt.timedelta(days=1)
        text = f"no release covers {', '.join(known)} after {last}"
        text += f", nor {', '.join(missing)} at all" if missing else ""
        text += f"; {intensity.reason}" if intensity.reason else ""
        return replace(intensity, state=NO_DATA, reason=text, is_last_known=True)
    return replace(intensity, state=state, reason=reason)
