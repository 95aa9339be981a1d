"""Commands that pages show are run: those of the how-to pages here, all by `make examples`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.run_examples import NOT_RUN, ROOT, examples_of, faults_of, pages

HOW = sorted((ROOT / "docs" / "how").glob("*.md"))


@pytest.mark.parametrize("page", HOW, ids=lambda page: page.stem)
def test_the_commands_of_a_page_answer(page: Path) -> None:
    assert faults_of(page) == []


def test_a_command_that_is_refused_is_named_with_what_it_says(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "```sh\n.venv/bin/karwan network show torkham > out.txt   # kept\n"
        "karwan network show \\\n  nowhere\n```\n\nkarwan no example\n"
    )
    first, second = examples_of(page)
    assert (first.words, first.target) == (["karwan", "network", "show", "torkham"], "out.txt")
    (told,) = faults_of(page)
    assert told.startswith(f"page.md: `{second.line}` ends with 2: ")
    assert "nowhere" in told


def test_what_is_not_run_stands_in_a_page() -> None:
    told = [f"{one.page.name}: {one.line}" for page in pages() for one in examples_of(page)]
    assert [part for part in NOT_RUN if not any(part in line for line in told)] == []
