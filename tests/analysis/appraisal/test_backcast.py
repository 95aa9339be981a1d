"""Lines that opened, held against what their class would have foretold."""

from __future__ import annotations

import pytest

from karwan.analysis.appraisal.backcast import backcasts, coverage_words, road_words
from karwan.analysis.appraisal.outside_view import predictive_law, reference_class
from karwan.base.errors import DataError
from tests import reference


def test_each_line_is_left_out_of_its_own_class_of_four() -> None:
    lines = backcasts(reference.world())
    assert [len(one.references) for one in lines] == [3] * 4
    for one in lines:
        assert one.row.line_id not in {other.line_id for other in one.references}
        law = predictive_law([other.ratio for other in one.references])
        assert one.middle_mt == pytest.approx(
            float(law.quantile([0.5])[0]) * one.mine.promised_mt_per_year
        )


def test_a_promise_of_the_days_of_the_opening_is_not_blind() -> None:
    blind = {one.row.line_id: one.blind for one in backcasts(reference.world())}
    assert blind == {
        "baku-tbilisi-kars": True, "khaf-rozanak": True,
        "kazakhstan-turkmenistan-iran": False, "zhetygen-altynkol": False,
    }  # fmt: skip


def test_strictly_no_class_had_been_counted_in_time_and_nothing_is_foretold() -> None:
    """The first count of another line is of 2020: too late for 2012, 2014, 2017, December 2020."""
    for one in backcasts(reference.world(), strict=True):
        assert one.references == ()
        assert (one.middle_mt, one.within) == (None, None)
        assert any("tells no spread" in why for why in one.why)
    assert "No class" in coverage_words(backcasts(reference.world(), strict=True))


def test_a_line_whose_cost_is_known_has_its_tariffs() -> None:
    """1,400 million USD over 925 km: at 4 Mt a year promised, at 1.245 carried."""
    (line,) = backcasts(reference.world(), "kazakhstan-turkmenistan-iran")
    assert line.tariffs is not None
    promised, foretold, carried = line.tariffs
    haul = 0.012 * 925
    assert (carried - haul) / (promised - haul) == pytest.approx(4 / 1.245)
    assert foretold is not None
    assert foretold > carried > promised
    other = next(one for one in backcasts(reference.world())
                 if one.row.line_id == "baku-tbilisi-kars")  # fmt: skip
    assert (other.tariffs, other.road) == (None, None)
    assert any("no tariff" in why for why in other.why)


def test_what_users_save_is_the_lorry_less_the_tariff() -> None:
    """Lorries: 5.64 cents a tonne-km in Turkmenistan (2021), 7.15 in Kazakhstan (2019); 925 km."""
    (line,) = backcasts(reference.world(), "kazakhstan-turkmenistan-iran")
    assert line.road is not None
    assert line.tariffs is not None
    ends = (line.road.low_usd_per_t, line.road.high_usd_per_t)
    assert ends == pytest.approx((925 * 0.0564, 925 * 0.0715))
    assert (line.road.years, line.road.blind) == ((2019, 2021), False)
    told = [usd for usd in line.saved_usd_per_t if usd is not None]
    assert told == pytest.approx([sum(ends) / 2 - (usd or 0) for usd in line.tariffs])
    assert max(told) < 0, "at no tariff that pays for the line does a tonne save"
    assert "a lorry took 52 to 66 USD a tonne" in road_words(line)
    assert any("not blind: it was published after" in why for why in line.why)
    (early,) = backcasts(reference.world(), "kazakhstan-turkmenistan-iran", strict=True)
    assert (early.road, early.saved_usd_per_t) == (None, (None, None, None))
    assert any("no rate of lorries from before the opening" in why for why in early.why)


def test_the_part_under_contract_has_its_cost_from_before_the_opening() -> None:
    """Rozanak-Robat Paryan: 43 km for 58.5 million USD, contracted on 12 December 2019."""
    (line,) = backcasts(reference.world(), "khaf-herat", strict=True)
    assert line.blind
    assert (line.row.length_km, line.row.capex_musd) == (43, 58.5)
    assert line.tariffs is not None
    promised, foretold, carried = line.tariffs
    haul = 0.012 * 43
    assert foretold is None, "strictly the class tells nothing"
    assert (carried - haul) / (promised - haul) == pytest.approx(6.5 / 0.6)


def test_all_classes_are_the_shipped_one_and_an_unknown_line_is_named() -> None:
    shipped = {one.line_id for one in reference_class(reference.catalog(), "promised")}
    assert {one.row.line_id for one in backcasts(reference.world())} == shipped
    with pytest.raises(DataError, match="Known: baku-tbilisi-kars"):
        backcasts(reference.world(), "baku")
