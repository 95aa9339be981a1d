"""How much each pair of a study weighs: by known freight demand, or every pair the same.

Trade statistics know countries, not towns. A country pair's tonnes are split equally over the
pairs of places that a study has there, and transit over those that end at a seaport. That is a
convention, not a finding on where goods go.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from karwan.base.errors import DataError
from karwan.base.provenance import worst_grade
from karwan.network.demand import FLOWS, TRADE, TRANSIT, Demand, DemandFigure

if TYPE_CHECKING:
    from karwan.network.nouns import Place

DAYS_PER_YEAR = 365.0
SEAPORT = "seaport"
SPLIT_GRADE = "C"
SHARE_RULE = (
    "A country pair's tonnes are split equally over the study's pairs of places; transit over "
    "those with a seaport of the country whose ports it uses."
)
PlacePair = tuple["Place", "Place"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowPart:
    """A pair's part of one figure: `tonnes_per_day` times `pair_count` times 365 is the figure."""

    figure: DemandFigure
    pair_count: int
    tonnes_per_day: float
    low_tonnes_per_day: float
    high_tonnes_per_day: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PairWeight:
    """What a pair of places weighs in both views.

    Attributes
    ----------
    tonnes_per_day, low_tonnes_per_day, high_tonnes_per_day
        Sum of the parts, or None where no part is known. The parts are flows without a tonne in
        common, each with its own reporter.
    tonnes_share
        Share of the known tonnes of all pairs, or None where they are unknown.
    equal_share
        One over the number of pairs: the other view.
    grade
        C where tonnes are known, since the split over places is an estimate; else None.
    figure_grade
        The weakest of the countries' figures, or None where nothing is known.
    parts
        One per flow with a figure.
    unknown
        What is not known, in words; it may add tonnes.
    """

    origin_id: str
    destination_id: str
    from_country: str
    to_country: str
    tonnes_per_day: float | None
    low_tonnes_per_day: float | None
    high_tonnes_per_day: float | None
    tonnes_share: float | None
    equal_share: float
    grade: str | None
    figure_grade: str | None
    parts: tuple[FlowPart, ...]
    unknown: tuple[str, ...]
    share_rule: str = SHARE_RULE


def pair_weights(
    demand: Demand, pairs: Sequence[PlacePair], flows: Sequence[str] = FLOWS
) -> list[PairWeight]:
    """Return the weight of each directed pair of places, in their order, in tonnes a day.

    Parameters
    ----------
    pairs
        Origin and destination; direction counts.
    flows
        `trade`, `transit`, or both, which is the default.

    Raises
    ------
    DataError
        Names pairs that stand twice or end where they start, and unknown flows.

    Examples
    --------
    >>> from karwan.data.catalog import Catalog
    >>> from karwan.network.build import build_network
    >>> from karwan.network.demand import read_demand
    >>> catalog = Catalog()
    >>> place = build_network(catalog).place
    >>> pairs = [(place("almaty"), place("lahore")), (place("almaty"), place("bandar-abbas"))]
    >>> found = pair_weights(read_demand(catalog), pairs)
    >>> [weight.tonnes_per_day and round(weight.tonnes_per_day) for weight in found]
    [396, None]
    """
    faults = _faults(pairs, flows)
    if faults:
        raise DataError("pairs to weigh", faults)
    parts = [
        tuple(_part(demand, pair, flow, pairs) for flow in flows if _has_flow(pair, flow))
        for pair in pairs
    ]
    known = [tuple(part for part in found if isinstance(part, FlowPart)) for found in parts]
    total = math.fsum(part.tonnes_per_day for found in known for part in found)
    return [
        _weight(pair, found, tuple(part for part in mixed if isinstance(part, str)), total, pairs)
        for pair, found, mixed in zip(pairs, known, parts, strict=True)
    ]


def _faults(pairs: Sequence[PlacePair], flows: Sequence[str]) -> list[str]:
    faults = [f"{flow!r} is no flow: {' or '.join(FLOWS)}" for flow in flows if flow not in FLOWS]
    seen: set[tuple[str, str]] = set()
    for origin, destination in pairs:
        ends = origin.id, destination.id
        if ends[0] == ends[1]:
            faults.append(f"{ends[0]} is both origin and destination")
        if ends in seen:
            faults.append(f"{ends[0]} to {ends[1]} stands twice")
        seen.add(ends)
    return faults


def _has_flow(pair: PlacePair, flow: str) -> bool:
    """Whether a flow can be between two places: transit needs a seaport at an end."""
    return flow == TRADE or any(place.kind == SEAPORT for place in pair)


def _takes(pair: PlacePair, figure: DemandFigure) -> bool:
    """Whether a pair takes a part of a figure."""
    if tuple(place.country for place in pair) != figure.way[:2]:
        return False
    return figure.flow != TRANSIT or any(
        place.kind == SEAPORT and place.country == figure.port_country for place in pair
    )


def _part(demand: Demand, pair: PlacePair, flow: str, pairs: Sequence[PlacePair]) -> FlowPart | str:
    """Return a pair's part of a flow, or in words why it is not known."""
    ends = pair[0].country, pair[1].country
    if ends[0] == ends[1]:
        return f"{flow}: both ends are in {ends[0]}; demand is known between countries only"
    figure = demand.figure(*ends, flow)
    if figure is None or figure.tonnes is None:
        return f"{flow}: no figure found from {ends[0]} to {ends[1]}"
    if not _takes(pair, figure):
        return f"{flow}: the figure is of the ports of {figure.port_country}"
    count = sum(_takes(other, figure) for other in pairs)
    part = figure.tonnes.scaled(1.0 / (DAYS_PER_YEAR * count))
    return FlowPart(
        figure=figure,
        pair_count=count,
        tonnes_per_day=part.value,
        low_tonnes_per_day=part.low,
        high_tonnes_per_day=part.high,
    )


def _weight(
    pair: PlacePair,
    parts: tuple[FlowPart, ...],
    unknown: tuple[str, ...],
    total_tonnes_per_day: float,
    pairs: Sequence[PlacePair],
) -> PairWeight:
    tonnes_per_day = math.fsum(part.tonnes_per_day for part in parts)
    is_known = bool(parts)
    return PairWeight(
        origin_id=pair[0].id,
        destination_id=pair[1].id,
        from_country=pair[0].country,
        to_country=pair[1].country,
        tonnes_per_day=tonnes_per_day if is_known else None,
        low_tonnes_per_day=math.fsum(p.low_tonnes_per_day for p in parts) if is_known else None,
        high_tonnes_per_day=math.fsum(p.high_tonnes_per_day for p in parts) if is_known else None,
        tonnes_share=tonnes_per_day / total_tonnes_per_day if is_known else None,
        equal_share=1.0 / len(pairs),
        grade=SPLIT_GRADE if is_known else None,
        figure_grade=worst_grade(_grade(part) for part in parts) if is_known else None,
        parts=parts,
        unknown=unknown,
    )


def _grade(part: FlowPart) -> str:
    return part.figure.tonnes.source.grade if part.figure.tonnes else "C"
