"""Streaming lanes against whole answers reduced by NumPy."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from karwan.base.errors import DataError
from karwan.base.seeds import stream
from karwan.base.workers import Threads
from karwan.route.arcgraph import Bools, Longs, make_arc_graph
from karwan.route.binning import BIN_COUNT
from karwan.route.condense import condense
from karwan.route.detours import word_count
from karwan.route.lanes import SHUT, Lanes
from karwan.route.streams import (
    CHUNK_ROWS,
    FAR_RATIO,
    QUANTILE_ERROR_SHARE,
    Drawn,
    Reduction,
    Summary,
    refuse_too_many_pairs,
    stream_lanes,
    summarize_batch,
)
from tests.oracles.closures import RandomArc, graphs, to_graph
from tests.oracles.reduction import quantile_of, reduce_whole
from tests.route.test_lanes import ELEMENTS, ENDS, NODES

SHARES = (0.05, 0.5, 0.95, 0.99)
BATCHES = 3


@dataclass(frozen=True)
class Chances:
    """Scenarios of a batch from its number: elements shut or slow by chance, each by itself."""

    seed: int
    element_count: int
    row_count: int = 40
    most_ticks: int = 60

    def __call__(self, batch: int) -> Iterator[Drawn]:
        random = stream(self.seed, "chances", f"batch {batch}")
        shape = self.row_count, self.element_count
        fate, slow = random.random(shape), random.integers(0, self.most_ticks, shape)
        extra = np.where(fate < 0.3, SHUT, np.where(fate < 0.6, slow, 0)).astype(np.int64)
        weight = random.integers(1, 5, self.row_count)
        rows = np.arange(self.row_count)
        label = np.column_stack([np.full(self.row_count, batch), rows])
        half = self.row_count // 2
        for part in (slice(0, half), slice(half, None)):
            yield Drawn(extra[part], weight[part], label[part])


def whole(lanes: Lanes, draw: Chances) -> tuple[tuple[Longs, Bools], Longs, Longs, Longs]:
    parts = [part for batch in range(BATCHES) for part in draw(batch)]
    extra = np.concatenate([part.extra_ticks for part in parts])
    routes = lanes.routes(extra)
    elements = lanes.condensed.element_count
    ticks = routes.ticks.reshape(len(extra), -1)
    masks = routes.masks.reshape(*ticks.shape, word_count(elements))
    used = np.stack(
        [(masks[..., e // 64] >> np.uint64(e % 64)) & np.uint64(1) for e in range(elements)],
        axis=-1,
    ).astype(bool)
    return (
        (ticks, used), extra, np.concatenate([part.weight for part in parts]),
        np.concatenate([part.label for part in parts]),
    )  # fmt: skip


def same(one: Summary, two: Summary) -> bool:
    return pickle.dumps(one) == pickle.dumps(two)


@settings(max_examples=40)
@given(graphs(), st.integers(0, 99), st.sampled_from([1, 7, 1000]), st.booleans())
def test_streaming_equals_whole_answers_reduced(
    arcs: list[RandomArc], seed: int, scale: int, with_use: bool
) -> None:
    graph = to_graph(arcs, NODES, ELEMENTS)
    lanes = Lanes(condense(graph, *ENDS))
    draw = Chances(seed, ELEMENTS, most_ticks=60 * scale)
    reduction = Reduction.of(lanes, with_use=with_use, worst_count=4)
    kept = stream_lanes(reduction, draw, BATCHES, workers=Threads(1))
    answers, extra, weight, label = whole(lanes, draw)
    told = reduce_whole(answers, extra, weight, label, kept.usual_ticks)
    ticks = answers[0]
    assert kept.weight == weight.sum()
    assert kept.row_count == len(weight)
    np.testing.assert_array_equal(kept.mean_ticks(), told.mean)
    assert kept.cut.tolist() == told.cut.tolist()
    assert kept.free.tolist() == told.free.tolist()
    assert kept.counts.sum(axis=1).tolist() == kept.joined.tolist()
    assert [(one.cut_pairs, one.excess_ticks, one.label) for one in kept.worst] == told.worst[:4]
    if with_use:
        assert kept.use is not None
        assert kept.use.tolist() == told.use.tolist()
    for share in SHARES:
        found, error = kept.quantile_ticks(share)
        expected = np.array([quantile_of(column, weight, share) for column in ticks.T])
        assert np.array_equal(np.isnan(found), np.isnan(expected))
        known = ~np.isnan(expected)
        off = np.where(found > expected, found - expected, expected - found)[known]
        assert (off <= error[known]).all()


def test_the_error_of_a_quantile_is_that_stated_while_the_last_bin_is_not_reached() -> None:
    graph = make_arc_graph(2, [0, 0], [1, 1], [1_000, 250_000], element=[0, -1])
    reduction = Reduction.of(Lanes(condense(graph, [0], [1])))
    extra = np.append(np.arange(0, 249_000, 10), SHUT)[:, None]
    label = np.zeros((len(extra), 2), dtype=np.int64)
    kept = reduction.take([Drawn(extra, np.ones(len(extra), dtype=np.int64), label)])
    for share in np.linspace(0.001, 1, 97):
        found, error = kept.quantile_ticks(float(share))
        true = quantile_of(np.minimum(extra[:, 0] % 2**40 + 1_000, 250_000), np.ones_like(
            extra[:, 0]), float(share))  # fmt: skip
        assert error[0] <= QUANTILE_ERROR_SHARE * found[0]
        assert -error[0] <= found[0] - true <= error[0]


def test_what_is_far_beyond_the_usual_is_told_with_the_error_it_has() -> None:
    graph = make_arc_graph(2, [0, 0], [1, 1], [1, 10**6], element=[0, -1])
    reduction = Reduction.of(Lanes(condense(graph, [0], [1])))
    extra = np.array([[SHUT], [999], [0]])
    kept = reduction.take([Drawn(extra, np.array([1, 1, 8]), np.zeros((3, 2), dtype=np.int64))])
    assert kept.counts[0, BIN_COUNT - 1] == 2
    middle, error = kept.quantile_ticks(1.0)
    assert (middle - error).tolist() == [FAR_RATIO]
    assert (middle + error).tolist() == [10**6]
    assert kept.quantile_ticks(0.8)[0].tolist() == [1.0]


def town_stream(*, with_use: bool = True) -> tuple[Reduction, Chances]:
    random = np.random.default_rng(5)
    tail, head = random.integers(0, 40, (2, 120))
    element = np.where(random.random(120) < 0.9, random.integers(0, 70, 120), -1)
    graph = make_arc_graph(
        40, tail, head, random.integers(1, 99, 120), element=element, element_count=70
    )
    lanes = Lanes(condense(graph, [0, 7, 30], [39, 21, 7]))
    return Reduction.of(lanes, with_use=with_use), Chances(3, 70, row_count=2 * CHUNK_ROWS + 10)


def test_one_thread_and_two_give_the_same_bytes() -> None:
    reduction, draw = town_stream()
    one = stream_lanes(reduction, draw, 4, workers=Threads(1))
    two = stream_lanes(reduction, draw, 4, workers=Threads(2))
    assert one.cut.any()
    assert same(one, two)


def test_batches_merged_in_any_order_give_the_same_bytes() -> None:
    reduction, draw = town_stream()
    parts = [summarize_batch((reduction, draw), batch) for batch in range(4)]
    kept = []
    for order in ((0, 1, 2, 3), (3, 1, 0, 2)):
        one = reduction.empty()
        for batch in order:
            one.add(parts[batch])
        kept.append(one)
    assert same(*kept)


def test_a_summary_does_not_grow_with_scenarios() -> None:
    reduction, draw = town_stream()
    one, four = (
        len(pickle.dumps(stream_lanes(reduction, draw, count, workers=Threads(1))))
        for count in (1, 4)
    )
    assert four < 1.01 * one  # numbers of more digits, in the labels of the worst


def test_more_pairs_than_memory_holds_are_refused_with_the_figure() -> None:
    refuse_too_many_pairs(400, 60, 10**9)
    with pytest.raises(DataError, match=r"4,000,000 pairs takes about 69\.8 GB.*1\.0 GB are free"):
        refuse_too_many_pairs(4_000_000, 60, 10**9)
