"""The section on crossings that are shut tells what the commands tell."""

from __future__ import annotations

import pytest

from karwan.report.waiting import advice_words, shut_gates
from tests import reference

# One worker asks them all, so that they share the study.
pytestmark = pytest.mark.xdist_group("pages")


def test_every_shut_crossing_is_told_as_the_commands_tell_it() -> None:
    gates = {gate.queue.element_id: gate for gate in shut_gates(reference.study())}
    assert len(gates) == 5  # all road gates between Afghanistan and Pakistan in use
    torkham = gates["torkham-road"]
    region = reference.region()
    told = region.queue("torkham").to_dict()
    assert torkham.usd_per_day == pytest.approx(told["usd_per_day"]["total"], abs=0.01)
    for one, way in zip(torkham.ways, told["ways"], strict=True):
        assert one.way.held_back_trucks == pytest.approx(way["held_back_trucks"])
    for cargo, made in torkham.ways[0].decisions:
        assert made is not None
        asked = region.decide("torkham", at="torkham-pk", to="torkham", cargo=cargo).to_dict()
        assert (made.threshold_days, made.then) == (asked["threshold_days"], asked["then"])
        assert made.best.mean_usd == pytest.approx(asked["best"]["mean_usd"])


def test_what_to_do_is_told_in_few_words() -> None:
    fruit = reference.region().decide(
        "torkham", at="torkham", to="kabul", cargo="fresh", closed_for=1
    )
    assert advice_words(fruit.content) == "wait 4 d, then give up"
    assert advice_words(None) == "no way over it"
