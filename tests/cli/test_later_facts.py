from __future__ import annotations

import json

import pytest

from karwan.main import main

EARLY, LATE = "2023-01-01", "2026-11-27"
ASKED = (
    (EARLY, ("compare", "tashkent", "karachi")),
    (EARLY, ("route", "tashkent", "karachi", "--state", "all-open")),
    (EARLY, ("hazard", "torkham")),
    (EARLY, ("critical", "--links", "--top", "2")),
)
CUT = (EARLY, ("target", "AFG-PAK"))
"""Bases and announcements are cut at the date, and journeys are asked where responses are known."""


@pytest.mark.parametrize(("day", "words"), ASKED, ids=lambda one: one[0])
def test_figures_of_a_later_day_are_told_or_refused(
    day: str, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = [*words, "--as-of", day]
    assert main(asked) == 0
    lines = (line.strip() for line in capsys.readouterr().out.splitlines())
    (told,) = [line for line in lines if line.startswith("Later facts:")]
    assert f"published after {day}" in told
    assert told.endswith(" --strict refuses them.")
    assert main([*asked, "--strict"]) == 2
    refused = capsys.readouterr()
    assert not refused.out
    assert f"published after {day}" in refused.err


@pytest.mark.parametrize(("day", "words"), [*ASKED, CUT], ids=lambda one: one[0])
def test_what_was_known_by_the_date_is_not_refused(
    day: str, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """How well a time was searched is known since 26 November 2026."""
    assert day < LATE
    asked = [*words, "--as-of", LATE]
    assert main(asked) == 0
    plain = capsys.readouterr().out
    assert "Later facts" not in plain
    assert main([*asked, "--strict"]) == 0
    assert capsys.readouterr().out == plain


def test_later_figures_are_listed_with_their_days(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ASKED[1][1], "--as-of", EARLY, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    facts = [fact for route in found["routes"] for fact in route["later_facts"]]
    assert facts
    assert all(set(fact) == {"source_url", "source_date", "known_on"} for fact in facts)
    assert all(fact["known_on"] > "2023-01-01" for fact in facts)
