"""Compiled kernels, kept from one run of the tests to the next and shared by clones.

They are kept under the hash of their source, as the product keeps them. A run works on a copy of
its own, and gives back what it added once it has passed. numba names a folder by the path of the
source; here it goes by the room, so that clones may share one folder.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from karwan.base.compiled import KERNELS, imported, source_hash

ROOT = Path(__file__).resolve().parents[1]
STORE_VARIABLE = "KARWAN_KERNELS"
"""Environment variable of the folder that clones share; without it each clone has its own."""


def store() -> Path:
    """Return the folder in which compiled kernels are kept."""
    return Path(os.environ.get(STORE_VARIABLE) or ROOT / "build" / "kernels").absolute()


def kernel_files(package: Path) -> list[str]:
    """Return the files of a package that hold kernels, in order."""
    return [
        path.relative_to(package).as_posix()
        for path in sorted(package.rglob("*.py"))
        if {"numba", "karwan.base.compiled"} & set(imported(path)) and path.stem != "compiled"
    ]


def take(cache: Path, source: Path) -> None:
    """Copy what is kept for the kernels below `source` to where the product will look for it."""
    kept = store() / source_hash(source)
    for here, there in _folders(cache, source):
        if (kept / there).is_dir():
            shutil.copytree(kept / there, here, dirs_exist_ok=True)


def give(cache: Path, source: Path) -> None:
    """Keep what a run compiled, if there is more of it than is kept."""
    kept = store() / source_hash(source)
    found = [(here, there) for here, there in _folders(cache, source) if here.is_dir()]
    news = [path for here, there in found for path in here.iterdir()
            if not (kept / there / path.name).exists()]  # fmt: skip
    if not news:
        return
    kept.parent.mkdir(parents=True, exist_ok=True)
    mine = kept.with_name(f"{kept.name}-{os.getpid()}")
    for here, there in found:
        shutil.copytree(here, mine / there)
    # A run that begins between the two moves finds nothing and compiles.
    old = kept.with_name(f"{mine.name}-old")
    try:
        if kept.exists():
            kept.rename(old)
        mine.rename(kept)
    except OSError:  # another run was quicker
        shutil.rmtree(mine, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)


def _folders(cache: Path, source: Path) -> Iterator[tuple[Path, str]]:
    """Return where numba keeps each folder's kernels, by its own rule, and their name here."""
    above = cache / "kernels" / source_hash(source)
    for room in sorted({Path(name).parent for name in KERNELS}):
        folder = source / "karwan" / room
        hashed = hashlib.sha1(str(folder).encode(), usedforsecurity=False).hexdigest()
        yield above / f"{folder.name}_{hashed}", room.as_posix()
