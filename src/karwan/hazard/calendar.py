"""Closures that a calendar foretells: winters, holidays, elections. Never a hazard.

They enter no rate and no length. A forecast may use what was known on its date, and no more. A rule
has two dates: since when the days of its occasion were known, and since when it was announced that
the gate shuts. Before the second the occasion gives a chance, never a certainty; after the day on
which it was withdrawn, nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A scheduled closure of an element: `[start, end)` once, or every year on the same days.

    Attributes
    ----------
    announced_on
        Day on which it was announced that the element shuts; None where it was not.
    occasion, occasion_known_on
        What it is for (a vote, a feast), and since when its days were known. From then until it is
        announced the occasion gives a chance of a shut gate and no certainty.
    """

    rule_id: str
    element_id: str
    kind: str
    start: dt.date
    end: dt.date
    yearly: bool
    announced_on: dt.date | None
    withdrawn_on: dt.date | None
    occasion: str = ""
    occasion_known_on: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """An element shut by calendar on days `[start, end)`, with a chance of `p`; 1 if announced."""

    rule_id: str
    element_id: str
    kind: str
    start: dt.date
    end: dt.date
    p: float = 1.0
    occasion: str = ""

    def shuts(self, element_id: str, day: dt.date) -> bool:
        """Whether it shuts an element on a day."""
        return element_id == self.element_id and self.start <= day < self.end


RUNNING = "running"
"""Kind of what a calendar shuts on the date itself."""
MOST_DAYS, LEAST_P = 30, 0.01
"""What runs by a calendar is told for so many days, and no further than this chance."""

Shares = Callable[[Rule], float]
"""A rule to the chance that its occasion shuts its element, if that was not announced."""


def shut_share(shut: Iterable[bool], others: Iterable[bool]) -> float:
    """Return the share of occasions on which an element was shut, shrunk to that of its frontier.

    The frontier's other gates are worth one occasion, and before any is known the share is a half.

    Examples
    --------
    >>> shut_share([], []), shut_share([True, True, True], [True]), shut_share([False], [])
    (0.5, 0.9375, 0.25)
    """
    mine, rest = list(shut), list(others)
    frontier = (sum(rest) + 0.5) / (len(rest) + 1)
    return (sum(mine) + frontier) / (len(mine) + 1)


def lasts(lengths: Sequence[int], age_days: int, ahead_days: int) -> float:
    """Return the chance that an occasion which shuts a gate still does so, so many days on.

    In discrete time: the share that ended on each day of those that had lasted till then, each day
    leaning by one occasion on the share of all days. Before any is known, half end on a day.

    Parameters
    ----------
    lengths
        Whole days that past occasions shut a gate, at least 1 each.
    age_days
        Days for which it has been shut.

    Examples
    --------
    >>> lasts([], 0, 1), lasts([3, 3, 3], 0, 0)
    (0.5, 1.0)
    >>> lasts([3, 3, 3], 0, 2) > lasts([3, 3, 3], 2, 1)
    True
    """
    ended, days = len(lengths), sum(lengths)
    usual = (ended + 1) / (days + 2)
    p = 1.0
    for day in range(age_days + 1, age_days + ahead_days + 1):
        reached = sum(length >= day for length in lengths)
        p *= 1 - (sum(length == day for length in lengths) + usual) / (reached + 1)
    return p


def still_shut(
    *, rule_id: str, element_id: str, start: dt.date, as_of: dt.date, lengths: Sequence[int]
) -> tuple[Scheduled, ...]:
    """Return what an occasion that shuts a gate on a date does to it from then on, day by day.

    On a future the days hang together: they share the occasion, and with it one draw.
    """
    age_days = (as_of - start).days
    days = []
    for ahead in range(MOST_DAYS + 1):
        p = lasts(lengths, age_days, ahead)
        if p < LEAST_P:
            break
        first = as_of + dt.timedelta(days=ahead)
        days.append(
            Scheduled(
                rule_id=rule_id,
                element_id=element_id,
                kind=RUNNING,
                start=first,
                end=first + dt.timedelta(days=1),
                p=p,
                occasion=f"running since {start}",
            )
        )
    return tuple(days)


def schedule(
    rules: Iterable[Rule],
    as_of: dt.date,
    first: dt.date,
    last: dt.date,
    *,
    share: Shares | None = None,
) -> tuple[Scheduled, ...]:
    """Return what the calendar known on a date foretells for days from `first` to `last`.

    Parameters
    ----------
    share
        The chance of a rule whose occasion is known and which is not announced; if None such a rule
        foretells nothing.

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
        if rule.withdrawn_on is not None and rule.withdrawn_on <= as_of:
            continue
        p = 1.0
        if rule.announced_on is None or rule.announced_on > as_of:
            if share is None or rule.occasion_known_on is None or rule.occasion_known_on > as_of:
                continue
            p = share(rule)
        for start, end in _days(rule, last):
            if start <= last and end > first:
                found.append(
                    Scheduled(
                        rule_id=rule.rule_id,
                        element_id=rule.element_id,
                        kind=rule.kind,
                        start=start,
                        end=end,
                        p=p,
                        occasion=rule.occasion or rule.rule_id,
                    )
                )
    return tuple(sorted(found, key=lambda item: (item.element_id, item.start, item.rule_id)))


def begun_before(rule: Rule, day: dt.date) -> list[dt.date]:
    """Return the days before one on which a rule's occasion began, announced or not.

    Examples
    --------
    >>> day = dt.date
    >>> rule = Rule(
    ...     rule_id="r", element_id="pass", kind="winter", start=day(2011, 12, 1),
    ...     end=day(2012, 4, 1), yearly=True, announced_on=None, withdrawn_on=None,
    ... )
    >>> [str(start) for start in begun_before(rule, day(2012, 12, 2))]
    ['2011-12-01', '2012-12-01']
    """
    return [
        start
        for start, end in _days(rule, day - dt.timedelta(days=1))
        if start < day and end > rule.start
    ]


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
