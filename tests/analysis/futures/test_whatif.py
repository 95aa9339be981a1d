"""What-if answers against a world opened anew."""

from __future__ import annotations

from functools import cache

import pytest

from karwan.analysis.corridors.answers import comparison_to_dict
from karwan.analysis.corridors.desk import Desk
from karwan.analysis.futures.whatif import WhatIf
from karwan.analysis.world.state import State
from karwan.base.errors import DataError
from tests import reference

QUESTIONS: list[tuple[tuple[str, ...], tuple[str, ...]]] = [
    ((), ()),
    (("torkham-road",), ()),
    (("taftan-mirjaveh-road", "khunjerab-road"), ()),
    (("salang-road",), ("torkham-road",)),
    ((), ("torkham-road", "chaman-spin-boldak-road")),
    (("khunjerab-road",), ("kharlachi-dand-e-patan-road",)),
]


@cache
def whatif(unit: str = "truck") -> WhatIf:
    return WhatIf(reference.planner(unit))


@pytest.mark.parametrize(
    ("unit", "state", "close", "open_"),
    [
        *(("truck", State.last_known, *question) for question in QUESTIONS),
        *(("truck", State.all_open, *question) for question in QUESTIONS[1:3]),
        *(("40ft", State.last_known, *question) for question in QUESTIONS[2:4]),
    ],
)
def test_the_answer_is_that_of_a_world_opened_anew(
    unit: str, state: State, close: tuple[str, ...], open_: tuple[str, ...]
) -> None:
    network = reference.network()
    for pair in (("almaty", "karachi"), ("karachi", "tashkent")):
        origin, destination = network.place(pair[0]), network.place(pair[1])
        found = whatif(unit).compare(origin, destination, state, close=close, open_=open_)
        anew = Desk(reference.planner(unit, close=close, open_=open_)).compare(
            origin, destination, state
        )
        assert comparison_to_dict(found) == comparison_to_dict(anew)


def test_a_link_is_asked_of_a_search_with_the_same_answer() -> None:
    network = reference.network()
    origin, destination = network.place("almaty"), network.place("karachi")
    best = Desk(reference.planner()).compare(origin, destination, State.all_open).best
    assert best is not None
    link = best.links[3]
    found = whatif().compare(origin, destination, State.all_open, close=(link,))
    anew = Desk(reference.planner(close=(link,))).compare(origin, destination, State.all_open)
    assert comparison_to_dict(found) == comparison_to_dict(anew)


def test_a_second_question_searches_nothing() -> None:
    network = reference.network()
    origin, destination = network.place("almaty"), network.place("karachi")
    asked = WhatIf(reference.planner())
    asked.compare(origin, destination, close=("torkham-road",))
    ways = [way for base in asked._bases.values() for way in base.roads._ways.values()]
    before = [way.tree.search_count for way in ways if way.tree is not None]
    asked.compare(origin, destination, close=("torkham-road",))
    after = [way.tree.search_count for way in ways if way.tree is not None]
    assert before == after


def test_unknown_names_are_refused_together() -> None:
    network = reference.network()
    with pytest.raises(DataError, match="2 faults in the question") as caught:
        whatif().compare(
            network.place("almaty"), network.place("karachi"), close=("torkam",), open_=("x-y",)
        )
    assert "Did you mean" in str(caught.value)
