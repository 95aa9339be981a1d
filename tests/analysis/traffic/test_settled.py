"""Freight as it was before, on the counts."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from karwan.analysis.traffic.settled import _is_foreign


def test_freight_that_meets_no_gate_is_a_table_without_rows() -> None:
    """So that its columns can be chosen as those of any other."""
    freight: Any = SimpleNamespace(
        loads=(SimpleNamespace(countries=("A", "B")),), ways=(SimpleNamespace(load=0),), gates=()
    )
    assert _is_foreign(freight).shape == (0, 1)
