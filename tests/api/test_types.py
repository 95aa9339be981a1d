"""A script of a user passes mypy's strictest checks, and sees the types of what it gets."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPT = """
from typing import assert_type

import polars as pl

import karwan as kw
from karwan.analysis.corridors.comparison import Comparison

region = kw.region(as_of="2026-11-22", closed=["khunjerab"])
assert_type(region, kw.Region)
answer = region.compare("Almaty", "Karachi", cargo="fresh", tonnes=18)
assert_type(answer, kw.Answer[Comparison])
assert_type(answer.to_frame(), pl.DataFrame)
assert_type(kw.ledger(as_of=kw.today()), kw.Ledger)
study = kw.run_study("reference")
assert_type(study, kw.Study)
best = answer.content.best
hours: float = best.reliability.p95_hours if best else 0.0
kw.plot(answer).save("hours.svg")
"""
WRONG = """
import karwan as kw

kw.region(as_of=2026)
kw.region(as_of="2026-11-22").compare("Almaty", "Karachi", cargos="fresh")
"""


def checked(folder: Path, script: str) -> tuple[int, str]:
    """Return mypy's exit code and words on a script that stands outside of the repository."""
    path = folder / "script.py"
    path.write_text(script, encoding="utf-8")
    words = ["--strict", "--config-file=", "--cache-dir", str(ROOT / ".mypy_cache" / "script")]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *words, path.name],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_script_passes_the_strictest_checks(tmp_path: Path) -> None:
    code, words = checked(tmp_path, SCRIPT)
    assert (code, words) == (0, "Success: no issues found in 1 source file\n")


def test_a_wrong_script_does_not(tmp_path: Path) -> None:
    code, words = checked(tmp_path, WRONG)
    assert code == 1
    assert 'Argument "as_of" to "region" has incompatible type "int"' in words
    assert 'Unexpected keyword argument "cargos"' in words
