"""Seeded futures: which elements are shut on which days, on many paths at once.

Each frontier group has random streams of its own, so that neither the order of elements nor what
else is drawn changes a path; the same paths serve every alternative (common random numbers).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from karwan.base.seeds import stream
from karwan.hazard.durations import Lengths, fit_lengths
from karwan.hazard.history import Episode, History
from karwan.hazard.rates import Rate, fit_rates

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]

LENGTH_SD_LOG = 0.1
"""Elements of one episode reopen within about a tenth of its length of one another (estimate)."""
POOL_CLOSURES = 10.0
HIT_PRIOR = 1.0
"""Weight, in episodes, of hits drawn one by one beside the sets seen together."""


@dataclass(frozen=True)
class HazardModel:
    """Rates, hits and lengths as known on a date."""

    history: History
    rates: dict[str, Rate]
    lengths: dict[str, Lengths]

    def hit_share(self, element_id: str, group: str) -> float:
        """Return the share of a group's episodes that hit an element, shrunk to the group's."""
        episodes = self.history.of_group(group)
        members = self.history.groups[group]
        hits = sum(element_id in episode.elements for episode in episodes)
        pooled = sum(len(episode.elements) for episode in episodes)
        middle = (pooled + 1) / (max(len(episodes), 1) * len(members) + len(members))
        return (hits + HIT_PRIOR * middle) / (len(episodes) + HIT_PRIOR)

    def structural_share(self, element_id: str, group: str) -> float:
        """Return the share of an element's closures that are structural.

        Frontiers differ, and so do their gates: what shut Ghulam Khan for years never shut Torkham
        so long before October 2025. A frontier's share is shrunk to the pool's and an element's to
        its frontier's, each as if ten closures of that kind had been seen.
        """
        episodes = self.history.of_group(group)
        mine = [episode for episode in episodes if element_id in episode.elements]
        lengths = self.lengths[group]
        frontier = _shrunk_share(lengths, lengths.structural_share, episodes)
        return _shrunk_share(lengths, frontier, mine)

    def lengths_of(self, elements: Sequence[str], group: str) -> Lengths:
        """Return the law of an episode that hits elements: the mean of their structural shares."""
        shares = [self.structural_share(name, group) for name in elements]
        return self.lengths[group].with_share(sum(shares) / len(shares))

    def running(self, element_id: str) -> tuple[Episode, float, float] | None:
        """Return the episode that shuts an element, its age when last seen, and days since."""
        for episode in reversed(self.history.episodes):
            for item in episode.running:
                if item.element_id == element_id:
                    age = float((item.seen_until - item.start).days)
                    return episode, age, float((self.history.as_of - item.seen_until).days)
        return None


def fit_hazard(history: History) -> HazardModel:
    """Return the model of a history: rates by group, lengths pooled with a scale per group.

    Raises
    ------
    FitError
        If the history is too thin.
    """
    counts = {group: len(history.of_group(group)) for group in history.groups}
    days = dict.fromkeys(history.groups, history.exposure_days())
    pooled = _lengths(history.episodes)
    lengths = {group: _shrunk(history.of_group(group), pooled) for group in history.groups}
    return HazardModel(history, fit_rates(counts, days), lengths)


def _lengths(episodes: tuple[Episode, ...]) -> Lengths:
    return fit_lengths([e.days for e in episodes], [e.ended for e in episodes])


PRIOR_SD_LOG = 0.7
"""How far ordinary lengths of groups differ from one another, on the log scale (estimate)."""


def _shrunk(episodes: tuple[Episode, ...], pooled: Lengths) -> Lengths:
    """Return the pooled law with its ordinary scale moved towards the group's own.

    Normal-normal on log length: each ended ordinary closure is one observation whose standard
    deviation is that of a log-logistic, pi / (shape sqrt 3).
    """
    from karwan.hazard.durations import FEWEST_DAYS, LogLogistic

    logs = [
        np.log(max(e.days, FEWEST_DAYS) / pooled.ordinary.scale_days)
        for e in episodes
        if e.ended and pooled.structural_share_of(e.days) < 0.5  # noqa: PLR2004
    ]
    variance = np.pi**2 / 3 / pooled.ordinary.shape**2
    shift = sum(logs) / (len(logs) + variance / PRIOR_SD_LOG**2)
    scale = float(pooled.ordinary.scale_days * np.exp(shift))
    return Lengths(
        LogLogistic(scale, pooled.ordinary.shape),
        pooled.structural,
        pooled.structural_share,
        pooled.event_count,
        pooled.ended_count,
    )


def _shrunk_share(lengths: Lengths, prior: float, episodes: Sequence[Episode]) -> float:
    """Return a share of structural closures from those whose length tells, and a prior share."""
    told = [lengths.structural_share_of(e.days) for e in episodes if e.ended]
    told += [lengths.structural_share_at(e.days) for e in episodes if not e.ended and e.running]
    return (POOL_CLOSURES * prior + sum(told)) / (POOL_CLOSURES + len(told))


@dataclass(frozen=True)
class ScenarioSet:
    """Spells on many paths over a horizon, in days since the as-of date.

    Attributes
    ----------
    path, element
        Shape (n_spells,): which path, and which of `elements`.
    start_days, end_days
        Shape (n_spells,): half-open, from 0 to the horizon at most.
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

    def shut_on(self, day: float) -> Bools:
        """Return which elements are shut on a day, shape (path_count, n_elements)."""
        found = np.zeros((self.path_count, len(self.elements)), dtype=bool)
        now = (self.start_days <= day) & (day < self.end_days)
        found[self.path[now], self.element[now]] = True
        return found

    def masks_on(self, day: float) -> npt.NDArray[np.uint8]:
        """Return the state of a day as bits, shape (path_count, ceil(n_elements / 8))."""
        return np.packbits(self.shut_on(day), axis=1, bitorder="little")

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

    @cached_property
    def spell_count(self) -> int:
        """Return how many spells there are on all paths."""
        return int(self.path.size)


def draw_scenarios(
    model: HazardModel,
    *,
    seed: int,
    path_count: int = 10_000,
    horizon_days: int = 730,
    from_today: bool = True,
) -> ScenarioSet:
    """Return futures of all elements.

    Parameters
    ----------
    from_today
        False asks for ordinary times: nothing shut at the start; new episodes as ever.
    """
    elements = tuple(sorted({name for names in model.history.groups.values() for name in names}))
    index = {name: k for k, name in enumerate(elements)}
    parts: list[tuple[Ints, Ints, Floats, Floats]] = []
    for group in model.history.groups:
        parts += _new_spells(model, group, index, seed, path_count, horizon_days)
        if from_today:
            parts += _running_spells(model, group, index, seed, path_count)
    path, element, start, end = (np.concatenate(column) for column in zip(*parts, strict=True))
    end = np.minimum(end, float(horizon_days))
    kept = (end > 0) & (start < end)
    path, element, start, end = path[kept], element[kept], start[kept], end[kept]
    order = np.lexsort((end, start, element, path))
    return ScenarioSet(
        model.history.as_of,
        horizon_days,
        path_count,
        seed,
        elements,
        path[order],
        element[order],
        np.maximum(start[order], 0.0),
        end[order],
    )


def _new_spells(
    model: HazardModel,
    group: str,
    index: dict[str, int],
    seed: int,
    path_count: int,
    horizon_days: int,
) -> list[tuple[Ints, Ints, Floats, Floats]]:
    random = stream(seed, "hazard", "new", group)
    rate, members = model.rates[group], model.history.groups[group]
    # The rate itself is uncertain: one draw of the gamma per path.
    means = random.gamma(rate.count, 1 / rate.exposure_days, path_count) * horizon_days
    counts = random.poisson(means)
    path = np.repeat(np.arange(path_count, dtype=np.int32), counts)
    start = random.random(path.size) * horizon_days
    sets = _hit_sets(model, group, members, path.size, random)
    shares = np.array([model.structural_share(name, group) for name in members])
    mean_share = (sets @ shares) / np.maximum(sets.sum(axis=1), 1)
    length = model.lengths[group].draw_remaining(
        0.0, path.size, random, structural_share=mean_share
    )
    hits, where = np.nonzero(sets)
    jitter = np.exp(LENGTH_SD_LOG * random.standard_normal(hits.size))
    ids = np.array([index[name] for name in members], dtype=np.int32)
    return [(path[hits], ids[where], start[hits], start[hits] + length[hits] * jitter)]


def _hit_sets(
    model: HazardModel,
    group: str,
    members: tuple[str, ...],
    count: int,
    random: np.random.Generator,
) -> Bools:
    """Return which members each episode hits, shape (count, n_members); each hits one at least.

    A past episode's set is drawn, so that joint hits come as often as they did; now and then,
    with the prior's weight, hits are drawn one by one.
    """
    seen = [
        [name in episode.elements for name in members] for episode in model.history.of_group(group)
    ]
    shares = np.array([model.hit_share(name, group) for name in members])
    alone = random.random((count, len(members))) < shares
    first = random.choice(len(members), size=count, p=shares / shares.sum())
    empty = ~alone.any(axis=1)
    alone[empty, first[empty]] = True
    u = random.random(count)
    if not seen:
        return alone
    drawn = np.array(seen, dtype=bool)[random.integers(len(seen), size=count)]
    fresh = u < HIT_PRIOR / (HIT_PRIOR + len(seen))
    return np.where(fresh[:, None], alone, drawn)


def _running_spells(
    model: HazardModel, group: str, index: dict[str, int], seed: int, path_count: int
) -> list[tuple[Ints, Ints, Floats, Floats]]:
    """Draw how long what runs still lasts: one length per episode, alike for its elements."""
    found = []
    path = np.arange(path_count, dtype=np.int32)
    for episode in model.history.of_group(group):
        if not episode.running:
            continue
        random = stream(seed, "hazard", "running", group, episode.name)
        seen = max(item.seen_until for item in episode.running)
        age = float((seen - episode.start).days)
        gap = float((model.history.as_of - seen).days)
        left = model.lengths_of(episode.elements, group).draw_remaining(age, path_count, random)
        for item in sorted(episode.running, key=lambda item: item.element_id):
            own = stream(seed, "hazard", "running", group, episode.name, item.element_id)
            jitter = np.exp(LENGTH_SD_LOG * own.standard_normal(path_count))
            element = np.full(path_count, index[item.element_id], dtype=np.int32)
            found.append((path, element, np.zeros(path_count), left * jitter - gap))
    return found
