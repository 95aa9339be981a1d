"""Compile kernels once for their source: a change in any file below a kernel compiles it anew.

numba looks for a change in a kernel's own file only. Of a kernel that calls one of another file, or
takes a constant from there, it would go on to use what it compiled before an upgrade. So what is
compiled is kept in a folder named by the hash of all that kernels rest on.
"""

from __future__ import annotations

import ast
import hashlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

from karwan.base.cache import PACKAGE, cache_folder

KERNELS = (
    "analysis/futures/sweep.py",
    "hazard/spans.py",
    "route/binning.py",
    "route/builder.py",
    "route/contraction.py",
    "route/detours.py",
    "route/kernel.py",
    "route/marks.py",
    "route/sweeps.py",
    "route/vectors.py",
)
"""The files that hold kernels; a test finds them."""
LIBRARIES = ("numba", "llvmlite", "numpy")
FOLDER_VARIABLE = "NUMBA_CACHE_DIR"
"""Environment variable: where the user wants all that numba compiles."""


def kernel(*, inline: Literal["never", "always"] = "never") -> Callable[[Callable[..., Any]], Any]:
    """Return a decorator that compiles a function, as kept from an earlier run where it is.

    Parameters
    ----------
    inline
        `always` puts the function into its callers.
    """
    from numba import njit
    from numba.core import config

    settings: Any = config  # its settings are set by name when it is loaded
    folder = kept_in()
    keep = folder is not None

    def compile_(function: Callable[..., Any]) -> Any:
        before = settings.CACHE_DIR
        if folder is not None:
            settings.CACHE_DIR = str(folder)
        try:
            return njit(cache=keep, nogil=True, inline=inline)(function)
        finally:
            settings.CACHE_DIR = before

    return compile_


@lru_cache(maxsize=1)
def kept_in() -> Path | None:
    """Return the folder for what is compiled of this source; None where nothing can be written.

    It lies in the user's own folder for numba where he has one, else with all that is kept.
    """
    own = os.environ.get(FOLDER_VARIABLE, "")
    above = Path(own) if own else cache_folder()
    if above is None:
        return None
    folder = above / "kernels" / source_hash()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return None
    return folder


def source_hash(
    source: Path = PACKAGE.parent,
    package: str = PACKAGE.name,
    kernels: Sequence[str] = KERNELS,
) -> str:
    """Return the hash of all that compiled kernels depend on.

    That is the kernels' files, the files below `source` that these import, and the versions of
    Python, numba, llvmlite and NumPy. Which processor it is, numba asks itself.
    """
    waiting = [source / package / name for name in kernels]
    known = set[Path]()
    while waiting:
        path = waiting.pop()
        if path not in known:
            known.add(path)
            waiting += (file for name in imported(path) if (file := _file(source, name)))
    digest = hashlib.sha256(sys.version.encode())
    for library in LIBRARIES:
        digest.update(f"\0{library} {metadata.version(library)}".encode())
    for path in sorted(known):
        digest.update(b"\0" + path.relative_to(source).as_posix().encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:32]


def imported(path: Path) -> Iterator[str]:
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
