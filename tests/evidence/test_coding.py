"""A second coding of closures: drawn without sight of the first, counted, differences named."""

from __future__ import annotations

import json

import pytest

from karwan.base.agreement import agreement, kappa_band
from karwan.evidence.coding import coded_twice
from karwan.main import main
from tests.reference import catalog


def test_kappa_is_what_a_table_of_two_by_two_gives() -> None:
    """50 things: 20 both yes, 15 both no, 5 and 10 apart; worked out by hand, kappa 0.4."""
    first = ["yes"] * 25 + ["no"] * 25
    second = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    told = agreement(first, second)
    assert (told.count, told.same_count) == (50, 35)
    assert told.kappa == pytest.approx(0.4)  # (0.7 - 0.5) / 0.5
    band = kappa_band(first, second)
    assert band is not None
    assert band.low < 0.4 < band.high
    assert band.value == told.kappa


def test_one_word_throughout_has_no_kappa() -> None:
    assert agreement(["full"] * 3, ["full"] * 3).kappa is None
    assert kappa_band(["full"] * 3, ["full"] * 3) is None
    assert kappa_band([], []) is None


def test_thirty_rows_were_coded_twice_and_each_difference_is_named() -> None:
    for one in coded_twice(catalog()):
        assert one.agreement.count == 30
        assert len(one.differ) == one.agreement.count - one.agreement.same_count
        assert all(row.first != row.second for row in one.differ)
        assert one.kappa is not None
        assert one.kappa.low <= one.kappa.value <= one.kappa.high


def test_the_command_prints_agreement_and_how_it_was_made(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["evidence", "coding"]) == 0
    text = capsys.readouterr().out
    assert "second coder of the same team" in text
    assert "agreement leans high" in text
    assert main(["evidence", "coding", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {row["coded"]: row["row_count"] for row in told["rows"]} == {"scope": 30, "cause": 30}
    assert {row["coded"] for row in told["differ"]} <= {"scope", "cause"}
