"""Habits that no linter knows: how long a class may grow, what fills it, what is called what."""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path

import pytest

from karwan.analysis.corridors.comparison import Status
from karwan.analysis.world.bars import CutKind
from karwan.analysis.world.state import State
from karwan.base.traffic import Direction, TrafficClass

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
    assert [told for name, tree in modules() for told in long_classes(name, tree)] == []


@pytest.mark.parametrize(("body", "is_long"), [(198, False), (199, True)])
def test_a_long_class_is_seen(body: int, *, is_long: bool) -> None:
    tree = ast.parse("class Long:\n" + "    x = 1\n" * body)
    assert bool(long_classes("planted.py", tree)) is is_long


def fillings(name: str, tree: ast.Module) -> list[str]:
    """Return where a module reaches into the attributes of an object past its class."""
    lines = [
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr in ("__dict__", "__setattr__"))
        or (isinstance(node, ast.Name) and node.id == "vars")
    ]
    return [f"{name}:{line}" for line in lines]


def test_no_object_is_filled_past_its_class() -> None:
    assert [where for name, tree in modules() for where in fillings(name, tree)] == []


@pytest.mark.parametrize(
    "line",
    [
        "graph.__dict__.update(keys=keys)",
        "graph.__dict__['keys'] = keys",
        "vars(graph)['keys'] = keys",
        "object.__setattr__(graph, 'keys', keys)",
    ],
)
def test_a_filling_is_seen(line: str) -> None:
    assert fillings("planted.py", ast.parse(line)) == ["planted.py:1"]


CLOSED_LISTS = (CutKind, State, Status, TrafficClass, Direction)


@pytest.mark.parametrize("words", CLOSED_LISTS)
def test_a_word_of_a_closed_list_is_written_as_the_word(words: type[StrEnum]) -> None:
    """Answers keep their bytes, and a word typed by a user finds what is kept under a member."""
    for word in words:
        assert json.dumps({word: word}) == f'{{"{word.value}": "{word.value}"}}'
        assert f"{word}" == word.value
        assert {word: 1}[word.value] == 1  # type: ignore[index]


GOLDEN = Path(__file__).parent / "golden" / "found.json"


def bound(tree: ast.Module, name: str) -> int:
    """Return how often a module binds a name: as a local, an argument or a loop's variable."""
    return sum(
        (isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store))
        or (isinstance(node, ast.arg) and node.arg == name)
        for node in ast.walk(tree)
    )


def test_no_more_locals_are_called_found() -> None:
    """A local bears its noun; in files that do not, fewer each time.

    Write today's counts with KARWAN_REWRITE_GOLDEN=1, after a rename or a merge, and read the diff:
    no count may rise.
    """
    counts = {name: count for name, tree in modules() if (count := bound(tree, "found"))}
    if os.environ.get("KARWAN_REWRITE_GOLDEN") == "1":
        GOLDEN.write_text(json.dumps(counts, indent=1) + "\n", encoding="utf-8")
    most = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert {name: n for name, n in counts.items() if n > most.get(name, 0)} == {}


def test_a_local_called_found_is_counted() -> None:
    lines = ["found = 1", "for found in (): pass", "def f(found): return found", "x = [found]"]
    assert [bound(ast.parse(line), "found") for line in lines] == [1, 1, 1, 0]


DOORS = ("api", "cli", "main.py", "web")
"""Doors name their functions as users say them, whatever a room below calls its own."""
DECLARED = {"around", "clauses", "gather", "said_this"}
"""What every section of the report and every language of the reader has, by their protocols."""


def named_twice(modules: Iterable[tuple[str, ast.Module]]) -> dict[str, list[str]]:
    """Return the public functions below the doors whose name stands in two modules."""
    where: dict[str, list[str]] = {}
    for module, tree in modules:
        if module.split("/")[0] not in DOORS:
            for node in tree.body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    where.setdefault(node.name, []).append(module)
    return {name: places for name, places in where.items() if len(places) > 1}


def test_a_name_of_a_function_means_one_thing() -> None:
    below = [(name, tree) for name, tree in modules() if "migrations/" not in name]
    assert set(named_twice(below)) == DECLARED


def test_a_planted_name_of_two_functions_is_seen() -> None:
    tree = ast.parse("def rank(): ...")
    planted = [("evidence/a.py", tree), ("route/b.py", tree), ("cli/c.py", tree)]
    assert named_twice(planted) == {"rank": ["evidence/a.py", "route/b.py"]}
    assert named_twice([planted[0], planted[2]]) == {}


# Many fields are given by name

MOST_FIELDS = 4


def filled_by_place(tree: ast.Module) -> Iterator[str]:
    """Yield the dataclasses of more than four fields that take them by place."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef):
            continue
        made = [ast.unparse(one) for one in node.decorator_list]
        if any(one.startswith("dataclass") and "kw_only=True" not in one for one in made):
            fields = [
                one
                for one in node.body
                if isinstance(one, ast.AnnAssign)
                and not ast.unparse(one.annotation).startswith("ClassVar")
                and not (one.value and "init=False" in ast.unparse(one.value))
            ]
            if len(fields) > MOST_FIELDS:
                yield node.name


def test_dataclasses_of_many_fields_take_them_by_name() -> None:
    assert {name for _, tree in modules() for name in filled_by_place(tree)} == set()


def test_a_planted_dataclass_of_many_fields_is_seen() -> None:
    body = "".join(f"    field_{k}: int\n" for k in range(MOST_FIELDS + 1))
    by_place = f"@dataclass(frozen=True)\nclass Many:\n{body}"
    assert list(filled_by_place(ast.parse(by_place))) == ["Many"]
    by_name = by_place.replace("frozen=True", "frozen=True, kw_only=True")
    assert list(filled_by_place(ast.parse(by_name))) == []


def loose_digits(name: str, tree: ast.Module) -> list[str]:
    """Return where a text is asked for digits in a way that `int` does not read: a superscript."""
    return [
        f"{name}:{node.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("isdigit", "isnumeric")
    ]


def test_what_counts_as_a_number_is_what_int_reads() -> None:
    """`"²".isdigit()` holds and `int("²")` raises: `isdecimal` is what `int` reads."""
    assert [told for name, tree in modules() for told in loose_digits(name, tree)] == []


@pytest.mark.parametrize(
    ("line", "is_loose"), [("a.isdigit()", True), ("a.isnumeric()", True), ("a.isdecimal()", False)]
)
def test_a_loose_digit_is_seen(line: str, *, is_loose: bool) -> None:
    assert bool(loose_digits("planted.py", ast.parse(line))) is is_loose
