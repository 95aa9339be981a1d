"""How often corridors are open over the coming year, at levels of security: the slower second call.

A level draws futures for seconds, so it holds a lock of its own: flips go on meanwhile. Levels of
one question share their trees.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from threading import RLock
from typing import TYPE_CHECKING

from karwan.analysis.corridors.comparison import Comparison, CorridorAnswer, Status
from karwan.analysis.corridors.planner import Planner, plan
from karwan.analysis.forecasts.closures import fit_world
from karwan.analysis.futures.reliability import TODAY, Roads
from karwan.analysis.futures.sampling import Sampling
from karwan.analysis.futures.security import SecurityPoint, Standing, security_point
from karwan.base.reprs import short_repr
from karwan.words.speech import say, say_counting, say_number

if TYPE_CHECKING:
    from karwan.analysis.world.question import Asked, Question
    from karwan.analysis.world.world import World
    from karwan.hazard.model import HazardModel

LEVELS = (0.25, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0)
"""Notches of the slider: how many times as often closures come."""
MOST_ROADS, MOST_POINTS = 2, 128


def how_often(factor: float) -> str:
    """Return how often closures come beside now, as a reader would say it.

    Examples
    --------
    >>> how_often(1.0), how_often(0.25), how_often(1.4)
    ('as often as now', '0.25 times as often as now', '1.4 times as often as now')
    """
    if factor == 1:
        return say("as often as now")
    digits = next((few for few in range(2) if round(factor, few) == factor), 2)
    return say_counting(
        "{count} time as often as now",
        "{count} times as often as now",
        factor,
        count=say_number(factor, digits),
    )


@dataclass(frozen=True, kw_only=True)
class Level:
    """How the corridors of a comparison stand at a level of security, from today on."""

    comparison: Comparison
    point: SecurityPoint

    __repr__ = short_repr

    @property
    def rows(self) -> list[tuple[CorridorAnswer, Standing]]:
        """Each corridor compared, with its standing."""
        known = {one.ensemble.name: one for one in self.point.standings if one.times == TODAY}
        return [
            (answer, known[answer.corridor.id])
            for answer in self.comparison.answers
            if answer.corridor.id in known
        ]


@dataclass(kw_only=True)
class FarSight:
    """Levels of security in one world, asked for and kept.

    Attributes
    ----------
    path_count
        Futures drawn at the record's own level; other levels take a part, as the command does.
    """

    world: World
    path_count: int
    lock: RLock = field(default_factory=RLock, repr=False)
    _model: HazardModel | None = field(default=None, repr=False)
    _planners: OrderedDict[Hashable, Planner] = field(default_factory=OrderedDict, repr=False)
    _roads: OrderedDict[Question, Roads] = field(default_factory=OrderedDict, repr=False)
    _points: OrderedDict[tuple[Question, float], SecurityPoint] = field(
        default_factory=OrderedDict, repr=False
    )

    def level(self, asked: Asked, comparison: Comparison, factor: float) -> Level:
        """Return how corridors stand when closures come so many times as often as now."""
        key = (asked.question, factor)
        if key not in self._points:
            with self.lock:
                if key not in self._points:
                    self._keep(key, self._drawn(asked, comparison, factor))
        return Level(comparison=comparison, point=self._points[key])

    def _keep(self, key: tuple[Question, float], point: SecurityPoint) -> None:
        self._points[key] = point
        while len(self._points) > MOST_POINTS:
            self._points.popitem(last=False)

    def _drawn(self, asked: Asked, comparison: Comparison, factor: float) -> SecurityPoint:
        if self._model is None:
            self._model = fit_world(self.world)
        corridors = [
            answer.corridor
            for answer in comparison.answers
            if not answer.same_as and answer.status in (Status.open, Status.cut)
        ]
        return security_point(
            self._roads_of(asked),
            self._model,
            corridors,
            (comparison.origin, comparison.destination),
            factor=factor,
            sampling=Sampling(path_count=self.path_count),
        )

    def _roads_of(self, asked: Asked) -> Roads:
        question = asked.question
        if question not in self._roads:
            key = (question.shipment, question.price_year, question.travel)
            if key not in self._planners:
                # A planner of its own: those of the desk are behind the desk's lock.
                base = self.world.travelling(question.travel)
                self._planners[key] = plan(replace(asked, world=base))
            self._roads[question] = Roads(planner=self._planners[key].in_world(asked.world))
            while len(self._roads) > MOST_ROADS:
                self._roads.popitem(last=False)
        return self._roads[question]
