"""The validation page: a missed mark is told as missed, a quotation stands where it is from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.validation_page import Mark, _covers, _engine, _incidents, _marks

ROOT = Path(__file__).parents[2]


def test_a_missed_mark_is_told_as_missed() -> None:
    told = _marks(
        [Mark("a", "at most 1", "2", is_met=False), Mark("b", "at most 1", "1", is_met=True)]
    )
    assert "| a | at most 1 | 2 | **missed** |" in told
    assert "| b | at most 1 | 1 | met |" in told


@pytest.mark.parametrize(
    ("share", "met"), [(0.79, False), (0.80, True), (0.97, True), (0.98, False)]
)
def test_a_band_that_holds_too_much_misses_its_mark_as_one_that_holds_too_little(
    share: float, met: bool
) -> None:
    assert _covers("band", share, (0.80, 0.97)).is_met is met


def test_a_quoted_figure_must_stand_on_its_page() -> None:
    with pytest.raises(LookupError, match="world, 60 by use"):
        _engine("| another | 1 | 2 |")
    with pytest.raises(LookupError, match="negative binomial"):
        _incidents("nothing")


def test_quoted_figures_are_those_of_their_pages() -> None:
    text = (ROOT / "docs" / "engine.md").read_text(encoding="utf-8")
    row = next(line for line in text.splitlines() if line.startswith("| world, 60 by use |"))
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert f"| world, 60 by use | {cells[-2]} | {cells[-1]} |" in _engine(text)
