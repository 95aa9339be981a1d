"""What was asked before never changes an answer: each is that of a world opened anew."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from karwan.analysis.corridors.answers import comparison_to_dict
from karwan.analysis.corridors.comparison import Comparison
from karwan.analysis.corridors.desk import Desk
from karwan.analysis.corridors.planner import Planner
from karwan.analysis.futures.reliability import Roads
from karwan.analysis.futures.whatif import WhatIf
from karwan.analysis.world.state import State
from karwan.base.errors import DataError
from karwan.route.detours import DetourTree, pack_masks
from karwan.route.router import NO_KEY, Path
from tests import reference
from tests.worlds import AS_OF, EAST, NEW, PASS, PROJECT, RAIL, WEST, YARD, Lands


@dataclass(frozen=True)
class Question:
    """What is asked of the two lands."""

    southwards: bool
    state: State
    close: tuple[str, ...]
    open_: tuple[str, ...]
    projects: tuple[str, ...]


CLOSABLE = (EAST, RAIL, WEST, PASS, YARD, "n-west", "s-new")
OPENABLE = (EAST, WEST, PASS, NEW)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """Draw a question that does not contradict itself."""
    projects = draw(st.sampled_from([(), (PROJECT,)]))
    close = draw(st.lists(st.sampled_from(CLOSABLE), max_size=2, unique=True))
    may_open = [name for name in OPENABLE if name not in close and (projects or name != NEW)]
    open_ = draw(st.lists(st.sampled_from(may_open), max_size=2, unique=True))
    state = draw(st.sampled_from([State.last_known, State.all_open]))
    return Question(draw(st.booleans()), state, tuple(close), tuple(open_), projects)


def ends(lands: Lands, question: Question) -> tuple[Any, Any]:
    names = ("ncity", "scity") if question.southwards else ("scity", "ncity")
    origin, destination = (lands.network.place(name) for name in names)
    return origin, destination


def asked(whatif: WhatIf, lands: Lands, question: Question) -> dict[str, Any]:
    """Return the answer of a desk that answered others before."""
    return comparison_to_dict(
        whatif.compare(
            *ends(lands, question), question.state,
            close=question.close, open_=question.open_, projects=question.projects,
        )
    )  # fmt: skip


@cache
def anew(lands: Lands, question: Question, base: Question | None) -> dict[str, Any]:
    """Return the answer of a world opened for this question."""
    given = base or Question(True, State.last_known, (), (), ())
    world = lands.world(
        AS_OF,
        close=(*given.close, *question.close),
        open_=(*given.open_, *question.open_),
        projects=tuple({*given.projects, *question.projects}),
    )
    return comparison_to_dict(
        Desk(lands.planner(world)).compare(*ends(lands, question), question.state)
    )


@settings(max_examples=50)  # each makes its trees anew
@given(st.lists(questions(), min_size=2, max_size=8))
def test_questions_in_any_order_are_answered_as_if_each_were_the_first(
    two_lands: Lands, several: list[Question]
) -> None:
    whatif = WhatIf(two_lands.planner())
    for question in (*several, *reversed(several)):
        assert asked(whatif, two_lands, question) == anew(two_lands, question, None)


@settings(max_examples=50)  # each makes its trees anew
@given(questions(), st.lists(questions(), min_size=2, max_size=4))
def test_questions_start_from_what_their_world_shuts_and_builds(
    two_lands: Lands, base: Question, several: list[Question]
) -> None:
    world = two_lands.world(close=base.close, open_=base.open_, projects=base.projects)
    whatif = WhatIf(two_lands.planner(world))
    for question in several:
        clashes = {*base.close, *question.close} & {*base.open_, *question.open_}
        if not clashes:
            assert asked(whatif, two_lands, question) == anew(two_lands, question, base)


@settings(max_examples=25)  # each starts four threads
@given(st.lists(questions(), min_size=4, max_size=12))
def test_several_threads_may_ask_at_once(two_lands: Lands, several: list[Question]) -> None:
    whatif = WhatIf(two_lands.planner())
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda one: asked(whatif, two_lands, one), several * 2))
    assert answers == [anew(two_lands, question, None) for question in several * 2]


def shipped(whatif: WhatIf, close: Sequence[str] = ()) -> Comparison:
    network = reference.network()
    return whatif.compare(network.place("almaty"), network.place("karachi"), close=close)


def test_a_closed_railway_does_not_stay_closed_in_the_next_question() -> None:
    """Bolan is the way of the announced railway to Karachi."""
    whatif = WhatIf(reference.planner())
    assert shipped(whatif, ["bolan-rail"]).answer("ktap-rail-uz").status == "not_served"
    plain = reference.comparison("almaty", "karachi", State.last_known)
    assert comparison_to_dict(shipped(whatif)) == comparison_to_dict(plain)
    assert shipped(whatif).answer("ktap-rail-uz").status == "not_built"


def test_prices_of_other_tables_or_dates_are_not_shared(two_lands: Lands) -> None:
    planner = two_lands.planner()
    with pytest.raises(ValueError, match="same tables and date"):
        planner.in_world(two_lands.world(AS_OF.replace(year=2019)))
    with pytest.raises(ValueError, match="same tables and date"):
        planner.in_world(reference.world())


def test_an_announced_railway_is_priced_with_the_desk_s_own_parameters(two_lands: Lands) -> None:
    """A truck that is never at rest needs no rest on the way to the new gate either."""
    tireless = Planner(
        world=two_lands.world(),
        consignment=two_lands.consignment(),
        parameters={"driving_hours_per_day": 24.0},
    )
    question = Question(True, State.last_known, (), (), ())
    journey = Desk(tireless).compare(*ends(two_lands, question), State.last_known).answer(
        "by-new"
    ).open_journey  # fmt: skip
    assert journey is not None
    assert journey.hours.value == pytest.approx(372 / 50 + 5), (
        "drives 372 km, waits 5 h at the gate"
    )


def test_what_a_question_builds_must_exist(two_lands: Lands) -> None:
    whatif = WhatIf(two_lands.planner())
    origin, destination = ends(two_lands, Question(True, State.last_known, (), (), ()))
    with pytest.raises(DataError, match="2 faults in the question"):
        whatif.compare(origin, destination, projects=("old-gate",), open_=(NEW,))


def test_journeys_of_other_graphs_are_other_journeys(two_lands: Lands) -> None:
    """Arcs are numbered anew with what is built: the west gate's is the new gate's then."""
    planner = two_lands.planner()
    built = planner.in_world(two_lands.world(projects=(PROJECT,)))
    west = next(a for a in planner.graph.arcs if a.link_id == "x-west" and a.forward)
    assert built.graph.arcs[west.id].link_id == "x-new"
    assert planner.journey(Path(NO_KEY, (west.id,), west.head)).distance_km == 10
    new = built.graph.arcs[west.id]
    assert built.journey(Path(NO_KEY, (new.id,), new.head)).distance_km == 12


def test_one_tree_answers_several_threads() -> None:
    """Fresh trees, so that the threads make their nodes while others walk down."""
    network = reference.network()
    origin, destination = network.place("almaty"), network.place("karachi")

    def fresh() -> DetourTree:
        tree = Roads(planner=reference.planner()).free(origin, destination).tree
        assert tree is not None
        return tree

    tree = fresh()
    draws = np.random.default_rng(7).random((8, 400, tree.graph.element_count)) < 0.3
    masks = [pack_masks(draw) for draw in draws]
    one = fresh()
    expected = [[one.route(n) for n in one.route_numbers(part)] for part in masks]
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(tree.route_numbers, masks))
    assert [[tree.route(n) for n in part] for part in numbers] == expected
