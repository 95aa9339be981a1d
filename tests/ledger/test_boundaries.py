"""Where a status turns: which test counts, what evidence decides, on which day."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from numpy.testing import assert_allclose

from karwan.base.cache import VARIABLE
from karwan.base.provenance import Source
from karwan.data.catalog import Catalog
from karwan.evidence.coverage import Coverage, Quality, Span
from karwan.evidence.spells import Spell
from karwan.ledger import change, gates
from karwan.ledger.assessment import Assessment, assess, assess_all, history, key_days
from karwan.ledger.indicators import Facts, measure, read_facts
from karwan.ledger.measures import Measure
from karwan.ledger.nouns import Ledger
from karwan.ledger.words import Delivery, EvidenceStatus
from tests.ledger.rows import (
    READ_ON,
    SEARCHED,
    book,
    evidence,
    facts,
    indicator,
    proposition,
    spell,
    statement,
)

AS_OF = dt.date(2025, 6, 1)
DEADLINE = dt.date(2025, 3, 1)


def status(
    *items: dict[str, Any],
    tests: list[dict[str, Any]] | None = None,
    spells: tuple[Spell, ...] = (),
    as_of: dt.date = AS_OF,
    act: str = "commitment",
    coverage: Coverage = SEARCHED,
) -> Assessment:
    """Return the status of the one proposition."""
    ledger = book(
        statement=[statement(speech_act=act)],
        proposition=[proposition()],
        indicator=tests if tests is not None else [indicator()],
        evidence=list(items),
    )
    return assess(ledger, facts(*spells, coverage=coverage), ledger.propositions["X1"], as_of)


@pytest.mark.parametrize("order", [1, -1])
def test_the_newest_of_two_written_tests_counts(order: int) -> None:
    """Done on 1 February: in time by the test written last, late by the one before."""
    old = indicator("I-OLD", written_on=dt.date(2024, 1, 1), deadline=dt.date(2025, 1, 15),
                    rule="milestone/1")  # fmt: skip
    new = indicator("I-NEW", written_on=dt.date(2025, 1, 1), deadline=DEADLINE, rule="milestone/2")
    found = status(evidence(), tests=[old, new][::order])
    assert (found.rule, found.written_on) == ("milestone/2", dt.date(2025, 1, 1))
    assert (found.delivery, found.deadline) == (Delivery.met, DEADLINE)


def test_of_two_tests_of_one_day_the_last_by_id_counts() -> None:
    pair = [indicator("I-B", rule="milestone/2"), indicator("I-A", rule="milestone/1")]
    assert status(evidence(), tests=pair).rule == "milestone/2"


@pytest.mark.parametrize(
    ("change", "delivery"),
    [
        ({}, Delivery.met),
        ({"confidence": "B"}, Delivery.met),
        ({"confidence": "C"}, Delivery.overdue),
        ({"directness": "context"}, Delivery.overdue),
        ({"independence": "party"}, Delivery.overdue),
    ],
)
def test_only_direct_evidence_that_was_read_and_is_no_party_s_decides(
    change: dict[str, str], delivery: Delivery
) -> None:
    found = status(evidence(**change))
    assert found.delivery is delivery
    assert found.supports == ("E1",), "what does not decide is shown"


@pytest.mark.parametrize(
    ("seen_on", "delivery"),
    [
        ("2025-02-28", Delivery.overdue),
        ("2025-03-01", Delivery.not_met),
        ("2025-03-02", Delivery.not_met),
    ],
)
def test_seen_not_done_on_the_deadline_is_not_met(seen_on: str, delivery: Delivery) -> None:
    found = status(evidence(bears="contradicts", event_on=seen_on, source_date="2025-03-05"))
    assert found.delivery is delivery


def test_a_day_of_tolerance_moves_the_deadline() -> None:
    late = indicator(tolerance_days=1)
    seen = evidence(bears="contradicts", event_on="2025-03-01", source_date="2025-03-05")
    assert status(seen, tests=[late]).delivery is Delivery.overdue


@pytest.mark.parametrize(
    ("done_on", "delivery", "reason"),
    [
        ("2025-03-01", Delivery.met, "done on 2025-03-01"),
        (
            "2025-03-02",
            Delivery.met_late,
            "done on 2025-03-02, 1 day late: the thing came, its day did not hold",
        ),
    ],
)
def test_done_on_the_deadline_is_in_time(done_on: str, delivery: Delivery, reason: str) -> None:
    found = status(evidence(event_on=done_on, source_date="2025-03-05"))
    assert (found.delivery, found.reason) == (delivery, reason)


@pytest.mark.parametrize(
    ("as_of", "delivery"), [(DEADLINE, Delivery.not_due), (dt.date(2025, 3, 2), Delivery.overdue)]
)
def test_nothing_read_is_not_due_on_the_deadline_and_overdue_after(
    as_of: dt.date, delivery: Delivery
) -> None:
    assert status(as_of=as_of).delivery is delivery


@pytest.mark.parametrize(
    ("directness", "delivery"),
    [("direct", Delivery.superseded), ("context", Delivery.overdue)],
)
@pytest.mark.parametrize("data_set", ["evidence", "trade_bilateral"])
def test_only_direct_evidence_says_that_a_target_was_replaced(
    data_set: str, directness: str, delivery: Delivery
) -> None:
    trade = indicator(
        data_set="trade_bilateral", metric="value_musd", value=100.0, unit="million USD",
        filter="reporter=XN;partner=XS;flow=export;basis=made", operator="at_least",
    )  # fmt: skip
    tests = [trade] if data_set == "trade_bilateral" else [indicator()]
    item = evidence(event="superseded", bears="neither", directness=directness,
                    note="another date was set")  # fmt: skip
    found = status(item, tests=tests)
    assert found.delivery is delivery
    assert ("another" in found.reason) is (directness == "direct")


def once(day: str, grade: str = "A") -> Spell:
    """Return a closure of one day, which takes no exposure away."""
    end = dt.date.fromisoformat(day) + dt.timedelta(days=1)
    return spell(day, str(end), closure_id=f"CL{day}", episode=f"EP{day}",
                 source=Source("https://example.org/c", day, grade))  # fmt: skip


def ratio(*spells: Spell) -> Assessment:
    """Return how often the gate shut after 2017 began, over how often in 2016."""
    test = indicator(
        data_set="closures", metric="rate_ratio", filter="elements=gate;class=cargo",
        operator="lower", deadline=None, window_start=dt.date(2017, 1, 1), rule="rate-ratio/1",
    )  # fmt: skip
    return status(tests=[test], spells=spells, as_of=dt.date(2018, 1, 1), act="allegation")


def test_closures_that_nobody_read_of_do_not_enter_a_rate_ratio() -> None:
    """2 closures in the 366 days of 2016, 1 in the 365 of 2017; three of grade C besides."""
    read = [once("2016-03-01"), once("2016-09-01"), once("2017-12-31")]
    recollected = [once(f"2017-0{month}-01", "C") for month in (3, 5, 7)]
    found = ratio(*read, *recollected)
    assert found.value is not None
    assert_allclose(found.value, (1 / 365) / (2 / 366), rtol=1e-12)  # rounding of one division
    assert found.reason.startswith("1 closure in 365 open days after 2017-01-01 against 2 in 366")
    assert found.contradicts == ("CL2017-12-31",)


def closed_gate() -> tuple[Spell, ...]:
    """Return a closure told of two days after it began, one undated, and one of another gate."""
    return (
        spell("2025-01-10", "2025-02-10", closure_id="CL1",
              source=Source("https://example.org/c", "2025-01-12", "A")),
        spell("2025-04-01", seen_until=dt.date(2025, 4, 3), closure_id="CL2",
              source=Source("https://example.org/c", "", "A"), published=READ_ON),
        spell("2025-05-01", "2025-05-02", closure_id="CL3", element_id="other"),
    )  # fmt: skip


def reopened_gate() -> Spell:
    """Return the first of these as told on the day on which it ended."""
    return replace(closed_gate()[0], source=Source("https://example.org/c", "2025-02-10", "A"))


def opening_book() -> Ledger:
    test = indicator(
        data_set="closures", metric="opening", filter="elements=gate;class=cargo",
        window_start=dt.date(2025, 1, 15), rule="opening/1",
    )  # fmt: skip
    return book(indicator=[test])


def days_of(ledger: Ledger, known: Facts, as_of: dt.date) -> list[str]:
    return [str(day) for day in key_days(ledger, known, ledger.statements["X1"], as_of)]


def test_a_status_can_change_when_closures_are_told_of_and_end() -> None:
    """Said, told of, ended, the day after the deadline, asked; an undated row from when read."""
    ledger, known = opening_book(), facts(*closed_gate())
    until_june = ["2025-01-01", "2025-01-12", "2025-02-10", "2025-03-02", "2025-06-01"]
    assert days_of(ledger, known, AS_OF) == until_june
    later = dt.date(2026, 12, 1)
    assert days_of(ledger, known, later) == [*until_june[:-1], "2026-11-22", "2026-12-01"]
    assert days_of(ledger, known, dt.date(2025, 2, 10)) == until_june[:3]


@pytest.mark.parametrize("data_set", ["security_indicators", "trade_bilateral"])
def test_a_status_can_change_when_a_figure_is_published(data_set: str) -> None:
    rows = [{"source_date": day} for day in ("2025-02-15", "2025-07-01", None)]
    column = {"security_indicators": "security", "trade_bilateral": "trade"}[data_set]
    ledger = book(indicator=[indicator(data_set=data_set, metric="trend", filter="")])
    known = facts(**{column: rows})
    first = ["2025-01-01", "2025-02-15", "2025-03-02"]
    assert days_of(ledger, known, AS_OF) == [*first, "2025-06-01"]
    later = dt.date(2026, 12, 1)
    assert days_of(ledger, known, later) == [*first, "2025-07-01", "2026-11-22", "2026-12-01"]


def test_the_history_of_an_opening_follows_the_record() -> None:
    """Shut from 10 January to 10 February, by the deadline of 1 March: due, then met."""
    ledger, known = opening_book(), facts(reopened_gate())
    told = history(ledger, known, ledger.statements["X1"], AS_OF)
    words = [(str(one.as_of), one.delivery) for one in told]
    assert words == [("2025-01-01", Delivery.not_due), ("2025-02-10", Delivery.met)]


def test_a_statement_is_assessed_from_the_day_it_was_said() -> None:
    ledger = opening_book()
    said = dt.date(2025, 1, 1)
    assert [one.statement.id for one in assess_all(ledger, facts(), said)] == ["X1"]
    assert assess_all(ledger, facts(), said - dt.timedelta(days=1)) == []


def test_a_rate_ratio_tells_its_interval_its_placebos_and_its_change_point() -> None:
    """Of 3 closures 1 after: the exact interval of 1 in 3, by SciPy, times the odds of the days."""
    from scipy.stats import binomtest

    found = ratio(once("2016-03-01"), once("2016-09-01"), once("2017-12-31"))
    share = binomtest(1, 3).proportion_ci(0.95, "exact")
    low, high = (366 / 365 * end / (1 - end) for end in (share.low, share.high))
    assert found.low == pytest.approx(low, rel=1e-9), "two ways to one quantile"
    assert found.high == pytest.approx(high, rel=1e-9)
    assert found.unit == "rate ratio"
    assert f"rate ratio 0.50, 95 % interval {low:.2f} to {high:.2f}; " in found.reason
    assert "placebo" not in found.reason, "a year before the statement leaves room for none"
    nothing = counted(start=dt.date(2017, 1, 1), as_of=dt.date(2017, 6, 1))
    assert nothing.reason.endswith("; no change point")


def test_a_rate_ratio_without_closures_before_has_no_ratio_and_no_bound() -> None:
    found = ratio(once("2017-01-01"), once("2017-06-01"), once("2017-12-31"))
    assert (found.value, found.high) == (None, None)
    assert "rate ratio undefined, 95 % interval" in found.reason
    assert " to no bound; " in found.reason
    assert found.contradicts == ("CL2017-01-01", "CL2017-06-01", "CL2017-12-31")


def counted(
    *spells: Spell, start: dt.date, as_of: dt.date, coverage: Coverage = SEARCHED
) -> Assessment:
    """Return the rate ratio about a day, as of another."""
    test = indicator(
        data_set="closures", metric="rate_ratio", filter="elements=gate;class=cargo",
        operator="lower", deadline=None, window_start=start, rule="rate-ratio/1",
    )  # fmt: skip
    return status(tests=[test], spells=spells, as_of=as_of, act="allegation", coverage=coverage)


def test_a_rate_ratio_needs_a_day_at_risk_on_either_side() -> None:
    first = replace(once("2016-01-01"), traffic_class="cargo")
    day = dt.date(2017, 1, 1)
    none_yet = counted(first, start=day, as_of=day)
    assert (none_yet.evidence, none_yet.reason, none_yet.value) == (
        EvidenceStatus.insufficient, "no time at risk after the statement yet", None,
    )  # fmt: skip
    one = counted(first, start=day, as_of=day + dt.timedelta(days=1))
    assert one.reason.startswith("0 closures in 1 open day after 2017-01-01 against 1 in 366")
    later = counted(first, start=day, as_of=dt.date(2017, 6, 1))
    assert later.reason.startswith("0 closures in 1 open day "), "exposure ends with the evidence"
    nothing_before = counted(first, start=dt.date(2016, 1, 1), as_of=dt.date(2017, 6, 1))
    assert nothing_before.reason == "its closures were not searched for before the statement"


def test_a_rate_ratio_is_equal_kept_or_not_and_every_day_is_in_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    test = indicator(
        data_set="closures", metric="rate_ratio", filter="elements=gate;class=cargo",
        operator="lower", deadline=None, window_start=dt.date(2017, 1, 1), rule="rate-ratio/1",
    )  # fmt: skip
    asked = book(indicator=[test]).indicators["I-X1"]
    shut = [once(day) for day in ("2016-03-01", "2016-09-01", "2017-06-01", "2017-12-31")]

    def told(known: Facts) -> Measure:
        return measure(asked, known, [], dt.date(2018, 6, 1))

    plain = told(facts(*shut))
    assert not list(tmp_path.iterdir())
    known = replace(facts(*shut), is_kept=True)
    assert told(known) == plain
    assert len(list((tmp_path / "rates").iterdir())) == 1
    assert told(known) == plain
    assert told(replace(facts(*shut[1:]), is_kept=True)) != plain
    assert len(list((tmp_path / "rates").iterdir())) == 2
    assert read_facts(Catalog()).is_kept
    assert not read_facts(Catalog(workspace=tmp_path / "own")).is_kept


def test_years_that_nobody_searched_are_no_exposure() -> None:
    """2016 to 2023 are 2,922 days, of which the gate's 730 of 2021 and 2022 were not searched."""
    start, asked = dt.date(2024, 1, 1), dt.date(2024, 6, 1)
    good, thin = Quality.good, Quality.thin
    spans = (
        Span(dt.date(2016, 1, 1), dt.date(2020, 12, 31), good),
        Span(dt.date(2021, 1, 1), dt.date(2022, 12, 31), Quality.none),
        Span(dt.date(2023, 1, 1), dt.date(2030, 12, 31), thin),
    )
    searched = Coverage({"gate": spans, "other": spans[:1]})
    found = counted(once("2024-01-01"), start=start, as_of=asked, coverage=searched)
    assert found.reason.startswith("1 closure in 1 open day after 2024-01-01 against 0 in 2,192")
    whole = counted(once("2024-01-01"), start=start, as_of=asked)
    assert "against 0 in 2,922" in whole.reason
    within = counted(once("2021-06-01"), once("2024-01-01"), start=start, as_of=asked,
                     coverage=searched)  # fmt: skip
    assert "against 0 in 2,192" in within.reason, (
        "what was found outside of a search counts no rate"
    )


def test_what_nobody_searched_has_no_rate() -> None:
    nothing = Coverage({"other": SEARCHED.spans["gate"]})
    found = counted(once("2024-01-01"), start=dt.date(2024, 1, 1), as_of=dt.date(2024, 6, 1),
                    coverage=nothing)  # fmt: skip
    assert found.evidence is EvidenceStatus.insufficient
    assert found.reason == "its closures were not searched for before the statement"


def test_a_change_that_other_days_show_as_well_decides_nothing() -> None:
    """None in two years, a dozen in 2018, fifteen in 2019: the change came before the statement."""
    rows = [once(f"2018-{month:02d}-01") for month in range(1, 13)]
    rows += [once(f"2019-{month:02d}-{day}") for month in range(1, 9) for day in ("01", "15")]
    rows.append(once("2019-12-31"))
    found = counted(*rows, start=dt.date(2019, 1, 1), as_of=dt.date(2020, 1, 1))
    assert found.low is not None
    assert found.low > 1
    assert found.evidence is EvidenceStatus.insufficient
    assert " placebo dates give as much; likeliest change 201" in found.reason


@pytest.mark.parametrize("testable", ["yes", "no"])
def test_all_written_evidence_is_listed_by_the_way_it_points(testable: str) -> None:
    """Measured on closures, or on nothing at all: what was written is shown beside it."""
    items = [
        evidence("E1"), evidence("E2", bears="contradicts"), evidence("E3", bears="neither"),
        evidence("E4", source_date="2025-09-01"),
    ]  # fmt: skip
    test = indicator(data_set="closures", metric="opening", filter="elements=gate;class=cargo",
                     window_start=dt.date(2025, 1, 15), rule="opening/1")  # fmt: skip
    ledger = book(
        indicator=[test], evidence=items,
        proposition=[proposition(testable=testable, reason="no data")],
    )  # fmt: skip
    found = assess(ledger, facts(reopened_gate()), ledger.propositions["X1"], AS_OF)
    measured = ("CL1",) if testable == "yes" else ()
    assert (found.supports, found.contradicts) == ((*measured, "E1"), ("E2",))


def test_a_status_is_hashed_with_all_that_gave_it() -> None:
    found = status(evidence(event_on="2025-02-01"))
    said = ["X1", "milestone/1", "2025-06-01", "done on 2025-02-01", "E1", "E1"]
    assert found.inputs_sha256 == hashlib.sha256("\x1f".join(said).encode()).hexdigest()
    assert (found.proposition_id, found.as_of) == ("X1", AS_OF)
    assert (found.done_on, found.seen_on) == (dt.date(2025, 2, 1), None)
    late = status(evidence(bears="contradicts", event_on="2025-04-01", source_date="2025-04-02"))
    assert (late.done_on, late.seen_on) == (None, dt.date(2025, 4, 1))


@pytest.mark.parametrize(
    ("more", "tests", "rule", "reason"),
    [
        ({"testable": "refused", "reason": "opinion"}, [indicator()], "refused/1", "opinion"),
        ({"testable": "no", "reason": "no data"}, [indicator()], "not-testable/1", "no data"),
        ({"testable": "yes"}, [], "not-testable/1", "no test was written for it"),
    ],
)
def test_what_has_no_test_or_may_have_none_is_not_assessed(
    more: dict[str, Any], tests: list[dict[str, Any]], rule: str, reason: str
) -> None:
    ledger = book(proposition=[proposition(**more)], indicator=tests, evidence=[evidence()])
    found = assess(ledger, facts(), ledger.propositions["X1"], AS_OF)
    assert (found.rule, found.reason, found.delivery) == (rule, reason, None)
    assert found.refused is (rule == "refused/1")
    assert found.evidence is (None if found.refused else EvidenceStatus.not_testable)
    assert (found.written_on, found.deadline, found.supports) == (None, None, ("E1",))


def test_only_what_can_be_delivered_has_a_delivery() -> None:
    """Nobody delivers an allegation; a commitment that is measured without a date has none."""
    assert status(evidence(), act="allegation").delivery is None
    test = indicator(
        data_set="closures", metric="rate_ratio", filter="elements=gate;class=cargo",
        operator="lower", deadline=None, window_start=dt.date(2025, 1, 1), rule="rate-ratio/1",
    )  # fmt: skip
    assert status(tests=[test]).delivery is Delivery.no_deadline


def test_kept_rates_are_named_by_all_they_rest_on_and_compare_from_the_first_day_searched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every figure of a comparison is in the name under which it is kept, in its order."""
    asked: dict[str, Any] = {}
    placebo, changed = change.placebo_share, change.change_point

    def name(*rests_on: Any) -> str:
        asked["rests_on"] = rests_on
        return "name"

    def key(rests_on: str, **more: Any) -> None:
        asked["key"] = (rests_on, more)

    def share(first: dt.date, *rest: Any) -> Any:
        asked["placebo"] = first
        return placebo(first, *rest)

    def point(days: Any, first: dt.date, *rest: Any) -> Any:
        asked["change"] = first
        return changed(days, first, *rest)

    for of, by in (
        ("fingerprint", name),
        ("key_of", key),
        ("placebo_share", share),
        ("change_point", point),
    ):
        monkeypatch.setattr(gates, of, by)
    stated, end = dt.date(2017, 1, 1), dt.date(2018, 1, 1)
    test = indicator(
        data_set="closures", metric="rate_ratio", filter="elements=gate;class=cargo",
        operator="lower", deadline=None, window_start=stated, rule="rate-ratio/1",
    )  # fmt: skip
    shut = [once(day) for day in ("2016-03-01", "2017-12-31")]
    measure(book(indicator=[test]).indicators["I-X1"], replace(facts(*shut), is_kept=True), [], end)
    first = dt.date(2016, 1, 1)
    open_days = [first + dt.timedelta(days=n) for n in range((end - first).days + 1)]
    at_risk, days, *rest = asked["rests_on"]
    assert at_risk == [day.toordinal() for day in open_days if day < end]
    assert days == [dt.date(2016, 3, 1), dt.date(2017, 12, 31)]
    assert rest == [first, stated, end]
    assert asked["key"] == ("name", {"rooms": ("base", "ledger"), "libraries": ("numpy", "scipy")})
    assert (asked["placebo"], asked["change"]) == (first, first)


def test_closures_that_others_made_are_told_by_who_made_them() -> None:
    """Two closures on and after the day stated, of another side and of nobody told."""
    test = indicator(
        data_set="closures", metric="rate_ratio", filter="elements=gate;class=cargo;by=AA",
        operator="lower", deadline=None, window_start=dt.date(2017, 1, 1), rule="rate-ratio/1",
    )  # fmt: skip
    shut = [once(day) for day in ("2016-03-01", "2017-01-01", "2017-06-01", "2017-07-01")]
    accounts = {"CL2016-03-01": "AA", "CL2017-01-01": "BB", "CL2017-07-01": gates.DISPUTED}
    asked = book(indicator=[test]).indicators["I-X1"]
    found = gates.measure_rate_ratio(asked, shut, SEARCHED, dt.date(2018, 1, 1), accounts)
    assert found.reason.startswith("0 closures in ")
    assert found.reason.endswith(
        "; not counted: CL2017-01-01 (shut by BB), CL2017-07-01 (disputed), CL2017-06-01 (not told)"
    )
