"""Compiled kernels, kept from one run of the tests to the next under the hash of their source.

numba looks for a change in a kernel's own file only: of a kernel that calls one of another file,
or takes a constant from there, it would go on to use what it compiled before. Here all of that is
in the key, and none of the clone's own path, so that clones may share one folder. A run works on a
copy of its own, and gives back what it added once it has passed.
"""

from __future__ import annotations

import ast
import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STORE_VARIABLE = "KARWAN_KERNELS"
"""Environment variable of the folder that clones share; without it each clone has its own."""


def store() -> Path:
    """Return the folder in which compiled kernels are kept."""
    return Path(os.environ.get(STORE_VARIABLE) or ROOT / "build" / "kernels").absolute()


def kernel_files(source: Path) -> list[Path]:
    """Return the files below `source` that hold kernels, in order."""
    return [
        path
        for path in sorted(source.rglob("*.py"))
        if "numba" in {name.partition(".")[0] for name in _imported(path)}
    ]


def source_hash(source: Path) -> str:
    """Return the hash of all that compiled kernels depend on.

    That is the kernels' files, the files below `source` that these import, and the versions of
    Python, numba, llvmlite and NumPy. Which processor it is, numba asks itself.
    """
    waiting, known = kernel_files(source), set[Path]()
    while waiting:
        path = waiting.pop()
        if path not in known:
            known.add(path)
            waiting += (found for name in _imported(path) if (found := _file(source, name)))
    digest = hashlib.sha256(sys.version.encode())
    for package in ("numba", "llvmlite", "numpy"):
        digest.update(f"\0{package} {metadata.version(package)}".encode())
    for path in sorted(known):
        digest.update(b"\0" + path.relative_to(source).as_posix().encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:32]


def take(cache: Path, source: Path) -> None:
    """Copy what is kept for the kernels below `source` to where numba will look for it."""
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
    for folder in sorted({path.parent for path in kernel_files(source)}):
        hashed = hashlib.sha1(str(folder).encode(), usedforsecurity=False).hexdigest()
        yield cache / f"{folder.name}_{hashed}", ".".join(folder.relative_to(source).parts)


def _imported(path: Path) -> Iterator[str]:
    """Return the dotted names that a file imports: modules, and what is taken from them."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _file(source: Path, name: str) -> Path | None:
    """Return the file of a module below `source`, None if it is no module of it."""
    path = source.joinpath(*name.split("."))
    return next(
        (file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None
    )
