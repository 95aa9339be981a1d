"""Comparisons: what is cut says so, and an order is claimed only where it holds."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from pathlib import Path

import polars as pl
import pytest

from karwan.analysis.corridors.comparison import Comparison, Status
from karwan.analysis.corridors.desk import Desk
from karwan.analysis.corridors.planner import Planner
from karwan.analysis.corridors.ranking import extra_usd
from karwan.analysis.world.state import State
from karwan.analysis.world.world import open_world
from karwan.data.catalog import Catalog
from karwan.network.vehicles import make_consignment
from karwan.route.tcd import Journey
from tests import reference

MOST_DEFAULTS = 14
"""2^14 corners are looked at one by one in under a second."""

PAIRS = [("almaty", "karachi"), ("kabul", "karachi"), ("tashkent", "lahore"), ("astana", "gwadar")]


def both() -> Iterator[Comparison]:
    for origin, destination in PAIRS:
        for state in (State.last_known, State.all_open):
            yield reference.comparison(origin, destination, state)


def test_a_cut_corridor_says_by_what_since_when_and_what_it_would_be() -> None:
    comparison = reference.comparison("almaty", "karachi", State.last_known)
    answer = comparison.answer("kuap-road-torkham")
    assert answer.status == Status.cut
    assert answer.journey is None
    assert answer.open_journey is not None
    assert [(cut.id, str(cut.since), str(cut.known_on)) for cut in answer.cuts] == [
        ("torkham-road", "2025-10-12", "2026-10-04")
    ]


def test_every_cut_corridor_has_a_cause_and_every_open_one_a_journey() -> None:
    for comparison in both():
        for answer in comparison.answers:
            assert (answer.journey is not None) == (answer.status == Status.open)
            assert bool(answer.cuts) == (answer.status in (Status.cut, Status.not_built))


def test_an_announced_railway_is_never_open() -> None:
    for comparison in both():
        for answer in comparison.answers:
            if answer.corridor.project_id:
                assert answer.status != Status.open
                assert answer.corridor.id not in comparison.ranking.order_central


ROUNDED_USD = 0.1
"""Weights are rounded to 0.001 USD an arc, and no route has a hundred arcs."""


def test_the_best_is_no_dearer_than_any_corridor() -> None:
    for comparison in both():
        assert comparison.best is not None
        costs_usd = [a.journey.generalized_cost_usd for a in comparison.answers if a.journey]
        assert comparison.best.generalized_cost_usd <= min(costs_usd) + ROUNDED_USD


def test_without_afghanistan_keeps_out_of_it() -> None:
    for comparison in both():
        without = comparison.best_avoiding
        if comparison.origin.country == "AF":
            assert without is None
        else:
            assert without is not None
            assert "AF" not in without.countries


def test_a_way_out_of_afghanistan_is_the_same_with_the_gates_shut() -> None:
    shut, opened = (
        reference.comparison("almaty", "karachi", s) for s in (State.last_known, State.all_open)
    )
    assert shut.best_avoiding is not None
    assert opened.best_avoiding is not None
    assert shut.best_avoiding.path == opened.best_avoiding.path


def corners(a: Journey, b: Journey) -> list[float]:
    """Return b's cost less a's at every corner of the bands of their defaults, in USD."""
    bands_a, bands_b = a.default_band_usd(), b.default_band_usd()
    names = sorted(bands_a.keys() | bands_b.keys())
    found = []
    for ends in product((0, 2), repeat=len(names)):
        shift = {"a": 0.0, "b": 0.0}
        for name, end in zip(names, ends, strict=True):
            for side, bands in (("a", bands_a), ("b", bands_b)):
                if name in bands:
                    shift[side] += bands[name].ends[end] - bands[name].value
        found.append(b.generalized_cost_usd + shift["b"] - a.generalized_cost_usd - shift["a"])
    return found


def test_an_order_of_two_holds_only_if_it_holds_at_every_corner_of_their_defaults() -> None:
    seen = {True: 0, False: 0}
    for comparison in both():
        for pairing in comparison.ranking.pairings:
            a, b = (comparison.answer(name).journey for name in (pairing.better, pairing.worse))
            assert a is not None
            assert b is not None
            if len(a.default_band_usd().keys() | b.default_band_usd().keys()) > MOST_DEFAULTS:
                continue
            least = min([*corners(a, b), pairing.margin_usd.value])
            assert pairing.holds == (least > 0)
            assert pairing.margin_usd.low == pytest.approx(least, abs=1e-6)
            seen[pairing.holds] += 1
    assert min(seen.values()) > 0


def test_a_rank_ranges_over_what_the_pairings_leave_open() -> None:
    for comparison in both():
        ranks = comparison.ranking.ranks
        assert [rank.rank for rank in ranks] == list(range(1, len(ranks) + 1))
        assert all(rank.best_rank <= rank.rank <= rank.worst_rank for rank in ranks)
        fixed = all(rank.best_rank == rank.worst_rank for rank in ranks)
        assert not fixed or comparison.ranking.holds


def test_ranks_of_all_at_once_are_those_of_every_two() -> None:
    ranged = 0
    for comparison in both():
        ways = {
            rank.corridor_id: comparison.answer(rank.corridor_id).journey
            for rank in comparison.ranking.ranks
        }
        journeys = {name: way for name, way in ways.items() if way is not None}
        for rank in comparison.ranking.ranks:
            mine = journeys[rank.corridor_id]
            others = [way for name, way in journeys.items() if name != rank.corridor_id]
            beaten_by = sum(extra_usd(mine, over=other).low > 0 for other in others)
            beats = sum(extra_usd(other, over=mine).low > 0 for other in others)
            assert (rank.best_rank, rank.worst_rank) == (1 + beaten_by, len(journeys) - beats)
            ranged += rank.best_rank != rank.worst_rank
    assert ranged > 0


def with_blanks_at_zero(folder: Path) -> Catalog:
    """Return tables in which every unpublished border hour and fee is written as zero."""

    def zero(frame: pl.DataFrame) -> pl.DataFrame:
        columns = [
            name
            for name in frame.columns
            if ("hours" in name and "_low_" not in name and "_high_" not in name)
            or "cost_usd" in name
        ]
        blanks = sum(frame[name].null_count() for name in columns)
        assert blanks > 0
        return frame.with_columns(pl.col(name).fill_null("0") for name in columns)

    reference.change_table(folder, "border_crossings", zero)
    return Catalog(folder)


def test_blanks_at_zero_change_the_ranking_and_defaults_do_not_do_so_in_silence(
    tmp_path: Path,
) -> None:
    """Missing is not zero: were it so, posts without figures would win in silence."""
    catalog = with_blanks_at_zero(tmp_path)
    world = open_world(catalog, reference.AS_OF)
    consignment = make_consignment(catalog, carrier="PK", countries=world.network.countries)
    desk = Desk(Planner(world=world, consignment=consignment))
    changed = []
    for origin, destination in PAIRS:
        ours = reference.comparison(origin, destination, State.all_open).ranking
        start, end = world.network.place(origin), world.network.place(destination)
        naive = desk.compare(start, end, State.all_open).ranking
        both_have = [name for name in ours.order_central if name in naive.order_central]
        zeroed = [name for name in naive.order_central if name in both_have]
        changed += [
            (a, b, ours) for a, b in combinations(both_have, 2) if zeroed.index(a) > zeroed.index(b)
        ]
    assert changed, "zeros changed nothing: the test shows nothing"
    assert all(not ours.holds for _, _, ours in changed)


def test_dearer_is_said_only_where_no_default_turns_it() -> None:
    """What a way round costs more has the band that brute force over all corners gives."""
    seen = set()
    for comparison in both():
        for answer in comparison.answers:
            a, b = answer.open_journey, comparison.best
            if answer.journey is not None or a is None or b is None:
                continue
            if len(a.default_band_usd().keys() | b.default_band_usd().keys()) > MOST_DEFAULTS:
                continue
            band_usd = extra_usd(b, a)
            central = b.generalized_cost_usd - a.generalized_cost_usd
            corner_usd = [*corners(a, b), central]
            assert band_usd.ends == pytest.approx(
                (min(corner_usd), central, max(corner_usd)), abs=1e-6
            )
            turned = min(corner_usd) <= 0 <= max(corner_usd)
            assert band_usd.has_sign is not turned
            seen.add(turned)
    assert seen == {True, False}


def test_what_the_question_shuts_says_what_it_would_be_if_lifted() -> None:
    """It read as cut with all gates open too, as if for ever, and told no figures."""
    network = reference.network()
    world = open_world(reference.catalog(), reference.AS_OF, closed=["torkham"], network=network)
    desk = Desk(Planner(world=world, consignment=reference.consignment()))
    ends = network.place("kabul"), network.place("islamabad")
    answer = desk.compare(*ends, State.last_known).answer("kuap-road-torkham")
    opened = reference.comparison("kabul", "islamabad", State.all_open).answer("kuap-road-torkham")
    assert (answer.status, answer.open_journey) == (Status.cut, None)
    assert answer.lifted_journey is not None
    assert opened.journey is not None
    assert answer.lifted_journey.path.arcs == opened.journey.path.arcs
    assert [cut.reason for cut in answer.cuts] == ["shut in the question"]
