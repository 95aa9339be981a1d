"""What starts fast stays fast: heavy packages load only where they are used; doors name options."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ASKED = "['{0}', 'almaty', 'karachi', '--as-of', '2026-11-22', '--format', 'json']"
RUN = (
    "import sys; from karwan.main import main; code = main({arguments}); "
    "print(code, *sorted({{name for name in sys.modules}}), file=sys.stderr)"
)


def modules_after(code: str) -> set[str]:
    """Return what a fresh Python has loaded after some code, which prints it to stderr."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stderr.split())


def test_the_package_loads_neither_polars_nor_numba() -> None:
    loaded = modules_after("import sys, karwan; print(*sys.modules, file=sys.stderr)")
    assert "karwan" in loaded
    assert {"polars", "numba", "numpy", "scipy"} & loaded == set()


@pytest.mark.parametrize("command", ["compare", "route"])
def test_a_question_loads_neither_numba_nor_a_database_nor_statistics(command: str) -> None:
    loaded = modules_after(RUN.format(arguments=ASKED.format(command)))
    assert {"0", f"karwan.cli.{command}"} <= loaded
    assert {"numba", "sqlalchemy", "scipy.stats", "altair", "jinja2"} & loaded == set()


@pytest.mark.parametrize("command", ["compare", "route"])
def test_a_question_asked_before_loads_no_frames_and_no_special_functions(command: str) -> None:
    """What these made for the first is kept; another command's module is loaded for neither."""
    code = RUN.format(arguments=ASKED.format(command))
    modules_after(code)
    loaded = modules_after(code)
    assert {"0", f"karwan.cli.{command}"} <= loaded
    assert {"polars", "scipy.special", "karwan.cli.target", "karwan.cli.evidence"} & loaded == set()


def test_python_asks_without_numba_a_database_or_statistics() -> None:
    code = (
        "import sys, karwan; region = karwan.region(as_of='2026-11-22'); "
        "region.whatif(closed=['torkham']).compare('almaty', 'karachi').to_dict(); "
        "print(*sys.modules, file=sys.stderr)"
    )
    loaded = modules_after(code)
    assert "karwan.api.region" in loaded
    assert {"numba", "sqlalchemy", "scipy.stats", "altair", "jinja2", "typer"} & loaded == set()


PACKAGE = Path(__file__).parents[1] / "src" / "karwan"
DOORS = {"cli", "web", "main.py", "__main__.py"}
OPTION = re.compile(r"(?<![-\w])--[a-z]")


def options_named(tree: ast.AST) -> list[str]:
    """Return the texts of a module, docstrings apart, that name an option of the command line."""
    told = [
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    ]
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in told
        if OPTION.search(node.value)
    ]


def test_a_planted_option_is_found() -> None:
    planted = "def f(x):\n    'Docs of --map.'\n    raise E(f'{x}: give --map or a - b -- c')"
    assert options_named(ast.parse(planted)) == [": give --map or a - b -- c"]


def test_no_module_below_the_doors_names_an_option() -> None:
    named = {
        str(path.relative_to(PACKAGE)): texts
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.relative_to(PACKAGE).parts[0] not in DOORS
        if (texts := options_named(ast.parse(path.read_text(encoding="utf-8"))))
    }
    assert named == {}
