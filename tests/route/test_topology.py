"""Condensing by a kept topology against searches, and what is kept against what was made."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from karwan.base.errors import DataError
from karwan.route.arcgraph import ArcGraph, Longs, make_arc_graph
from karwan.route.condense import Condensed, condense
from karwan.route.kept import (
    load_condensed,
    load_topology,
    save_condensed,
    save_topology,
    topology_at,
)
from karwan.route.lanes import Lanes
from karwan.route.topology import make_topology
from tests.oracles.closures import RandomArc, graphs, scipy_weights, to_graph
from tests.route.test_lanes import ELEMENTS, ENDS, NODES, town


def assert_same(one: Condensed, two: Condensed) -> None:
    for name in ("portal", "origin", "destination", "static_key", "arc_key", "arc_element"):
        assert np.array_equal(getattr(one, name), getattr(two, name)), name


def reweighted(graph: ArcGraph, seed: int) -> ArcGraph:
    """The same arcs with other weights, measures that follow them, and other elements."""
    random = np.random.default_rng(seed)
    ticks = random.integers(0, 50, graph.arc_count)
    return make_arc_graph(
        graph.node_count, graph.tail, graph.head, ticks, label=graph.label,
        element=np.where(random.random(graph.arc_count) < 0.2, random.integers(0, 9), -1),
        measures=np.column_stack([ticks, 2 * ticks, 3 * ticks]),
    )  # fmt: skip


@given(graphs())
def test_keys_between_portals_are_those_that_searches_find(arcs: list[RandomArc]) -> None:
    graph = to_graph(arcs, NODES, ELEMENTS)
    assert_same(condense(graph, *ENDS, topology=make_topology(graph)), condense(graph, *ENDS))


@pytest.mark.parametrize("seed", [1, 2])
def test_one_topology_serves_for_other_weights_and_elements(seed: int) -> None:
    graph, extra = town(seed)
    topology = make_topology(graph)  # type: ignore[arg-type]
    again = reweighted(graph, seed)  # type: ignore[arg-type]
    by_search = condense(again, [0, 7, 30], [59, 41])
    kept = condense(again, [0, 7, 30], [59, 41], topology=topology, thread_count=2)
    assert_same(kept, by_search)
    assert np.array_equal(kept.static_measures, by_search.static_measures)
    rows: Longs = np.ascontiguousarray(extra[:40, : again.element_count])
    found = Lanes(kept).weights(rows).ticks
    assert np.array_equal(found, scipy_weights(again, rows, [0, 7, 30], [59, 41]))


def test_measures_are_those_of_a_way_of_that_weight() -> None:
    graph, _ = town(3)
    again = reweighted(graph, 3)  # type: ignore[arg-type]
    found = condense(again, [0], [59], topology=make_topology(again))
    joined = found.static_key < 2**61
    ticks = found.bits.ticks(found.static_key)[joined]
    hours, usd, metres = found.static_measures[joined].T.tolist()
    assert hours == (ticks * 10**6).tolist()
    assert usd == (2 * ticks * 10**6).tolist()
    assert metres == (3 * ticks * 1000).tolist()


def test_two_threads_that_search_find_the_same_bytes() -> None:
    graph, _ = town(4)
    one = condense(graph, [0, 7, 30], [59])  # type: ignore[arg-type]
    two = condense(graph, [0, 7, 30], [59], thread_count=3)  # type: ignore[arg-type]
    assert one.static_key.tobytes() == two.static_key.tobytes()
    assert one.static_measures.tobytes() == two.static_measures.tobytes()


def test_a_way_too_heavy_for_a_key_is_refused_and_not_told_as_cut() -> None:
    huge = 2**63 - 1
    graph = make_arc_graph(4, [0, 1], [1, 3], [huge, huge])
    with pytest.raises(DataError, match="from node 0 to node 3 with everything shut weighs"):
        condense(graph, [0], [3], topology=make_topology(graph))
    apart = make_arc_graph(4, [0, 2], [1, 3], [huge, 1])
    found = condense(apart, [0], [3], topology=make_topology(apart))
    assert found.static_key[0, 1] == 2**61


def test_what_is_kept_is_what_was_made(tmp_path: Path) -> None:
    graph, extra = town(5)
    topology = make_topology(graph)  # type: ignore[arg-type]
    save_topology(topology, tmp_path / "topology")
    kept = load_topology(tmp_path / "topology")
    made = condense(graph, [0], [59], topology=kept)  # type: ignore[arg-type]
    assert_same(made, condense(graph, [0], [59]))  # type: ignore[arg-type]
    save_condensed(made, graph, tmp_path / "condensed")  # type: ignore[arg-type]
    again = load_condensed(tmp_path / "condensed", graph)  # type: ignore[arg-type]
    assert isinstance(again.static_key, np.memmap)
    assert Lanes(again).weights(extra).ticks.tobytes() == Lanes(made).weights(extra).ticks.tobytes()
    assert sorted(tmp_path.iterdir()) == [tmp_path / "condensed", tmp_path / "topology"]


def test_what_was_kept_of_something_else_is_refused(tmp_path: Path) -> None:
    graph, _ = town(6)
    other = reweighted(graph, 6)  # type: ignore[arg-type]
    smaller = make_arc_graph(2, [0], [1], [5])
    topology = make_topology(graph)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="made of another graph: 60 nodes"):
        condense(smaller, [0], [1], topology=topology)
    folder = tmp_path / "condensed"
    save_condensed(condense(graph, [0], [59]), graph, folder)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="made of another graph, other weights or elements"):
        load_condensed(folder, other)
    with pytest.raises(DataError, match="is there already"):
        save_condensed(condense(graph, [0], [59]), graph, folder)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="holds 'karwan condensed graph' of format 2"):
        load_topology(folder)
    about = json.loads((folder / "about.json").read_text()) | {"version": 3}
    (folder / "about.json").write_text(json.dumps(about))
    with pytest.raises(DataError, match="of format 3; 'karwan condensed graph' of format 2"):
        load_condensed(folder, graph)  # type: ignore[arg-type]
    (folder / "about.json").write_text("{")
    with pytest.raises(DataError, match="holds no karwan condensed graph"):
        load_condensed(folder, graph)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="holds no karwan topology"):
        load_topology(tmp_path / "nowhere")
    for name in ("about.json", "rank.npy"):
        folder = tmp_path / f"without {name}"
        save_topology(topology, folder)
        text = '{"kind": "karwan topology", "version": 2}' if name == "about.json" else ""
        (folder / name).write_text(text, encoding="utf-8")  # a disk that was full, a hand that cut
        with pytest.raises(DataError, match="holds no karwan topology"):
            load_topology(folder)


def test_arrays_changed_since_they_were_written_are_refused(tmp_path: Path) -> None:
    graph, _ = town(6)
    folder = tmp_path / "topology"
    topology_at(folder, graph)  # type: ignore[arg-type]
    heads = np.load(folder / "up_head.npy")
    heads[3] += 1
    np.save(folder / "up_head.npy", heads)
    with pytest.raises(DataError, match="not those that were written there; make it anew"):
        topology_at(folder, graph)  # type: ignore[arg-type]


def test_a_topology_is_made_once_and_serves_its_own_graph_only(tmp_path: Path) -> None:
    graph, _ = town(6)
    folder = tmp_path / "topology"
    topology_at(folder, graph)  # type: ignore[arg-type]
    written = (folder / "rank.npy").stat().st_mtime_ns
    topology_at(folder, reweighted(graph, 2))  # type: ignore[arg-type]
    assert (folder / "rank.npy").stat().st_mtime_ns == written
    with pytest.raises(DataError, match="made of another graph"):
        topology_at(folder, make_arc_graph(2, [0], [1], [5]))
