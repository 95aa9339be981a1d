"""Rules by which a trip waits or turns aside: after so many days, never, or by the law of lengths.

The last is the rule of the decision at a gate, found anew for the age at which the trip meets it
and for the way around that it then has.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from karwan.analysis.decisions.decision import drains_of
from karwan.analysis.decisions.residual import residual_of
from karwan.analysis.decisions.stopping import Problem, best_rule
from karwan.analysis.decisions.trip_gates import TripGates, stepped
from karwan.analysis.decisions.trip_ways import Stop, TripWay, TripWays
from karwan.analysis.decisions.turns import trucks_before
from karwan.base.errors import DataError, Fault
from karwan.base.units import HOURS_PER_DAY

LOOK_DAYS = 400
"""Days over which a rule is looked for."""
WAIT, BEST, DIVERT = "wait", "best", "divert-after-"
PURE_DAYS = (0, 1, 3, 7, 14, 30)
"""Days after which the pure rules turn aside."""


@dataclass(frozen=True, slots=True)
class Wait:
    """How long a trip waits, and whether it then gives up in place of turning aside."""

    days: float
    gives_up: bool = False


@dataclass(frozen=True)
class Rule:
    """Turn aside after so many days; infinite for never.

    Attributes
    ----------
    by_law
        Take the best day by the law of lengths instead.
    """

    days: float = math.inf
    by_law: bool = False
    _kept: dict[tuple[str, str, float, int], Wait] = field(
        default_factory=dict, repr=False, compare=False
    )

    @property
    def name(self) -> str:
        """What it is called."""
        if self.by_law:
            return "by the law of lengths"
        return WAIT if math.isinf(self.days) else f"{DIVERT}{self.days:g}"

    def limit(
        self,
        ways: TripWays,
        gates: TripGates,
        way: TripWay,
        stop: Stop,
        age_days: float,
        path: int,
        day: float,
    ) -> Wait:
        """Return how long to wait at an element met at an age of its closure."""
        if not self.by_law:
            return Wait(self.days)
        around = ways.around(
            stop.place_id, lambda one: one == stop.element_id or gates.is_shut(one, path, day)
        )
        age = stepped(age_days)
        key = (stop.element_id, stop.place_id, age, id(around))
        if key not in self._kept:
            self._kept[key] = best_wait(gates, way, stop, age, around)
        return self._kept[key]


WAITING = Rule()
"""Wait for whatever is shut."""


def best_wait(
    gates: TripGates, way: TripWay, stop: Stop, age_days: float, around: TripWay | None
) -> Wait:
    """Return the best day on which to stop waiting, by dynamic programming, and how to stop."""
    days = np.arange(LOOK_DAYS + 1.0)
    residual = residual_of(gates.world, gates.model, stop.element_id, age_days)
    assert residual is not None  # an age was asked
    survival = np.minimum.accumulate(np.clip(residual.survival(days), 0.0, 1.0))
    survival[0] = 1.0
    gate, bill = gates.gate(stop), gates.bill(stop)
    mine = gates.class_at(stop)
    ahead = 0.0 if gate is None else trucks_before(gate, age_days, mine)
    waits = days + drains_of(residual, gate, ahead, days, mine)
    rest_days = way.journey.hours.value * (1 - stop.hours_share) / HOURS_PER_DAY
    through = (
        bill.waited_usd(waits) + bill.cargo_usd(waits + rest_days) + way.usd * (1 - stop.usd_share)
    )
    give_up = bill.waited_usd(days) + bill.value_usd + bill.box_value_usd
    stop_usd = give_up
    if around is not None:
        on_the_way = days + around.journey.hours.value / HOURS_PER_DAY
        turned = bill.waited_usd(days) + bill.cargo_usd(on_the_way) + around.usd
        stop_usd = np.minimum(turned, give_up)
    best = best_rule(Problem(survival, through, stop_usd))
    if best.stop_day >= LOOK_DAYS:
        return Wait(math.inf)
    return Wait(float(best.stop_day), bool(stop_usd[best.stop_day] == give_up[best.stop_day]))


def read_policy(text: str) -> tuple[Rule, ...]:
    """Return the rules among which a policy takes the best: one, or all of them.

    Raises
    ------
    DataError
        If there is no such policy.

    Examples
    --------
    >>> [rule.name for rule in read_policy("divert-after-3")], len(read_policy("best"))
    (['divert-after-3'], 8)
    """
    if text == WAIT:
        return (Rule(),)
    if text == BEST:
        return (Rule(by_law=True), Rule(), *(Rule(float(days)) for days in PURE_DAYS))
    number = text.removeprefix(DIVERT)
    if text.startswith(DIVERT) and number.isdecimal() and int(number) <= LOOK_DAYS:
        return (Rule(float(number)),)
    words = f"not {WAIT}, {BEST} or {DIVERT}N with N days, {LOOK_DAYS} at most"
    raise DataError("the question", [Fault("policy", words, text)])
