"""The libraries the engine is measured beside, each asked in the cheapest way it offers.

All answer one question: some arcs have new weights, what are the least weights between origins
and destinations now? None of them returns hours, money or the elements used. A library that can
only take arcs out is asked where elements are shut or open.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from benchmarks.instance import Instance
from karwan.route.arcgraph import Floats, Ints, Longs
from karwan.route.condense import Condensed, to_arc_graph
from karwan.route.lanes import SHUT

LARGEST_32 = 2**31 - 1
"""What `pyroutingkit` takes for endless."""

TOPOLOGIES: dict[str, Any] = {}
"""Topologies of `pyroutingkit` by network: weights do not enter them, so one serves for all."""

Ask = Callable[[Longs], Longs]
"""From the weights of the elements' arcs, -1 where shut, to weights (n_origins, n_destinations)."""


class TooLargeError(Exception):
    """A graph is larger than a peer is asked to prepare."""


@dataclass(frozen=True)
class Peer:
    """A library ready to be asked.

    Attributes
    ----------
    part
        How many origins and destinations it is asked for, the first ones; all where None.
    takes_delays
        Whether it takes new weights, or can only take arcs out.
    """

    name: str
    version: str
    ask: Ask
    part: tuple[int, int] | None = None
    takes_delays: bool = True


def on_condensed(instance: Instance, condensed: Condensed) -> Instance:
    """Return the same question on the condensed graph: portals, ways between them, elements."""
    return replace(
        instance,
        network=f"{instance.name}, condensed",
        name=f"{instance.name}, condensed",
        graph=to_arc_graph(condensed),
        origins=condensed.origin,
        destinations=condensed.destination,
        lat=instance.lat[condensed.portal],
        lon=instance.lon[condensed.portal],
    )


def element_arcs(instance: Instance) -> Ints:
    """Return the arcs that elements cover, ascending."""
    return np.flatnonzero(instance.graph.element >= 0).astype(np.int32)


def weights_of(instance: Instance, extra_ticks: Longs) -> Longs:
    """Return the weights of the elements' arcs in each scenario, -1 where shut.

    Parameters
    ----------
    extra_ticks
        Shape (n_scenarios, n_elements), as the lanes take them.
    """
    graph, arcs = instance.graph, element_arcs(instance)
    more = extra_ticks[:, graph.element[arcs]]
    added = np.rint(more * graph.share[arcs]).astype(np.int64)
    return np.where(more == SHUT, SHUT, graph.ticks[arcs] + added)


def make_scipy(instance: Instance) -> Peer:
    """Return SciPy: Dijkstra trees from the origins; its raw matrix keeps parallel arcs.

    No pair is further apart than with everything shut. Where that joins all pairs, it is handed
    over as `limit`, and trees end there.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    graph, arcs = instance.graph, element_arcs(instance)
    matrix = csr_array(
        (graph.ticks.astype(np.float64), graph.head, graph.first_out.astype(np.int32)),
        shape=(graph.node_count, graph.node_count),
    )

    def ask_within(weights: Longs, limit: float) -> Floats:
        matrix.data[arcs] = np.where(weights == SHUT, np.inf, weights)
        found: Floats = dijkstra(matrix, indices=instance.origins, limit=limit)
        return found[:, instance.destinations]

    limit = float(ask_within(np.full(arcs.size, SHUT), np.inf).max())

    def ask(weights: Longs) -> Longs:
        found = ask_within(weights, limit)
        return np.where(np.isfinite(found), found, SHUT).astype(np.int64)

    return Peer("SciPy Dijkstra, limit", importlib.metadata.version("scipy"), ask)


def make_igraph(instance: Instance) -> Peer:
    """Return igraph: `Graph.distances`, which stops once all destinations are known."""
    library: Any = __import__("igraph")
    graph, arcs = instance.graph, element_arcs(instance)
    net = library.Graph(
        n=graph.node_count, edges=np.column_stack([graph.tail, graph.head]), directed=True
    )
    net.es["weight"] = graph.ticks.astype(np.float64).tolist()
    ends: dict[str, Any] = {
        "source": instance.origins.tolist(),
        "target": instance.destinations.tolist(),
    }

    def ask(weights: Longs) -> Longs:
        net.es[arcs.tolist()]["weight"] = np.where(weights == SHUT, np.inf, weights).tolist()
        found = np.array(net.distances(**ends, weights="weight", mode="out"))
        return np.where(np.isfinite(found), found, SHUT).astype(np.int64)

    return Peer("igraph", importlib.metadata.version("igraph"), ask)


def make_cch(instance: Instance) -> Peer:
    """Return pyroutingkit: a customizable contraction hierarchy, updated where weights change."""
    library: Any = __import__("pyroutingkit")
    graph, arcs = instance.graph, element_arcs(instance).astype(np.uint32)
    if instance.network not in TOPOLOGIES:
        topology = library.CCHTopology()
        topology.build(
            graph.tail.astype(np.uint32), graph.head.astype(np.uint32),
            instance.lat.astype(np.float32), instance.lon.astype(np.float32), graph.node_count,
        )  # fmt: skip
        TOPOLOGIES[instance.network] = topology
    metric = library.CCHMetric(TOPOLOGIES[instance.network])
    metric.customize(graph.ticks.astype(np.uint32))
    ends = instance.origins.astype(np.uint32), instance.destinations.astype(np.uint32)

    def ask(weights: Longs) -> Longs:
        given = np.where(weights == SHUT, LARGEST_32, weights).astype(np.uint32)
        metric.update_weights(arcs, given)
        found = metric.distances_many_to_many(*ends).astype(np.int64)
        return np.where(found >= LARGEST_32, SHUT, found)

    return Peer("CCH partial (pyroutingkit)", importlib.metadata.version("pyroutingkit"), ask)


GRAVEL_MOST_NODES = 100_000
"""Its hierarchy of the world's 559,356 nodes was not built within 8 minutes."""
GRAVEL_PART = 1, 3
"""Origins and destinations that gravel is asked for: it searches each pair by itself."""


def make_gravel(instance: Instance) -> Peer:
    """Return gravel: a contraction hierarchy that searches round what is taken out.

    It takes pairs of nodes out, with all arcs that join them, and no new weights.

    Raises
    ------
    TooLargeError
        If building its hierarchy would take much longer than everything else together.
    """
    library: Any = __import__("gravel")
    graph, arcs = instance.graph, element_arcs(instance)
    if graph.node_count > GRAVEL_MOST_NODES:
        msg = f"its hierarchy is not built for more than {GRAVEL_MOST_NODES:,} nodes here"
        raise TooLargeError(msg)
    net = library.Graph.from_coo(
        graph.node_count, graph.tail.astype(np.uint32), graph.head.astype(np.uint32),
        graph.ticks.astype(np.float64),
    )  # fmt: skip
    hierarchy = library.build_ch(net)
    query = library.BlockedCHQuery(hierarchy, library.ShortcutIndex(hierarchy), net)
    rows, columns = GRAVEL_PART
    ends = np.column_stack([graph.tail[arcs], graph.head[arcs]])

    def ask(weights: Longs) -> Longs:
        blocked = [tuple(pair) for pair in ends[weights == SHUT].tolist()]
        found = np.array(
            [
                [query.distance_blocking(origin, goal, blocked)
                 for goal in instance.destinations[:columns].tolist()]
                for origin in instance.origins[:rows].tolist()
            ]
        )  # fmt: skip
        joined = np.isfinite(found) & (found < LARGEST_32)
        return np.where(joined, np.rint(found), SHUT).astype(np.int64)

    return Peer(
        "gravel, closures only", importlib.metadata.version("gravel-fragility"), ask,
        part=GRAVEL_PART, takes_delays=False,
    )  # fmt: skip


PEERS: dict[str, Callable[[Instance], Peer]] = {
    "scipy": make_scipy,
    "pyroutingkit": make_cch,
    "igraph": make_igraph,
    "gravel": make_gravel,
}
CONDENSED_PEERS = ("scipy", "pyroutingkit")
"""Peers that are asked on the condensed graph too."""
