"""What only POSIX systems have is called where it is declared, and the package says so."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "karwan"
POSIX_MODULES = {"fcntl", "grp", "posix", "pwd", "resource", "syslog", "termios", "tty"}
POSIX_CALLS = {
    "O_DIRECTORY",
    "O_NOFOLLOW",
    "chown",
    "fchdir",
    "fchmod",
    "fchown",
    "fork",
    "forkpty",
    "getgid",
    "getuid",
    "geteuid",
    "killpg",
    "mkfifo",
    "mknod",
    "pread",
    "pwrite",
    "sched_getaffinity",
    "setsid",
    "statvfs",
    "sysconf",
    "uname",
}
DECLARED = {
    ("api/studies.py", "sched_getaffinity"): "asked only where the system has it; else all cores",
    ("base/folders.py", "fcntl"): "left out on Windows, where leftovers of a kill stay",
    ("evidence/trail.py", "getuid"): "asked only where there is pwd",
    ("evidence/trail.py", "pwd"): "left out on Windows, where the login name stands for it",
    ("base/troubles.py", "statvfs"): "asked only where the system has it",
}
"""Where each stands, and what happens without it. A new one needs a line, and a reason."""


def posix_names(tree: ast.AST) -> Iterator[str]:
    """Yield modules and members of `os` that only POSIX systems have, as a program names them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names if one.name in POSIX_MODULES)
        elif isinstance(node, ast.ImportFrom) and node.module in POSIX_MODULES:
            yield node.module
        elif isinstance(node, ast.ImportFrom) and node.module == "os":
            yield from (one.name for one in node.names if one.name in POSIX_CALLS)
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) == "os":
            yield from {node.attr} & POSIX_CALLS


@pytest.mark.parametrize(
    ("program", "names"),
    [
        ("import fcntl\nimport os\nos.pread(1, 2, 3)", ["fcntl", "pread"]),
        ("from pwd import getpwnam", ["pwd"]),
        ("from os import O_DIRECTORY, path", ["O_DIRECTORY"]),
        ("import os\nos.open('x', os.O_RDONLY)\nself.fork()", []),
    ],
)
def test_what_only_posix_has_is_found(program: str, names: list[str]) -> None:
    assert sorted(posix_names(ast.parse(program))) == sorted(names)


def test_every_posix_call_stands_where_it_is_declared() -> None:
    there = {
        (path.relative_to(SOURCE).as_posix(), name)
        for path in SOURCE.rglob("*.py")
        for name in posix_names(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert there == set(DECLARED)


def test_the_package_says_that_it_is_for_posix_systems() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    systems = [one for one in project["classifiers"] if one.startswith("Operating System")]
    assert systems == ["Operating System :: POSIX"]
