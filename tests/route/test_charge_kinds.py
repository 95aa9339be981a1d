"""One table of charge kinds serves the pricing, the journey, the spread and the charts."""

from __future__ import annotations

import pytest

from karwan.network.gauges import MODES
from karwan.route import charges
from karwan.route.charges import HAUL_OF_MODE, KINDS, ChargeKind
from karwan.route.expand import CROSSING, TRANSFER
from tests import reference


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
    assert len(used) >= len(KINDS) - 1, "entry fees are for trucks alone"
