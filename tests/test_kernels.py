"""Kept kernels are those of the source: a change anywhere below them is seen, a clone is not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import kernels

LEAF = """
from numba import njit

@njit(cache=True)
def leaf(x):
    return x + 1
"""
ROOT = """
from numba import njit
from made.leaf import leaf
from made.numbers import STEP

@njit(cache=True)
def root(x):
    return leaf(x) * STEP
"""
ASK = """
import sys
from pathlib import Path
from tests import kernels

cache, source = Path(sys.argv[1]), Path(sys.argv[2])
kernels.take(cache, source)
sys.path.insert(0, str(source))
from made.root import root
print(root(1), sum(root.stats.cache_hits.values()))
kernels.give(cache, source)
"""


TEXTS = {
    "__init__": "", "leaf": LEAF, "root": ROOT, "numbers": "STEP = 10\n", "other": "A = 1\n",
}  # fmt: skip


def write(clone: Path, **changed: str) -> Path:
    """Write a clone with two kernels, one of which calls the other; return its source folder."""
    folder = clone / "src" / "made"
    folder.mkdir(parents=True)
    for name, text in (TEXTS | changed).items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return folder.parent


def ask(source: Path, store: Path) -> tuple[int, int]:
    """Return what the kernel of a clone answers, in a process of its own, and its cache hits."""
    cache = source.parent / "cache"
    shutil.rmtree(cache, ignore_errors=True)
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(cache), str(source)],
        env=os.environ | {"NUMBA_CACHE_DIR": str(cache), kernels.STORE_VARIABLE: str(store)},
        cwd=kernels.ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    answer, hits = done.stdout.split()
    return int(answer), int(hits)


def test_another_clone_uses_what_is_kept_until_something_below_a_kernel_changes(
    tmp_path: Path,
) -> None:
    """(1 + 1) x 10; then (1 + 2) x 10, where the calling kernel's own file is as it was."""
    store = tmp_path / "store"
    assert ask(write(tmp_path / "one"), store) == (20, 0)
    assert ask(write(tmp_path / "two"), store) == (20, 1)
    changed = write(tmp_path / "three", leaf=LEAF.replace("+ 1", "+ 2"))
    assert ask(changed, store) == (30, 0)
    assert ask(tmp_path / "one" / "src", store) == (20, 1)


@pytest.mark.parametrize(
    ("name", "same"), [("leaf", False), ("root", False), ("numbers", False), ("other", True)]
)
def test_the_hash_is_of_kernels_and_what_they_import(tmp_path: Path, name: str, same: bool) -> None:
    before = kernels.source_hash(write(tmp_path / "one"))
    after = kernels.source_hash(write(tmp_path / "two", **{name: TEXTS[name] + "# more\n"}))
    assert (before == after) is same


def test_the_kernels_of_the_engine_are_found() -> None:
    found = {path.stem for path in kernels.kernel_files(kernels.ROOT / "src")}
    assert found == {"detours", "kernel", "spans", "sweeps"}


def test_nothing_is_written_where_nothing_is_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(kernels.STORE_VARIABLE, str(tmp_path / "store"))
    kernels.give(tmp_path / "cache", write(tmp_path / "one"))
    assert not (tmp_path / "store").exists()
