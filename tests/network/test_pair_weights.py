"""Pairs of places weighed by known demand, and all the same."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from karwan.base.errors import DataError
from karwan.network.demand import FLOWS, TRADE, TRANSIT, Demand, read_demand
from karwan.network.nouns import Place
from karwan.network.pair_weights import PairWeight, pair_weights
from tests.reference import catalog, network

DEMAND = read_demand(catalog())
PLACES = (
    "almaty", "astana", "tashkent", "bishkek", "kabul", "mazar-e-sharif",
    "karachi", "gwadar", "lahore", "islamabad", "bandar-abbas",
)  # fmt: skip

SUM_ROUNDING = 1e-12
"""Parts are divided and added up again: a few roundings in the last bit."""


def pairs_of(*ends: tuple[str, str]) -> list[tuple[Place, Place]]:
    return [(network().place(one), network().place(other)) for one, other in ends]


def study_pairs() -> list[tuple[Place, Place]]:
    text = resources.files("karwan.data").joinpath("reference.toml").read_text(encoding="utf-8")
    study = tomllib.loads(text)
    out = [(one, other) for one in study["origins"] for other in study["destinations"]]
    return pairs_of(*out, *(pair[::-1] for pair in out))


def year_t(weights: list[PairWeight], way: tuple[str, str, str]) -> float:
    return 365.0 * sum(
        part.tonnes_per_day for w in weights for part in w.parts if part.figure.way == way
    )


def test_the_splits_of_a_country_pair_add_up_to_its_figure() -> None:
    weights = pair_weights(DEMAND, study_pairs())
    ways = {part.figure.way for weight in weights for part in weight.parts}
    assert ("UZ", "IR", TRANSIT) in ways
    for way in ways:
        figure = DEMAND.chosen[way]
        assert figure.tonnes is not None
        assert year_t(weights, way) == pytest.approx(figure.tonnes.value, rel=SUM_ROUNDING)


ends = st.tuples(st.sampled_from(PLACES), st.sampled_from(PLACES)).filter(lambda p: p[0] != p[1])


@given(st.lists(ends, max_size=12, unique=True), st.randoms(use_true_random=False))
def test_weights_do_not_depend_on_the_order_of_pairs(
    asked: list[tuple[str, str]], random: object
) -> None:
    shuffled = list(asked)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    found = {(w.origin_id, w.destination_id): w for w in pair_weights(DEMAND, pairs_of(*asked))}
    for weight in pair_weights(DEMAND, pairs_of(*shuffled)):
        before = found[weight.origin_id, weight.destination_id]
        assert weight.tonnes_per_day == before.tonnes_per_day
        assert weight.unknown == before.unknown


@given(st.lists(ends, min_size=1, max_size=12, unique=True))
def test_shares_of_known_tonnes_come_to_one(asked: list[tuple[str, str]]) -> None:
    weights = pair_weights(DEMAND, pairs_of(*asked))
    known = [w.tonnes_share for w in weights if w.tonnes_share is not None]
    assert sum(known) == pytest.approx(1.0 if known else 0.0, rel=SUM_ROUNDING)
    assert sum(w.equal_share for w in weights) == pytest.approx(1.0, rel=SUM_ROUNDING)


def test_an_unknown_pair_stays_unknown() -> None:
    known, unknown = pair_weights(
        DEMAND, pairs_of(("almaty", "karachi"), ("almaty", "bandar-abbas"))
    )
    assert known.tonnes_per_day is not None
    assert unknown.tonnes_per_day is None
    assert unknown.low_tonnes_per_day is None
    assert unknown.tonnes_share is None
    assert unknown.grade is None
    assert unknown.unknown == (
        "trade: no figure found from KZ to IR",
        "transit: no figure found from KZ to IR",
    )
    assert unknown.equal_share == known.equal_share


def test_no_pair_of_unknown_demand_gets_a_share_by_default() -> None:
    (weight,) = pair_weights(DEMAND, pairs_of(("almaty", "bandar-abbas")))
    assert weight.tonnes_share is None


def test_transit_is_only_for_seaports_of_its_country() -> None:
    weights = pair_weights(DEMAND, pairs_of(("tashkent", "karachi"), ("tashkent", "lahore")))
    flows = [[part.figure.flow for part in weight.parts] for weight in weights]
    assert flows == [[TRADE, TRANSIT], [TRADE]]
    assert [part.pair_count for part in weights[0].parts] == [2, 1]


def test_one_flow_may_be_asked_alone() -> None:
    asked = pairs_of(("tashkent", "karachi"))
    both, trade, transit = (
        pair_weights(DEMAND, asked, flows)[0].tonnes_per_day
        for flows in (FLOWS, [TRADE], [TRANSIT])
    )
    assert both is not None
    assert trade is not None
    assert transit is not None
    assert both == pytest.approx(trade + transit, rel=SUM_ROUNDING)


def test_the_way_back_weighs_otherwise() -> None:
    there, back = pair_weights(DEMAND, pairs_of(("almaty", "karachi"), ("karachi", "almaty")))
    assert there.tonnes_per_day != back.tonnes_per_day
    assert (there.from_country, back.from_country) == ("KZ", "PK")


def test_the_split_is_an_estimate_even_of_a_figure_that_was_read() -> None:
    (weight,) = pair_weights(DEMAND, pairs_of(("almaty", "lahore")))
    assert (weight.figure_grade, weight.grade) == ("A", "C")
    assert "split equally" in weight.share_rule


def test_within_a_country_nothing_is_known() -> None:
    (weight,) = pair_weights(DEMAND, pairs_of(("almaty", "astana")))
    assert weight.tonnes_per_day is None
    assert weight.unknown == ("trade: both ends are in KZ; demand is known between countries only",)


def test_without_any_figure_all_is_unknown() -> None:
    nothing = Demand(figures=(), chosen={}, gaps=())
    weights = pair_weights(nothing, study_pairs())
    assert {weight.tonnes_per_day for weight in weights} == {None}


def test_no_pairs_give_no_weights() -> None:
    assert pair_weights(DEMAND, []) == []


def test_bad_pairs_are_named_at_once() -> None:
    asked = pairs_of(("almaty", "karachi"), ("almaty", "karachi"), ("kabul", "kabul"))
    with pytest.raises(DataError, match="fault") as caught:
        pair_weights(DEMAND, asked, ["trade", "smuggling"])
    assert caught.value.texts == (
        "'smuggling' is no flow: trade or transit",
        "almaty to karachi stands twice",
        "kabul is both origin and destination",
    )
