"""The hazard model: how often a frontier has an episode, what it hits, how long it lasts.

All chances here are closed forms of exactly what `karwan.hazard.scenarios` draws, so that a chance
told in words is the share of paths.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from karwan.base.reprs import short_repr
from karwan.hazard.calendar import Scheduled
from karwan.hazard.delays import NO_RAMP, Ramp, Regime
from karwan.hazard.durations import fit_lengths
from karwan.hazard.history import Episode, History, Hit, Shut
from karwan.hazard.law import FitLaw, Floats, Law, survival_after
from karwan.hazard.pooling import Pool, pool_lengths
from karwan.hazard.rates import Counted, Rate, RateFit, fit_elements

LENGTH_SD_LOG = 0.1
"""Elements of one episode reopen within about a tenth of its length of one another: 33 of the 40 of
frontiers' episodes whose ends are all known (tested on the record). The others keep their own share
of the length as well, by which they are drawn."""
LEAST_RATE_PER_DAY = 1e-9
"""Rate of a group of which nothing is built: none, in effect."""
NODES, NODE_WEIGHTS = np.polynomial.hermite_e.hermegauss(7)
JITTERS = np.exp(LENGTH_SD_LOG * NODES)
JITTER_WEIGHTS = NODE_WEIGHTS / NODE_WEIGHTS.sum()
QUADRATURE_COUNT = 400
OPENING_COUNT = 61
"""Days within a horizon on which a shut gate may open, for the chance that it shuts anew."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A way in which an episode of a group hits: its chance, elements, and law of length."""

    share: float
    hits: tuple[Hit, ...]
    lengths: Law


@dataclass(frozen=True, slots=True)
class Running:
    """A closure that runs: its episode, its age when last seen, and days since then."""

    episode: Episode
    item: Shut
    age_days: float
    gap_days: float


@dataclass(frozen=True, kw_only=True)
class HazardModel:
    """Rates, hits and lengths as known on a date.

    Attributes
    ----------
    rates
        Of episodes, by group.
    fitted
        Rates of closures by element, on which the groups' rest, and of a new element by kind.
    ramp, regimes
        What is open and slow on futures: how gates restart, and partial regimes that run.
    """

    history: History
    rates: dict[str, Rate]
    pool: Pool
    fitted: RateFit
    scheduled: tuple[Scheduled, ...] = ()
    ramp: Ramp = NO_RAMP
    regimes: tuple[Regime, ...] = ()

    __repr__ = short_repr

    @property
    def as_of(self) -> dt.date:
        """The date on which all this was known."""
        return self.history.as_of

    def patterns(self, group: str) -> tuple[Pattern, ...]:
        """Return the ways in which an episode of a group hits; their shares sum to 1.

        Each past episode's set comes as often as it did, so that joint hits do too.
        """
        return self._patterns[group]

    @cached_property
    def _patterns(self) -> dict[str, tuple[Pattern, ...]]:
        return {group: self._make_patterns(group) for group in self.history.groups}

    @cached_property
    def _hits(self) -> dict[str, list[tuple[str, Pattern, Hit]]]:
        """Every way to be hit, by element: the group whose episode it is, the pattern, the hit."""
        found: dict[str, list[tuple[str, Pattern, Hit]]] = {}
        for group, patterns in self._patterns.items():
            for pattern in patterns:
                for hit in pattern.hits:
                    found.setdefault(hit.element_id, []).append((group, pattern, hit))
        return found

    def _p_none(self, element_id: str, weigh: Callable[[Pattern, Hit], float]) -> float:
        """Return the chance of no hit, each way weighed by the days in which it could come."""
        days: dict[str, float] = {}
        for group, pattern, hit in self._hits.get(element_id, ()):
            days[group] = days.get(group, 0.0) + pattern.share * weigh(pattern, hit)
        p_none = 1.0
        for group, exposed in days.items():
            p_none *= self.rates[group].p_none(exposed)
        return p_none

    def _make_patterns(self, group: str) -> tuple[Pattern, ...]:
        ways = group_ways(self.history, self.fitted, group)
        total = sum(per_day for per_day, _ in ways)
        return tuple(
            Pattern(
                per_day / total,
                self._with_twins(hits),
                self.lengths_of([hit.element_id for hit in hits], group),
            )
            for per_day, hits in ways
        )

    def _with_twins(self, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        """Return hits with those of elements not built, which share the gate's beside them."""
        beside = [
            Hit(twin, hit.offset_days, hit.length_ratio)
            for hit in hits
            for twin, gate in self.history.twins.items()
            if gate == hit.element_id
        ]
        return (*hits, *beside)

    def lengths_of(self, elements: Sequence[str], group: str) -> Law:
        """Return the law of an episode that hits elements."""
        return self.pool.law(elements, group)

    @cached_property
    def _running(self) -> dict[str, Running]:
        found: dict[str, Running] = {}
        for episode in (*self.history.uncounted, *self.history.episodes):
            for item in episode.running:
                age = float((item.seen_until - item.start).days)
                gap = float((self.as_of - item.seen_until).days)
                found[item.element_id] = Running(episode, item, age, gap)
        for twin, gate in self.history.twins.items():
            if gate in found:
                found[twin] = found[gate]
        return found

    def running(self, element_id: str) -> Running | None:
        """Return the closure that shuts an element, or the gate beside one not built."""
        return self._running.get(element_id)

    def running_elements(self) -> tuple[str, ...]:
        """Return the elements that a closure shuts."""
        return tuple(sorted(self._running))

    def running_law(self, found: Running) -> Law:
        """Return the law of the episode that runs."""
        return self.lengths_of(found.episode.elements, found.episode.group)

    def p_still(self, element_id: str, days: Floats | Sequence[float]) -> Floats:
        """Return the chance that what shuts an element now still does, so many days ahead."""
        ahead = np.asarray(days, dtype=np.float64)
        found = self.running(element_id)
        if found is None:
            return np.zeros_like(ahead)
        law = self.running_law(found)
        further = (found.gap_days + ahead) / JITTERS[:, None]
        return np.asarray(JITTER_WEIGHTS @ survival_after(law, found.age_days, further))

    def p_new_closure(self, element_id: str, days: float, times: float = 1.0) -> float:
        """Return the chance that an unforeseen closure of an element begins within so many days.

        What is shut cannot shut anew before it opens: the chance is that of a closure in the days
        that remain after it has, over all days on which it may.

        Parameters
        ----------
        times
            Closures come so many times as often.
        """
        if self.running(element_id) is None or days <= 0:
            return self.p_new_from_open(element_id, days, times)
        at = days * np.linspace(0.0, 1.0, OPENING_COUNT)
        opened = 1 - self.p_still(element_id, at)
        by_then = np.diff(opened, prepend=0.0)
        left = [self.p_new_from_open(element_id, float(days - day), times) for day in at]
        return float(by_then @ np.array(left))

    def p_new_from_open(self, element_id: str, days: float, times: float = 1.0) -> float:
        """Return the chance of a new closure within so many days of an element that is open."""
        return 1 - self._p_none(element_id, lambda _, hit: times * max(days - hit.offset_days, 0.0))

    def p_new_shut(self, element_id: str, days: float) -> float:
        """Return the chance that a closure begun from now on shuts an element so many days ahead.

        Starts are Poisson given a gamma rate, and a start s days ahead still shuts with the
        survival of the days since; so the number that shut the day is Poisson too, and its chance
        to be none is that of the gamma.
        """
        return 1 - self._p_none(
            element_id,
            lambda pattern, hit: covered_days(
                pattern.lengths, hit.length_ratio, days - hit.offset_days
            ),
        )

    def p_scheduled(self, element_id: str, days: float) -> float:
        """Return the chance that an occasion known on the date shuts an element; 1 if announced."""
        day = self.as_of + dt.timedelta(days=int(days))
        return max((item.p for item in self.scheduled if item.shuts(element_id, day)), default=0.0)

    def p_none_scheduled(self, element_ids: Iterable[str], days: float) -> float:
        """Return the chance that no occasion shuts any of the elements so many days ahead.

        Gates of one occasion shut together: whoever is likelier to shut is shut whenever another
        is.
        """
        day = self.as_of + dt.timedelta(days=int(days))
        names = set(element_ids)
        most: dict[str, float] = {}
        for item in self.scheduled:
            if item.element_id in names and item.start <= day < item.end:
                most[item.occasion] = max(most.get(item.occasion, 0.0), item.p)
        return float(np.prod([1 - p for p in most.values()]))

    def p_shut(self, element_id: str, days: float) -> float:
        """Return the chance that an element is shut so many days ahead.

        What begins while it is shut is no new closure (`p_new_closure`), but may hold it shut.
        """
        p_open = 1 - float(self.p_still(element_id, np.array([days]))[0])
        p_open *= 1 - self.p_new_shut(element_id, days)
        return 1 - p_open * (1 - self.p_scheduled(element_id, days))


def covered_days(lengths: Law, length_ratio: float, days: float) -> float:
    """Return the integral of the survival of a hit from 0 to a horizon, in days.

    Points lie dense near 0, where the survival falls; the error is below a thousandth of a day
    in 90 (tested against adaptive quadrature).
    """
    if days <= 0:
        return 0.0
    at = days * np.linspace(0.0, 1.0, QUADRATURE_COUNT) ** 2
    survival = JITTER_WEIGHTS @ lengths.survival(at / (length_ratio * JITTERS[:, None]))
    return float(np.trapezoid(survival, at))


def fit_hazard(
    history: History, scheduled: Sequence[Scheduled] = (), *, fit: FitLaw = fit_lengths
) -> HazardModel:
    """Return the model of a history: rates by group, lengths pooled by group and element.

    Parameters
    ----------
    scheduled
        What a calendar foretells, as known on the date; it enters no rate and no length.
    fit
        Fits the law of lengths; another than the two-part law is one module, see
        `karwan.hazard.law`.

    Raises
    ------
    FitError
        If the history is too thin.
    """
    episodes = history.episodes
    pooled = fit([e.days for e in episodes], [e.ended for e in episodes])
    fitted = fit_elements(
        {
            name: Counted(
                kind=history.kinds.get(name, ""),
                group=group,
                count=history.closure_count(name),
                exposure_days=history.at_risk_days(name) * history.told_share,
                searched=history.is_searched(name),
            )
            for group, members in history.groups.items()
            for name in members
            if name not in history.twins
        }
    )
    return HazardModel(
        history=history,
        rates={group: group_rate(history, fitted, group) for group in history.groups},
        pool=pool_lengths(history, pooled),
        fitted=fitted,
        scheduled=tuple(scheduled),
    )


def group_ways(
    history: History, fitted: RateFit, group: str
) -> list[tuple[float, tuple[Hit, ...]]]:
    """Return the ways in which a group is hit, each with its rate a day.

    Each past episode comes again as often as each closure counts with the elements that it hit, so
    that joint hits do too; and each element is hit alone as often as its kind and frontier lend it.
    Together each element is hit at its own rate, as nearly as its episodes were its alone.
    """
    ways: list[tuple[float, tuple[Hit, ...]]] = []
    for episode in history.of_group(group):
        known = [hit.element_id for hit in history.searched_hits(episode)]
        weights = [
            fitted.elements[name].per_closure_per_day
            for name in known
            if name in fitted.elements and history.is_searched(name)
        ]
        if weights:
            ways.append((sum(weights) / len(weights), episode.hits))
    members = [name for name in history.groups[group] if name in fitted.elements]
    ways += [(fitted.elements[name].lent_per_day, (Hit(name, 0.0, 1.0),)) for name in members]
    return ways or [(LEAST_RATE_PER_DAY, (Hit(name, 0.0, 1.0),)) for name in history.groups[group]]


def group_rate(history: History, fitted: RateFit, group: str) -> Rate:
    """Return a group's rate of episodes, as uncertain as the rates of its elements together.

    Each past episode is a count of one with its weight; what is lent is as uncertain as the rate
    of the element that it is lent to.
    """
    ways = group_ways(history, fitted, group)
    mean = sum(per_day for per_day, _ in ways)
    own = len(ways) - sum(name in fitted.elements for name in history.groups[group])
    variance = sum(per_day**2 for per_day, _ in ways[:own])
    for per_day, hits in ways[own:]:
        one = fitted.elements.get(hits[0].element_id)
        relative = 1.0 if one is None else 1 / one.rate.count
        variance += per_day**2 * relative
    return Rate(mean**2 / variance, mean / variance)
