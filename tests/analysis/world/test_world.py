"""What is shut on a date: nothing later is used, and opening the gates builds nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from karwan.analysis.corridors.comparison import Status
from karwan.analysis.corridors.desk import Desk
from karwan.analysis.corridors.scope import Scope
from karwan.analysis.world.state import State
from karwan.base.errors import DataError, NoEvidenceError
from karwan.base.provenance import Source
from karwan.evidence.spells import Spell
from karwan.route.expand import Arc
from tests import reference

GATES = ["torkham-road", "chaman-spin-boldak-road", "ghulam-khan-road", "angoor-adda-road"]


@pytest.mark.parametrize("gate", GATES)
def test_the_afghan_pakistani_gates_are_shut_as_last_known(gate: str) -> None:
    planner = reference.planner()
    arcs = [arc for arc in planner.graph.arcs if arc.element_id == gate]
    assert arcs
    for arc in arcs:
        cut = planner.world.cut_of_arc(arc, planner.consignment, State.last_known)
        assert cut is not None
        assert cut.since == dt.date(2025, 10, 12)
        assert cut.known_on == dt.date(2026, 10, 4)
        assert cut.last_known, "49 days old is not current"
        assert planner.world.cut_of_arc(arc, planner.consignment, State.all_open) is None


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
        match=r"^No evidence dated on or before 1990-01-01: the first is of 2010-02-09\. Ask of a ",
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
        path = planner.best(kabul, mazar, Scope(state=State.all_open))
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
    for state in (State.last_known, State.all_open):
        cuts = [planner.world.cut_of_arc(arc, planner.consignment, state) for arc in arcs]
        assert {cut.kind for cut in cuts if cut} == {"user"}
        assert all(cuts)


def test_what_the_user_opens_is_open() -> None:
    planner = reference.planner(open_=("torkham",))
    arcs = [arc for arc in planner.graph.arcs if arc.element_id == "torkham-road"]
    assert all(
        planner.world.cut_of_arc(arc, planner.consignment, State.last_known) is None for arc in arcs
    )


def test_a_project_is_not_opened_by_opening_it() -> None:
    with pytest.raises(DataError, match="opened khyber-rail: not built; switch on its project"):
        reference.world(open_=("khyber-rail",))


def test_a_place_to_close_means_its_crossings() -> None:
    assert reference.world(close=("hairatan",)).shut_ids == {
        name
        for name, crossing in reference.network().crossings.items()
        if "hairatan" in (crossing.side_a, crossing.side_b)
    }


SUMMER = dt.date(2026, 7, 20)
"""No season shuts a gate."""

BESIDE = [
    (element.id, element.beside, project.id)
    for element in reference.network().elements.values()
    for project in reference.network().projects.values()
    if element.beside and set(element.links) <= set(project.links)
]


def arcs_of(planned: str, project: str) -> list[Arc]:
    """Return the arcs of a planned crossing with one of its projects built."""
    arcs = reference.planner("wagon", as_of=SUMMER, projects=(project,)).graph.arcs
    found = [arc for arc in arcs if arc.element_id == planned]
    assert found
    return found


@pytest.mark.parametrize(("planned", "gate", "project"), BESIDE)
def test_a_planned_crossing_shuts_with_the_gate_beside_it(
    planned: str, gate: str, project: str
) -> None:
    """Joint closures: on the same day, for the same cause, known by the same evidence."""
    bare = replace(reference.world(as_of=SUMMER, projects=(project,)), running={})
    spell = shut(gate, "both")
    world = replace(bare, running={gate: (spell,)})
    lifted = replace(world, open_ids=frozenset({gate}))
    wagon = reference.consignment("wagon")
    for arc in arcs_of(planned, project):
        cut = world.cut_of_arc(arc, wagon, State.last_known)
        assert cut is not None
        assert (cut.id, cut.since, cut.evidence) == (planned, spell.start, ("T1",))
        assert bare.cut_of_arc(arc, wagon, State.last_known) is None
        assert lifted.cut_of_arc(arc, wagon, State.last_known) is None


@pytest.mark.parametrize(("planned", "gate", "project"), BESIDE)
def test_a_closure_of_one_direction_shuts_that_direction_beside_it(
    planned: str, gate: str, project: str
) -> None:
    """The two may name their sides the other way round: Chaman runs PK-AF, its rails AF-PK."""
    crossing = reference.network().crossings[gate]
    bare = reference.world(as_of=SUMMER, projects=(project,))
    world = replace(bare, running={gate: (shut(gate, "a_to_b"),)})
    outward = (crossing.country_a, crossing.country_b)
    arcs = arcs_of(planned, project)
    assert {arc.countries for arc in arcs} == {outward, outward[::-1]}
    for arc in arcs:
        cut = world.cut_of_arc(arc, reference.consignment("wagon"), State.last_known)
        assert (cut is not None) == (arc.countries == outward)


@pytest.mark.parametrize("name", ["chaman-spin-boldak-road", "spin-boldak-chaman-rail"])
def test_rails_through_a_shut_gate_run_once_they_or_the_gate_are_opened(name: str) -> None:
    corridor = reference.network().corridors["ktap-rail-uz"]
    ends = [reference.network().place(place) for place in ("astana", "karachi")]
    answers = [
        Desk(reference.planner("wagon", projects=("ktap-rail",), open_=opened)).answer(
            corridor, ends[0], ends[1], State.last_known
        )
        for opened in ((), (name,))
    ]
    assert [answer.status for answer in answers] == [Status.cut, Status.open]
    assert [cut.id for cut in answers[0].cuts] == ["spin-boldak-chaman-rail"]


def shut(gate: str, direction: str) -> Spell:
    """Return a closure of a gate to freight, running in the summer of 2026."""
    return Spell(
        closure_id="T1",
        element_id=gate,
        mode="road",
        traffic_class="cargo",
        direction=direction,
        start=dt.date(2026, 7, 1),
        end=None,
        end_status="ongoing",
        seen_until=None,
        cause="political",
        description="made for a test",
        episode="E1",
        calendar=False,
        source=Source("https://example.org", "2026-07-01", "A"),
    )


def test_what_lies_in_something_closed_cannot_be_opened() -> None:
    with pytest.raises(
        DataError,
        match=r"^2 faults in the question:\n"
        r"  opened khunjerab-road: it is both closed and opened\n"
        r"  opened x-torkham-road: it is both closed and opened, as part of torkham-road$",
    ):
        reference.world(
            close=("torkham-road", "khunjerab-road"), open_=("x-torkham-road", "khunjerab-road")
        )


def test_one_link_of_an_opened_line_may_be_shut() -> None:
    line = "salang-road"
    links = reference.network().elements[line].links
    assert len(links) > 1
    assert reference.world(close=links[:1], open_=(line,)).shut_ids == {links[0]}
