"""Rows go through the program as rows of their class: no function takes one as a dictionary of Any.

Rows of the packaged tables and of the workspace's database all are. What still takes a dictionary
is no row: it is listed with its reason, and the list only gets shorter.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import karwan

PACKAGE = Path(karwan.__file__).parent
UNTYPED = ("dict[str, Any]", "Mapping[str, Any]")

ANSWER = "an answer as JSON, on its way out"
READER = "a reader or writer of JSON itself"
TOLD = "an answer as JSON, told again in words or set beside an older one"
LEFT = {
    "analysis/appraisal/verdict.py": TOLD,
    "api/watching.py": "what was sent, as JSON",
    "cli/appraise.py": TOLD,
    "report/railways.py": "charts as Vega-Lite and the answer they draw",
    "study/run.py": ANSWER,
    "evidence/feeds/mapping.py": READER,
    "report/brief/points.py": TOLD,
    "route/kept.py": "what is saved beside arrays, as JSON",
    "watch/differences.py": TOLD,
    "web/answers.py": TOLD,
    "web/cards.py": TOLD,
    "analysis/forecasts/kept.py": READER,
    "cli/incidents.py": ANSWER,
    "cli/ledger/commands.py": ANSWER,
    "cli/strict.py": "arguments of the command line",
    "data/catalog.py": READER,
    "report/departures.py": "values of a chart, on their way out",
    "report/figures.py": "a chart as Vega-Lite, on its way out",
    "report/targets.py": "values of a chart, on their way out",
    "study/export.py": ANSWER,
    "study/layers.py": ANSWER,
    "study/spec.py": READER,
    "web/facts.py": "what was typed in an address, on its way in",
}


def takers(source: str) -> Iterator[str]:
    """Return the functions of a module that take dictionaries of Any, once for each argument."""
    tree = ast.parse(source)
    aliases = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.value) in UNTYPED
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            arguments = node.args
            for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
                if one.annotation is not None:
                    words = ast.unparse(one.annotation)
                    names = {n.id for n in ast.walk(one.annotation) if isinstance(n, ast.Name)}
                    if names & aliases or any(text in words for text in UNTYPED):
                        yield node.name


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f(row: dict[str, Any]) -> None: ...", ["f"]),
        ("def f(*, rows: Sequence[Mapping[str, Any]]) -> None: ...", ["f"]),
        ("Row = dict[str, Any]\ndef f(row: Row, rows: list[Row]) -> Row: ...", ["f", "f"]),
        ("def f(row: ElementRow) -> dict[str, Any]: ...", []),
    ],
)
def test_a_dictionary_taken_is_found(source: str, expected: list[str]) -> None:
    assert list(takers(source)) == expected


def test_no_other_module_takes_dictionaries_of_any() -> None:
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if any(takers(path.read_text("utf-8")))
    }
    assert not found - set(LEFT), "take a row class of karwan.data.rows, or a dataclass of your own"
    assert not set(LEFT) - found, "shorten LEFT"
