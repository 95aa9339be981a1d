"""Every day of many futures weighed in lanes as it is drawn, for all pairs at once; none is kept.

What grows with futures is time alone. A batch of futures follows from its number, so that threads,
processes or a cluster may share them, and what each keeps is added up in the order of batches. The
days are those of `karwan futures` with the same seed; beside what that tells of a pair it tells
which gates and lines its way uses, and which days were worst.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from karwan.analysis.futures.engines import (
    States,
    different_rows,
    lane_extras,
    no_delays,
    ticks_of_hour,
)
from karwan.analysis.futures.reliability import Roads
from karwan.analysis.futures.sampling import (
    BATCH_PATHS,
    TIMES,
    Block,
    Premise,
    Progress,
    Sampling,
    check_work,
    draw_parts,
    make_block,
)
from karwan.base.reprs import short_repr
from karwan.base.units import TICKS_PER_USD
from karwan.base.workers import Workers
from karwan.route.arcgraph import Ints, Longs

if TYPE_CHECKING:
    from karwan.analysis.corridors.planner import Planner
    from karwan.analysis.futures.pairs import Pair
    from karwan.analysis.futures.reliability import Bundle
    from karwan.analysis.futures.unrolled import ElementIndex
    from karwan.hazard.model import HazardModel
    from karwan.route.detours import Masks
    from karwan.route.streams import Drawn, Reduction, Summary

QUANTILES = (0.05, 0.5, 0.95, 0.99)
DAY_SECONDS = 6e-7
"""Processor time a day of a future and a pair, both times counted: measured on the reference study,
rounded up. More than where only the routes taken are counted: all pairs of a country are weighed,
and the gates of each read, in every state."""


@dataclass(frozen=True, kw_only=True)
class Lot:
    """Pairs that ride together: those of one country's carriers.

    Attributes
    ----------
    met
        Bits of the elements on its arcs: no other changes what its pairs weigh.
    ticks_per_hour
        What an hour adds to the routing weight.
    """

    index: ElementIndex
    premise: Premise
    reduction: Reduction
    met: Masks
    ticks_per_hour: float

    __repr__ = short_repr

    def days(self, block: Block, first_path: int) -> Iterator[Drawn]:
        """Yield the different states of a block's days, with how many days each stands for."""
        spans, slow_span = block.spans, block.slow_span
        quick = np.ones(spans.path.size, dtype=bool)
        quick[slow_span] = False
        at = np.flatnonzero(quick)
        masks, which = different_rows(block.masks & self.met)
        yield self._drawn(block, first_path, no_delays(masks), which[block.state[at]], at)
        if slow_span.size:
            states, slow_which = block.slow.differing(self.met)
            yield self._drawn(block, first_path, states, slow_which, slow_span)

    def _drawn(
        self, block: Block, first_path: int, states: States, which: Longs | Ints, at: Ints | Longs
    ) -> Drawn:
        """Return states with the days of the spans in them, called by the first of these."""
        from karwan.route.streams import Drawn

        spans = block.spans
        days = np.zeros(len(states), dtype=np.int64)
        np.add.at(days, which, spans.day_count[at].astype(np.int64))
        seen, first = np.unique(which, return_index=True)
        span = at[first]
        label = np.column_stack([spans.path[span] + np.int64(first_path), spans.first_day[span]])
        size = self.reduction.lanes.condensed.element_count
        extra = lane_extras(states.some(seen.astype(np.int64)), size, self.ticks_per_hour)
        return Drawn(extra, days[seen], label.astype(np.int64))


@dataclass(frozen=True)
class DaysOfFutures:
    """All that a batch of futures needs but its number: small, and sent to workers once."""

    model: HazardModel
    sampling: Sampling
    lots: tuple[Lot, ...]

    __repr__ = short_repr


def summarize_futures(given: DaysOfFutures, batch: tuple[int, int]) -> list[Summary]:
    """Return the summary of each lot and times over a batch of futures: a pure function.

    Parameters
    ----------
    batch
        Its number, and how many futures it has.
    """
    number, path_count = batch
    kept = [lot.reduction.empty() for lot in given.lots for _ in TIMES]
    done = number * BATCH_PATHS
    for end, part in draw_parts(given.model, given.sampling, number, path_count):
        blocks: dict[tuple[str, Premise], Block] = {}
        for row, lot in enumerate(given.lots):
            for column, times in enumerate(TIMES):
                key = times, lot.premise
                if key not in blocks:
                    blocks[key] = make_block(part, times, lot.index, lot.premise)
                part_summary = lot.reduction.take(lot.days(blocks[key], done))
                kept[row * len(TIMES) + column].add(part_summary)
        done = number * BATCH_PATHS + end
    return kept


@dataclass(frozen=True, kw_only=True)
class PairDays:
    """A pair over all days of futures in ordinary times or from today.

    Attributes
    ----------
    mean_weight_usd
        Of the routing weight while joined; None where never joined.
    quantiles
        (share of days, weight in USD not exceeded on them, how far off that may be).
    use
        (element, share of all days on which the best way passes it), the most used first.
    """

    origin: str
    destination: str
    origin_name: str
    destination_name: str
    times: str
    cut_share: float
    first_share: float
    mean_weight_usd: float | None
    quantiles: tuple[tuple[float, float, float], ...]
    use: tuple[tuple[str, float], ...]

    __repr__ = short_repr


@dataclass(frozen=True, kw_only=True)
class WorstDay:
    """One of the worst days drawn for pairs of one country of origin; different states only.

    Attributes
    ----------
    future, day
        Number of the future, and days after the as-of date.
    excess_weight_usd
        What pairs that are joined weigh beyond their usual, together, in USD a consignment.
    shut, slow
        Elements shut, and (element, hours it takes beyond its usual).
    """

    country: str
    times: str
    future: int
    day: int
    pairs_cut: int
    excess_weight_usd: float
    shut: tuple[str, ...]
    slow: tuple[tuple[str, float], ...]

    __repr__ = short_repr


@dataclass(frozen=True)
class StreamedFates:
    """What was kept of the days, and what stands behind it; `names` are those of elements."""

    pairs: tuple[PairDays, ...]
    worst: tuple[WorstDay, ...]
    sampling: Sampling
    names: Mapping[str, str] = field(default_factory=dict, repr=False)

    __repr__ = short_repr


def streamed_fates(
    planners: Mapping[str, Planner],
    pairs: Sequence[Pair],
    model: HazardModel,
    sampling: Sampling,
    *,
    workers: Workers,
    topology: Path | None = None,
    progress: Progress | None = None,
) -> StreamedFates:
    """Return how pairs fare on every day of many futures, reduced as they are drawn.

    Parameters
    ----------
    planners
        By country of origin, whose carriers take the goods.
    workers
        Who does the batches of futures; it changes no figure.
    topology
        Folder in which the topologies of these networks are kept, by country of origin: made there
        if it is not there, and no network is searched after that.

    Raises
    ------
    DataError
        If it would take too long or too much memory, with the figure; if a topology is of another
        network; if a sum passes what a packed key holds.
    """
    check_work(sampling, len(pairs), day_seconds=DAY_SECONDS)
    lots, seats = list[Lot](), dict[tuple[str, str], tuple[int, int]]()
    countries = list[str]()
    for country, planner in planners.items():
        mine = [pair for pair in pairs if pair[0].country == country]
        ways = Roads(planner=planner)
        for bundle, spots, held in _bundles(ways, mine):
            for row, pair in enumerate(held):
                seats[pair[0].id, pair[1].id] = len(lots), row
            folder = None if topology is None else topology / country.lower()
            lots.append(_lot(ways, bundle, spots, folder, workers))
            countries.append(country)
    given = DaysOfFutures(model, sampling, tuple(lots))
    kept = [lot.reduction.empty() for lot in lots for _ in TIMES]
    done = 0
    batches = list(sampling.batches()) if lots else []
    summaries = workers.map(summarize_futures, given, batches)
    for (_, path_count), parts in zip(batches, summaries, strict=True):
        for one, part in zip(kept, parts, strict=True):
            one.add(part)
        done += path_count
        if progress is not None:
            progress(done, sampling.path_count)
    rows = []
    for origin, destination in pairs:
        seat = seats.get((origin.id, destination.id))
        for column, times in enumerate(TIMES):
            summary = None if seat is None else kept[seat[0] * len(TIMES) + column]
            ids = () if seat is None else lots[seat[0]].index.ids
            rows.append(_pair_days((origin, destination), times, summary, seat, ids))
    worst = [
        _worst_day(country, times, one, lot)
        for k, (country, lot) in enumerate(zip(countries, lots, strict=True))
        for column, times in enumerate(TIMES)
        for one in kept[k * len(TIMES) + column].worst
    ]
    network = next(iter(planners.values())).world.network
    names = {one.id: one.name for one in network.elements.values()}
    return StreamedFates(tuple(rows), tuple(worst), sampling, names)


def _bundles(
    roads: Roads, pairs: Sequence[Pair]
) -> Iterator[tuple[Bundle, list[tuple[int, int]], list[Pair]]]:
    """Yield what rides together: the bundle, and its pairs with their places in its lanes."""
    ways = roads.together(pairs) if pairs else []
    seen: dict[int, tuple[Bundle, list[tuple[int, int]], list[Pair]]] = {}
    for pair, way in zip(pairs, ways, strict=True):
        if way.bundle is None:
            continue
        spot = way.bundle.spots[way.bundle.ways.index(way)]
        _, spots, held = seen.setdefault(id(way.bundle), (way.bundle, [], []))
        spots.append(spot)
        held.append(pair)
    yield from seen.values()


def _lot(
    roads: Roads,
    bundle: Bundle,
    spots: Sequence[tuple[int, int]],
    folder: Path | None,
    workers: Workers,
) -> Lot:
    from karwan.route.condense import condense
    from karwan.route.kept import topology_at
    from karwan.route.lanes import Lanes
    from karwan.route.streams import Reduction

    condensed = condense(
        bundle.graph,
        bundle.origins,
        bundle.destinations,
        topology=None if folder is None else topology_at(folder, bundle.graph),
        workers=workers,
    )
    return Lot(
        index=roads.index,
        premise=roads.premise,
        reduction=Reduction.of(Lanes(condensed), spots, with_use=True),
        met=bundle.met,
        ticks_per_hour=ticks_of_hour(roads.planner.consignment.value_of_time_usd_per_hour),
    )


def _pair_days(
    pair: Pair,
    times: str,
    summary: Summary | None,
    seat: tuple[int, int] | None,
    ids: Sequence[str],
) -> PairDays:
    """Return a pair's figures; one that nothing built joins is cut on every day."""
    cut, free, mean = 1.0, 0.0, None
    quantiles, use = list[tuple[float, float, float]](), list[tuple[str, float]]()
    if summary is not None and seat is not None:
        row = seat[1]
        cut = float(summary.share(summary.cut)[row])
        free = float(summary.share(summary.free)[row])
        if summary.joined[row]:
            mean = float(summary.mean_ticks()[row]) / TICKS_PER_USD
            for share in QUANTILES:
                middle, error = summary.quantile_ticks(share)
                quantiles.append(
                    (share, float(middle[row]) / TICKS_PER_USD, float(error[row]) / TICKS_PER_USD)
                )
        assert summary.use is not None
        shares = summary.share(summary.use[row]).tolist()
        use = [(name, share) for name, share in zip(ids, shares, strict=True) if share]
    return PairDays(
        origin=pair[0].id,
        destination=pair[1].id,
        origin_name=pair[0].name,
        destination_name=pair[1].name,
        times=times,
        cut_share=cut,
        first_share=free,
        mean_weight_usd=mean,
        quantiles=tuple(quantiles),
        use=tuple(sorted(use, key=lambda one: (-one[1], one[0]))),
    )


def _worst_day(country: str, times: str, one: object, lot: Lot) -> WorstDay:
    from karwan.route.lanes import SHUT
    from karwan.route.streams import Worst

    assert isinstance(one, Worst)
    extras = list(zip(lot.index.ids, one.extra_ticks, strict=True))
    return WorstDay(
        country=country,
        times=times,
        future=one.label[0],
        day=one.label[1],
        pairs_cut=one.cut_pairs,
        excess_weight_usd=one.excess_ticks / TICKS_PER_USD,
        shut=tuple(name for name, ticks in extras if ticks == SHUT),
        slow=tuple(
            (name, round(ticks / lot.ticks_per_hour, 3)) for name, ticks in extras if ticks > 0
        ),
    )
