"""Streaming lanes: scenarios are drawn, weighed and reduced batch by batch, and none is kept.

A batch follows from its number alone, so any thread or machine may do it, and do it again. What is
kept of it is a summary by pair; summaries are merged in the order of batches, and all they hold are
whole numbers, so the answer is the same to the byte whoever did what.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from karwan.base.errors import DataError
from karwan.base.reprs import short_repr
from karwan.base.workers import Workers
from karwan.route.arcgraph import Floats, Ints, Longs
from karwan.route.binning import BIN_BITS, BIN_COUNT, DOUBLINGS, LOW_BITS, count_answers, count_use
from karwan.route.condense import MEMORY_SHARE, free_memory_bytes
from karwan.route.lanes import Lanes

QUANTILE_ERROR_SHARE = 2.0 ** -(BIN_BITS + 1)
"""How far a quantile may be off, as a share of itself, below `FAR_RATIO` times the usual weight."""
FAR_RATIO = (2 ** (BIN_BITS + 1) - 1) * 2.0 ** (DOUBLINGS - 1 - BIN_BITS)
"""Where the last bin begins, in times of the usual weight."""
WORST_COUNT = 10
CHUNK_ROWS = 1_024
"""Scenarios weighed at once: their answers stay near the processor."""
_NEVER = np.iinfo(np.int64).max
_WORDS = 7
"""Words that a pair takes beside its bins."""


@dataclass(frozen=True)
class Drawn:
    """Some scenarios of a batch.

    Attributes
    ----------
    extra_ticks
        Shape (n_scenarios, n_elements), as lanes take them.
    weight
        Shape (n_scenarios,): how often each counts, such as days; whole numbers.
    label
        Shape (n_scenarios, 2): what to call each by if it is among the worst, such as its future
        and day.
    """

    extra_ticks: Longs
    weight: Longs
    label: Longs

    __repr__ = short_repr


Draw = Callable[[int], Iterable[Drawn]]
"""Scenarios of a batch by its number: the same number always gives the same."""


@dataclass(frozen=True, slots=True, order=True)
class Worst:
    """A scenario among the worst: sorted, the worst comes first.

    Attributes
    ----------
    kept_pairs, spared_ticks
        Pairs cut and ticks beyond the usual of all others, negative, so that less is worse.
    label
        What it was called by.
    extra_ticks
        What each element adds in it.
    """

    kept_pairs: int
    spared_ticks: int
    label: tuple[int, int]
    extra_ticks: tuple[int, ...]

    @property
    def cut_pairs(self) -> int:
        """Pairs cut that are joined with everything open."""
        return -self.kept_pairs

    @property
    def excess_ticks(self) -> int:
        """Ticks beyond the usual, over the pairs that are joined."""
        return -self.spared_ticks


@dataclass(kw_only=True)
class Summary:
    """What is kept of scenarios, by pair: whole numbers, which add up alike in any grouping.

    Attributes
    ----------
    usual_ticks
        Shape (n_pairs,): weight with everything open; -1 where nothing ever joins the pair.
    counts
        Shape (n_pairs, n_bins): how often an answer fell into each bin.
    cut, free
        Shape (n_pairs,): how often the pair is cut, and how often it weighs no more than usual.
    sums
        Shape (n_pairs, 2): ticks summed, the low 30 bits of each answer and those above apart.
    least, most
        Shape (n_pairs,): lightest and heaviest answer.
    use
        Shape (n_pairs, n_elements): how often each element is on the best route; None if not asked.
    weight
        How often scenarios count, together.
    row_count
        Scenarios weighed.
    """

    usual_ticks: Longs
    counts: Longs
    cut: Longs
    free: Longs
    sums: Longs
    least: Longs
    most: Longs
    use: Longs | None
    weight: int = 0
    row_count: int = 0
    worst_count: int = WORST_COUNT
    worst: tuple[Worst, ...] = ()

    __repr__ = short_repr

    @classmethod
    def empty(cls, usual_ticks: Longs, element_count: int, worst_count: int) -> Summary:
        """Return the summary of no scenario; use of elements is not asked if there are none."""
        size = usual_ticks.size
        return cls(
            usual_ticks=usual_ticks,
            counts=np.zeros((size, BIN_COUNT), dtype=np.int64),
            cut=np.zeros(size, dtype=np.int64),
            free=np.zeros(size, dtype=np.int64),
            sums=np.zeros((size, 2), dtype=np.int64),
            least=np.full(size, _NEVER, dtype=np.int64),
            most=np.full(size, -1, dtype=np.int64),
            use=np.zeros((size, element_count), dtype=np.int64) if element_count else None,
            worst_count=worst_count,
        )

    def add(self, other: Summary) -> None:
        """Take in the summary of other scenarios of the same pairs."""
        for name in ("counts", "cut", "free", "sums"):
            mine: Longs = getattr(self, name)
            mine += getattr(other, name)
        np.minimum(self.least, other.least, out=self.least)
        np.maximum(self.most, other.most, out=self.most)
        if self.use is not None and other.use is not None:
            self.use += other.use
        self.weight += other.weight
        self.row_count += other.row_count
        self.keep_worst(other.worst)

    def keep_worst(self, more: Iterable[Worst]) -> None:
        """Keep the worst of those kept and of more; of scenarios alike the first by its label."""
        worst = list[Worst]()
        for one in sorted((*self.worst, *more)):
            if all(one.extra_ticks != other.extra_ticks for other in worst):
                worst.append(one)
            if len(worst) == self.worst_count:
                break
        self.worst = tuple(worst)

    @property
    def joined(self) -> Longs:
        """How often each pair is joined, shape (n_pairs,)."""
        counts: Longs = self.weight - self.cut
        return counts

    def mean_ticks(self) -> Floats:
        """Return the mean weight while joined, shape (n_pairs,); NaN where never joined."""
        totals = [
            low + (high << LOW_BITS)
            for low, high in zip(self.sums[:, 0].tolist(), self.sums[:, 1].tolist(), strict=True)
        ]
        pairs = zip(totals, self.joined.tolist(), strict=True)
        return np.array([total / count if count else np.nan for total, count in pairs])

    def quantile_ticks(self, share: float) -> tuple[Floats, Floats]:
        """Return a quantile of the weight while joined, and how far off it may be.

        The least answer that is not exceeded on so large a share lies within the second of the
        first: at most `QUANTILE_ERROR_SHARE` of itself up to `FAR_RATIO` times the usual weight.
        Where it is the usual weight it is exact. Both have shape (n_pairs,) and are NaN where a
        pair is never joined.
        """
        wanted = np.maximum(np.ceil(np.round(share * self.joined, 9)), 1)
        place = (np.cumsum(self.counts, axis=1) < wanted[:, None]).sum(axis=1)
        place = np.minimum(place, BIN_COUNT - 1)
        base = np.maximum(self.usual_ticks, 1)
        low = np.where(place == 0, 0.0, base * _edge(place))
        high = np.where(place == BIN_COUNT - 1, np.inf, base * _edge(place + 1))
        # Answers are whole, and a bin ends before the next begins.
        low = np.maximum(np.ceil(low), self.least)
        high = np.minimum(np.ceil(high) - 1, self.most)
        known = self.joined > 0
        # Nothing is lighter than the usual weight, and how often an answer is that is counted.
        low, high = (np.where(wanted <= self.free, self.usual_ticks, end) for end in (low, high))
        middle = np.where(known, (low + high) / 2, np.nan)
        return middle, np.where(known, (high - low) / 2, np.nan)

    def share(self, counts: Longs) -> Floats:
        """Return counts as shares of all scenarios."""
        shares: Floats = counts / max(self.weight, 1)
        return shares


def _edge(place: Ints) -> Floats:
    """Return where bins begin, in times of the usual weight."""
    doubling, part = np.divmod(place, 1 << BIN_BITS)
    edges: Floats = np.ldexp(1 + part / (1 << BIN_BITS), doubling)
    return edges


@dataclass(frozen=True, kw_only=True)
class Reduction:
    """Weighs scenarios in lanes and reduces them: all that a batch needs but its number.

    Attributes
    ----------
    chosen
        Shape (n_pairs,): which pairs of the lanes, counted along destinations first.
    usual_ticks
        Shape (n_pairs,).
    with_use
        Also count the elements used, which takes packed keys and some ten times as long.
    """

    lanes: Lanes
    chosen: Ints
    usual_ticks: Longs
    with_use: bool
    worst_count: int

    __repr__ = short_repr

    @classmethod
    def of(
        cls,
        lanes: Lanes,
        spots: Sequence[tuple[int, int]] | None = None,
        *,
        with_use: bool = False,
        worst_count: int = WORST_COUNT,
    ) -> Reduction:
        """Return the reduction of some pairs of lanes, of all of them if none are named.

        Raises
        ------
        DataError
            If what is kept of so many pairs takes more memory than there is.
        """
        rows, columns = lanes.shape
        chosen = (
            np.arange(rows * columns)
            if spots is None
            else np.array([row * columns + column for row, column in spots])
        ).astype(np.int32)
        elements = lanes.condensed.element_count
        refuse_too_many_pairs(chosen.size, elements if with_use else 0)
        none = np.zeros((1, elements), dtype=np.int64)
        usual = lanes.weights(none).ticks.reshape(-1)[chosen].astype(np.int64)
        return cls(
            lanes=lanes,
            chosen=chosen,
            usual_ticks=usual,
            with_use=with_use,
            worst_count=worst_count,
        )

    def empty(self) -> Summary:
        """Return the summary of no scenario."""
        elements = self.lanes.condensed.element_count if self.with_use else 0
        return Summary.empty(self.usual_ticks, elements, self.worst_count)

    def take(self, drawn: Iterable[Drawn]) -> Summary:
        """Return the summary of some scenarios."""
        kept = self.empty()
        for part in drawn:
            for begin in range(0, len(part.weight), CHUNK_ROWS):
                rows = slice(begin, begin + CHUNK_ROWS)
                some = Drawn(part.extra_ticks[rows], part.weight[rows], part.label[rows])
                self._take(kept, some)
        return kept

    def _take(self, kept: Summary, part: Drawn) -> None:
        count = len(part.weight)
        if self.with_use:
            routes = self.lanes.routes(part.extra_ticks)
            ticks: Longs | Ints = routes.ticks.reshape(count, -1)
            masks = routes.masks.reshape(count, ticks.shape[1], -1)
            count_use(masks, self.chosen, part.weight, kept.use)
        else:
            ticks = self.lanes.weights(part.extra_ticks).ticks.reshape(count, -1)
        cut, excess = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
        parts = kept.counts, kept.cut, kept.free, kept.sums, kept.least, kept.most
        count_answers(ticks, self.chosen, part.weight, self.usual_ticks, parts, (cut, excess))
        kept.weight += int(part.weight.sum())
        kept.row_count += count
        kept.keep_worst(self._worst(kept, part, cut, excess))

    def _worst(self, kept: Summary, part: Drawn, cut: Longs, excess: Longs) -> Iterator[Worst]:
        """Yield the different scenarios of a part that may be among the worst, the worst first."""
        if self.worst_count == 0:
            return
        labels = part.label
        full = len(kept.worst) == self.worst_count
        seen = set[tuple[int, ...]]()
        for k in np.lexsort((labels[:, 1], labels[:, 0], -excess, -cut)).tolist():
            figures = -int(cut[k]), -int(excess[k])
            no_worse = full and figures > (kept.worst[-1].kept_pairs, kept.worst[-1].spared_ticks)
            if no_worse or figures == (0, 0) or len(seen) == self.worst_count:
                return
            extra = tuple(part.extra_ticks[k].tolist())
            if extra not in seen:
                seen.add(extra)
                yield Worst(*figures, _pair_of(labels[k]), extra)


def _pair_of(label: Longs) -> tuple[int, int]:
    first, second = label.tolist()
    return first, second


def summarize_batch(given: tuple[Reduction, Draw], batch: int) -> Summary:
    """Return the summary of a batch: a pure function, as `Workers` want it."""
    reduction, draw = given
    return reduction.take(draw(batch))


def stream_lanes(
    reduction: Reduction, draw: Draw, batch_count: int, *, workers: Workers
) -> Summary:
    """Return the summary of so many batches, merged in their order.

    Parameters
    ----------
    draw
        Gives the scenarios of a batch by its number.
    workers
        Who does the batches; it changes no figure.

    Examples
    --------
    >>> from karwan.base.workers import Threads
    >>> from karwan.route.arcgraph import make_arc_graph
    >>> from karwan.route.condense import condense
    >>> graph = make_arc_graph(2, [0, 0], [1, 1], [5, 8], element=[0, -1])
    >>> def draw(batch: int) -> list[Drawn]:
    ...     shut = np.array([[-1], [0]])
    ...     return [Drawn(shut, np.array([1, 3]), np.array([[batch, 0], [batch, 1]]))]
    >>> kept = stream_lanes(
    ...     Reduction.of(Lanes(condense(graph, [0], [1]))), draw, 2, workers=Threads(1)
    ... )
    >>> kept.mean_ticks().tolist(), kept.share(kept.free).tolist(), len(kept.worst)
    ([5.75], [0.75], 1)
    """
    kept = reduction.empty()
    for part in workers.map(summarize_batch, (reduction, draw), range(batch_count)):
        kept.add(part)
    return kept


def refuse_too_many_pairs(
    pair_count: int, element_count: int, free_bytes: int | None = None
) -> None:
    """Raise `DataError` if what is kept of pairs takes more memory than there is, with the figure.

    Parameters
    ----------
    element_count
        Of which the use is counted.
    free_bytes
        Memory that may be had; what the system says if None.
    """
    if free_bytes is None:
        free_bytes = free_memory_bytes()
    # Two of them: what is merged, and the batch that is merged into it.
    needed = 2 * 8 * pair_count * (BIN_COUNT + _WORDS + element_count)
    if free_bytes is not None and needed > MEMORY_SHARE * free_bytes:
        fault = (
            f"what is kept of {pair_count:,} pairs takes about {needed / 1e9:,.1f} GB of memory, "
            f"and {free_bytes / 1e9:,.1f} GB are free; ask for fewer pairs at once"
        )
        raise DataError("the question", [fault])
