"""What was last reported of a gate of the made lands: which report counts on which day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from karwan.analysis.world.status import CrossingStatus, Statuses
from karwan.base.provenance import Source
from karwan.evidence.closures import ClosureRecord
from karwan.evidence.sightings import Sighting
from karwan.evidence.spells import Spell
from tests.worlds import EAST, NEW, RAIL, WEST, Lands

DAY = dt.date(2020, 3, 1)
MADE = Source("https://example.org/made", "2020-01-01", "A")


def day(number: int, month: int = 2) -> dt.date:
    return dt.date(2020, month, number)


def spell(start: dt.date, end: dt.date | None, *, element: str = WEST, **more: str) -> Spell:
    traffic = more.get("traffic_class", "all")
    direction = more.get("direction", "both")
    return Spell(
        closure_id=more.get("closure_id", "K01"),
        element_id=element,
        mode="road",
        traffic_class=traffic,
        direction=direction,
        start=start,
        end=end,
        end_status="observed" if end else "unknown",
        seen_until=None if end else start,
        cause="political",
        description="",
        episode="K01",
        calendar=False,
        source=replace(MADE, date=start.isoformat()),
        open_closed=direction == "both",
    )


def seen(on: dt.date, state: str, **more: str) -> Sighting:
    return Sighting(
        id="S0001",
        element_id=more.get("element_id", WEST),
        mode="road",
        day=on,
        state=state,
        traffic_class=more.get("traffic_class", "all"),
        direction=more.get("direction", "both"),
        note="",
        source=MADE,
    )


def statuses(
    lands: Lands,
    spells: Sequence[Spell] = (),
    sightings: Sequence[Sighting] = (),
    *,
    reported: tuple[str, dt.date | None] = ("unknown", None),
    as_of: dt.date = DAY,
    running: Mapping[str, tuple[Spell, ...]] | None = None,
    open_ids: frozenset[str] = frozenset(),
) -> Statuses:
    """Return what is known of the west gate, reported as something on a day, or never."""
    kind, on = reported
    crossings = dict(lands.network.crossings)
    crossings[WEST] = replace(crossings[WEST], status_kind=kind, status_asof=on)
    return Statuses(
        network=replace(lands.network, crossings=crossings),
        record=ClosureRecord(spells=tuple(spells), sightings=tuple(sightings)),
        as_of=as_of,
        running=running or {},
        open_ids=open_ids,
    )


def told(known: Statuses, element: str = WEST) -> tuple[str, dt.date | None, int | None]:
    status = known.crossing_status(element)
    assert status == known.element_status(element)
    assert status.crossing_id == element
    return status.kind, status.known_on, status.age_days


SILENCE = ("unknown", None, None)


def test_of_what_nothing_is_told_nothing_is_known(two_lands: Lands) -> None:
    assert told(statuses(two_lands)) == SILENCE
    assert statuses(two_lands).crossing_status(WEST).last_known


@pytest.mark.parametrize(("number", "kind"), [(29, "limited"), (30, "unknown")])
def test_a_report_counts_from_its_day(two_lands: Lands, number: int, kind: str) -> None:
    reported = day(1) + dt.timedelta(days=number - 1)
    known = statuses(two_lands, reported=("limited", reported), as_of=day(29))
    assert told(known)[0] == kind


@pytest.mark.parametrize(("age", "old"), [(14, False), (15, True)])
def test_a_report_is_last_known_after_two_weeks(two_lands: Lands, age: int, *, old: bool) -> None:
    known = statuses(two_lands, reported=("open", DAY - dt.timedelta(days=age)))
    assert told(known) == ("open", DAY - dt.timedelta(days=age), age)
    assert known.crossing_status(WEST).last_known is old


def test_a_reopening_counts_from_its_day_and_no_other_end_does(two_lands: Lands) -> None:
    shut = spell(day(1), DAY)
    assert told(statuses(two_lands, [shut])) == ("open", DAY, 0)
    later = replace(shut, end=DAY + dt.timedelta(days=1))
    assert told(statuses(two_lands, [later])) == SILENCE
    for other in (
        replace(shut, direction="a_to_b"),
        replace(shut, traffic_class="pedestrian"),
        replace(shut, element_id=EAST),
    ):
        assert told(statuses(two_lands, [other])) == SILENCE


def test_of_one_day_a_sighting_outdoes_a_report_and_that_a_reopening(two_lands: Lands) -> None:
    """Of different days the newest counts, whatever it is."""
    ended, report = spell(day(1), day(20)), ("limited", day(20))
    sighting = seen(day(20), "open")
    assert told(statuses(two_lands, [ended])) == ("open", day(20), 10)
    assert told(statuses(two_lands, [ended], reported=report)) == ("limited", day(20), 10)
    both = statuses(two_lands, [ended], [sighting], reported=report)
    assert told(both) == ("open", day(20), 10)
    newer = statuses(two_lands, [ended], [sighting], reported=("limited", day(21)))
    assert told(newer) == ("limited", day(21), 9)
    reopened = statuses(two_lands, [spell(day(1), day(21))], reported=report)
    assert told(reopened) == ("open", day(21), 9)


@pytest.mark.parametrize(
    ("sighting", "kind"),
    [
        (seen(day(20), "open"), "open"),
        (seen(day(20), "open", direction="a_to_b"), "limited"),
        (seen(day(20), "limited"), "limited"),
        (seen(day(20), "open", traffic_class="cargo"), "open"),
        (seen(day(20), "open", traffic_class="pedestrian"), "unknown"),
        (seen(day(20), "shut"), "unknown"),
        (seen(day(20), "persons-only"), "unknown"),
        (seen(day(20), "open", element_id=EAST), "unknown"),
    ],
)
def test_a_sighting_of_freight_says_open_or_limited(
    two_lands: Lands, sighting: Sighting, kind: str
) -> None:
    assert told(statuses(two_lands, (), [sighting]))[0] == kind


def test_a_line_has_no_report_of_its_own(two_lands: Lands) -> None:
    known = statuses(two_lands, (), [seen(day(20), "open", element_id="pass-road")])
    assert told(known, "pass-road") == ("open", day(20), 10)
    assert told(known, "yard-rail") == SILENCE


def test_a_closure_without_an_end_since_the_last_report_leaves_nothing_known(
    two_lands: Lands,
) -> None:
    """Begun after the report, and no longer taken to run; on the report's own day it came first."""
    report = ("open", day(10))
    for start, kind in ((day(9), "open"), (day(10), "open"), (day(11), "unknown")):
        known = statuses(two_lands, [spell(start, None)], reported=report)
        assert told(known)[0] == kind
    begun = spell(day(11), None)
    for other in (
        replace(begun, element_id=EAST),
        replace(begun, traffic_class="pedestrian"),
        replace(begun, end=day(12), end_status="observed"),
    ):
        assert told(statuses(two_lands, [other], reported=report))[0] == "open"


def test_a_running_closure_of_freight_is_shut_as_of_its_newest_evidence(two_lands: Lands) -> None:
    first, second = spell(day(1), None), spell(day(15), None, closure_id="K02")
    known = statuses(two_lands, running={WEST: (first, second)}, reported=("open", day(28)))
    assert told(known) == ("shut", day(15), 15)
    people = replace(second, traffic_class="pedestrian")
    assert told(statuses(two_lands, running={WEST: (first, people)})) == ("shut", day(1), 29)
    assert told(statuses(two_lands, running={WEST: (people,)})) == SILENCE


def test_a_status_that_says_shut_makes_a_closure_known_later(two_lands: Lands) -> None:
    begun = spell(day(1), None)
    for reported, known_on in (
        (("shut", day(20)), day(20)),
        (("shut", DAY), DAY),
        (("shut", DAY + dt.timedelta(days=1)), day(1)),
        (("shut", None), day(1)),
        (("open", day(20)), day(1)),
        (("shut", dt.date(2019, 1, 1)), day(1)),
    ):
        assert statuses(two_lands, reported=reported).known_on(begun) == known_on
    line = replace(begun, element_id="pass-road")
    assert statuses(two_lands, reported=("shut", day(20))).known_on(line) == day(1)


def test_a_planned_gate_shares_the_closures_of_the_one_beside_it(two_lands: Lands) -> None:
    begun = spell(day(1), None)
    own = spell(day(2), None, element=NEW, closure_id="K02")
    running = {WEST: (begun,), NEW: (own,)}
    assert statuses(two_lands, running=running).spells_of(NEW) == (own, begun)
    assert statuses(two_lands, running=running).spells_of(WEST) == (begun,)
    assert statuses(two_lands, running=running).spells_of(RAIL) == ()
    opened = statuses(two_lands, running=running, open_ids=frozenset({WEST}))
    assert opened.spells_of(NEW) == (own,)
    assert statuses(two_lands, running=running).spells_of("x-west") == ()


def test_a_status_is_told_whole(two_lands: Lands) -> None:
    known = statuses(two_lands, reported=("open", day(28)))
    assert known.crossing_status(WEST) == CrossingStatus(WEST, "open", day(28), 2)
