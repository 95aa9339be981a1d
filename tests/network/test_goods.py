"""Tonnes from a value and the goods behind it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from karwan.data.rows.costs import CargoRow
from karwan.network.goods import read_mix, tonnes_per_musd
from tests.oracles.demand import mix_tonnes
from tests.reference import catalog

PRICES = {
    "coal": (90.0, 110.0, 280.0),
    "flour": (260.0, 310.0, 380.0),
    "steel": (500.0, 600.0, 750.0),
    "drugs": (15e3, 25e3, 60e3),
}
ROW = catalog().rows(CargoRow)[0]
CARGO = {
    good: replace(
        ROW, usd_per_tonne_low=low, usd_per_tonne_typical=typical, usd_per_tonne_high=high
    )
    for good, (low, typical, high) in PRICES.items()
}

groups = st.lists(st.sampled_from([*PRICES]), min_size=1, max_size=4, unique=True).map("|".join)
shares = st.one_of(st.none(), st.integers(1, 20))
mixes = st.lists(st.tuples(groups, shares), min_size=1, max_size=4, unique_by=lambda pair: pair[0])


def written(parts: list[tuple[str, int | None]]) -> str:
    return ";".join(
        names if percent is None else f"{names}:{percent / 100}" for names, percent in parts
    )


# Products of five rounded factors against sums in another order.
RELATIVE_ROUNDING = 1e-12


@given(mixes)
def test_a_mix_weighs_what_trying_every_good_gives(parts: list[tuple[str, int | None]]) -> None:
    found = tonnes_per_musd(read_mix(written(parts)), CARGO)
    wanted = mix_tonnes(written(parts), 1e6, PRICES)
    assert list(found.ends) == pytest.approx(wanted, rel=RELATIVE_ROUNDING)


@given(mixes)
def test_the_middle_lies_inside_the_band(parts: list[tuple[str, int | None]]) -> None:
    found = tonnes_per_musd(read_mix(written(parts)), CARGO)
    assert found.low < found.value < found.high


def test_the_middle_is_between_equal_weights_and_equal_values() -> None:
    found = tonnes_per_musd(read_mix("coal|drugs"), CARGO).value
    same_weight = 2e6 / (110.0 + 25e3)
    same_value = (0.5e6 / 110.0) + (0.5e6 / 25e3)
    assert same_weight < found < same_value


def test_electricity_weighs_nothing() -> None:
    assert tonnes_per_musd(read_mix("no-freight:0.3;coal"), CARGO).value == pytest.approx(
        0.7e6 / 110.0, rel=RELATIVE_ROUNDING
    )


def test_a_stated_share_of_all_leaves_no_scaling() -> None:
    assert tonnes_per_musd(read_mix("coal:1"), CARGO).low == pytest.approx(
        1e6 / 280.0, rel=RELATIVE_ROUNDING
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("coal:0.8;flour:0.3", "come to 1.1, which leaves nothing"),
        ("coal:1;flour", "leaves nothing for the others"),
        ("coal:much", "'much' is no share above 0 and up to 1"),
        ("coal:nan", "'nan' is no share"),
        ("coal:0;flour", "'0' is no share"),
        ("coal|:0.2", "blank or stands twice"),
        ("coal|coal", "blank or stands twice"),
        ("", "blank or stands twice"),
    ],
)
def test_a_mix_that_cannot_be_read(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_mix(text)
