"""What is known beforehand of when elements work: the calendar of closures, days of the week."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karwan.base.errors import DataError
from karwan.base.traffic import FREIGHT_CLASSES
from karwan.data.rows.closures import ClosureCalendarRow
from karwan.evidence.delays import DAYS_PER_WEEK, read_delays
from karwan.hazard.calendar import Rule
from karwan.hazard.delays import Regime

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from karwan.data.catalog import Catalog
    from karwan.evidence.closures import ClosureRecord
    from karwan.network.network import Network


def calendar_rules(catalog: Catalog) -> tuple[Rule, ...]:
    """Return what shuts elements on days known beforehand.

    Raises
    ------
    DataError
        Names every rule that ends before it begins, is announced before its days were known, or is
        withdrawn before it was announced.
    """
    rows = catalog.rows(ClosureCalendarRow)
    faults = [fault for line, row in enumerate(rows, 2) for fault in _order_faults(line, row)]
    if faults:
        where = f"table {ClosureCalendarRow.TABLE}"
        raise DataError(where, faults)
    return tuple(
        Rule(
            rule_id=row.id,
            element_id=row.element_id,
            kind=row.kind,
            start=row.start,
            end=row.end,
            yearly=row.yearly,
            announced_on=row.announced_on,
            withdrawn_on=row.withdrawn_on,
            occasion=row.occasion or row.id,
            occasion_known_on=row.occasion_known_on,
        )
        for row in rows
    )


def _order_faults(line: int, row: ClosureCalendarRow) -> Iterator[str]:
    known = row.occasion_known_on
    for name, day, other, before in (
        ("end", row.end, "the start", row.start),
        ("announced_on", row.announced_on, "occasion_known_on", known),
        (
            "withdrawn_on",
            row.withdrawn_on,
            "what was known or announced",
            row.announced_on or known,
        ),
    ):
        if day is not None and before is not None and day < before:
            yield f"line {line} ({row.id}): {name} {day} lies before {other}, {before}"


def regimes_of(
    catalog: Catalog, record: ClosureRecord, network: Network, as_of: dt.date
) -> tuple[Regime, ...]:
    """Return the partial regimes that run on a date and slow freight both ways by known hours.

    Only of a crossing open some days a week the hours are known (`weekly_wait_hours`); what was
    slowed and not counted has no delay here, which is not a delay of zero.
    """
    regimes = []
    for name, delays in sorted(read_delays(catalog, record).running(as_of).items()):
        known = [
            (weekly_wait_hours(one.open_share * DAYS_PER_WEEK), one.closure_id)
            for one in delays
            if one.open_share and one.direction == "both" and one.traffic_class in FREIGHT_CLASSES
        ]
        if known and name in network.elements and network.elements[name].kind == "crossing":
            hours, evidence = max(known)
            regimes.append(Regime(name, hours, evidence))
    return tuple(regimes)


def weekly_wait_hours(open_days: float) -> float:
    """Return the mean wait, in hours, at a gate that is open so many days a week, evenly spread.

    Who comes while it is shut waits for the next open day: with k open days each gap is
    (7 - k) / k days, and the mean wait over all times of arrival is (7 - k)^2 / (14 k) days.

    Examples
    --------
    >>> weekly_wait_hours(7.0), round(weekly_wait_hours(3.0), 1)
    (0.0, 9.1)
    """
    shut = DAYS_PER_WEEK - open_days
    return 24.0 * shut**2 / (2 * DAYS_PER_WEEK * open_days)
