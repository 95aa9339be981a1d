"""Lower bounds are pinned as they stand, and a Python counts only if it runs."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.environments import (
    CONSTRAINTS,
    EXTRAS,
    OTHER_PYTHONS,
    PYPROJECT,
    TEST_TOOLS,
    EnvironmentFault,
    check_pythons,
    direct_requirements,
    find_interpreter,
    lowest_pins,
    read_constraints,
)

PROJECT = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))


def put_python(folder: Path, body: str, name: str = "python3.99") -> dict[str, str]:
    """Write a command that stands for a Python, and return variables that lead to it."""
    folder.mkdir(parents=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return {"PATH": str(folder), "PYENV_ROOT": str(folder / "none")}


def test_a_bound_becomes_a_pin() -> None:
    asked = [Requirement(line) for line in ("numpy >= 2.0", "typer[all]>=0.29,<2", "scipy~=1.14")]
    assert lowest_pins(asked) == ["numpy==2.0", "typer[all]==0.29", "scipy==1.14"]


def test_of_two_bounds_the_higher_is_the_lowest_version() -> None:
    assert lowest_pins([Requirement("numpy>=2.9,>=2.10")]) == ["numpy==2.10"]


def test_a_requirement_of_another_system_is_left_out() -> None:
    assert lowest_pins([Requirement("colorama>=1; sys_platform == 'no-such'")]) == []


def test_all_requirements_without_a_bound_are_named() -> None:
    asked = [Requirement(line) for line in ("numpy", "rich>=13", "scipy<2", "polars==1.*")]
    with pytest.raises(EnvironmentFault, match=r"numpy, scipy<2, polars==1\.\*\."):
        lowest_pins(asked)


def test_what_users_and_quick_tests_need_is_pinned_and_linters_are_not() -> None:
    pins = lowest_pins(direct_requirements(PROJECT))
    names = {pin.partition("==")[0].partition("[")[0] for pin in pins}
    extras = PROJECT["project"]["optional-dependencies"]
    lines = [*PROJECT["project"]["dependencies"], *(line for e in EXTRAS for line in extras[e])]
    assert {Requirement(line).name for line in lines} | set(TEST_TOOLS) | {"hatchling"} == names
    assert "ruff" not in names


def test_no_tested_version_lies_outside_its_bounds() -> None:
    tested = read_constraints(CONSTRAINTS.read_text(encoding="utf-8"))
    extras = PROJECT["project"]["optional-dependencies"].values()
    lines = [*PROJECT["project"]["dependencies"], *(line for lines in extras for line in lines)]
    for requirement in map(Requirement, lines):
        assert tested[canonicalize_name(requirement.name)] in requirement.specifier, requirement


def test_the_classifiers_name_the_oldest_python_and_those_looked_for() -> None:
    prefix = "Programming Language :: Python :: 3."
    named = [line for line in PROJECT["project"]["classifiers"] if line.startswith(prefix)]
    versions = [line.rpartition(" ")[2] for line in named]
    oldest = PROJECT["project"]["requires-python"].removeprefix(">=")
    assert versions[0] == oldest
    assert set(versions) <= {oldest, *OTHER_PYTHONS}


def test_a_python_that_runs_is_found(tmp_path: Path) -> None:
    variables = put_python(tmp_path / "bin", "echo 3.99.4")
    one = find_interpreter("3.99", variables)
    assert (one.path, one.said) == (str(tmp_path / "bin" / "python3.99"), "3.99.4")


def test_a_shim_that_does_not_run_hides_no_python_behind_it(tmp_path: Path) -> None:
    first = put_python(tmp_path / "shims", "echo 'command not found' >&2; exit 127")
    second = put_python(tmp_path / "bin", "echo 3.99.0")
    variables = first | {"PATH": f"{first['PATH']}:{second['PATH']}"}
    assert find_interpreter("3.99", variables).path == str(tmp_path / "bin" / "python3.99")


def test_a_python_that_pyenv_keeps_off_the_path_is_found(tmp_path: Path) -> None:
    put_python(tmp_path / "versions" / "3.99.1" / "bin", "echo 3.99.1")
    variables = {"PATH": "", "PYENV_ROOT": str(tmp_path)}
    assert find_interpreter("3.99", variables).said == "3.99.1"


def test_why_none_runs_is_said(tmp_path: Path) -> None:
    variables = put_python(tmp_path / "bin", "echo 'no such version' >&2; exit 127")
    one = find_interpreter("3.99", variables)
    assert one.path is None
    assert one.said.endswith("does not run as Python 3.99: exit code 127, no such version")


def test_a_name_is_not_taken_for_a_version(tmp_path: Path) -> None:
    one = find_interpreter("3.99", put_python(tmp_path / "bin", "echo 3.9.1"))
    assert (one.path, one.said.endswith("as Python 3.99: 3.9.1")) == (None, True)


def test_a_python_that_is_not_there_is_skipped_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    assert check_pythons(["3.99"], 1) == 0
    told = capsys.readouterr().out
    assert told == "python 3.99: skipped: no python3.99 on the path or in pyenv\n"
