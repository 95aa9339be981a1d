"""The engine's arrays: small graphs and questions, sound, heavy, and hostile in one place or more.

An input that means something is answered as an independent search over Python's whole numbers
answers it, or refused; one that means nothing is refused; one that is small and sound is answered.
"""

from __future__ import annotations

import contextlib
import functools
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from karwan.base.errors import DataError
from karwan.route import arcgraph, condense, detours, lanes
from tests.fuzz.oracle import Unexpected, call
from tests.oracles.plain_graph import SHUT, PlainAnswer, PlainArc, best_answers, least_ticks

HOSTILE: tuple[Any, ...] = (
    2**63 - 1, 2**63, 2**64 - 1, 2**64, 2**62, 2**61, 2**60, 2**53 + 1, 2**31, 2**32 + 5,
    4294967301, 2**20 - 1, 2**20, 10**400, -1, -2, -(2**31) - 1, -(2**63), -(2**63) - 1,
    0.5, 1.5, -0.0, -0.5,
    2.0, 1e16, 1e18, 9.3e18, 1e308, 5e-324, float("nan"), float("inf"), float("-inf"), True, False,
    None, "1", "", b"1", 1j, (1,), [], np.int8(-1), np.uint64(2**63), np.float32(0.1),
    np.datetime64("2026-11-22"),
)  # fmt: skip
SIZES: tuple[Any, ...] = (0, -1, 1, 2, 2.5, 3.0, True, None, "3", 2**31, 2**40, 2**70, float("nan"))
COUNTS: tuple[Any, ...] = (0, -1, 1, 5, 2.5, True, "3", 2**20, 2**20 + 1, 2**40)
DTYPES = ("int8", "int32", "int64", "uint8", "uint64", "float32", "float64", "bool", "object", "U9")
COLUMNS = ("tail", "head", "ticks", "element", "label", "share", "measures", "guarded")
ASKED = ("origins", "destinations", "extra_ticks", "extra_measures", "shut")
SCALES = (1, 1, 1, 2**20, 2**29, 2**31, 2**53, 2**57, 2**59, 2**61)
MOST_SOUND_TICKS = 2**40
"""A graph whose weights add up to less, and of which nothing is hostile, must be answered."""


@dataclass(frozen=True)
class EngineCase:
    """What is handed to the engine, and whether all of it is sound."""

    node_count: Any
    element_count: Any
    given: dict[str, Any]
    sound: bool


class EngineArrays:
    """Arrays of a graph and of a question about it."""

    name = "engine"
    long_count = 20_000
    slice_count = 150

    def draw(self, rng: random.Random, number: int) -> EngineCase:
        """Return a sound case, spoiled in two of three."""
        case = _sound_case(rng)
        return _spoiled_case(rng, case) if number % 3 else case

    def check(self, case: EngineCase, folder: Path) -> list[str]:
        """Return where the engine is wrong, breaks, or refuses what is sound."""
        del folder
        return _check(case)

    def describe(self, case: EngineCase) -> str:
        """Return the input."""
        return f"{case!r:.3000}"


def _sound_case(rng: random.Random) -> EngineCase:
    nodes, elements, arcs = rng.randint(1, 6), rng.randint(1, 5), rng.randint(0, 14)
    scale = rng.choice(SCALES)
    rows = []
    for number in range(arcs):
        tail, head = rng.randrange(nodes), rng.randrange(nodes)
        ticks = min(rng.choice((0, 0, 1, 2, 3, 7)) * rng.choice((1, scale)), 2**63 - 1)
        element = rng.choice((-1, -1, *range(elements)))
        joint = rng.random() < 0.1 and tail < head and element < 0
        rows.append([
            tail, head, 0 if joint else ticks, element, -1 if joint else number,
            rng.choice((1.0, 1.0, 0.5, 0.3)),
            [rng.choice((0.0, 0.25, 1.5, 40.0)) for _ in range(3)],
            element >= 0 and rng.random() < 0.95,
        ])  # fmt: skip
    if rows and rng.random() < 0.4:
        rows += [[*rng.choice(rows)] for _ in range(3)]
    given: dict[str, Any] = {name: [row[k] for row in rows] for k, name in enumerate(COLUMNS)}
    if not rows:
        given["measures"] = np.zeros((0, 3))
    for name in ("label", "share", "measures", "guarded"):
        if rng.random() < 0.2:
            given[name] = None
    given["origins"] = [rng.randrange(nodes) for _ in range(rng.randint(1, 2))]
    given["destinations"] = [rng.randrange(nodes) for _ in range(rng.randint(1, 2))]
    more = rng.choice((1, scale))
    given["extra_ticks"] = [
        [rng.choice((SHUT, SHUT, 0, 0, more, 4 * more)) for _ in range(elements)] for _ in range(3)
    ]
    given["extra_measures"] = [
        [[rng.choice((0, 0, 5, 10**6)) for _ in range(3)] for _ in range(elements)]
        for _ in range(3)
    ]
    given["shut"] = [rng.randrange(elements) for _ in range(rng.randint(0, 3))]
    heavy = sum(given["ticks"]) + sum(max(x, 0) for row in given["extra_ticks"] for x in row)
    return EngineCase(nodes, elements, given, sound=heavy * max(arcs, 1) < MOST_SOUND_TICKS)


def _spoiled_case(rng: random.Random, case: EngineCase) -> EngineCase:
    given = dict(case.given)
    nodes, elements = case.node_count, case.element_count
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        how = rng.randrange(10)
        if how == 0:
            nodes = rng.choice(SIZES)
        elif how == 1:
            elements = rng.choice((*COUNTS, None))
        else:
            name = rng.choice((*COLUMNS, *ASKED))
            given[name] = _spoiled(rng, given[name])
    return EngineCase(nodes, elements, given, sound=False)


def _spoiled(rng: random.Random, given: Any) -> Any:
    """Return an array with an entry changed, or as another type, shape or length."""
    if not isinstance(given, list) or not given:
        return rng.choice((None, [], 0, "x", {1: 2}, [[]], [1, [2]], rng.choice(HOSTILE)))
    rows = _copied(given)
    how = rng.randrange(8)
    if how < 4:
        inner = rows
        while isinstance(inner[0], list) and inner[0]:
            inner = rng.choice(inner)
        inner[rng.randrange(len(inner))] = rng.choice(HOSTILE)
        return rows if how < 3 else _as_array(rows, "")
    if how == 4:
        return rng.choice((rows[:-1], [*rows, rows[0]], [rows], rows[0]))
    if how == 5:
        array = _as_array(rows, "")
        return array if isinstance(array, list) else np.ma.masked_array(
            array, mask=np.random.default_rng(rng.randrange(99)).random(array.shape) < 0.3
        )  # fmt: skip
    return _as_array(rows, rng.choice(DTYPES))


def _copied(given: list[Any]) -> list[Any]:
    return [_copied(item) if isinstance(item, list) else item for item in given]


def _as_array(rows: list[Any], dtype: str) -> Any:
    """Return rows as an array of a type, or as they are where NumPy makes none of them."""
    with np.errstate(all="ignore"):
        try:
            return np.array(rows, dtype=dtype or None)
        except (ValueError, TypeError, OverflowError):
            return rows


def _values(given: Any) -> Any:
    """Return nested lists of what was given; None where something is masked."""
    if np.ma.is_masked(given):
        return None
    if isinstance(given, tuple):
        return list(given)
    return given.tolist() if isinstance(given, np.ndarray) else given


def _whole(given: Any, depth: int = 1) -> Any:
    """Return nested lists of whole numbers, or None where these are not what was given.

    A flag beside numbers is one for NumPy too, so only flags alone are none.
    """
    rows = _values(given)
    flat = [*_flat(rows, depth)]
    if not _is_even(rows, depth) or (flat and all(isinstance(x, bool) for x in flat)):
        return None
    for x in flat:
        number = isinstance(x, (int, float, np.integer, np.floating))
        if not number or not _is_finite(x) or int(x) != x:
            return None
    return _each_whole(rows, depth)


def _flat(rows: Any, depth: int) -> Iterator[Any]:
    if depth == 0 or not isinstance(rows, list):
        yield rows
        return
    for row in rows:
        yield from _flat(row, depth - 1)


def _is_even(rows: Any, depth: int) -> bool:
    """Tell whether lists are nested as deep as that, each level of one length."""
    if depth == 0:
        return not isinstance(rows, (list, tuple))
    return (
        isinstance(rows, list)
        and all(_is_even(row, depth - 1) for row in rows)
        and (depth == 1 or len({len(row) for row in rows}) < 2)
    )


def _each_whole(rows: Any, depth: int) -> Any:
    return [_each_whole(row, depth - 1) for row in rows] if depth else int(rows)


def _is_finite(x: Any) -> bool:
    return isinstance(x, (int, np.integer)) or math.isfinite(x)


def _figures(given: Any) -> Any:
    """Return a list of finite numbers, or None where these are not what was given."""
    rows = _values(given)
    if not isinstance(rows, list):
        return None
    try:
        numbers = [float(x) for x in rows if not isinstance(x, (str, bytes))]
    except (TypeError, ValueError, OverflowError):
        return None
    fine = len(numbers) == len(rows) and all(map(math.isfinite, numbers))
    return numbers if fine else None


def _meant(case: EngineCase) -> list[PlainArc] | None:
    """Return the arcs as Python's numbers, or None where the input means no graph."""
    given = case.given
    columns = {name: _whole(given[name]) for name in ("tail", "head", "ticks")}
    count = len(columns["tail"] or ())
    columns["element"] = [-1] * count if given["element"] is None else _whole(given["element"])
    if any(column is None for column in columns.values()):
        return None
    labels = list(range(count)) if given["label"] is None else _whole(given["label"])
    shares = [1.0] * count if given["share"] is None else _figures(given["share"])
    guards: Any = given["guarded"]
    guards = [e >= 0 for e in columns["element"]] if guards is None else _values(guards)
    rows: Any = _values(given["measures"])
    if given["measures"] is None:
        rows = [[0.0] * 3] * count
    sizes = [_figures(row) for row in rows] if isinstance(rows, list) else [None]
    columns |= {"label": labels, "share": shares, "guarded": guards, "sizes": sizes}
    if any(not isinstance(c, list) or len(c) != count for c in columns.values()):
        return None
    if any(size is None or len(size) != 3 or min(size) < 0 for size in sizes):
        return None
    if not _in_range(case, columns) or any(g not in (0, 1) for g in guards):
        return None
    return [
        PlainArc(
            tail=columns["tail"][k], head=columns["head"][k], ticks=columns["ticks"][k],
            element=columns["element"][k], label=labels[k], share=shares[k],
            guarded=bool(guards[k]), measures=_scaled(sizes[k] or ()),
        )
        for k in range(count)
    ]  # fmt: skip


def _scaled(size: Sequence[float]) -> tuple[int, int, int]:
    """Return hours, USD and km as whole millionths and metres; what is endless is refused."""
    hours, usd, km = (x * k for x, k in zip(size, (1e6, 1e6, 1e3), strict=True))
    return (
        round(hours) if math.isfinite(hours) else 0,
        round(usd) if math.isfinite(usd) else 0,
        round(km) if math.isfinite(km) else 0,
    )


def _in_range(case: EngineCase, columns: dict[str, Any]) -> bool:
    nodes, count = case.node_count, case.element_count
    if not _is_size(nodes) or not (count is None or _is_size(count)):
        return False
    most = max(columns["element"], default=-1) + 1 if count is None else count
    return (
        all(0 <= x < nodes for x in (*columns["tail"], *columns["head"]))
        and all(x >= 0 for x in columns["ticks"])
        and all(-1 <= x < most for x in columns["element"])
        and all(x >= -1 for x in columns["label"])
        and all(0 <= x <= 1 for x in columns["share"])
    )


def _is_size(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


@functools.lru_cache(maxsize=1)
def _compile() -> None:
    """Ask everything once: compiling takes longer than an answer may."""
    for weight in (1, 2**40, 2**61):  # 32-bit lanes, 64-bit lanes, too heavy for a key
        graph = arcgraph.make_arc_graph(2, [0], [1], [weight], element=[0])
        lane = lanes.Lanes(condense.condense(graph, [0], [1]))
        for extra in ([[0]], [[SHUT]]):
            with contextlib.suppress(DataError):
                lane.weights(np.array(extra))
            with contextlib.suppress(DataError):
                lane.routes(np.array(extra))
        with contextlib.suppress(DataError):
            detours.DetourTree(graph, 0, 1).best([0])


def _check(case: EngineCase) -> list[str]:
    _compile()
    given = case.given
    graph = _asked(arcgraph.make_arc_graph, case.node_count, given["tail"], given["head"],
                   given["ticks"], element=given["element"], label=given["label"],
                   measures=given["measures"], share=given["share"], guarded=given["guarded"],
                   element_count=case.element_count)  # fmt: skip
    arcs = _meant(case)
    faults = _told(graph, "the graph", meant=arcs is not None, sound=case.sound)
    if faults or isinstance(graph, DataError) or arcs is None:
        return faults
    return _check_trees(case, graph, arcs) + _check_lanes(case, graph, arcs)


def _asked(question: Callable[..., Any], *given: Any, **named: Any) -> Any:
    return call(question, *given, allowed=(DataError,), **named)


def _told(answer: Any, what: str, *, meant: bool, sound: bool) -> list[str]:
    """Return what is wrong with an answer before it is looked into."""
    if isinstance(answer, Unexpected):
        return [f"{what}: {answer.text}"]
    if isinstance(answer, DataError):
        if not answer.faults:
            return [f"{what}: refused without a fault"]
        return [f"{what}: sound, and refused: {answer}"] if sound else []
    return [] if meant else [f"{what}: it means nothing, and was taken"]


def _indices(given: Any, count: int) -> list[int] | None:
    """Return indices, or None if one is none."""
    rows = _values(given)
    if not isinstance(rows, list) or any(isinstance(x, bool) for x in rows):
        return None
    numbers = _whole(rows)
    fine = numbers is not None and all(0 <= x < count for x in numbers)
    return numbers if fine else None


def _check_trees(case: EngineCase, graph: Any, arcs: Sequence[PlainArc]) -> list[str]:
    origins = _indices(case.given["origins"], case.node_count)
    goals = _indices(case.given["destinations"], case.node_count)
    shut = _indices(case.given["shut"], graph.element_count)
    if not origins or not goals:
        return []
    faults: list[str] = []
    for origin in origins:
        for goal in goals:
            route = _asked(_best, graph, origin, goal, case.given["shut"])
            title = f"tree {origin}-{goal}"
            faults += _told(route, title, meant=shut is not None, sound=case.sound)
            if faults or isinstance(route, DataError) or shut is None:
                continue
            states = [SHUT if e in shut else 0 for e in range(graph.element_count)]
            least = least_ticks(case.node_count, arcs, states, origin)[goal]
            best = best_answers(arcs, states, origin, goal)
            answer = None if route is None else PlainAnswer(
                route.ticks,
                (round(route.hours * 1e6), round(route.usd * 1e6), round(route.km * 1e3)),
                frozenset(route.elements), route.labels,
            )  # fmt: skip
            if (-1 if route is None else route.ticks) != least:
                faults.append(f"{title}: {route}, least {least}")
            elif answer is not None and answer not in _first_by_labels(best):
                faults.append(f"{title}: {answer} is not the first of {best}")
    return faults


def _best(graph: Any, origin: int, goal: int, shut: Any) -> Any:
    return detours.DetourTree(graph, origin, goal, 2).best(shut)


def _first_by_labels(best: Sequence[PlainAnswer]) -> list[PlainAnswer]:
    """Return the answers whose labels come first; labels may repeat."""
    first = min((one.labels for one in best), default=())
    return [one for one in best if one.labels == first]


def _check_lanes(case: EngineCase, graph: Any, arcs: Sequence[PlainArc]) -> list[str]:
    given = case.given
    condensed = _asked(condense.condense, graph, given["origins"], given["destinations"])
    origins = _indices(given["origins"], case.node_count)
    goals = _indices(given["destinations"], case.node_count)
    faults = _told(condensed, "condense", meant=bool(origins and goals), sound=case.sound)
    if faults or isinstance(condensed, DataError) or not origins or not goals:
        return faults
    lane = _asked(lanes.Lanes, condensed)
    if isinstance(lane, (Unexpected, DataError)):
        return _told(lane, "lanes", meant=True, sound=case.sound)
    extra = _whole(given["extra_ticks"], 2)
    fits = (
        extra is not None
        and all(len(row) == graph.element_count for row in extra)
        and all(x >= SHUT for row in extra for x in row)
    )
    more = None if given["extra_measures"] is None else _whole(given["extra_measures"], 3)
    more_fits = given["extra_measures"] is None or (
        more is not None and fits and np.shape(more) == (len(extra), graph.element_count, 3)
    )
    weights = _asked(lane.weights, given["extra_ticks"])
    routes = _asked(lane.routes, given["extra_ticks"], given["extra_measures"])
    faults = _told(weights, "weights", meant=fits, sound=case.sound)
    faults += _told(routes, "routes", meant=fits and more_fits, sound=case.sound)
    if faults or (isinstance(weights, DataError) and isinstance(routes, DataError)):
        return faults
    for s, row in enumerate(extra or ()):
        for i, origin in enumerate(origins):
            least = least_ticks(case.node_count, arcs, row, origin)
            for j, goal in enumerate(goals):
                title = f"scenario {s}, {origin}-{goal}"
                if not isinstance(weights, DataError) and weights.ticks[s, i, j] != least[goal]:
                    faults.append(f"{title}: weight {weights.ticks[s, i, j]}, least {least[goal]}")
                if isinstance(routes, DataError):
                    continue
                best = best_answers(arcs, row, origin, goal, more[s] if more else None)
                seen = (
                    int(routes.ticks[s, i, j]),
                    tuple(routes.measures[s, i, j].tolist()),
                    frozenset(e for e in range(min(graph.element_count, 64))
                              if int(routes.masks[s, i, j, 0]) >> e & 1),
                )  # fmt: skip
                allowed = [(one.ticks, one.measures, one.elements) for one in best]
                if seen not in (allowed or [(SHUT, (0, 0, 0), frozenset())]):
                    faults.append(f"{title}: {seen} is none of {allowed}")
    return faults
