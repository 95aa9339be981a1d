"""Freight as it was before, on the counts."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

from numpy.testing import assert_allclose

from karwan.analysis.traffic.freight import Freight, FreightWay
from karwan.analysis.traffic.settled import _is_foreign, fit_base


def test_freight_that_meets_no_gate_is_a_table_without_rows() -> None:
    """So that its columns can be chosen as those of any other."""
    freight: Any = SimpleNamespace(
        loads=(SimpleNamespace(countries=("A", "B")),), ways=(SimpleNamespace(load=0),), gates=()
    )
    assert _is_foreign(freight).shape == (0, 1)


def test_freight_that_meets_no_gate_goes_or_stays_by_its_cost() -> None:
    """Of 10 t two ways alike take 5 t each; nothing was counted, so all goes as published."""
    ways = tuple(
        FreightWay(
            load=0, sent=sent, elements=frozenset(), passes=(), usd_per_t=usd, fees_usd_per_t=(),
            ends=("a", "b"),
        )
        for sent, usd in ((True, 10.0), (True, 10.0), (False, 1000.0))
    )  # fmt: skip
    load: Any = SimpleNamespace(countries=("A", "B"), t_per_day=10.0)
    capacities: Any = SimpleNamespace(counts={})
    world: Any = SimpleNamespace()
    freight = Freight(
        world=world, loads=(load,), ways=ways, gates=(), payload_t=20.0, capacities=capacities,
        unknown_pairs=0,
    )  # fmt: skip
    spread: Any = SimpleNamespace(per_usd=1.0)
    base = fit_base(freight, spread, shut=frozenset(), closing=frozenset(), by=dt.date(2025, 1, 1))
    assert_allclose(base.flow_t_per_day, [5.0, 5.0, 0.0], atol=1e-9)
