"""Numbers in the report as a reader writes them: a little is not nothing, no program's None."""

from __future__ import annotations

import re

from karwan.analysis.futures.chokepoints import _times
from karwan.report.content import small_number, three_digits


def test_a_little_is_not_told_as_nothing() -> None:
    assert small_number(1066 / 1e6, 2) == "under 0.01"
    assert small_number(0.0, 2) == "0.00"
    assert small_number(0.006, 2) == "0.01"


def test_a_number_keeps_three_digits_and_all_of_a_whole_one() -> None:
    told = [three_digits(one) for one in (0.33546, 1.447, 19.26, 427000.0, 2292.313)]
    assert told == ["0.335", "1.45", "19.3", "427,000", "2,292"]


def test_once_is_not_told_as_one_times() -> None:
    assert _times(1.0) == "what"
    assert _times(1.5) == "1.5 times what"


def test_no_template_prints_a_field_that_may_be_blank_beside_a_name() -> None:
    """A claim without a route left the word None under its name."""
    from importlib import resources

    folder = resources.files("karwan.report").joinpath("templates")
    text = folder.joinpath("unbuilt.html.j2").read_text(encoding="utf-8")
    assert re.findall(r"\{\{ claim\.(route|status_reported|length_claim) \}\}", text) == []
