"""Closures that a calendar foretells: winters, holidays, elections. Never a hazard.

They enter no rate and no length. A forecast may use what had been announced on its date, and no
more: a rule is known from the day on which it was announced until the day it was withdrawn.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A scheduled closure of an element: `[start, end)` once, or every year on the same days."""

    rule_id: str
    element_id: str
    kind: str
    start: dt.date
    end: dt.date
    yearly: bool
    announced_on: dt.date
    withdrawn_on: dt.date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """An element shut by calendar on days `[start, end)`."""

    rule_id: str
    element_id: str
    kind: str
    start: dt.date
    end: dt.date

    def shuts(self, element_id: str, day: dt.date) -> bool:
        """Whether it shuts an element on a day."""
        return element_id == self.element_id and self.start <= day < self.end


def schedule(
    rules: Iterable[Rule], as_of: dt.date, first: dt.date, last: dt.date
) -> tuple[Scheduled, ...]:
    """Return what the calendar known on a date foretells for days from `first` to `last`.

    Examples
    --------
    >>> day = dt.date
    >>> rule = Rule(
    ...     rule_id="r", element_id="pass", kind="winter", start=day(2011, 12, 1),
    ...     end=day(2012, 4, 1), yearly=True, announced_on=day(2011, 1, 1), withdrawn_on=None,
    ... )
    >>> found = schedule([rule], day(2014, 6, 1), day(2014, 6, 1), day(2015, 1, 1))
    >>> [(str(item.start), str(item.end)) for item in found]
    [('2014-12-01', '2015-04-01')]
    """
    found = []
    for rule in rules:
        if rule.announced_on > as_of or (
            rule.withdrawn_on is not None and rule.withdrawn_on <= as_of
        ):
            continue
        for start, end in _days(rule, last):
            if start <= last and end > first:
                found.append(
                    Scheduled(
                        rule_id=rule.rule_id,
                        element_id=rule.element_id,
                        kind=rule.kind,
                        start=start,
                        end=end,
                    )
                )
    return tuple(sorted(found, key=lambda item: (item.element_id, item.start, item.rule_id)))


def _days(rule: Rule, last: dt.date) -> list[tuple[dt.date, dt.date]]:
    if not rule.yearly:
        return [(rule.start, rule.end)]
    years = range(rule.start.year, last.year + 1)
    span = rule.end.year - rule.start.year
    return [(_in_year(rule.start, year), _in_year(rule.end, year + span)) for year in years]


def _in_year(day: dt.date, year: int) -> dt.date:
    """Return the same day of another year; for 29 February, the 28th where there is none."""
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)
