"""Kept kernels are those of the source: a change anywhere below them is seen, a clone is not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from karwan.base import compiled
from tests import kernels

LEAF = """
from karwan.base.compiled import kernel

@kernel()
def leaf(x):
    return x + 1
"""
ROOT = """
from karwan.base.compiled import kernel
from made.leaf import leaf
from made.numbers import STEP

@kernel()
def root(x):
    return leaf(x) * STEP
"""
ASK = """
import sys
from functools import partial
from pathlib import Path
from karwan.base import compiled

source = Path(sys.argv[1])
compiled.source_hash = partial(compiled.source_hash, source, "made", ("leaf.py", "root.py"))
sys.path.insert(0, str(source))
from made.root import root
print(root(1), sum(root.stats.cache_hits.values()))
"""
TEXTS = {
    "__init__": "", "leaf": LEAF, "root": ROOT, "numbers": "STEP = 10\n", "other": "A = 1\n",
}  # fmt: skip


def write(clone: Path, **changed: str) -> Path:
    """Write a package with two kernels, one of which calls the other; return its source folder."""
    folder = clone / "src" / "made"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (TEXTS | changed).items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return folder.parent


def ask(source: Path, **where: str) -> tuple[int, int]:
    """Return what the kernel answers, in a process of its own, and its cache hits."""
    shutil.rmtree(source / "made" / "__pycache__", ignore_errors=True)
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(source)],
        env=os.environ | {"NUMBA_CACHE_DIR": ""} | where,
        cwd=kernels.ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    answer, hits = done.stdout.split()
    return int(answer), int(hits)


@pytest.mark.parametrize("variable", ["KARWAN_CACHE", "NUMBA_CACHE_DIR"])
def test_a_caller_is_compiled_anew_when_what_it_calls_changes(
    tmp_path: Path, variable: str
) -> None:
    """(1 + 1) x 10; then (1 + 2) x 10, where the calling kernel's own file is as it was."""
    where = {variable: str(tmp_path / "kept")}
    source = write(tmp_path)
    assert ask(source, **where) == (20, 0)
    assert ask(source, **where) == (20, 1)
    write(tmp_path, leaf=LEAF.replace("+ 1", "+ 2"))
    assert ask(source, **where) == (30, 0)
    write(tmp_path)
    assert ask(source, **where) == (20, 1)
    assert list((source / "made" / "__pycache__").glob("*.nb?")) == []


@pytest.mark.parametrize("place", ["off", str(Path(__file__) / "kept")])
def test_where_nothing_is_kept_a_kernel_is_compiled_each_time(tmp_path: Path, place: str) -> None:
    source = write(tmp_path)
    assert [ask(source, KARWAN_CACHE=place) for _ in range(2)] == [(20, 0)] * 2
    assert list((source / "made" / "__pycache__").glob("*.nb?")) == []


@pytest.mark.parametrize(
    ("name", "same"), [("leaf", False), ("root", False), ("numbers", False), ("other", True)]
)
def test_the_hash_is_of_kernels_and_what_they_import(tmp_path: Path, name: str, same: bool) -> None:
    told = [
        compiled.source_hash(write(tmp_path, **changed), "made", ("leaf.py", "root.py"))
        for changed in ({}, {name: TEXTS[name] + "# more\n"})
    ]
    assert (told[0] == told[1]) is same


def test_the_kernels_of_the_engine_are_declared() -> None:
    """And are compiled through the one decorator that keeps them apart."""
    package = kernels.ROOT / "src" / "karwan"
    assert tuple(kernels.kernel_files(package)) == compiled.KERNELS
    plain = [name for name in compiled.KERNELS if "njit" in (package / name).read_text("utf-8")]
    assert plain == []


def test_what_a_run_compiled_is_taken_by_another_clone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(kernels.STORE_VARIABLE, str(tmp_path / "store"))
    clones = []
    for name in ("one", "two"):
        source = tmp_path / name / "src"
        shutil.copytree(
            kernels.ROOT / "src" / "karwan",
            source / "karwan",
            ignore=shutil.ignore_patterns("__pycache__", "tables"),
        )
        clones.append((tmp_path / name / "cache", source))
    (first, source), (second, other) = clones
    kernels.give(first, source)
    assert not (tmp_path / "store").exists()
    ((here, _), *_) = kernels._folders(first, source)
    here.mkdir(parents=True)
    (here / "kernel.nbi").write_bytes(b"compiled")
    kernels.give(first, source)
    kernels.take(second, other)
    ((there, _), *_) = kernels._folders(second, other)
    assert there.name != here.name
    assert (there / "kernel.nbi").read_bytes() == b"compiled"
