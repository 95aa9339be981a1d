"""Networks and questions to measure the engine on, the same for everyone from one seed.

Four networks: the reference network that ships with karwan; the world's highways and sea lanes,
read from the data file inside the package `scgraph_data`; what of them lies in Central and South
Asia; and a random planar graph with towns. On the three large ones a street takes whole seconds,
the routing weight, and either direction of a street is an arc of its own; an element is a street,
both of its arcs.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra, minimum_spanning_tree

from karwan.analysis.corridors.planner import Planner
from karwan.analysis.corridors.scope import Scope
from karwan.analysis.world.state import State
from karwan.analysis.world.world import open_world
from karwan.base.seeds import stream
from karwan.base.units import TICKS_PER_USD
from karwan.data.catalog import Catalog
from karwan.network.vehicles import make_consignment
from karwan.route.arcgraph import ArcGraph, Floats, Ints, Longs, make_arc_graph
from karwan.route.cost import sum_hours, sum_usd

SEED = 20261122
AS_OF = dt.date(2026, 11, 22)
OD_COUNT = 20
SECONDS_PER_HOUR = 3600
WORLD_FILE = "world_highways_and_marnet.py"
WORLD_KMH = 60.0
USD_PER_KM = 1.5
"""Money on the two large networks; it stands for any second measure, and decides nothing."""

Box = tuple[float, float, float, float]
"""South, north, west, east in degrees."""
CENTRAL_ASIA: Box = (38.5, 53.0, 52.0, 80.0)
SOUTH_ASIA: Box = (24.5, 34.5, 62.0, 75.0)
ASIA: Box = (22.0, 56.0, 44.0, 92.0)
NORTH_OF_PLANE: Box = (40.0, 50.0, 10.0, 40.0)
SOUTH_OF_PLANE: Box = (0.0, 10.0, 10.0, 40.0)
FROM_COUNTRIES = frozenset({"KZ", "KG", "TJ", "TM", "UZ"})
TO_COUNTRIES = frozenset({"AF", "IR", "PK"})


@dataclass(frozen=True)
class Streets:
    """A street graph: each street is two arcs of one weight, arcs in the order of their tails.

    Attributes
    ----------
    tail, head, seconds, street
        Shape (n_arcs,); `street` is the same for the two arcs of a street.
    lat, lon
        Shape (node_count,), degrees.
    """

    node_count: int
    tail: Ints
    head: Ints
    seconds: Longs
    street: Ints
    lat: Floats
    lon: Floats

    @property
    def street_count(self) -> int:
        """How many streets there are."""
        return self.tail.size // 2


@dataclass(frozen=True)
class Instance:
    """A graph with elements, and between which nodes it is asked.

    Attributes
    ----------
    network
        Name of the network; instances of one network differ in their elements only.
    ticks_per_hour
        What an hour of delay adds to the routing weight.
    lat, lon
        Shape (node_count,), degrees; peers order their nodes by them.
    """

    network: str
    name: str
    graph: ArcGraph
    origins: Ints
    destinations: Ints
    ticks_per_hour: float
    lat: Floats
    lon: Floats


@dataclass(frozen=True)
class Draws:
    """Random states of the elements, one row a scenario.

    Attributes
    ----------
    shut
        Shape (n_scenarios, n_elements).
    delay_hours
        Shape (n_scenarios, n_elements), whole hours; 0 where shut or open.
    """

    shut: npt.NDArray[np.bool_]
    delay_hours: Longs


def read_world() -> Streets:
    """Return the world's highways and sea lanes, its largest connected part.

    The package cannot be imported beside today's `scgraph`, but its data file is text: one line
    with a dictionary of neighbours and kilometres a node, one line with coordinates.

    Raises
    ------
    ModuleNotFoundError
        If `scgraph_data` is not installed.
    """
    package = importlib.util.find_spec("scgraph_data")
    if package is None or package.origin is None:
        msg = "scgraph_data is not installed; `make bench` installs it"
        raise ModuleNotFoundError(msg)
    lines = Path(package.origin).with_name(WORLD_FILE).read_text().splitlines()
    (graph,) = (line for line in lines if line.startswith("graph="))
    (nodes,) = (line for line in lines if line.startswith("nodes="))
    rows = graph.removeprefix("graph=[{").removesuffix("}]").split("}, {")
    degree = np.array([row.count(":") for row in rows])
    text = ",".join(row for row in rows if row).replace(":", ",")
    pairs = np.array(text.split(","), dtype=np.float64).reshape(-1, 2)
    places = nodes.removeprefix("nodes=").replace("[", "").replace("]", "").split(",")
    lat, lon = np.array(places, dtype=np.float64).reshape(-1, 2).T
    tail = np.repeat(np.arange(degree.size), degree)
    seconds = np.rint(pairs[:, 1] / WORLD_KMH * SECONDS_PER_HOUR).astype(np.int64)
    return _largest_part(tail, pairs[:, 0].astype(np.int64), np.maximum(seconds, 1), lat, lon)


def cut_out(streets: Streets, box: Box) -> Streets:
    """Return what of a street graph lies in a box, its largest connected part."""
    inside = np.zeros(streets.node_count, dtype=bool)
    inside[_inside(streets, box)] = True
    kept = np.flatnonzero(inside)
    new = np.cumsum(inside) - 1
    arcs = np.flatnonzero(inside[streets.tail] & inside[streets.head])
    return _largest_part(
        new[streets.tail[arcs]], new[streets.head[arcs]], streets.seconds[arcs],
        streets.lat[kept], streets.lon[kept],
    )  # fmt: skip


def make_plane(node_count: int = 1_000_000, street_count: int = 1_250_000) -> Streets:
    """Return a random planar graph: half its nodes spread evenly, half in towns of all sizes.

    Of a Delaunay triangulation it keeps a spanning tree, and of the other streets mostly short
    ones, so that it is about as meshed as roads are.
    """
    from scipy.spatial import Delaunay

    random = stream(SEED, "plane")
    half, town_count = node_count // 2, 2000
    size = random.pareto(1.5, town_count) + 0.2
    centre = random.uniform(0, 1000, (town_count, 2))
    town = random.choice(town_count, node_count - half, p=size / size.sum())
    spread = centre[town] + random.normal(0, 3.0, (node_count - half, 2))
    at = np.vstack([random.uniform(0, 1000, (half, 2)), np.clip(spread, 0, 1000)])
    corner = Delaunay(at).simplices
    ends = np.sort(np.vstack([corner[:, [0, 1]], corner[:, [1, 2]], corner[:, [0, 2]]]), axis=1)
    ends = np.unique(ends.astype(np.int64), axis=0)
    length = np.hypot(*(at[ends[:, 0]] - at[ends[:, 1]]).T)
    slowness = random.uniform(0.6, 1.8, length.size)
    seconds = np.maximum(np.rint(length * 60.0 * slowness), 1).astype(np.int64)
    matrix = csr_array((seconds.astype(float), (ends[:, 0], ends[:, 1])), shape=(len(at), len(at)))
    tree = minimum_spanning_tree(matrix).tocoo()
    low, high = np.minimum(tree.row, tree.col), np.maximum(tree.row, tree.col)
    in_tree = np.isin(ends[:, 0] * len(at) + ends[:, 1], low.astype(np.int64) * len(at) + high)
    others = np.flatnonzero(~in_tree)
    wanted = max(street_count - int(in_tree.sum()), 0)
    order = np.argsort(seconds[others] * random.uniform(0.3, 1.7, others.size), kind="stable")
    kept = np.concatenate([np.flatnonzero(in_tree), others[order[:wanted]]])
    a, b, weight = ends[kept, 0], ends[kept, 1], seconds[kept]
    return _largest_part(
        np.concatenate([a, b]), np.concatenate([b, a]), np.tile(weight, 2), at[:, 1] / 20.0,
        at[:, 0] / 20.0,
    )  # fmt: skip


def _largest_part(tail: Longs, head: Longs, seconds: Longs, lat: Floats, lon: Floats) -> Streets:
    """Return the largest connected part, one street for each pair of nodes: the fastest."""
    apart = tail != head
    low, high = np.minimum(tail, head)[apart], np.maximum(tail, head)[apart]
    order = np.lexsort((seconds[apart], high, low))
    low, high, weight = low[order], high[order], seconds[apart][order]
    first = np.ones(low.size, dtype=bool)
    first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    low, high, weight = low[first], high[first], weight[first]
    size = lat.size
    matrix = coo_array((np.ones(low.size), (low, high)), shape=(size, size))
    _, part = connected_components(matrix, directed=False)
    kept = np.flatnonzero(part == np.bincount(part).argmax())
    new = np.full(size, -1)
    new[kept] = np.arange(kept.size)
    inside = new[low] >= 0
    a, b, weight = new[low[inside]], new[high[inside]], weight[inside]
    tails, heads = np.concatenate([a, b]), np.concatenate([b, a])
    order = np.lexsort((heads, tails))
    return Streets(
        kept.size,
        tails[order].astype(np.int32),
        heads[order].astype(np.int32),
        np.tile(weight, 2)[order],
        np.tile(np.arange(a.size), 2)[order].astype(np.int32),
        lat[kept],
        lon[kept],
    )


def kept_streets(name: str, folder: Path) -> Streets:
    """Return a street graph by name, from a file made the first time: `world`, `asia`, `plane`."""
    path = folder / f"{name}.npz"
    if not path.exists():
        makers: dict[str, Callable[[], Streets]] = {
            "world": read_world,
            "asia": lambda: cut_out(kept_streets("world", folder), ASIA),
            "plane": make_plane,
        }
        streets = makers[name]()
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part.npz")
        np.savez(part, **{slot: getattr(streets, slot) for slot in Streets.__dataclass_fields__})
        part.rename(path)
    with np.load(path) as found:
        return Streets(**{**found, "node_count": int(found["node_count"])})


@dataclass(frozen=True)
class Use:
    """Between which nodes a street graph is asked, and how many best routes use each street."""

    origins: Ints
    destinations: Ints
    route_count: Longs


def use_of(streets: Streets, name: str) -> Use:
    """Return 20 origins and 20 destinations, and the use of streets by the 400 best routes."""
    north, south = (
        (CENTRAL_ASIA, SOUTH_ASIA) if name != "plane" else (NORTH_OF_PLANE, SOUTH_OF_PLANE)
    )
    random = stream(SEED, name, "od")
    ends = [
        random.choice(_inside(streets, box), OD_COUNT, replace=False).astype(np.int32)
        for box in (north, south)
    ]
    size = streets.node_count
    matrix = csr_array(
        (streets.seconds.astype(float), (streets.tail, streets.head)), shape=(size, size)
    )
    _, before = dijkstra(matrix, indices=ends[0], return_predecessors=True)
    key = streets.tail.astype(np.int64) * size + streets.head
    used = []
    for row in before:
        at = ends[1].astype(np.int64)
        while at.size:
            last = row[at].astype(np.int64)
            at, last = at[last >= 0], last[last >= 0]
            used.append(np.searchsorted(key, last * size + at))
            at = last
    arcs = np.concatenate(used)
    count = np.bincount(streets.street[arcs], minlength=streets.street_count)
    return Use(ends[0], ends[1], count.astype(np.int64))


def _inside(streets: Streets, box: Box) -> Longs:
    south, north, west, east = box
    lat, lon = streets.lat, streets.lon
    return np.flatnonzero((lat >= south) & (lat <= north) & (lon >= west) & (lon <= east))


def with_elements(
    streets: Streets, use: Use, *, name: str, element_count: int, by_use: bool
) -> Instance:
    """Return a street graph of which some streets can be shut.

    Parameters
    ----------
    by_use
        Draw them in proportion to how many best routes use them; else evenly among those used.
    """
    drawn = "use" if by_use else "even"
    random = stream(SEED, name, drawn, str(element_count))
    used = np.flatnonzero(use.route_count)
    odds = use.route_count[used] / use.route_count[used].sum() if by_use else None
    chosen = np.sort(random.choice(used, element_count, replace=False, p=odds))
    element = np.full(streets.street_count, -1)
    element[chosen] = np.arange(element_count)
    hours = streets.seconds / SECONDS_PER_HOUR
    km = hours * WORLD_KMH
    graph = make_arc_graph(
        streets.node_count,
        streets.tail,
        streets.head,
        streets.seconds,
        element=element[streets.street],
        measures=np.column_stack([hours, USD_PER_KM * km, km]),
        element_count=element_count,
    )
    title = f"{name}, {element_count} elements drawn {'by use' if by_use else 'evenly'}"
    return Instance(
        name,
        title,
        graph,
        use.origins,
        use.destinations,
        SECONDS_PER_HOUR,
        streets.lat,
        streets.lon,
    )


def reference_instance() -> Instance:
    """Return the reference network with all gates open; whatever governs an arc is an element."""
    catalog = Catalog()
    world = open_world(catalog, AS_OF)
    consignment = make_consignment(catalog, carrier="KZ", countries=world.network.countries)
    planner = Planner(world=world, consignment=consignment)
    priced, states = planner.priced, planner.graph
    mask = planner.mask(Scope(state=State.all_open))
    arcs = [arc for arc in states.arcs if mask[arc.id]]
    names = sorted({arc.element_id for arc in arcs} - {""})
    number = {"": -1} | {name: position for position, name in enumerate(names)}
    charges = [priced.charges[arc.id] for arc in arcs]
    graph = make_arc_graph(
        len(states.states),
        [arc.tail for arc in arcs],
        [arc.head for arc in arcs],
        [priced.ticks[arc.id] for arc in arcs],
        element=[number[arc.element_id] for arc in arcs],
        label=[arc.id for arc in arcs],
        measures=[(sum_hours(c), sum_usd(c), arc.km) for c, arc in zip(charges, arcs, strict=True)],
        element_count=len(names),
    )
    places = world.network.places
    located = [places[place] for place, _ in states.states]
    random = stream(SEED, "reference", "od")

    def ends(countries: frozenset[str]) -> Ints:
        known = [
            position
            for position, (place, (_, layer)) in enumerate(zip(located, states.states, strict=True))
            if place.country in countries and layer == "road"
        ]
        return np.sort(random.choice(known, OD_COUNT, replace=False)).astype(np.int32)

    return Instance(
        "reference",
        f"reference network, its {len(names)} elements",
        graph,
        ends(FROM_COUNTRIES),
        ends(TO_COUNTRIES),
        TICKS_PER_USD * consignment.value_of_time_usd_per_hour,
        *np.array([place.position for place in located]).T,
    )


def draw_mixed(instance: Instance, count: int, *, batch: int = 0) -> Draws:
    """Return scenarios in which an element is open (half), delayed 1–48 h (0.3) or shut (0.2)."""
    random = stream(SEED, instance.name, "mixed", str(batch))
    size = (count, instance.graph.element_count)
    state = random.random(size, dtype=np.float32)
    hours = random.integers(1, 48, size, dtype=np.int8, endpoint=True)
    delayed = (state >= 0.2) & (state < 0.5)  # noqa: PLR2004
    return Draws(state < 0.2, np.where(delayed, hours, 0).astype(np.int64))  # noqa: PLR2004


def draw_shut(instance: Instance, count: int, *, batch: int = 0) -> Draws:
    """Return scenarios in which an element is shut in one of ten, and never delayed."""
    random = stream(SEED, instance.name, "shut", str(batch))
    size = (count, instance.graph.element_count)
    shut = random.random(size, dtype=np.float32) < 0.1  # noqa: PLR2004
    return Draws(shut, np.zeros(size, dtype=np.int64))
