"""Keep counts of futures, never the futures: what a way costs and how often it is cut or first.

A way takes one of few routes on a day, held up by whole hours: counting days by (route, hours)
keeps the whole distribution, so quantiles are exact on what was drawn and the room needed does
not grow with the futures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

from karwan.analysis.futures.engines import bits_of
from karwan.base.bands import Band, Draws, Kind
from karwan.base.reprs import short_repr
from karwan.route.arcgraph import Floats, Ints, Longs

if TYPE_CHECKING:
    from karwan.analysis.futures.engines import Taken
    from karwan.analysis.futures.sampling import Block
    from karwan.route.tcd import Journey

WHOLE = -1
"""Stands for all days of the horizon where a stated day is named."""
MEASURES = ("generalized_cost_usd", "hours", "usd")


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFigures:
    """A way on one day: share of futures on which it is cut, and its figures where it is not.

    `hours`, `generalized_cost_usd` and `usd` are over the futures on which it is open; None where
    there are none.

    Attributes
    ----------
    first_share
        Share on which it is open and the cheapest of those compared; None where none is compared.
    """

    day: int
    cut_share: float
    generalized_cost_usd: Draws | None
    hours: Draws | None
    usd: Draws | None
    first_share: float | None = None


@dataclass(frozen=True, slots=True)
class SamplingError:
    """Standard errors of means over futures, which are independent; None with fewer than two.

    Attributes
    ----------
    cut_share
        Of the mean share of days cut.
    generalized_cost_usd, hours, usd
        Of the mean over the days on which it is open (a ratio of sums, linearised).
    """

    cut_share: float | None
    generalized_cost_usd: float | None
    hours: float | None
    usd: float | None


@dataclass(frozen=True, kw_only=True)
class Ensemble:
    """A way over a horizon.

    Attributes
    ----------
    cut_share
        Share of days cut: the mean, and P05 and P95 over paths.
    days
        Figures on stated days.
    whole
        Figures over all days of the horizon.
    routes
        (journey, share of days) of the routes taken, the most frequent first.
    delayed_share
        Share of days on which it is open and held up where a gate has just reopened or is metered.
    error
        How far chance alone may have moved the means.
    """

    name: str
    horizon_days: int
    path_count: int
    cut_share: Band
    whole: DayFigures
    days: tuple[DayFigures, ...]
    routes: tuple[tuple[Journey, float], ...]
    delayed_share: float
    error: SamplingError

    __repr__ = short_repr

    @property
    def elements(self) -> tuple[str, ...]:
        """Everything that can shut on the routes taken."""
        return tuple(sorted({name for journey, _ in self.routes for name in journey.elements}))


class Counted(Protocol):
    """What a tally asks of a way (`reliability.Way`)."""

    @property
    def name(self) -> str:
        """Corridor id, or blank."""

    def take(self, block: Block) -> Taken:
        """Return which route is taken in each span of a block, and how long it is held up."""

    def measures(self, number: int, delay_hours: int = 0) -> tuple[float, float, float]:
        """Return generalized cost, hours and USD of a route held up so long; NaN where cut."""

    def journey(self, number: int) -> Journey:
        """Return the journey along a route by its number."""


@dataclass(kw_only=True)
class Tally:
    """Counts of one way over the futures seen so far."""

    way: Counted
    horizon_days: int
    path_count: int = 0
    _days: dict[int, dict[tuple[int, int], int]] = field(default_factory=dict, repr=False)
    _cut_paths: Longs | None = field(default=None, repr=False)
    _sums: Floats = field(default_factory=lambda: np.zeros((3, 3)), repr=False)
    _open: Floats = field(default_factory=lambda: np.zeros(2), repr=False)
    _first: dict[int, int] = field(default_factory=dict, repr=False)

    __repr__ = short_repr

    def add(self, block: Block, taken: Taken) -> Floats:
        """Take in what the way takes in a block; return its cost in USD by span, inf if cut."""
        spans = block.spans
        keys, which = _keys(taken)
        self._count(WHOLE, keys, np.bincount(which, weights=spans.day_count, minlength=len(keys)))
        for day, at in block.stated.items():
            self._count(day, keys, np.bincount(which[at], minlength=len(keys)))
        values = np.array([self.way.measures(*key) for key in keys]).reshape(-1, 3)
        cut = taken.number == CUT
        days_cut = np.bincount(
            spans.path, weights=spans.day_count * cut, minlength=spans.path_count
        ).astype(np.int64)
        seen = np.bincount(days_cut, minlength=self.horizon_days + 1)
        self._cut_paths = seen if self._cut_paths is None else self._cut_paths + seen
        self._add_sums(spans.path, spans.day_count, which, values, self.horizon_days - days_cut)
        self.path_count += spans.path_count
        costs: Floats = np.nan_to_num(values[:, 0], nan=np.inf)[which]
        return costs

    def _count(self, day: int, keys: Sequence[tuple[int, int]], counts: Floats | Longs) -> None:
        mine = self._days.setdefault(day, {})
        for k in np.flatnonzero(counts).tolist():
            mine[keys[k]] = mine.get(keys[k], 0) + int(counts[k])

    def _add_sums(
        self, path: Ints, day_count: Ints, which: Longs, values: Floats, open_days: Longs
    ) -> None:
        """Add, for each measure, sums over futures of x, x^2 and x y: y are its open days."""
        y = open_days.astype(np.float64)
        for k in range(len(MEASURES)):
            x = np.bincount(
                path,
                weights=np.nan_to_num(values[:, k])[which] * day_count,
                minlength=len(open_days),
            )
            self._sums[k] += (x.sum(), (x * x).sum(), (x * y).sum())
        self._open += (y.sum(), (y * y).sum())

    def add_first(self, day: int, count: int) -> None:
        """Take in on how many days it was the cheapest of those compared."""
        self._first[day] = self._first.get(day, 0) + count

    def ensemble(self) -> Ensemble:
        """Return what the counts say."""
        assert self._cut_paths is not None
        counts, paths = self._cut_paths.astype(np.float64), self.path_count
        share = np.arange(self.horizon_days + 1) / self.horizon_days
        mean = float((counts * share).sum() / paths)
        low, high = (count_quantile(share, self._cut_paths, q) for q in (0.05, 0.95))
        spread = float((counts * (share - mean) ** 2).sum())
        cut_error = (spread / (paths - 1) / paths) ** 0.5 if paths > 1 else None
        whole = self._days[WHOLE]
        held = sum(n for (number, delay), n in whole.items() if number != CUT and delay > 0)
        return Ensemble(
            name=self.way.name,
            horizon_days=self.horizon_days,
            path_count=paths,
            cut_share=Band(low, mean, high, Kind.draws),
            whole=self._figures(WHOLE),
            days=tuple(self._figures(day) for day in sorted(self._days) if day != WHOLE),
            routes=self._routes(),
            delayed_share=held / sum(whole.values()),
            error=SamplingError(cut_error, *(self._ratio_error(k) for k in range(len(MEASURES)))),
        )

    def _ratio_error(self, k: int) -> float | None:
        """Return the standard error of the mean of a measure over open days."""
        n, (x, xx, xy), (y, yy) = self.path_count, self._sums[k], self._open
        if n < 2 or y == 0:  # noqa: PLR2004
            return None
        ratio = x / y
        residual = max(float(xx - 2 * ratio * xy + ratio * ratio * yy), 0.0)
        return float((residual * n / (n - 1)) ** 0.5 / y)

    def _figures(self, day: int) -> DayFigures:
        counts = self._days[day]
        total = sum(counts.values())
        cut = sum(n for (number, _), n in counts.items() if number == CUT)
        keys = sorted(key for key in counts if key[0] != CUT)
        weights = np.array([counts[key] for key in keys], dtype=np.float64)
        values = np.array([self.way.measures(*key) for key in keys]).reshape(-1, 3)
        first = self._first[day] / total if day in self._first else None
        cost, hours, usd = (_spread(values[:, k], weights) for k in range(len(MEASURES)))
        return DayFigures(
            day=day,
            cut_share=cut / total,
            generalized_cost_usd=cost,
            hours=hours,
            usd=usd,
            first_share=first,
        )

    def _routes(self) -> tuple[tuple[Journey, float], ...]:
        counts = self._days[WHOLE]
        total = sum(counts.values())
        shares: dict[tuple[int, ...], float] = {}
        journeys: dict[tuple[int, ...], Journey] = {}
        for (number, _), count in sorted(counts.items()):
            if number == CUT:
                continue
            journey = self.way.journey(number)
            arcs = journey.path.arcs
            journeys[arcs] = journey
            shares[arcs] = shares.get(arcs, 0.0) + count / total
        order = sorted(shares, key=lambda arcs: (-shares[arcs], arcs))
        return tuple((journeys[arcs], shares[arcs]) for arcs in order)


CUT = -1
"""Route number of a way that is cut."""
_STEP = 1 << 20
"""More hours than any delay has, and more routes than any tree."""


def _keys(taken: Taken) -> tuple[list[tuple[int, int]], Longs]:
    """Return the different (route number, hours of delay), and which of them each span has."""
    slow = np.flatnonzero(taken.delay_hours)
    code = taken.number.astype(np.int64)
    least = int(code.min(initial=0))
    which = code - least
    plain = np.flatnonzero(np.bincount(which))
    place = np.zeros(plain[-1] + 1 if plain.size else 1, dtype=np.int64)
    place[plain] = np.arange(plain.size)
    which = place[which]
    mixed = code[slow] * _STEP + taken.delay_hours[slow]
    different, own = np.unique(mixed, return_inverse=True)
    which[slow] = plain.size + own
    keys = [(number + least, 0) for number in plain.tolist()]
    route, hours = np.divmod(different, _STEP)
    keys += zip(route.tolist(), hours.tolist(), strict=True)
    return keys, which


def _spread(values: Floats, weights: Floats) -> Draws | None:
    """Return P05, P50, P95 and the mean of values with weights; None where there are none."""
    if not weights.size:
        return None
    order = np.argsort(values, kind="stable")
    value, weight = values[order], weights[order]
    reach = np.cumsum(weight)
    at = [int(np.searchsorted(reach, share * reach[-1])) for share in (0.05, 0.5, 0.95)]
    low, middle, high = (float(value[min(k, len(value) - 1)]) for k in at)
    return Draws(low, middle, high, float((value * weight).sum() / reach[-1]))


def count_quantile(values: Floats, counts: Longs, share: float) -> float:
    """Return the quantile of values that come so many times each, as `numpy.quantile` has it.

    Examples
    --------
    >>> count_quantile(np.array([0.0, 1.0]), np.array([3, 1]), 0.75)
    0.25
    """
    reach = np.cumsum(counts)
    place = (reach[-1] - 1) * share
    below = int(np.floor(place))
    low, high = (
        float(values[int(np.searchsorted(reach, k, side="right"))])
        for k in (below, min(below + 1, int(reach[-1]) - 1))
    )
    return float(low + (high - low) * (place - below))


@dataclass
class Race:
    """Ways compared on the same futures: tallies of each, who is first, and who beats whom."""

    ways: Sequence[Counted]
    tallies: tuple[Tally, ...]
    _beats: Longs = field(repr=False)
    _day_count: int = 0

    __repr__ = short_repr

    @classmethod
    def of(cls, ways: Sequence[Counted], horizon_days: int) -> Race:
        """Return a race in which nobody has run."""
        count = len(ways)
        tallies = tuple(Tally(way=way, horizon_days=horizon_days) for way in ways)
        return cls(ways, tallies, np.zeros((count, count), dtype=np.int64))

    def add(self, block: Block) -> None:
        """Take in some futures."""
        from karwan.analysis.futures.sweep import count_beats

        if not self.ways:
            return
        costs = np.stack([tally.add(block, tally.way.take(block)) for tally in self.tallies])
        days = block.spans.day_count
        count_beats(costs, days, self._beats)
        self._day_count += int(days.sum())
        first = np.where(np.isfinite(costs).any(axis=0), costs.argmin(axis=0), -1)
        for k, tally in enumerate(self.tallies):
            mine = first == k
            tally.add_first(WHOLE, int(days[mine].sum()))
            for day, at in block.stated.items():
                tally.add_first(day, int(np.count_nonzero(mine[at])))

    def beats_share(self) -> dict[tuple[str, str], float]:
        """Return how often the first of two ways is cheaper than the second, by their names.

        A way that is cut loses to one that is not; between two that are cut, neither wins.
        Compared is the generalized cost of the mean journey, its delays included, on every day.
        """
        return {
            (a.name, b.name): float(self._beats[i, j] / self._day_count)
            for i, a in enumerate(self.ways)
            for j, b in enumerate(self.ways)
            if i != j
        }

    def ensembles(self) -> tuple[Ensemble, ...]:
        """Return how each way fares."""
        return tuple(tally.ensemble() for tally in self.tallies)


@dataclass
class ShutTogether:
    """Days on which two elements are shut together, over the futures seen so far."""

    element_count: int
    path_count: int = 0
    _both: Floats | None = field(default=None, repr=False)
    _squares: Floats | None = field(default=None, repr=False)

    __repr__ = short_repr

    def add(self, block: Block) -> None:
        """Take in some futures; counts are whole numbers, so their sums have no rounding."""
        from scipy.sparse import csr_array

        spans = block.spans
        flags = csr_array(bits_of(block.masks, self.element_count).astype(np.float64))
        count = flags.shape[0]
        days = csr_array(
            (spans.day_count.astype(np.float64), (spans.path, block.state)),
            shape=(spans.path_count, count),
        )
        by_state = np.bincount(block.state, weights=spans.day_count, minlength=count)
        both = (flags.T @ (flags * by_state[:, None])).toarray()
        squares: Floats = np.asarray((days @ flags).power(2).sum(axis=0))
        self._both = both if self._both is None else self._both + both
        self._squares = squares if self._squares is None else self._squares + squares
        self.path_count += spans.path_count

    def mean_days(self, a: int, b: int) -> float:
        """Return the mean days within the horizon on which both are shut; of one, with itself."""
        assert self._both is not None
        return float(self._both[a, b]) / self.path_count

    def error_days(self, element: int) -> float | None:
        """Return the standard error of the mean days of one element."""
        if self.path_count < 2 or self._squares is None:  # noqa: PLR2004
            return None
        mean = self.mean_days(element, element)
        spread = max(float(self._squares[element]) / self.path_count - mean**2, 0.0)
        return float((spread / (self.path_count - 1)) ** 0.5)
