"""The quick tests are there, and stand for every room."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tools.quick import quick_tests, read_quick

ROOT = Path(__file__).parents[2]
SLOW_ROOMS = {"report"}
"""Drawn in the run of `make lowest`; its golden files hold for one version of altair only."""


def rooms_of_the_package() -> set[str]:
    """Return the names of the folders of the package."""
    return {path.parent.name for path in (ROOT / "src" / "karwan").glob("*/__init__.py")}


@pytest.mark.parametrize("test", quick_tests(read_quick()))
def test_a_quick_test_is_where_it_is_said_to_be(test: str) -> None:
    path, _, name = test.partition("::")
    assert (ROOT / path).exists()
    assert not name or f"def {name}(" in (ROOT / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("test", quick_tests(read_quick()))
def test_a_quick_test_needs_no_browser(test: str) -> None:
    path = ROOT / test.partition("::")[0]
    files = sorted(path.rglob("test_*.py")) if path.is_dir() else [path]
    assert files
    texts = {file.name: file.read_text(encoding="utf-8") for file in files}
    assert [name for name, text in texts.items() if "mark.browser" in text] == []
    assert [name for name, text in texts.items() if "chromium: " in text] == []


def test_every_room_has_quick_tests_of_its_own() -> None:
    rooms = {room.name: room for room in read_quick()}
    assert set(rooms) == rooms_of_the_package() - SLOW_ROOMS
    for name, room in rooms.items():
        assert any(test.startswith(f"tests/{name}") for test in room.tests)
        assert room.why


def test_the_declaration_names_no_test_twice() -> None:
    tests = quick_tests(read_quick())
    assert len(set(tests)) == len(tests)


def test_the_project_still_has_a_marker_to_stay_clear_of() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    markers = settings["tool"]["pytest"]["ini_options"]["markers"]
    names = [marker.partition(":")[0] for marker in markers]
    assert names == ["browser", "xdist_group(name)"]
