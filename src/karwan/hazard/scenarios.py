"""Seeded futures: which elements are shut on which days, on many paths at once.

Each frontier group has random streams of its own, so that neither the order of elements nor what
else is drawn changes a path; the same paths serve every alternative (common random numbers).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt

from karwan.base.limits import check, check_spells, check_whole
from karwan.base.reprs import short_repr
from karwan.base.seeds import stream
from karwan.hazard.delays import NO_DELAYS, Delays, Ramp, Regime, Spells, draw_delays
from karwan.hazard.law import Floats
from karwan.hazard.model import LENGTH_SD_LOG, HazardModel, Pattern

Ints = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]

WORD_BITS = 64
NO_INTS: Ints = np.empty(0, dtype=np.int32)


class CauseKind(StrEnum):
    """Where a spell of a future comes from."""

    running = "running"
    scheduled = "scheduled"
    new = "new"


@dataclass(frozen=True, slots=True)
class Cause:
    """What spells of a future come from: an episode that runs, an occasion, or new ones of a group.

    Attributes
    ----------
    name
        Of the episode, the occasion or the frontier group.
    """

    kind: CauseKind
    name: str


@dataclass(frozen=True, kw_only=True)
class ScenarioSet:
    """Spells on many paths over a horizon, in days since the as-of date.

    Attributes
    ----------
    elements
        Ids in alphabetical order; an element's position is its bit.
    path, element
        Shape (n_spells,): which path, and which of `elements`.
    start_days, end_days
        Shape (n_spells,): half-open, from 0 to the horizon at most.
    delays
        What is open and slow: ramps after a reopening, partial regimes. They shut nothing.
    causes, cause, episode
        What spells come from; shape (n_spells,): which of `causes`, and which episode of it. Spells
        of one path that share both are one event. Empty where nobody said.
    """

    as_of: dt.date
    horizon_days: int
    path_count: int
    seed: int
    elements: tuple[str, ...]
    path: Ints
    element: Ints
    start_days: Floats
    end_days: Floats
    delays: Delays = NO_DELAYS
    causes: tuple[Cause, ...] = ()
    cause: Ints = field(default_factory=NO_INTS.copy)
    episode: Ints = field(default_factory=NO_INTS.copy)

    __repr__ = short_repr

    @cached_property
    def element_index(self) -> Mapping[str, int]:
        """The bit of every element: word `index // 64`, bit `index % 64`."""
        return {name: k for k, name in enumerate(self.elements)}

    @property
    def word_count(self) -> int:
        """Return how many words of 64 bits hold one state."""
        return -(-len(self.elements) // WORD_BITS)

    def shut_on(self, day: float) -> Bools:
        """Return which elements are shut on a day, shape (path_count, n_elements)."""
        found = np.zeros((self.path_count, len(self.elements)), dtype=bool)
        now = self._now(day)
        found[self.path[now], self.element[now]] = True
        return found

    def masks_on(self, day: float) -> Words:
        """Return the state of a day as bits, shape (path_count, word_count).

        Bit `element_index[name] % 64` of word `element_index[name] // 64` is 1 where it is shut.
        """
        found = np.zeros((self.path_count, self.word_count), dtype=np.uint64)
        now = self._now(day)
        element = self.element[now]
        bits = np.left_shift(np.uint64(1), (element % WORD_BITS).astype(np.uint64))
        np.bitwise_or.at(found, (self.path[now], element // WORD_BITS), bits)
        return found

    def delays_on(self, day: float) -> Floats:
        """Return hours lost beside the usual ones, shape (path_count, n_elements); 0 where shut."""
        found = self.delays.on(day, (self.path_count, len(self.elements)))
        found[self.shut_on(day)] = 0.0
        return found

    def _now(self, day: float) -> npt.NDArray[np.intp]:
        return np.flatnonzero((self.start_days <= day) & (day < self.end_days))

    def shut_days(self, element_id: str) -> Floats:
        """Return the days an element is shut within the horizon, shape (path_count,)."""
        return self.any_shut_days((element_id,))

    def any_shut_days(
        self, element_ids: tuple[str, ...], until_days: float | None = None
    ) -> Floats:
        """Return the days on which any of the elements is shut, shape (path_count,).

        Parameters
        ----------
        until_days
            Count only so far; the whole horizon if None.
        """
        until = float(self.horizon_days) if until_days is None else until_days
        wanted = [k for k, name in enumerate(self.elements) if name in element_ids]
        mine = np.isin(self.element, wanted) & (self.start_days < until)
        order = np.lexsort((self.start_days[mine], self.path[mine]))
        path = self.path[mine][order]
        start, end = self.start_days[mine][order], np.minimum(self.end_days[mine][order], until)
        found = np.zeros(self.path_count)
        if not path.size:
            return found
        # Union of intervals by path: the running maximum of ends, begun anew on each path.
        shifted = end + path * (self.horizon_days + 1.0)
        reach = np.maximum.accumulate(shifted)
        before = np.concatenate(([-np.inf], reach[:-1]))
        base = path * (self.horizon_days + 1.0)
        new = np.maximum(shifted - np.maximum(start + base, before), 0.0)
        np.add.at(found, path, new)
        return found

    @property
    def spell_count(self) -> int:
        """Return how many spells there are on all paths."""
        return int(self.path.size)


def spells_per_day(model: HazardModel) -> float:
    """Return how many closures a future is expected to begin on a day, over all elements.

    An episode shuts at most every element of its group: a bound from above.
    """
    return sum(
        model.rates[group].hazard_per_day * len(members)
        for group, members in model.history.groups.items()
    )


def draw_scenarios(  # noqa: PLR0913
    model: HazardModel,
    *,
    seed: int,
    path_count: int = 10_000,
    horizon_days: int = 730,
    from_today: bool = True,
    ramp: Ramp | None = None,
    regimes: Sequence[Regime] | None = None,
    batch: int = 0,
) -> ScenarioSet:
    """Return futures of all elements: spells, and the ramps and regimes that slow what is open.

    Parameters
    ----------
    from_today
        False asks for ordinary times: nothing unforeseen shut at the start, new episodes as ever.
        What a calendar foretells is in both.
    ramp
        How slowly traffic restarts after a closure, and where; the model's if None.
    regimes
        Partial regimes that run on the as-of date; left out in ordinary times. The model's if None.
    batch
        Number of the batch: each has streams of its own, so that more futures are drawn batch by
        batch.
    """
    check_whole("seed", seed)
    check("horizon", horizon_days)
    check_spells(path_count * horizon_days * spells_per_day(model))
    elements = tuple(sorted({name for names in model.history.groups.values() for name in names}))
    index = {name: k for k, name in enumerate(elements)}
    parts = _scheduled(model, index, (seed, *_names(batch)), path_count)
    for group in sorted(model.history.groups):
        parts.append(
            _new_spells(model, group, index, (seed, *_names(batch)), path_count, horizon_days)
        )
    if from_today:
        parts += _running_spells(model, index, (seed, *_names(batch)), path_count)
    drawn = Spells(
        np.concatenate([NO_INTS, *(part.spells.path for part in parts)]),
        np.concatenate([NO_INTS, *(part.spells.element for part in parts)]),
        np.concatenate([np.empty(0), *(part.spells.start_days for part in parts)]),
        np.concatenate([np.empty(0), *(part.spells.end_days for part in parts)]),
    )
    causes = tuple(dict.fromkeys(part.cause for part in parts))
    known = {cause: k for k, cause in enumerate(causes)}
    cause = np.repeat(
        np.array([known[part.cause] for part in parts], dtype=np.int32),
        [part.spells.path.size for part in parts],
    )
    episode = np.concatenate([NO_INTS, *(part.episode for part in parts)])
    path, element, start, end = drawn.path, drawn.element, drawn.start_days, drawn.end_days
    slow = model.regimes if regimes is None else regimes
    restart = model.ramp if ramp is None else ramp
    delays = draw_delays(drawn, restart, slow if from_today else (), index)
    end = np.minimum(end, float(horizon_days))
    kept = np.flatnonzero((end > 0) & (start < end))
    order = kept[np.lexsort((end[kept], start[kept], element[kept], path[kept]))]
    return ScenarioSet(
        as_of=model.as_of,
        horizon_days=horizon_days,
        path_count=path_count,
        seed=seed,
        elements=elements,
        path=path[order],
        element=element[order],
        start_days=np.maximum(start[order], 0.0),
        end_days=end[order],
        delays=delays,
        causes=causes,
        cause=cause[order],
        episode=episode[order],
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """Spells of one cause; `episode` says which of its episodes each is of."""

    cause: Cause
    spells: Spells
    episode: Ints

    __repr__ = short_repr


def _names(batch: int) -> tuple[str, ...]:
    """Return what a batch adds to the names of its streams; the first adds nothing."""
    return (f"batch {batch}",) if batch else ()


def _scheduled(
    model: HazardModel,
    index: Mapping[str, int],
    seed: tuple[int, *tuple[str, ...]],
    path_count: int,
) -> list[_Part]:
    """Return what a calendar foretells: what is announced on every path, the rest by its chance.

    Gates of one occasion share their draw.
    """
    known = [item for item in model.scheduled if item.element_id in index]
    place = {
        name: stream(*seed, "hazard", "occasion", name).random(path_count)
        for name in sorted({item.occasion for item in known if item.p < 1})
    }
    every = np.arange(path_count, dtype=np.int32)
    parts = []
    for item in known:
        path = every if item.p >= 1 else every[place[item.occasion] < item.p]
        spells = Spells(
            path,
            np.full(path.size, index[item.element_id], dtype=np.int32),
            np.full(path.size, float((item.start - model.as_of).days)),
            np.full(path.size, float((item.end - model.as_of).days)),
        )
        year = np.full(path.size, item.start.year, dtype=np.int32)
        parts.append(_Part(Cause(CauseKind.scheduled, item.occasion), spells, year))
    return parts


def _new_spells(
    model: HazardModel,
    group: str,
    index: Mapping[str, int],
    seed: tuple[int, *tuple[str, ...]],
    path_count: int,
    horizon_days: int,
) -> _Part:
    """Draw a group's new episodes: how many, when, of which pattern, and how long each lasts."""
    random = stream(*seed, "hazard", "new", group)
    rate, patterns = model.rates[group], model.patterns(group)
    # The rate itself is uncertain: one draw of the gamma per path.
    means = random.gamma(rate.count, 1 / rate.exposure_days, path_count) * horizon_days
    counts = random.poisson(means)
    path = np.repeat(np.arange(path_count, dtype=np.int32), counts)
    start = random.random(path.size) * horizon_days
    edges = np.cumsum([pattern.share for pattern in patterns])
    which = np.minimum(
        np.searchsorted(edges, random.random(path.size), side="right"), len(patterns) - 1
    )
    length = _lengths(patterns, which, random)
    hit_counts = np.array([len(pattern.hits) for pattern in patterns])
    flat = [hit for pattern in patterns for hit in pattern.hits]
    first = np.concatenate(([0], np.cumsum(hit_counts)))[:-1]
    episode = np.repeat(np.arange(path.size), hit_counts[which])
    begun = np.cumsum(hit_counts[which]) - hit_counts[which]
    hit = first[which][episode] + np.arange(episode.size) - begun[episode]
    ids = np.array([index.get(one.element_id, -1) for one in flat], dtype=np.int32)
    offset = np.array([one.offset_days for one in flat])
    ratio = np.array([one.length_ratio for one in flat])
    twins = model.history.twins
    source = np.array(
        [
            next(k for k, own in enumerate(pattern.hits)
                 if own.element_id == twins.get(one.element_id, one.element_id))
            for pattern in patterns
            for one in pattern.hits
        ]
    )  # fmt: skip
    noise = random.standard_normal(hit.size)
    # What is not built yet reopens with the gate beside it, to the hour.
    jitter = np.exp(LENGTH_SD_LOG * noise[begun[episode] + source[hit]])
    starts = start[episode] + offset[hit]
    ends = starts + length[episode] * ratio[hit] * jitter
    kept = ids[hit] >= 0
    spells = Spells(path[episode][kept], ids[hit][kept], starts[kept], ends[kept])
    return _Part(Cause(CauseKind.new, group), spells, episode[kept].astype(np.int32))


def _lengths(
    patterns: Sequence[Pattern], which: npt.NDArray[np.intp], random: np.random.Generator
) -> Floats:
    """Draw one length per episode, in days."""
    laws = [pattern.lengths for pattern in patterns]
    return type(laws[0]).draw_each(laws, which, random)


def _running_spells(
    model: HazardModel,
    index: Mapping[str, int],
    seed: tuple[int, *tuple[str, ...]],
    path_count: int,
) -> list[_Part]:
    """Draw how long what runs still lasts: one length per episode, alike for its elements."""
    parts = []
    path = np.arange(path_count, dtype=np.int32)
    drawn: dict[str, Floats] = {}
    for name in model.running_elements():
        running = model.running(name)
        if running is None or name not in index:
            continue
        gate = model.history.twins.get(name, name)
        episode = running.episode
        key = f"{episode.name}:{running.age_days:g}"
        if key not in drawn:
            # Elements of one episode, seen as long, share the draw; the age is each one's own.
            random = stream(*seed, "hazard", "running", episode.group, episode.name)
            law = model.running_law(running)
            drawn[key] = law.draw_remaining(running.age_days, path_count, random)
        own = stream(*seed, "hazard", "running", episode.group, episode.name, gate)
        jitter = np.exp(LENGTH_SD_LOG * own.standard_normal(path_count))
        element = np.full(path_count, index[name], dtype=np.int32)
        start = np.full(path_count, -(running.age_days + running.gap_days))
        spells = Spells(path, element, start, drawn[key] * jitter - running.gap_days)
        cause = Cause(CauseKind.running, episode.name)
        parts.append(_Part(cause, spells, np.zeros(path_count, dtype=np.int32)))
    return parts
