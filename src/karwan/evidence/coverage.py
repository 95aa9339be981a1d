"""When closures of which element were searched for, and how well: what a count of them rests on.

Not searched is not safe. Only searched days are time at risk, and a gate of which too few were
searched has no rate of its own. Spans were set after looking, and a find helped to make a year
good: so how much a thin search finds is no estimate but a stated band (grade C).
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from karwan.base.errors import DataError
from karwan.base.reprs import short_repr
from karwan.data.rows.closures import RecordCoverageRow

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog

ONE_DAY = dt.timedelta(days=1)
RECORD_START = dt.date(2014, 1, 1)
"""Before it the record is thin: few of the sources that were read reach further back."""
LEAST_YEARS, LOOK_BACK_YEARS = 3, 8
"""Searched: at least three searched years within the last eight before the date."""
DAYS_PER_YEAR = 365
DETECTION_LOW, DETECTION_HIGH = 0.3, 1.0
"""Share of closures that a thin search finds: a stated band, grade C. Good years have six times the
closures of thin ones, but a find helped to make a year good, so their ratio estimates nothing."""


class Quality(StrEnum):
    """How well closures were searched for."""

    good = "good"
    thin = "thin"
    none = "none"


SEARCHED = (Quality.good, Quality.thin)


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `start` to `last`, both searched alike."""

    start: dt.date
    last: dt.date
    quality: Quality


@dataclass(frozen=True)
class Coverage:
    """Spans by element. Empty: nothing is said of any, and all time counts as searched well."""

    spans: Mapping[str, Sequence[Span]] = field(default_factory=dict)

    __repr__ = short_repr

    @property
    def is_stated(self) -> bool:
        """Whether anything is said of how well was searched."""
        return bool(self.spans)

    def quality(self, element_id: str, day: dt.date) -> Quality:
        """Return how well closures of a day were searched for.

        Examples
        --------
        >>> day = dt.date(2020, 1, 1)
        >>> str(Coverage().quality("gate", day))
        'good'
        >>> spans = {"gate": [Span(day, day, Quality.thin)]}
        >>> str(Coverage(spans).quality("gate", day)), str(Coverage(spans).quality("pass", day))
        ('thin', 'none')
        """
        if not self.is_stated:
            return Quality.good
        mine = self.spans.get(element_id, ())
        return next((s.quality for s in mine if s.start <= day <= s.last), Quality.none)

    def searched_days(
        self,
        element_id: str,
        first: dt.date,
        until: dt.date,
        qualities: Sequence[Quality] = SEARCHED,
    ) -> int:
        """Return the days `[first, until)` on which an element's closures were searched for."""
        if not self.is_stated:
            return max((until - first).days, 0) if Quality.good in qualities else 0
        return sum(
            max((min(span.last + ONE_DAY, until) - max(span.start, first)).days, 0)
            for span in self.spans.get(element_id, ())
            if span.quality in qualities
        )

    def searched_dates(
        self, element_ids: Iterable[str], first: dt.date, until: dt.date
    ) -> list[dt.date]:
        """Return the days `[first, until)` on which closures of all elements were searched for.

        Examples
        --------
        >>> span = Span(dt.date(2020, 1, 2), dt.date(2020, 1, 3), Quality.thin)
        >>> days = Coverage({"gate": [span]}).searched_dates
        >>> len(days(["gate"], dt.date(2020, 1, 1), dt.date(2020, 1, 3)))
        1
        """
        every = range((until - first).days)
        if not self.is_stated:
            return [first + ONE_DAY * n for n in every]
        searched = set(every)
        for name in element_ids:
            searched &= {
                n
                for span in self.spans.get(name, ())
                if span.quality in SEARCHED
                for n in range((span.start - first).days, (span.last - first).days + 1)
            }
        return [first + ONE_DAY * n for n in sorted(searched)]

    def is_searched(self, element_id: str, as_of: dt.date) -> bool:
        """Whether an element was searched enough before a date to have a chance of its own."""
        if not self.is_stated:
            return True
        first = as_of - dt.timedelta(days=LOOK_BACK_YEARS * DAYS_PER_YEAR + 2)
        days = self.searched_days(element_id, first, as_of)
        return days >= LEAST_YEARS * DAYS_PER_YEAR

    def is_covered(self, element_id: str, first: dt.date, until: dt.date) -> bool:
        """Whether all days `[first, until)` were searched, so that none found means none."""
        return self.searched_days(element_id, first, until) >= (until - first).days


def stated_coverage(catalog: Catalog) -> Coverage:
    """Return when closures of which element were searched for; empty where no table says.

    Raises
    ------
    DataError
        Names every span that ends before it begins, or overlaps another of its element.
    """
    spans = [
        (f"line {line}", row.element_id, Span(row.start, row.last, Quality(row.quality)))
        for line, row in enumerate(catalog.rows(RecordCoverageRow), 2)
    ]
    faults = overlap_faults(spans)
    if faults:
        where = f"table {RecordCoverageRow.TABLE}"
        raise DataError(where, faults)
    by_element: dict[str, list[Span]] = {}
    for _, element_id, span in spans:
        by_element.setdefault(element_id, []).append(span)
    return Coverage(by_element)


def overlap_faults(spans: Iterable[tuple[str, str, Span]]) -> list[str]:
    """Return what is wrong with spans, each with the place of its row and its element."""
    faults = []
    by_element: dict[str, list[tuple[str, Span]]] = {}
    for where, element_id, span in spans:
        if span.last < span.start:
            faults.append(f"{where}: last {span.last} lies before the start {span.start}")
        by_element.setdefault(element_id, []).append((where, span))
    for element_id, mine in by_element.items():
        ordered = sorted(mine, key=lambda item: item[1].start)
        for (_, before), (where, span) in itertools.pairwise(ordered):
            if span.start <= before.last:
                faults.append(
                    f"{where}: {element_id} from {span.start} to {span.last} overlaps what is "
                    f"said of {before.start} to {before.last}"
                )
    return faults
