"""Which dated rules on vehicles and cargo are in force on a date."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from karwan.base.known import in_force
from karwan.base.reprs import short_repr
from karwan.network.network import Network
from karwan.network.nouns import Restriction


@dataclass(frozen=True)
class Rules:
    """The rules of a network on a date.

    Attributes
    ----------
    travel_on
        The day on which they are met, if later than the date on which they are known.
    """

    network: Network
    as_of: dt.date
    travel_on: dt.date | None = None

    __repr__ = short_repr

    def in_force(self, effect: str) -> tuple[Restriction, ...]:
        """Return the rules of one effect that hold on the as-of date.

        A rule whose end was not found holds as last known, unless a newer one on the same place
        replaces it.
        """
        if effect not in self._rules:
            self._rules[effect] = tuple(self._find_rules(effect))
        return self._rules[effect]

    @cached_property
    def _rules(self) -> dict[str, tuple[Restriction, ...]]:
        """Rules in force by effect, each effect sought once."""
        return {}

    def _find_rules(self, effect: str) -> list[Restriction]:
        rules = [rule for rule in self.network.restrictions if rule.effect == effect]
        day = self.travel_on or self.as_of
        known = [rule for rule in rules if rule.published <= self.as_of]
        begun = [rule for rule in known if in_force(rule.start, None, rule.published, day)]
        alive = [rule for rule in begun if in_force(rule.start, rule.end, rule.published, day)]
        newest: dict[str, dt.date] = {}
        for rule in begun:
            if rule.start is not None:
                newest[rule.target] = max(newest.get(rule.target, rule.start), rule.start)
        return [
            rule
            for rule in alive
            if rule.end is not None
            or rule.start is None
            or rule.start >= newest.get(rule.target, rule.start)
        ]
