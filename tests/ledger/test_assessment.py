"""Statuses: the listed outcomes, as of any day, alike for every party, never raised by silence."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from karwan.base.errors import NoEvidenceError
from karwan.evidence.closures import ClosureRecord
from karwan.ledger.assessment import (
    Assessment,
    assess,
    assess_all,
    assess_statement,
    history,
    join_delivery,
    join_evidence,
)
from karwan.ledger.indicators import Facts, read_facts
from karwan.ledger.nouns import Ledger
from karwan.ledger.statements import read_ledger
from karwan.ledger.words import DONE, Bears, Delivery, EvidenceStatus, Independence
from tests.ledger.rows import (
    book,
    evidence,
    facts,
    indicator,
    proposition,
    spell,
    statement,
)
from tests.reference import catalog

NOW = dt.date(2026, 11, 22)


@cache
def shipped_ledger() -> Ledger:
    return read_ledger(catalog())


@cache
def shipped_facts() -> Facts:
    return read_facts(catalog())


def status(ident: str, as_of: str = "2026-11-22") -> tuple[str | None, str | None]:
    found = assess_statement(
        shipped_ledger(),
        shipped_facts(),
        shipped_ledger().statement(ident),
        dt.date.fromisoformat(as_of),
    )
    return (
        found.delivery.value if found.delivery else None,
        found.evidence.value if found.evidence else None,
    )


def assess_one(ledger: Ledger, known: Facts, as_of: str) -> Assessment:
    return assess(ledger, known, ledger.propositions["X1"], dt.date.fromisoformat(as_of))


# The shipped ledger


@pytest.mark.parametrize(
    ("ident", "delivery", "found"),
    [
        ("T01", "met late", "mixed"),  # put off on the day; open about 30 April 2018
        ("T02", "met", "consistent"),
        ("T03", "overdue, no evidence", "insufficient"),  # the page that tells its end is older
        ("T04", "met", "consistent"),  # day not found
        ("T05", "met late", "mixed"),  # signed on 10 February 2023
        ("T06", "not met", "mixed"),  # winter 2023-24; sources conflict on 2024-25
        ("T07", "no deadline given", "contradicted"),  # by the UN team; denied by Kabul
        ("T08", "overdue, no evidence", "insufficient"),
        ("T09", "met", "consistent"),  # 11 October 2024
        ("T10", "met", "consistent"),  # 27-28 March 2025
        ("T11", "met late", "mixed"),  # open on 30 September 2025
        ("T12", "overdue, no evidence", "insufficient"),
        ("T13", "not met", "contradicted"),
        ("T14", "not met", "contradicted"),
        ("T15", "partly met", "consistent"),  # phase one seen
    ],
)
def test_transport_assurances_resolve_as_listed(ident: str, delivery: str, found: str) -> None:
    """The fifteen assurances that the closure record resolves, with their known outcomes."""
    assert status(ident) == (delivery, found)


@pytest.mark.parametrize(
    ("ident", "as_of", "delivery"),
    [
        ("T01", "2018-03-07", "not due"),
        ("T01", "2018-03-08", "not met"),
        ("T01", "2018-05-01", "not met"),  # what was read then only announced it
        ("T01", "2018-05-03", "met late"),
        ("T05", "2023-01-27", "not due"),
        ("T05", "2023-02-05", "overdue, no evidence"),  # what was read is of 10 February and later
        ("T05", "2023-02-10", "met late"),
        ("T11", "2025-06-25", "overdue, no evidence"),
        ("T11", "2025-10-01", "met late"),
        ("T14", "2025-11-02", "not due"),
        ("T14", "2025-11-10", "overdue, no evidence"),
        ("T14", "2026-01-25", "not met"),
        ("C46", "2025-12-16", "not due"),
        ("C46", "2025-12-17", "met"),
        ("C59", "2026-08-15", "overdue, no evidence"),
        ("C59", "2026-09-01", "not met"),
    ],
)
def test_an_old_date_gives_the_old_status(ident: str, as_of: str, delivery: str) -> None:
    assert status(ident, as_of)[0] == delivery


def test_the_same_statement_entered_twice_has_one_status() -> None:
    for one, other in (("T07", "C12"), ("T13", "C40"), ("T15", "C43"), ("S44", "C55")):
        assert status(one) == status(other)
        assert shipped_ledger().statements[one].same_as == (other,)


def test_opinions_and_unnamed_analysts_are_refused_with_the_reason() -> None:
    found = {s.statement.id: s for s in assess_all(shipped_ledger(), shipped_facts(), NOW)}
    for ident in ("S01", "S13", "S38", "S42", "S51"):
        assert found[ident].refused
        assert found[ident].delivery is None
        assert all(part.reason for part in found[ident].parts)
    unnamed = [s for s in found.values() if s.statement.speaker_kind == "unnamed_analysts"]
    assert len(unnamed) == 8
    assert all(s.refused for s in unnamed)


def test_what_nobody_counts_is_not_testable_and_says_why() -> None:
    for ident in ("S03", "S30", "S36", "C03", "C67", "C68"):
        assert status(ident) == (None, "not testable")
    (part,) = assess_statement(
        shipped_ledger(), shipped_facts(), shipped_ledger().statement("C67"), NOW
    ).parts
    assert "each side tells a closed meeting in its own way" in part.reason


def shipped_part(ident: str) -> Assessment:
    ledger = shipped_ledger()
    return assess(ledger, shipped_facts(), ledger.propositions[ident], NOW)


@pytest.mark.parametrize(
    ("claim", "denial"), [("C12.1", "S14"), ("C35", "S05.1"), ("C08", "S50.1")]
)
def test_a_claim_and_its_denial_rest_on_one_finding(claim: str, denial: str) -> None:
    one, other = shipped_part(claim), shipped_part(denial)
    assert (one.evidence, other.evidence) == (
        EvidenceStatus.contradicted, EvidenceStatus.consistent,
    )  # fmt: skip
    assert other.supports == one.contradicts


def test_the_mechanism_and_its_mirror_conditions_are_in_it() -> None:
    """Agreed on 30 October 2025, not settled by 6 November; two conditions, told alike."""
    assert status("C61") == ("not met", "contradicted")
    assert status("C61", "2025-11-06") == ("not due", "insufficient")
    assert status("C42") == status("C62") == (None, None)
    reasons = {shipped_part(ident).reason for ident in ("C42", "C62", "S02", "S21", "S24", "S47")}
    assert len(reasons) == 1, "demands are told alike, whoever makes them"
    assert status("C67") == status("C68")


def test_a_closure_made_by_others_is_not_held_against_kabul() -> None:
    part = shipped_part("C12.2")
    assert part.evidence is EvidenceStatus.insufficient
    assert not part.contradicts
    assert "CL116 CL130 (shut by PK)" in part.reason


def test_partly_closed_is_borne_out_by_gates_shut_to_cargo() -> None:
    assert status("S34") == (None, "consistent")
    named = {i for part in ("S34.1", "S34.2") for i in shipped_part(part).supports}
    assert not {"CL097", "CL112"} & named, "they had ended long before"


def test_one_target_on_several_bases_is_told_on_one_line() -> None:
    part = shipped_part("S26")
    assert part.value == 105.6
    assert "9.5 times" in part.reason
    assert "53.7m in 2024 (Kazakhstan national statistics)" in part.reason
    assert "250.0m in 2025 (statement of the prime minister of Pakistan)" in part.reason


def test_a_statement_is_not_in_the_ledger_before_it_was_made() -> None:
    assert all(
        s.statement.said_on[:4] < "2022"
        for s in assess_all(shipped_ledger(), shipped_facts(), dt.date(2021, 12, 31))
    )
    with pytest.raises(NoEvidenceError, match="S01 was said on 2026-02-05, after the as-of date"):
        status("S01", "2025-01-01")


@pytest.mark.parametrize("as_of", ["2023-06-01", "2025-11-10", "2026-02-06"])
def test_no_status_uses_later_evidence(as_of: str) -> None:
    """Everything dated later is turned round or moved; nothing changes."""
    day = dt.date.fromisoformat(as_of)
    later = {
        ident: replace(
            item, bears=Bears.contradicts, direct=True, independence=Independence.independent
        )
        for ident, item in shipped_ledger().evidence.items()
        if item.known_from > day
    }
    turned = replace(shipped_ledger(), evidence=shipped_ledger().evidence | later)
    spells = shipped_facts().record.spells
    moved = tuple(
        replace(s, end=s.end + dt.timedelta(days=400))
        if s.end is not None and s.end > day
        else replace(s, seen_until=s.seen_until + dt.timedelta(days=400))
        if s.seen_until is not None and s.seen_until > day
        else s
        for s in spells
        if s.start <= day and s.told_on <= day
    )
    known = replace(shipped_facts(), record=ClosureRecord(spells=moved))
    for one, other in zip(
        assess_all(shipped_ledger(), shipped_facts(), day),
        assess_all(turned, known, day),
        strict=True,
    ):
        assert [(p.delivery, p.evidence, p.reason) for p in one.parts] == [
            (p.delivery, p.evidence, p.reason) for p in other.parts
        ]


def test_a_status_can_be_run_again_and_carries_its_inputs() -> None:
    one, other = (assess_all(shipped_ledger(), shipped_facts(), NOW) for _ in range(2))
    assert one == other
    part = next(s for s in one if s.statement.id == "T14").parts[0]
    assert part.contradicts[0] == "CL130"
    assert len(part.inputs_sha256) == 64
    assert part.written_after_deadline


def test_history_starts_when_it_was_said_and_ends_as_it_stands() -> None:
    found = history(shipped_ledger(), shipped_facts(), shipped_ledger().statement("T05"), NOW)
    assert [(s.as_of.isoformat(), s.delivery) for s in found] == [
        ("2022-12-31", Delivery.not_due),
        ("2023-01-28", Delivery.overdue),
        ("2023-02-10", Delivery.met_late),
    ]


def test_both_sides_accounts_of_one_closure_are_two_statements_and_one_spell() -> None:
    gate = spell("2025-02-10", "2025-02-20")
    parts = [
        proposition("X1", paraphrase="A shut the gate."),
        proposition("X2", statement_id="X2", paraphrase="B shut the gate."),
    ]
    tests = [
        indicator(
            f"I-{ident}", proposition_id=ident, metric="shut_on", data_set="closures",
            filter="elements=gate;class=cargo", operator="some_open",
            window_start=dt.date(2025, 2, 12), deadline=None,
        )
        for ident in ("X1", "X2")
    ]  # fmt: skip
    two = [statement("X1"), statement("X2", speaker="Party B")]
    ledger = book(statement=two, proposition=parts, indicator=tests)
    known = facts(gate)
    found = assess_all(ledger, known, dt.date(2025, 3, 1))
    assert len(found) == 2
    assert {part.contradicts for s in found for part in s.parts} == {("CLX",)}
    assert len(known.known_spells(dt.date(2025, 3, 1))) == 1


# Rules


@given(
    st.sampled_from(["supports", "contradicts", "neither"]),
    st.sampled_from(["independent", "party", "speaker", "armed_group", "unnamed"]),
    st.sampled_from(["direct", "indirect"]),
    st.sampled_from(["A", "B", "C"]),
    st.lists(st.sampled_from(["supports", "contradicts"]), max_size=3),
)
def test_the_same_rule_with_parties_swapped_gives_the_mirrored_status(
    bears: str, who: str, direct: str, grade: str, more: list[str]
) -> None:
    """Who speaks does not matter, and turning all evidence round turns the status round."""
    mirror = {"supports": "contradicts", "contradicts": "supports", "neither": "neither"}
    turned = {
        EvidenceStatus.consistent: EvidenceStatus.contradicted,
        EvidenceStatus.contradicted: EvidenceStatus.consistent,
    }

    def run(speaker: str, ways: list[str]) -> EvidenceStatus | None:
        items = [
            evidence(f"E{n}", bears=way, independence=who if n == 0 else "independent",
                     directness=direct if n == 0 else "direct",
                     confidence=grade if n == 0 else "A")
            for n, way in enumerate(ways)
        ]  # fmt: skip
        test = indicator(metric="weigh", filter=None, operator="holds", deadline=None)
        ledger = book(statement=[statement(speaker=speaker, speaker_kind="government")],
                      indicator=[test], evidence=items)  # fmt: skip
        return assess_one(ledger, facts(), "2025-06-01").evidence

    ways = [bears, *more]
    one = run("Party A", ways)
    assert run("Party B", ways) == one
    assert one is not None
    assert run("Party B", [mirror[way] for way in ways]) == turned.get(one, one)


@settings(max_examples=60)
@given(st.data())
def test_silence_never_raises_a_status(data: st.DataObject) -> None:
    """Between two days on which nothing new becomes known, nothing turns into met."""
    statement_ = data.draw(st.sampled_from(sorted(shipped_ledger().statements)))
    said = shipped_ledger().statements[statement_].said
    days = data.draw(
        st.lists(st.dates(said, dt.date(2027, 12, 31)), min_size=2, max_size=2, unique=True)
    )
    first, second = sorted(days)
    for part in shipped_ledger().parts_of[statement_]:
        news = [e for e in shipped_ledger().evidence_of[part.id] if first < e.known_from <= second]
        if news or any(test.data_set != "evidence" for test in shipped_ledger().tests_of[part.id]):
            continue
        before, after = (
            assess(shipped_ledger(), shipped_facts(), part, day) for day in (first, second)
        )
        if after.delivery in DONE:
            assert before.delivery in DONE
        if before.evidence is not EvidenceStatus.consistent:
            assert after.evidence is not EvidenceStatus.consistent or after.delivery in DONE


@pytest.mark.parametrize(
    ("items", "as_of", "delivery"),
    [
        ([], "2025-03-01", Delivery.not_due),
        ([], "2025-03-02", Delivery.overdue),
        ([{"independence": "speaker"}], "2025-03-02", Delivery.overdue),
        ([{"independence": "party"}], "2025-03-02", Delivery.overdue),
        ([{"directness": "indirect"}], "2025-03-02", Delivery.overdue),
        ([{"confidence": "C"}], "2025-03-02", Delivery.overdue),
        ([{}], "2025-02-01", Delivery.not_due),  # the source is a day younger than the event
        ([{}], "2025-03-02", Delivery.met),
        (
            [{"event_on": "2025-03-04", "source_date": "2025-03-05"}],
            "2025-04-01",
            Delivery.met_late,
        ),
        (
            [{"bears": "contradicts", "event_on": "2025-02-27", "source_date": "2025-03-05"}],
            "2025-04-01",
            Delivery.overdue,  # it was not done before the deadline: that proves nothing
        ),
        (
            [{"bears": "contradicts", "event_on": "2025-03-02", "source_date": "2025-03-05"}],
            "2025-04-01",
            Delivery.not_met,
        ),
        (
            [{"event": "superseded", "independence": "speaker"}],
            "2025-02-10",
            Delivery.superseded,
        ),
    ],
)
def test_a_milestone_is_met_or_missed_only_by_evidence(
    items: list[dict[str, Any]], as_of: str, delivery: Delivery
) -> None:
    ledger = book(evidence=[evidence(f"E{n}", **item) for n, item in enumerate(items)])
    assert assess_one(ledger, facts(), as_of).delivery is delivery


def opening(**more: Any) -> Ledger:
    test = indicator(
        metric="opening", data_set="closures", filter="elements=gate;class=cargo",
        window_start=dt.date(2025, 1, 1), **more,
    )  # fmt: skip
    return book(indicator=[test])


def test_a_gate_not_seen_is_not_taken_as_open() -> None:
    shut = spell("2024-12-01", seen_until=dt.date(2025, 1, 20))
    assert assess_one(opening(), facts(shut), "2025-04-01").delivery is Delivery.overdue
    assert assess_one(opening(), facts(), "2025-04-01").delivery is Delivery.overdue


def test_tolerance_is_part_of_the_deadline() -> None:
    shut = spell("2024-12-01", "2025-03-04")
    assert assess_one(opening(), facts(shut), "2025-04-01").delivery is Delivery.met_late
    late = opening(tolerance_days=3)
    assert assess_one(late, facts(shut), "2025-04-01").delivery is Delivery.met


def test_a_closure_on_foot_says_nothing_of_cargo() -> None:
    shut = spell("2024-12-01", "2025-02-01", traffic_class="pedestrian")
    assert assess_one(opening(), facts(shut), "2025-04-01").delivery is Delivery.overdue


def ratio(*spells: Any, operator: str = "not_higher") -> Assessment:
    test = indicator(
        metric="rate_ratio", data_set="closures", filter="elements=gate;class=cargo",
        operator=operator, window_start=dt.date(2022, 1, 1), deadline=None,
    )  # fmt: skip
    return assess_one(book(indicator=[test]), facts(*spells), "2026-01-01")


def yearly(first: int, last: int, per_year: int) -> list[Any]:
    return [
        spell(f"{year}-{month:02d}-03", f"{year}-{month:02d}-05", closure_id=f"C{year}{month}",
              episode=f"P{year}{month}")
        for year in range(first, last)
        for month in range(1, 1 + per_year)
    ]  # fmt: skip


def test_one_incident_never_fails_an_assurance() -> None:
    found = ratio(spell("2022-02-01", "2022-02-05"))
    assert found.evidence is EvidenceStatus.insufficient


def test_many_more_closures_contradict_and_many_fewer_agree() -> None:
    more = ratio(*yearly(2016, 2022, 1), *yearly(2022, 2026, 8))
    assert more.evidence is EvidenceStatus.contradicted
    assert more.value is not None
    assert more.low is not None
    assert more.low > 1
    fewer = ratio(*yearly(2016, 2022, 8), *yearly(2022, 2026, 1))
    assert fewer.evidence is EvidenceStatus.consistent
    mirrored = ratio(*yearly(2016, 2022, 8), *yearly(2022, 2026, 1), operator="not_lower")
    assert mirrored.evidence is EvidenceStatus.contradicted


def test_calendar_closures_and_estimates_are_not_counted() -> None:
    same = yearly(2016, 2026, 2)
    noise = [replace(s, calendar=True, closure_id="K" + s.closure_id, episode="K" + s.episode)
             for s in yearly(2022, 2026, 12)]  # fmt: skip
    assert ratio(*same, *noise).value == ratio(*same).value


def test_parts_of_a_whole_are_joined_with_care() -> None:
    met, failed, due = Delivery.met, Delivery.not_met, Delivery.not_due
    assert join_delivery([met, failed]) is Delivery.partly_met
    assert join_delivery([met, due]) is due
    assert join_delivery([failed, Delivery.overdue]) is failed
    assert join_delivery([None, None]) is None
    good, bad, none = (
        EvidenceStatus.consistent, EvidenceStatus.contradicted, EvidenceStatus.insufficient
    )  # fmt: skip
    assert join_evidence([good, bad]) is EvidenceStatus.mixed
    assert join_evidence([good, none]) is none
    assert join_evidence([bad, none]) is bad
    assert join_evidence([]) is None


WAYS = st.lists(
    st.tuples(
        st.sampled_from(["supports", "contradicts", "neither"]),
        st.sampled_from(["independent", "party", "speaker"]),
        st.sampled_from(["signed", "superseded"]),
        st.dates(dt.date(2025, 1, 1), dt.date(2025, 6, 1)),
    ),
    max_size=4,
)


@settings(max_examples=120)
@given(WAYS, st.sampled_from(["weigh", "milestone"]), st.booleans(), st.sampled_from([0, 1]))
def test_polarity_swapped_is_the_status_mirrored(
    ways: list[tuple[str, str, str, dt.date]], metric: str, dated: bool, own: int
) -> None:
    """Whether it has the test itself or shares it, a denial has the claim's status turned round."""
    mirror = {"consistent": "contradicted", "contradicted": "consistent"}
    kept = {"met": "not met", "not met": "met", "met late": "met"}
    items = [
        evidence(f"E{n}", bears=bears, independence=who, event=event, event_on=str(day),
                 source_date=str(day))
        for n, (bears, who, event, day) in enumerate(ways)
    ]  # fmt: skip
    test = indicator(metric=metric, deadline=dt.date(2025, 3, 1) if dated else None,
                     operator="holds" if metric == "weigh" else "by" if dated else "happens",
                     filter=None if metric == "weigh" else "event=signed")  # fmt: skip
    share = indicator("I-X2", proposition_id="X2", metric="shared", data_set="ledger",
                      filter="part=X1", operator="holds", deadline=None)  # fmt: skip

    def run(polarity: str) -> Assessment:
        first = proposition("X1", polarity=polarity if own else "affirms")
        second = proposition("X2", statement_id="X2", polarity=polarity)
        ledger = book(statement=[statement("X1"), statement("X2")], proposition=[first, second],
                      indicator=[test, share], evidence=items)  # fmt: skip
        part = ledger.propositions["X1" if own else "X2"]
        return assess(ledger, facts(), part, dt.date(2025, 5, 1))

    claim, denial = run("affirms"), run("denies")
    assert claim.evidence is not None
    assert claim.delivery is not None
    assert denial.evidence == mirror.get(claim.evidence.value, claim.evidence.value)
    assert denial.delivery == kept.get(claim.delivery.value, claim.delivery.value)
    assert (denial.supports, denial.contradicts) == (claim.contradicts, claim.supports)


@given(st.sampled_from(["Party A", "Party B"]), WAYS)
def test_a_demand_is_refused_whoever_makes_it(
    speaker: str, ways: list[tuple[str, str, str, dt.date]]
) -> None:
    items = [
        evidence(f"E{n}", bears=bears, independence=who, event=event)
        for n, (bears, who, event, _) in enumerate(ways)
    ]
    ledger = book(statement=[statement(speaker=speaker, speech_act="request")], evidence=items)
    part = assess_one(ledger, facts(), "2025-06-01")
    assert part.refused
    assert part.reason.startswith("a condition or demand on others")
