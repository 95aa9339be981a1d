"""How pairs come apart, against a search anew for every pair and every set of things shut."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.testing import assert_allclose

from karwan.analysis.forecasts.closures import fit_world
from karwan.analysis.futures import fragility
from karwan.analysis.futures.criticality import (
    PairLoss,
    Stake,
    find_chokepoints,
    knock_out_masks,
    masks_of,
)
from karwan.analysis.futures.fragility import (
    Fragility,
    LossLaw,
    find_bridges,
    fragility_lines,
    fragility_to_dict,
    law_of_loss,
    remove_worst_first,
)
from karwan.analysis.futures.reliability import Roads
from karwan.analysis.futures.sampling import ORDINARY, TODAY, Sampling
from karwan.base.errors import DataError
from karwan.hazard.scenarios import draw_scenarios
from tests import reference
from tests.oracles.fragility import Searched
from tests.worlds import EAST, PASS, WEST, Lands

PAIRS = [("almaty", "karachi"), ("karachi", "kabul"), ("mazar-e-sharif", "gwadar")]
PENALTY = 0.5
SUM_TOLERANCE = 1e-9
"""Sums of some doubles of like size in two orders differ by less than this, relatively."""


@cache
def stakes() -> tuple[Stake, ...]:
    network, roads = reference.network(), Roads(planner=reference.planner())
    return tuple(
        Stake(network.place(a), network.place(b), roads, float(weight))
        for weight, (a, b) in enumerate(PAIRS, 1)
    )


@cache
def searched() -> Searched:
    return Searched(stakes(), PENALTY)


def of_lands(lands: Lands, *, links: bool = False, known: bool = True) -> list[Stake]:
    roads = Roads(planner=lands.planner(), links=links)
    ends = [lands.network.place(name) for name in ("ncity", "scity")]
    return [
        Stake(ends[0], ends[1], roads, 2.0 if known else None),
        Stake(ends[1], ends[0], roads, 3.0 if known else None),
    ]


@pytest.mark.parametrize("held", [(), (WEST,), (EAST, "east-rail")])
@pytest.mark.parametrize("links", [False, True])
def test_in_two_lands_all_is_as_a_search_anew_says(
    two_lands: Lands, held: tuple[str, ...], links: bool
) -> None:
    found = of_lands(two_lands, links=links)
    index = found[0].roads.index
    base = tuple(index.ids.index(name) for name in held if name in index.ids)
    slow = Searched(found, PENALTY)
    told = {one.id: list(one.pairs) for one in find_bridges(found, shut=base)}
    assert told == slow.bridges(frozenset(base))
    steps = remove_worst_first(found, 6, shut=base, cut_penalty_ratio=PENALTY)
    expected = slow.worst_first(6, frozenset(base))
    assert [(one.id, one.pairs_cut, one.pairs_hit) for one in steps] == [
        (name, cut, hit) for name, _, cut, hit in expected
    ]
    assert_allclose(
        [one.loss_usd_per_day for one in steps], [loss for _, loss, _, _ in expected],
        rtol=SUM_TOLERANCE,
    )  # fmt: skip


def test_with_one_gate_left_in_two_lands_it_is_the_bridge(two_lands: Lands) -> None:
    found = of_lands(two_lands)
    index = found[0].roads.index
    shut = [index.ids.index(name) for name in (WEST, "east-rail")]
    told = {one.id: len(one.pairs) for one in find_bridges(found, shut=shut)}
    assert told[EAST] == told[PASS] == 2
    assert not find_bridges(found)


def test_on_the_reference_network_the_curve_is_that_of_a_search_anew() -> None:
    pair = stakes()[:1]
    steps = remove_worst_first(pair, 2, cut_penalty_ratio=PENALTY)
    expected = Searched(pair, PENALTY).worst_first(2, frozenset())
    assert [one.id for one in steps] == [name for name, *_ in expected]
    assert_allclose(
        [one.loss_usd_per_day for one in steps], [loss for _, loss, _, _ in expected],
        rtol=SUM_TOLERANCE,
    )  # fmt: skip
    assert [one.step for one in steps] == [1, 2]
    added = np.diff([0.0, *(one.loss_usd_per_day for one in steps)])
    assert_allclose([one.added_usd_per_day for one in steps], added, rtol=SUM_TOLERANCE)


def test_the_law_of_the_loss_is_that_of_all_days_searched_one_by_one() -> None:
    model, sampling = fit_world(reference.world()), Sampling(3, 100, 40)
    told = law_of_loss(stakes(), model, sampling, cut_penalty_ratio=PENALTY)
    for times in (ORDINARY, TODAY):
        drawn = draw_scenarios(
            model, seed=3, path_count=100, horizon_days=40, from_today=times == TODAY
        )
        shut = np.array([drawn.shut_on(float(day)) for day in range(40)])
        if times == TODAY:
            shut[:, :, list(stakes()[0].roads.premise.always_shut)] = True
        states, which = np.unique(shut.reshape(-1, shut.shape[2]), axis=0, return_inverse=True)
        masks = masks_of([tuple(np.flatnonzero(row).tolist()) for row in states], shut.shape[2])
        asked = knock_out_masks(stakes(), masks)
        some = np.random.default_rng(4).choice(len(states), 25)
        by_state = np.zeros(len(states))
        for row, stake in enumerate(stakes()):
            usd, root = asked.usd[row], asked.root_usd[row]
            for k in some.tolist():
                slow = searched().usd(row, frozenset(np.flatnonzero(states[k]).tolist()))
                assert_allclose(usd[k], np.nan if slow is None else slow, rtol=0, equal_nan=True)
            lost = np.where(np.isnan(usd), PENALTY * root, usd - root)
            by_state += lost * (stake.consignments_per_day or 0.0)
        loss = np.rint(by_state)[which.ravel()]
        law = told[times]
        assert_allclose(law.mean_usd_per_day, loss.mean(), rtol=SUM_TOLERANCE)
        by_path = loss.reshape(40, 100).mean(axis=0)
        assert law.error_usd_per_day is not None
        assert_allclose(law.error_usd_per_day, by_path.std(ddof=1) / 10, rtol=1e-6)
        assert law.any_share == (loss > 0).mean()
        for share, usd in law.quantiles:
            assert usd == np.quantile(loss, share, method="inverted_cdf")
        for usd, share in law.exceedance:
            assert share == (loss > usd).mean()
        assert len(law.exceedance) > 3


def test_without_known_demand_nothing_is_lost_in_usd_and_cuts_still_count(
    two_lands: Lands,
) -> None:
    found = of_lands(two_lands, known=False)
    steps = remove_worst_first(found, 6, cut_penalty_ratio=1.0)
    assert {one.loss_usd_per_day for one in steps} == {0.0}
    assert steps[-1].pairs_cut == 2
    law = law_of_loss(
        found, fit_world(two_lands.world()), Sampling(1, 100, 30), cut_penalty_ratio=1.0
    )[ORDINARY]
    assert (law.mean_usd_per_day, law.any_share) == (0.0, 0.0)
    assert law.exceedance == ((0.0, 0.0),)


def test_the_next_best_way_of_each_pair_is_told_least_median_and_most() -> None:
    for one in find_chokepoints(stakes(), None):
        extra = [loss.extra_usd for loss in one.losses if loss.extra_usd is not None]
        told = one.replacement_usd
        if not extra:
            assert told is None
            continue
        assert told == (min(extra), float(np.median(extra)), max(extra))


def test_what_was_not_asked_is_none_and_told_in_no_line() -> None:
    data = fragility_to_dict(Fragility())
    assert data == {"bridges": [], "removal": None, "loss_law": None}
    assert fragility_lines(Fragility(), {}) == []
    lines = fragility_lines(Fragility(removal=()), {})
    assert lines[-1] == "  nothing that can be taken out costs any pair anything"


def test_a_cut_that_counts_less_than_the_way_round_takes_nothing_off_the_loss(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Of two elements the first makes the way dearer by 100 USD a day; both together cut it, which
    # counts as 10. With the first out, the second would lower the loss by 90.
    cost = {(0,): (100.0, False), (0, 1): (10.0, True)}

    def losses(_: object, sets: list[tuple[int, ...]], *__: object) -> list[tuple[PairLoss, ...]]:
        return [
            tuple(
                PairLoss(
                    origin="a", destination="b", countries=("AA", "BB"), extra_hours=None,
                    extra_usd=None if cut else usd, cut=cut, loss_usd_per_day=usd,
                )
                for usd, cut in [cost[one]]
            )
            if one in cost
            else ()
            for one in sets
        ]  # fmt: skip

    monkeypatch.setattr(fragility, "pair_losses", losses)
    monkeypatch.setattr(fragility, "usable_elements", lambda _: [0, 1])
    steps = remove_worst_first(stakes(), 2, cut_penalty_ratio=PENALTY)
    assert [one.added_usd_per_day for one in steps] == [100.0]


@pytest.mark.parametrize("steps", [0, 51])
def test_steps_out_of_bounds_are_refused(steps: int) -> None:
    with pytest.raises(DataError, match="removal"):
        remove_worst_first(stakes(), steps, cut_penalty_ratio=1.0)


def test_where_nothing_is_lost_no_loss_is_told_as_exceeded() -> None:
    law = LossLaw(
        mean_usd_per_day=0.0, error_usd_per_day=None, any_share=0.0, quantiles=((0.5, 0.0),),
        exceedance=((0.0, 0.0),),
    )  # fmt: skip
    lines = fragility_lines(Fragility(loss_law={ORDINARY: law}), {})
    assert not [line for line in lines if line.startswith("  exceeded")]
    some = replace(law, exceedance=((0.0, 0.5), (10.0, 0.25)))
    assert fragility_lines(Fragility(loss_law={ORDINARY: some}), {})[-1] == (
        "  exceeded: 10 on 25.0%"
    )
