"""Which share of trucks is loaded: what was counted, none included."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from karwan.analysis.traffic.base_flows import LOADED_SHARE, loaded_share
from karwan.analysis.traffic.capacity import Capacities, CapacityUsed, capacities_of, capacity_used
from tests import reference


@cache
def torkham() -> CapacityUsed:
    return capacity_used(reference.world(), "torkham-road")[0]


def counted(*shares: float | None) -> Capacities:
    """Return counts of one gate with these shares."""
    full = capacities_of(reference.world())
    one = full.counts["torkham-road", "truck"][0]
    rows = tuple(replace(one, loaded_share=share) for share in shares)
    return replace(full, counts={("torkham-road", "truck"): rows})


def test_a_gate_of_empties_is_no_gate_of_which_nothing_is_known() -> None:
    empties = replace(torkham(), loaded_share=0.0)
    assert loaded_share(counted(0.5), empties) == 0.0
    assert loaded_share(counted(0.0, None, 0.5), replace(empties, loaded_share=None)) == 0.25


def test_where_no_count_says_some_are_empty_still() -> None:
    """Torkham, 9 May 2025: 450 of 700 loaded (count CC028)."""
    unknown = replace(torkham(), loaded_share=None)
    assert loaded_share(counted(None), unknown) == LOADED_SHARE
    assert pytest.approx(450 / 700, abs=0.005) == LOADED_SHARE
