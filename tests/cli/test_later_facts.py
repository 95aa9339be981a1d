from __future__ import annotations

import json

import pytest

from karwan.main import main

ASKED = (
    ("compare", "tashkent", "karachi"),
    ("route", "tashkent", "karachi", "--state", "all-open"),
)


@pytest.mark.parametrize("words", ASKED, ids=lambda words: words[0])
def test_figures_of_a_later_day_are_told_or_refused(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = [*words, "--as-of", "2023-01-01"]
    assert main(asked) == 0
    (told,) = [x for x in capsys.readouterr().out.splitlines() if x.startswith("Later facts:")]
    assert "published after 2023-01-01" in told
    assert told.endswith(" --strict refuses them.")
    assert main([*asked, "--strict"]) == 2
    refused = capsys.readouterr()
    assert not refused.out
    assert "published after 2023-01-01" in refused.err


@pytest.mark.parametrize("words", ASKED, ids=lambda words: words[0])
def test_what_was_known_by_the_date_is_not_refused(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = [*words, "--as-of", "2026-11-22"]
    assert main(asked) == 0
    plain = capsys.readouterr().out
    assert "Later facts" not in plain
    assert main([*asked, "--strict"]) == 0
    assert capsys.readouterr().out == plain


def test_later_figures_are_listed_with_their_days(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ASKED[1], "--as-of", "2023-01-01", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    facts = [fact for route in found["routes"] for fact in route["later_facts"]]
    assert facts
    assert all(set(fact) == {"source_url", "source_date", "known_on"} for fact in facts)
    assert all(fact["known_on"] > "2023-01-01" for fact in facts)
