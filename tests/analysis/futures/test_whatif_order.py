"""Answers do not depend on the questions before them: kept ways hold in any order of asking."""

from __future__ import annotations

import random

from karwan.analysis.corridors.answers import comparison_to_dict
from karwan.analysis.corridors.desk import Desk
from karwan.analysis.futures.whatif import WhatIf
from karwan.analysis.world.state import State
from tests import reference


def test_an_answer_is_the_same_whatever_was_asked_before() -> None:
    """Closures, openings, states and projects at random; each answer held against a world anew."""
    network, draw = reference.network(), random.Random(11)
    origin, destination = network.place("almaty"), network.place("karachi")
    gates = sorted(one.id for one in network.elements.values() if one.links)
    gates = [one for one in gates if network.is_built(one)]
    shut_now = sorted(set(gates) & set(reference.planner().world.running))
    asked = WhatIf(reference.planner())
    told = 0
    for _ in range(16):
        close = tuple(draw.sample(gates, draw.choice((0, 1, 1, 2, 3))))
        opened = tuple(set(draw.sample(shut_now, draw.choice((0, 0, 1)))) - set(close))
        state = draw.choice((State.last_known, State.last_known, State.all_open))
        kept = asked.compare(origin, destination, state, close=close, open_=opened)
        if draw.random() < 0.4:
            anew = Desk(reference.planner(close=close, open_=opened)).compare(
                origin, destination, state
            )
            assert comparison_to_dict(kept) == comparison_to_dict(anew)
            told += 1
    assert told > 3
