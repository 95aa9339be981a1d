"""Help is read by people who write no Python."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import typer

from karwan.cli.helping import WORDS
from karwan.main import _parser, main


def every(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield words, command
    for name, one in getattr(command, "commands", {}).items():
        yield from every(one, (*words, name))


def test_no_option_is_told_by_a_type_of_python() -> None:
    told = {
        f"{' '.join(words)} {parameter.name}": parameter.display_type(typer.Context(command))
        for words, command in every(_parser(""))
        for parameter in command.params
    }
    assert len(told) > 300
    bad = {
        name: word
        for name, word in told.items()
        if word.strip("<>") in WORDS or "[" in word or "object" in word
    }
    assert not bad


def test_the_list_of_commands_cuts_no_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    groups = [words for words, command in every(_parser("")) if hasattr(command, "commands")]
    assert len(groups) > 10
    for words in groups:
        assert main([*words, "--help"]) == 0
        listed = capsys.readouterr().out.partition("Commands:")[2]
        assert listed.strip(), words
        assert "..." not in listed, words


def test_a_date_is_told_as_a_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "--help"]) == 0
    told = capsys.readouterr().out
    assert "--as-of <date> " in told
    assert "--deadline <date or days>" in told
    assert "--close <text> " in told
