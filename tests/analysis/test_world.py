"""What is shut on a date: nothing later is used, and opening the gates builds nothing."""

from __future__ import annotations

import datetime as dt

import pytest

from karwan.analysis.planner import Scope
from karwan.analysis.world import ALL_OPEN, LAST_KNOWN
from karwan.base.errors import DataError, NoEvidenceError
from tests import reference

GATES = ["torkham-road", "chaman-spin-boldak-road", "ghulam-khan-road", "angoor-adda-road"]


@pytest.mark.parametrize("gate", GATES)
def test_the_afghan_pakistani_gates_are_shut_as_last_known(gate: str) -> None:
    planner = reference.planner()
    arcs = [arc for arc in planner.graph.arcs if arc.element_id == gate]
    assert arcs
    for arc in arcs:
        cut = planner.world.cut_of_arc(arc, planner.consignment, LAST_KNOWN)
        assert cut is not None
        assert cut.since == dt.date(2025, 10, 12)
        assert cut.known_on == dt.date(2026, 10, 4)
        assert cut.last_known, "49 days old is not current"
        assert planner.world.cut_of_arc(arc, planner.consignment, ALL_OPEN) is None


@pytest.mark.parametrize(
    ("day", "shut"), [(dt.date(2025, 10, 1), False), (dt.date(2026, 1, 1), True)]
)
def test_torkham_follows_the_date_asked(day: dt.date, *, shut: bool) -> None:
    assert ("torkham-road" in reference.world(as_of=day).running) is shut


def test_nothing_dated_after_the_date_asked_is_known() -> None:
    for day in (dt.date(2024, 6, 1), dt.date(2025, 10, 12), dt.date(2026, 3, 1)):
        world = reference.world(as_of=day)
        assert world.evidence_horizon <= day
        for spells in world.running.values():
            assert all(spell.start <= day and spell.known_on(day) <= day for spell in spells)


def test_a_question_before_any_evidence_is_refused() -> None:
    with pytest.raises(
        NoEvidenceError,
        match=r"^No evidence dated on or before 1990-01-01: the first is of 2006-08-01\. Ask of a ",
    ):
        reference.world(as_of=dt.date(1990, 1, 1))


def test_all_open_never_builds_a_link() -> None:
    planner = reference.planner()
    unbuilt = {link.id for link in reference.network().links.values() if not link.built}
    assert unbuilt
    assert {arc.link_id for arc in planner.graph.arcs} & unbuilt == set()
    built = {
        arc.link_id for arc in reference.planner("wagon", projects=("ktap-rail",)).graph.arcs
    } & unbuilt
    assert built == set(reference.network().projects["ktap-rail"].links) & unbuilt


def test_all_open_lifts_no_ban_on_trailers() -> None:
    places = reference.network()
    kabul, mazar = places.place("kabul"), places.place("mazar-e-sharif")
    found = {}
    for unit in ("truck", "40ft"):
        planner = reference.planner(unit)
        path = planner.best(kabul, mazar, Scope(ALL_OPEN))
        assert path is not None
        found[unit] = planner.journey(path)
    assert "salang" in found["truck"].places
    assert "salang" not in found["40ft"].places
    assert found["40ft"].distance_km > found["truck"].distance_km + 100


def test_a_ban_holds_from_its_day() -> None:
    before = reference.world(as_of=dt.date(2026, 7, 9)).rules_in_force("bar")
    after = reference.world(as_of=dt.date(2026, 7, 10)).rules_in_force("bar")
    started = {rule.id for rule in after} - {rule.id for rule in before}
    starts = [rule.start for rule in after if rule.id in started]
    assert dt.date(2026, 7, 10) in starts


def test_what_the_user_shuts_is_shut_in_both_states() -> None:
    planner = reference.planner(close=("khunjerab",))
    arcs = [arc for arc in planner.graph.arcs if arc.crossing_id == "khunjerab-road"]
    for state in (LAST_KNOWN, ALL_OPEN):
        cuts = [planner.world.cut_of_arc(arc, planner.consignment, state) for arc in arcs]
        assert {cut.kind for cut in cuts if cut} == {"user"}
        assert all(cuts)


def test_what_the_user_opens_is_open() -> None:
    planner = reference.planner(open_=("torkham",))
    arcs = [arc for arc in planner.graph.arcs if arc.element_id == "torkham-road"]
    assert all(
        planner.world.cut_of_arc(arc, planner.consignment, LAST_KNOWN) is None for arc in arcs
    )


def test_a_project_is_not_opened_by_opening_it() -> None:
    with pytest.raises(DataError, match="not built; switch on its project with --with"):
        reference.world(open_=("khyber-rail",))


def test_a_place_to_close_means_its_crossings() -> None:
    assert reference.world(close=("hairatan",)).shut_ids == {
        name
        for name, crossing in reference.network().crossings.items()
        if "hairatan" in (crossing.side_a, crossing.side_b)
    }
