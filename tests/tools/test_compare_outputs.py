"""Two checkouts are compared on every command of the page, and each difference is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.compare_outputs import ANSWERS, NOT_ASKED, command_lines, differences, documented

PAGE = (Path(__file__).parents[2] / "docs" / "cli.md").read_text(encoding="utf-8")


def test_every_command_of_the_page_is_asked_or_left_out_on_purpose() -> None:
    assert documented(PAGE) == set(ANSWERS) | NOT_ASKED


def test_a_new_command_stops_the_comparison() -> None:
    with pytest.raises(SystemExit, match="not compared: wait"):
        command_lines(f"{PAGE}\n## karwan wait\n", ("json",))


def test_each_form_is_asked_where_there_is_one() -> None:
    calls = dict(command_lines(PAGE, ("table", "json", "csv")))
    assert calls["compare (csv)"] == [
        *("compare", "almaty", "karachi", "--as-of", "2026-11-22", "--format", "csv")
    ]
    assert calls["evidence check"] == ["evidence", "check"]


def test_only_what_differs_is_told() -> None:
    before = {"a": "code 0\nsame\n", "b": "code 0\n12 h\n"}
    assert differences(before, before) == []
    assert differences(before, before | {"b": "code 0\n13 h\n"}) == ["b:\n  -12 h\n  +13 h"]
