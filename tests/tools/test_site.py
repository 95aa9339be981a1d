"""The site's hook: cells run, links led, formulas set, nothing from another host."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import karwan
from tools.site_pages import (
    BrokenPageError,
    mathml,
    notebook_page,
    on_page_content,
    on_page_markdown,
    on_post_page,
)

ROOT = Path(__file__).parents[2]


def page(src_uri: str) -> Any:
    return SimpleNamespace(file=SimpleNamespace(src_uri=src_uri), meta={})


def notebook(*sources: str) -> dict[str, Any]:
    return {"cells": [{"cell_type": "code", "source": [source]} for source in sources]}


def test_a_cell_shows_the_value_of_its_last_line_and_knows_the_cells_before() -> None:
    told = notebook_page(notebook("a = 20", "a + 1"))
    assert told.endswith("```python\na + 1\n```\n\n```text\n21\n```\n")
    assert told.count("```text") == 1


def test_a_cell_that_fails_ends_the_build() -> None:
    with pytest.raises(ZeroDivisionError):
        notebook_page(notebook("1 / 0"))


def test_rich_output_stands_in_one_line_so_that_markdown_leaves_it_alone() -> None:
    source = "class A:\n    def _repr_html_(self):\n        return '<p>\\n\\n  a</p>'\nA()"
    assert '<div class="cell-output"><p> a</p></div>\n' in notebook_page(notebook(source))


@pytest.mark.parametrize(
    ("home", "link", "led"),
    [
        ("index.md", "[how](../CONTRIBUTING.md#a)", "[how](project/contributing.md#a)"),
        ("how/bank.md", "[m](../method.md#money)", "[m](../method.md#money)"),
        ("index.md", "[first](first-answers.ipynb)", "[first](first-answers.md)"),
        ("project/readme.md", "[commands](docs/cli.md)", "[commands](../cli.md)"),
        ("engine.md", "[`E`](../src/karwan/e.py)", "`E` (`src/karwan/e.py`)"),
        ("index.md", "[out](https://example.org/a.md)", "[out](https://example.org/a.md)"),
        ("index.md", "[below](#below)", "[below](#below)"),
        ("project/readme.md", "![a](docs/pictures/p.png)", "![a](../pictures/p.png)"),
        ("index.md", "```\n[a](../README.md)\n```", "```\n[a](../README.md)\n```"),
    ],
)
def test_links_lead_to_where_the_site_has_them(home: str, link: str, led: str) -> None:
    assert on_page_markdown(link, page(home)) == led


def test_formulas_become_mathml_and_need_no_script() -> None:
    told = on_page_content('<span class="arithmatex">\\(a &lt; b\\)</span>', page("m.md"))
    assert told == mathml("a &lt; b", "inline")
    assert told.startswith("<math")
    assert "&lt;" in told or "&#x0003C;" in told
    block = on_page_content('<div class="arithmatex">\\[x^2\\]</div>', page("m.md"))
    assert 'display="block"' in block


def test_the_search_prefers_pages_that_say_what_to_do() -> None:
    how, log = page("how/duty.md"), page("project/changelog.md")
    for one in (how, log):
        on_page_content("", one)
    assert how.meta["search"]["boost"] > 1 > log.meta["search"]["boost"]


def test_a_page_that_loads_from_another_host_is_refused() -> None:
    on_post_page('<a href="https://example.org">link</a><script src="a.js"></script>', page("a.md"))
    with pytest.raises(BrokenPageError, match=r"example\.org"):
        on_post_page('<script src="https://example.org/a.js"></script>', page("a.md"))
    with pytest.raises(BrokenPageError, match="fonts"):
        on_post_page('<link rel="stylesheet" href="//fonts.example/a.css">', page("a.md"))


def test_every_public_name_stands_in_the_reference() -> None:
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    named = {line.rsplit(".", 1)[1] for line in text.splitlines() if line.startswith(":::")}
    assert set(karwan.__all__) - {"ledger"} <= named


def test_every_page_of_the_documentation_is_reached_by_the_navigation() -> None:
    listed = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    pages = [p.relative_to(ROOT / "docs").as_posix() for p in (ROOT / "docs").rglob("*.md")]
    assert [p for p in pages if f"- {p}\n" not in listed] == []
