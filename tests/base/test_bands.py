"""A band holds its value, says what its ends are, and is finite."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from karwan.base.bands import ROUNDING_RATIO, Band, Kind
from karwan.base.errors import DataError

FINITE = st.floats(-1e12, 1e12)


@given(st.tuples(FINITE, FINITE, FINITE).map(sorted), st.floats(0, 1e6))
def test_scaling_keeps_the_order_and_the_kind(ends: list[float], factor: float) -> None:
    low, value, high = ends
    band = Band(low, value, high, Kind.draws).scaled(factor)
    assert band.ends == tuple(end * factor for end in ends)
    assert band.kind is Kind.draws


@pytest.mark.parametrize(("low", "value", "high"), [(2.0, 1.0, 3.0), (0.0, 4.0, 3.0)])
def test_a_value_outside_its_band_is_refused(low: float, value: float, high: float) -> None:
    with pytest.raises(DataError, match="lies outside its band"):
        Band(low, value, high, Kind.inputs)


@pytest.mark.parametrize("kind", Kind)
def test_only_what_is_drawn_may_lie_beyond_its_ends(kind: Kind) -> None:
    if kind in (Kind.draws, Kind.interval):
        assert Band(0.0, 0.03, 0.0, kind).value == 0.03
    else:
        with pytest.raises(DataError, match="outside"):
            Band(0.0, 0.03, 0.0, kind)
    with pytest.raises(DataError, match="outside"):
        Band(1.0, 0.5, 0.0, kind)


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
def test_what_is_not_known_is_no_number(wrong: float) -> None:
    with pytest.raises(DataError, match="what is not known has no band"):
        Band(0.0, 1.0, wrong, Kind.published)


def test_a_rounding_in_the_last_bit_is_no_fault() -> None:
    mean = math.nextafter(0.1, 1)
    assert Band(0.1, mean, 0.1, Kind.inputs).value == mean
    with pytest.raises(DataError, match="outside"):
        Band(0.1, 0.1 * (1 + 2 * ROUNDING_RATIO), 0.1, Kind.inputs)


@pytest.mark.parametrize(
    ("low", "high", "has_sign"),
    [(1.0, 2.0, True), (-2.0, -1.0, True), (0.0, 1.0, False), (-1.0, 0.0, False)],
)
def test_more_or_less_is_said_only_on_one_side_of_zero(
    low: float, high: float, has_sign: bool
) -> None:
    assert Band(low, (low + high) / 2, high, Kind.defaults).has_sign is has_sign
