"""The program stands above its doors and runs by either of its names."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from importlib.metadata import entry_points

import karwan
from karwan.main import main


def test_it_runs_as_a_module_under_its_own_name() -> None:
    def output(*words: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "karwan", *words],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return done.returncode, done.stdout + done.stderr

    assert output("--version") == (0, f"{karwan.__version__}\n")
    code, text = output("compare", "almaty", "nowhere-at-all")
    assert code == 2
    assert text.startswith("karwan: ")


def test_the_command_that_is_installed_is_the_program() -> None:
    (command,) = entry_points(group="console_scripts", name="karwan")
    assert command.load() is main


def test_to_import_the_package_runs_nothing() -> None:
    assert import_module("karwan.__main__").main is main
