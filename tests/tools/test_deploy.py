"""Files for a server: each path, option and name in them is there, and no root is asked for."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
HELP = (ROOT / "tests" / "golden" / "help" / "serve.txt").read_text("utf-8")
CONTAINER = (DEPLOY / "Containerfile").read_text("utf-8")
UNIT = (DEPLOY / "karwan.service").read_text("utf-8")
ENVIRONMENT = dict(
    line.split("=", 1)
    for line in (DEPLOY / "karwan.env").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
)


def joined(text: str) -> list[str]:
    """Return the lines of a file without comments, those that go on joined."""
    whole = text.replace("\\\n", " ")
    return [line for line in whole.splitlines() if line and not line.startswith("#")]


def test_what_a_container_copies_is_there_and_its_extras_too() -> None:
    copied = [
        word
        for line in joined(CONTAINER)
        if line.startswith("COPY ") and "--from" not in line
        for word in line.split()[1:-1]
    ]
    assert copied
    assert [one for one in copied if not (ROOT / one).exists()] == []
    (extras,) = re.findall(r"\[([a-z,]+)\]", CONTAINER)
    known = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert set(extras.split(",")) <= set(known["optional-dependencies"])
    assert {line.split()[1].split("/")[0] for line in joined(CONTAINER) if line[:4] == "FROM"} == {
        "docker.io"
    }


def test_a_container_runs_as_nobody_s_root() -> None:
    users = [line.split()[1] for line in joined(CONTAINER) if line.startswith("USER ")]
    assert users == ["karwan"]
    begins = CONTAINER.index("USER karwan")
    assert begins < CONTAINER.index("ENTRYPOINT")
    assert "RUN" not in CONTAINER[begins:]


@pytest.mark.parametrize("text", [CONTAINER, UNIT], ids=["container", "unit"])
def test_every_option_is_one_of_the_command(text: str) -> None:
    (line,) = (one for one in joined(text) if "karwan serve" in one)
    options = re.findall(r"(?<![\w-])--[a-z-]+", line)
    assert len(options) >= 5
    assert [one for one in options if f"  {one} " not in HELP and f"  {one}\n" not in HELP] == []


def test_a_unit_takes_its_words_from_the_file_and_outlasts_a_slow_stop() -> None:
    start = next(one for one in joined(UNIT) if one.startswith("ExecStart="))
    asked = re.findall(r"\$\{(\w+)\}", start)
    assert asked
    assert set(asked) <= set(ENVIRONMENT)
    assert ":" not in ENVIRONMENT["KARWAN_WORKSPACE"].split("//")[1], "no password"
    assert shlex.split(start)[1] == "serve"
    waits = [int(one) for one in re.findall(r"\[default: (\d+); \d<=x<=3600\]", HELP)]
    (limit,) = re.findall(r"TimeoutStopSec=(\d+)", UNIT)
    assert int(limit) > sum(waits)
    assert "User=karwan" in UNIT
