"""Habits of the house that no linter knows: how long a class may grow."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "karwan"
MOST_LINES = 200


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Yield each module of the package as a path within it, and its tree."""
    for path in sorted(SOURCE.rglob("*.py")):
        yield path.relative_to(SOURCE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def long_classes(name: str, tree: ast.Module, most_lines: int = MOST_LINES) -> list[str]:
    """Return the classes of a module that have as many lines as that or more."""
    lines = {
        node.name: (node.end_lineno or node.lineno) - node.lineno + 1
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    return [f"{name}: {one} has {n} lines" for one, n in lines.items() if n >= most_lines]


def test_every_class_stays_below_200_lines() -> None:
    assert [found for name, tree in modules() for found in long_classes(name, tree)] == []


@pytest.mark.parametrize(("body", "is_long"), [(198, False), (199, True)])
def test_a_long_class_is_seen(body: int, *, is_long: bool) -> None:
    tree = ast.parse("class Long:\n" + "    x = 1\n" * body)
    assert bool(long_classes("planted.py", tree)) is is_long
