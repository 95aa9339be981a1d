"""Tests on the record of closures, on the days where they turn; gates and days made by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from karwan.base.provenance import Source
from karwan.evidence.closures import ClosureRecord
from karwan.evidence.spells import Spell
from karwan.ledger.gates import (
    change_status,
    measure_opening,
    measure_shut_days,
    measure_shut_on,
    stops,
)
from karwan.ledger.measures import Measure
from karwan.ledger.nouns import Evidence, Indicator
from karwan.ledger.words import Delivery, EvidenceStatus, mirrored
from tests.ledger.rows import READ_ON, book, evidence, facts, indicator, spell

AS_OF = dt.date(2025, 6, 1)
DEADLINE = dt.date(2025, 3, 1)
START = dt.date(2025, 1, 15)


def test_of(metric: str, **more: Any) -> Indicator:
    """Return a test on the gate's closures to cargo, due on 1 March."""
    row = indicator(
        data_set="closures", metric=metric,
        **{"filter": "elements=gate;class=cargo", "window_start": START, "deadline": DEADLINE,
           **more},
    )  # fmt: skip
    return book(indicator=[row]).indicators["I-X1"]


test_of.__test__ = False  # type: ignore[attr-defined]


def seen(**more: Any) -> list[Evidence]:
    return list(book(evidence=[evidence(bears="contradicts", **more)]).evidence.values())


def opening(
    *spells: Spell, as_of: dt.date = AS_OF, written: tuple[Evidence, ...] = (), **more: Any
) -> Measure:
    return measure_opening(test_of("opening", **more), spells, written, as_of)


def known(*rows: Spell, as_of: dt.date) -> list[Spell]:
    return replace(facts(), record=ClosureRecord(spells=rows)).known_spells(as_of)


def test_a_row_is_known_from_the_day_of_its_source() -> None:
    told = spell("2025-01-10", "2025-02-10", source=Source("u", "2025-01-12", "A"))
    assert known(told, as_of=dt.date(2025, 1, 11)) == []
    (then,) = known(told, as_of=dt.date(2025, 1, 12))
    assert (then.start, then.end) == (dt.date(2025, 1, 10), None)
    (ended,) = known(told, as_of=dt.date(2025, 2, 10))
    assert ended.end == dt.date(2025, 2, 10)


def test_a_closure_is_not_known_before_it_begins() -> None:
    early = spell("2025-01-10", source=Source("u", "2025-01-05", "A"))
    assert known(early, as_of=dt.date(2025, 1, 9)) == []
    assert len(known(early, as_of=dt.date(2025, 1, 10))) == 1


def test_a_sighting_after_the_day_is_not_known() -> None:
    """Before it, the source itself had seen the gate shut on its own day."""
    watched = spell("2025-01-10", seen_until=dt.date(2025, 1, 20))
    (before,) = known(watched, as_of=dt.date(2025, 1, 19))
    assert before.seen_until == dt.date(2025, 1, 10)
    (after,) = known(watched, as_of=dt.date(2025, 1, 20))
    assert after.seen_until == dt.date(2025, 1, 20)


def test_an_undated_row_is_known_from_when_the_tables_were_made() -> None:
    undated = spell("2025-01-10", source=Source("u", "", "A"), published=READ_ON)
    assert known(undated, as_of=READ_ON - dt.timedelta(days=1)) == []
    assert len(known(undated, as_of=READ_ON)) == 1


def test_closures_are_known_oldest_first() -> None:
    rows = [spell("2025-02-01", closure_id="B"), spell("2025-01-01", closure_id="C"),
            spell("2025-02-01", closure_id="A")]  # fmt: skip
    assert [one.closure_id for one in known(*rows, as_of=AS_OF)] == ["C", "A", "B"]


@pytest.mark.parametrize(
    ("traffic", "stopped"), [("all", True), ("cargo", True), ("pedestrian", False)]
)
def test_what_stops_all_or_cargo_stops_cargo(traffic: str, stopped: bool) -> None:
    assert stops(spell("2025-01-01", traffic_class=traffic), "cargo") is stopped


@pytest.mark.parametrize(
    ("end", "delivery", "reason"),
    [
        ("2025-03-01", Delivery.met, "open again on 2025-03-01"),
        (
            "2025-03-02",
            Delivery.met_late,
            "open again on 2025-03-02, 1 day late: its day did not hold",
        ),
    ],
)
def test_open_on_the_deadline_is_in_time(end: str, delivery: Delivery, reason: str) -> None:
    found = opening(spell("2025-01-10", end))
    late = delivery is Delivery.met_late
    assert found.delivery is delivery
    assert found.evidence is (EvidenceStatus.mixed if late else EvidenceStatus.consistent)
    assert (found.reason, found.supports, str(found.done_on)) == (reason, ("CLX",), end)


def test_a_gate_open_without_a_deadline_is_never_late() -> None:
    found = opening(spell("2025-01-10", "2025-05-01"), deadline=None)
    assert (found.delivery, found.reason) == (Delivery.met, "open again on 2025-05-01")


def test_two_closures_end_to_end_are_one_wait() -> None:
    """The second begins on the day on which the first ends: open from the end of the second."""
    rows = (spell("2025-01-10", "2025-02-01"), spell("2025-02-01", "2025-02-20", closure_id="CLY"))
    assert opening(*rows).done_on == dt.date(2025, 2, 20)
    apart = (rows[0], spell("2025-02-02", "2025-02-20", closure_id="CLY"))
    assert opening(*apart).done_on == dt.date(2025, 2, 1), "it was open for a day"


def test_a_closure_begun_on_the_first_day_tells_and_one_ended_by_then_does_not() -> None:
    assert opening(spell("2025-01-15", "2025-02-01")).done_on == dt.date(2025, 2, 1)
    assert opening(spell("2025-01-01", "2025-01-16")).done_on == dt.date(2025, 1, 16)
    silent = opening(spell("2025-01-01", "2025-01-15"))
    assert (silent.delivery, silent.supports, silent.contradicts) == (Delivery.overdue, (), ())
    assert silent.reason == "2025-03-01 passed and nothing read shows it open or shut"


@pytest.mark.parametrize("other", [{"element_id": "other"}, {"traffic_class": "pedestrian"}])
def test_closures_of_other_gates_or_traffic_tell_nothing(other: dict[str, str]) -> None:
    rows = (spell("2025-01-02", "2025-01-20", closure_id="CL0", **other),
            spell("2025-01-10", "2025-02-01"))  # fmt: skip
    assert opening(*rows).supports == ("CLX",)


def test_all_gates_must_open_and_the_last_one_s_day_counts() -> None:
    both = {"filter": "elements=gate,east;class=cargo"}
    gate = spell("2025-01-10", "2025-02-01")
    east = spell("2025-01-10", "2025-02-20", element_id="east", closure_id="CLE")
    test = book(indicator=[indicator(data_set="closures", metric="opening", window_start=START,
                                     **both)]).indicators["I-X1"]  # fmt: skip
    found = measure_opening(test, [gate, east], [], AS_OF)
    assert (found.done_on, found.supports) == (dt.date(2025, 2, 20), ("CLX", "CLE"))
    still = spell("2025-01-10", element_id="east", closure_id="CLE")
    assert measure_opening(test, [gate, still], [], AS_OF).delivery is Delivery.overdue


@pytest.mark.parametrize(
    ("as_of", "more", "delivery"),
    [
        (DEADLINE, {}, Delivery.not_due),
        (dt.date(2025, 3, 2), {}, Delivery.overdue),
        (AS_OF, {"deadline": None}, Delivery.no_deadline),
    ],
)
def test_a_gate_still_shut_is_due_until_the_deadline(
    as_of: dt.date, more: dict[str, Any], delivery: Delivery
) -> None:
    found = opening(spell("2025-01-10", seen_until=dt.date(2025, 1, 20)), as_of=as_of, **more)
    assert (found.delivery, found.evidence) == (delivery, EvidenceStatus.insufficient)
    if delivery is not Delivery.overdue:
        assert found.reason == "still shut as last known"
        assert opening(as_of=as_of, **more).reason == "nothing read yet"
    else:
        assert found.contradicts == ("CLX",)


@pytest.mark.parametrize(
    ("seen_until", "delivery"),
    [("2025-02-28", Delivery.overdue), ("2025-03-01", Delivery.not_met)],
)
def test_seen_shut_on_the_deadline_is_not_met(seen_until: str, delivery: Delivery) -> None:
    found = opening(spell("2025-01-10", seen_until=dt.date.fromisoformat(seen_until)))
    assert found.delivery is delivery
    if delivery is Delivery.not_met:
        assert (found.evidence, found.reason) == (
            EvidenceStatus.contradicted, "seen shut on or after 2025-03-01",
        )  # fmt: skip
        assert (found.contradicts, found.seen_on) == (("CLX",), DEADLINE)


@pytest.mark.parametrize(
    ("change", "delivery"),
    [
        ({"event_on": "2025-03-01"}, Delivery.not_met),
        ({"event_on": "2025-02-28"}, Delivery.overdue),
        ({"event_on": "2025-03-05", "confidence": "C"}, Delivery.overdue),
        ({"event_on": "2025-03-05", "directness": "context"}, Delivery.overdue),
        ({"event_on": None}, Delivery.overdue),
    ],
)
def test_written_evidence_of_a_gate_shut_decides_by_the_same_rules(
    change: dict[str, Any], delivery: Delivery
) -> None:
    written = tuple(seen(source_date="2025-03-10", **change))
    found = opening(spell("2025-01-10"), written=written)
    assert found.delivery is delivery
    if delivery is Delivery.not_met:
        assert (found.contradicts, found.seen_on) == (("E1",), DEADLINE)


def shut_days(
    *spells: Spell, as_of: dt.date = AS_OF, value: float | None = 5, **more: Any
) -> Measure:
    return measure_shut_days(test_of("shut_days", value=value, **more), spells, as_of)


def test_days_shut_are_counted_with_both_ends_of_the_window() -> None:
    """Shut from 10 to 19 January, window from the 15th: 5 days; and the day of the deadline."""
    early = spell("2025-01-10", "2025-01-20")
    found = shut_days(early)
    assert (found.value, found.unit, found.contradicts) == (5, "days", ("CLX",))
    assert (found.delivery, found.evidence) == (Delivery.overdue, EvidenceStatus.insufficient)
    assert found.reason.startswith("5 shut days on record")
    late = spell("2025-03-01", "2025-03-09", closure_id="CLY")
    more = shut_days(early, late)
    assert (more.value, more.delivery) == (6, Delivery.not_met)
    assert more.evidence is EvidenceStatus.contradicted
    assert more.reason == "shut on 6 days of 2025-01-15 to 2025-03-01; at most 5 allowed"
    assert (more.unit, more.contradicts) == ("days", ("CLX", "CLY"))


def test_days_after_the_as_of_date_are_not_counted() -> None:
    row = spell("2025-01-16", "2025-02-20")
    found = shut_days(row, as_of=dt.date(2025, 1, 18))
    assert (found.value, found.delivery) == (3, Delivery.not_due)
    assert shut_days(as_of=DEADLINE).delivery is Delivery.not_due
    assert shut_days(as_of=dt.date(2025, 3, 2)).delivery is Delivery.overdue


def test_days_count_on_which_all_gates_are_shut() -> None:
    both = {"filter": "elements=gate,east;class=cargo"}
    test = book(indicator=[indicator(data_set="closures", metric="shut_days", value=5,
                                     window_start=START, **both)]).indicators["I-X1"]  # fmt: skip
    gate = spell("2025-01-16", "2025-01-26")
    east = spell("2025-01-20", "2025-02-10", element_id="east", closure_id="CLE")
    foot = spell("2025-01-15", "2025-02-10", traffic_class="pedestrian", closure_id="CLP")
    found = measure_shut_days(test, [gate, east, foot], AS_OF)
    assert (found.value, found.contradicts) == (6, ("CLX", "CLE"))


def shut_on(*spells: Spell, elements: str = "gate,east") -> Measure | None:
    row = indicator(data_set="closures", metric="shut_on", window_start=START, deadline=None,
                    filter=f"elements={elements};class=cargo")  # fmt: skip
    return measure_shut_on(book(indicator=[row]).indicators["I-X1"], spells)


def test_all_gates_seen_shut_on_the_day_contradicts() -> None:
    gate = spell("2025-01-15", "2025-01-16")
    east = spell("2025-01-01", seen_until=START, element_id="east", closure_id="CLE")
    found = shut_on(gate, east)
    assert found is not None
    assert (found.evidence, found.value) == (EvidenceStatus.contradicted, 2)
    assert (found.supports, found.contradicts) == ((), ("CLE", "CLX"))
    assert (found.reason, found.unit) == (
        "2 of 2 seen shut to cargo on 2025-01-15", "crossings",
    )  # fmt: skip
    assert found.delivery is None


def test_a_gate_whose_newest_closure_had_ended_was_open() -> None:
    ended = spell("2025-01-01", "2025-01-15")
    east = spell("2025-01-01", seen_until=START, element_id="east", closure_id="CLE")
    found = shut_on(ended, east)
    assert found is not None
    assert (found.evidence, found.value, found.supports) == (EvidenceStatus.consistent, 1, ("CLX",))
    again = spell("2025-01-15", "2025-01-20", closure_id="CLY")
    shut = shut_on(ended, again, east)
    assert shut is not None
    assert shut.evidence is EvidenceStatus.contradicted


@pytest.mark.parametrize(
    "row",
    [
        spell("2025-01-16", "2025-01-20"),
        spell("2025-01-01", seen_until=dt.date(2025, 1, 14)),
        spell("2025-01-10", "2025-01-20", traffic_class="pedestrian"),
        spell("2025-01-10", "2025-01-20", element_id="west"),
    ],
)
def test_what_the_record_does_not_tell_is_not_measured(row: Spell) -> None:
    assert shut_on(row) is None


@pytest.mark.parametrize(
    ("low", "high", "counts", "placebo", "status"),
    [
        (1.1, 3.0, (1, 3), 0.05, "contradicted"),
        (1.0, 3.0, (1, 3), 0.05, "insufficient"),
        (1.1, 3.0, (3, 2), 0.05, "insufficient"),
        (1.1, None, (0, 3), None, "contradicted"),
        (0.1, 0.9, (3, 0), 0.05, "consistent"),
        (0.1, 1.0, (3, 0), 0.05, "insufficient"),
        (0.1, 0.9, (2, 0), 0.05, "insufficient"),
        (0.1, 0.9, (3, 0), 0.06, "insufficient"),
        (1.1, 3.0, (1, 3), 0.06, "insufficient"),
    ],
)
def test_a_change_beyond_chance_decides_and_no_other(
    low: float, high: float | None, counts: tuple[int, int], placebo: float | None, status: str
) -> None:
    found = change_status(low, high, counts, placebo)
    assert found is EvidenceStatus(status)
    opposite = {"contradicted": "consistent", "consistent": "contradicted"}.get(status, status)
    assert mirrored(found) is EvidenceStatus(opposite)


def test_closures_to_cargo_alone_count_and_none_is_allowed_where_none_is_named() -> None:
    cargo = spell("2025-01-16", "2025-01-17", traffic_class="cargo")
    found = shut_days(cargo, value=None)
    assert (found.value, found.delivery) == (1, Delivery.not_met)
    foot = spell("2025-01-16", "2025-01-17", traffic_class="pedestrian")
    assert shut_days(foot, value=None).value == 0
    shut = shut_on(spell("2025-01-15", "2025-01-16", traffic_class="cargo"), elements="gate")
    assert shut is not None
    assert shut.evidence is EvidenceStatus.contradicted


def test_a_day_or_a_gate_that_is_not_named_is_not_measured() -> None:
    east = spell("2025-01-01", "2025-02-01", element_id="east")
    no_day = indicator(data_set="closures", metric="shut_on", window_start=None, deadline=None,
                       filter="elements=east;class=cargo")  # fmt: skip
    test = book(indicator=[no_day]).indicators["I-X1"]
    assert measure_shut_on(test, [east]) is None
    assert shut_on(east, elements="") is None


def test_other_gates_and_later_closures_say_nothing_of_the_day() -> None:
    """One gate asked, shut on the day; another's end and its own next closure change nothing."""
    shut = spell("2025-01-10", "2025-01-20")
    other = spell("2025-01-01", "2025-01-10", element_id="west", closure_id="CLW")
    later = spell("2025-03-01", "2025-03-05", closure_id="CLL")
    found = shut_on(shut, other, later, elements="gate")
    assert found is not None
    assert (found.supports, found.contradicts) == ((), ("CLX",))


def test_only_what_shows_a_gate_shut_dates_when_it_was_seen_shut() -> None:
    """Denied on 5 March; what a party says of 1 April proves nothing and dates nothing."""
    rows = [
        evidence("E1", bears="contradicts", event_on="2025-03-05", source_date="2025-04-02"),
        evidence(
            "E2",
            bears="contradicts",
            event_on="2025-04-01",
            source_date="2025-04-02",
            independence="party",
        ),
    ]
    written = tuple(book(evidence=rows).evidence.values())
    found = opening(spell("2025-01-10"), written=written)
    assert (found.contradicts, found.seen_on) == (("E1",), dt.date(2025, 3, 5))


def told_before(end: str) -> Spell:
    """Return a closure whose end stands on a page of the day before it."""
    eve = dt.date.fromisoformat(end) - dt.timedelta(days=1)
    return spell("2025-01-10", end, source=Source("u", eve.isoformat(), "A"))


def test_a_promise_does_not_prove_itself() -> None:
    """The page announces the opening of 1 March; only a page of that day or later shows it."""
    announced = opening(told_before("2025-03-01"))
    assert (announced.delivery, announced.evidence) == (
        Delivery.overdue, EvidenceStatus.insufficient,
    )  # fmt: skip
    shown = opening(spell("2025-01-10", "2025-03-01"))
    assert shown.delivery is Delivery.met


@pytest.mark.parametrize(
    ("change", "delivery"),
    [
        ({}, Delivery.met),
        ({"event_on": "2025-03-03"}, Delivery.met_late),
        ({"independence": "speaker"}, Delivery.overdue),
        ({"event": "trial"}, Delivery.overdue),
        ({"source_date": "2025-02-27"}, Delivery.overdue),  # foretold too
        ({"event_on": "2025-01-09"}, Delivery.overdue),  # of before it shut
    ],
)
def test_an_announced_opening_needs_a_page_from_after_it(
    change: dict[str, Any], delivery: Delivery
) -> None:
    row = evidence(**{"event": "open", "event_on": "2025-03-01", "source_date": "2025-03-10",
                      **change})  # fmt: skip
    written = tuple(book(evidence=[row]).evidence.values())
    assert opening(told_before("2025-03-01"), written=written).delivery is delivery


def test_an_announced_end_shows_a_gate_shut_only_until_the_page() -> None:
    """Told on 1 March that it opens on 9 March: on the deadline it was still seen shut."""
    assert (
        opening(spell("2025-01-10", "2025-03-09", source=Source("u", "2025-03-01", "A"))).delivery
        is Delivery.not_met
    )
    assert opening(told_before("2025-03-01")).contradicts == ("CLX",)


def test_an_end_long_before_the_day_does_not_tell_that_a_gate_is_open() -> None:
    """Ended 15 days before: last known, so it tells nothing; 14 days before, it is open."""
    assert shut_on(spell("2024-12-01", "2024-12-31"), elements="gate") is None
    fresh = shut_on(spell("2024-12-01", "2025-01-01"), elements="gate")
    assert fresh is not None
    assert fresh.evidence is EvidenceStatus.consistent


def test_shut_to_some_is_shown_by_one_gate_shut() -> None:
    one = indicator(data_set="closures", metric="shut_on", operator="some_shut", deadline=None,
                    filter="elements=gate,east;class=cargo", window_start=START)  # fmt: skip
    test = book(indicator=[one]).indicators["I-X1"]
    found = measure_shut_on(test, [spell("2025-01-10", "2025-01-20")])
    assert found is not None
    assert (found.evidence, found.supports, found.contradicts) == (
        EvidenceStatus.consistent, ("CLX",), (),
    )  # fmt: skip
    free = [spell("2025-01-01", "2025-01-10"),
            spell("2025-01-01", "2025-01-10", element_id="east", closure_id="CLE")]  # fmt: skip
    open_ = measure_shut_on(test, free)
    assert open_ is not None
    assert (open_.evidence, open_.contradicts) == (EvidenceStatus.contradicted, ("CLE", "CLX"))


@pytest.mark.parametrize(
    ("who", "cause", "count"),
    [
        ("AA", "security_clash", 4), ("both", "security_clash", 4), ("BB", "security_clash", 0),
        ("disputed", "security_clash", 0), ("", "security_clash", 0), ("AA", "strike", 0),
    ],
)  # fmt: skip
def test_a_closure_counts_against_a_party_only_if_that_party_shut_it(
    who: str, cause: str, count: int
) -> None:
    shut = spell("2025-01-20", "2025-01-24", cause=cause)
    accounts = {"CLX": who} if who else {}
    test = test_of("shut_days", value=9, filter="elements=gate;class=cargo;causes=security_clash;"
                   "by=AA")  # fmt: skip
    found = measure_shut_days(test, [shut], AS_OF, accounts)
    assert found.value == count
    assert ("not counted: CLX" in found.reason) == (count == 0)


def test_either_side_is_asked_by_the_same_rule() -> None:
    """Swapping who shut the gate, and whose undertaking it is, gives the same count."""
    for mine, other in (("AA", "BB"), ("BB", "AA")):
        test = test_of("shut_days", value=9, filter=f"elements=gate;class=cargo;by={mine}")
        rows = [spell("2025-01-20", "2025-01-24"),
                spell("2025-02-01", "2025-02-03", closure_id="CLY")]  # fmt: skip
        found = measure_shut_days(test, rows, AS_OF, {"CLX": mine, "CLY": other})
        assert (found.value, found.contradicts) == (4, ("CLX",))


def test_accounts_that_differ_are_a_dispute() -> None:
    def account(ident: str, who: str, day: str) -> dict[str, Any]:
        return {"account_id": ident, "closure_id": "CLX", "shut_by": who, "told_by": who,
                "note": None, "source_url": "https://example.org/a", "source_date": day,
                "confidence": "A"}  # fmt: skip

    told = facts(told=[account("a", "AA", "2025-01-02"), account("b", "BB", "2025-03-02")])
    assert told.accounts(dt.date(2025, 1, 1)) == {}
    assert told.accounts(dt.date(2025, 2, 1)) == {"CLX": "AA"}
    assert told.accounts(AS_OF) == {"CLX": "disputed"}
