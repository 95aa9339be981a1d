"""One table of charge kinds serves the pricing, the journey, the spread and the charts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from karwan.analysis.corridors.scope import Scope
from karwan.analysis.world.state import State
from karwan.base.provenance import Figure, Source
from karwan.network.gauges import MODES
from karwan.route import charges
from karwan.route.charges import BEYOND, HAUL_OF_MODE, KINDS, SEASON, Charge, ChargeKind
from karwan.route.expand import CROSSING, TRANSFER
from karwan.route.tcd import compose
from tests import reference, worlds


def test_every_kind_is_in_the_table_once() -> None:
    made = [one for one in vars(charges).values() if isinstance(one, ChargeKind)]
    assert len(KINDS) == len(set(KINDS))
    assert set(made) == set(KINDS)
    names = [kind.name for kind in KINDS]
    assert len(names) == len(set(names))


def test_every_mode_has_its_haul() -> None:
    assert set(HAUL_OF_MODE) == set(MODES)


def test_what_moves_varies_with_the_way_and_never_waits_at_a_node() -> None:
    assert all(kind.varies_with_way for kind in KINDS if kind.is_moving)
    assert not [kind.name for kind in KINDS if kind.varies_with_way and kind.at_node]


@pytest.mark.parametrize("unit", ["truck", "wagon"])
def test_the_region_s_arcs_charge_kinds_of_the_table_where_they_belong(unit: str) -> None:
    priced = reference.planner(unit).priced
    used = set()
    for arc in priced.graph.arcs:
        for charge in priced.charges[arc.id]:
            used.add(charge.kind)
            if charge.kind.at_node:
                assert arc.kind in (CROSSING, TRANSFER)
            if charge.hours is not None and not charge.kind.at_node:
                assert charge.kind.varies_with_way
    assert used <= set(KINDS)
    assert set(KINDS) - used == {SEASON, BEYOND}, "of a departure, and of a whole journey"


def test_a_new_kind_is_told_and_summed_without_further_code(tmp_path: Path) -> None:
    """An escort of 7 USD and 5 hours at the east gate: in the sums, the table and the spread."""
    lands = worlds.lands(tmp_path)
    planner, place = lands.planner(), lands.network.place
    path = planner.best(
        place("ncity"), place("scity"), Scope(state=State.all_open), via=(("element", worlds.EAST),)
    )
    assert path is not None
    before = planner.journey(path)
    assert before.crossings == (worlds.EAST,)
    kind = ChargeKind(name="escort", at_node=True, colour="#777777")
    source = Source("https://example.org/escort", "2020-01-01", "C")
    charge = Charge(
        kind,
        "escort",
        hours=Figure(value=5.0, low=5.0, high=5.0, unit="h", source=source),
        usd=Figure(value=7.0, low=6.0, high=9.0, unit="USD", source=source),
    )
    charges = tuple(
        (*found, charge) if arc.crossing_id == worlds.EAST else found
        for arc, found in zip(planner.graph.arcs, planner.priced.charges, strict=True)
    )
    journey = compose(replace(planner.priced, charges=charges), path)
    assert (journey.hours_by_kind["escort"], journey.usd_by_kind["escort"]) == (5.0, 7.0)
    assert journey.hours.value == before.hours.value + 5
    assert journey.usd.value - before.usd.value == pytest.approx(7)
    added = {width.what: width.usd.ends for width in journey.widths}
    assert added["escort, escort"] == (6.0, 7.0, 9.0)
    assert journey.usd.low > before.usd.low
    assert journey.usd.high > before.usd.high
    assert journey.rows[-1].cum_usd == pytest.approx(before.rows[-1].cum_usd + 7)
    assert journey.reliability.hours.mean_hours == pytest.approx(
        before.reliability.hours.mean_hours + 5
    )
    assert journey.grade == "C"
