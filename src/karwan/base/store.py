"""Write whole folders or nothing: a run that fails half way leaves no half-written result."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from karwan.base.errors import DataError

RUN_FILE = "run.json"


def sha256_hex(content: bytes) -> str:
    """Return the SHA-256 of the bytes, as lower-case hex."""
    return hashlib.sha256(content).hexdigest()


def to_json(content: Any) -> str:
    """Return stable JSON: sorted keys, no NaN, a newline at the end.

    Raises
    ------
    ValueError
        If a number is NaN or infinite: a missing answer is `null` with its reason.
    """
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False) + "\n"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, and on the disk when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    scratch = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        mask = os.umask(0)
        os.umask(mask)
        scratch.chmod(0o666 & ~mask)
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """Yield a temporary folder that takes the place of `target` when the block succeeds.

    An earlier run in `target` is replaced; any other folder with content is left alone.

    Raises
    ------
    DataError
        If `target` exists, is not empty and is not an earlier run.
    """
    if target.exists() and (
        not target.is_dir() or (any(target.iterdir()) and not (target / RUN_FILE).exists())
    ):
        raise DataError(
            "output", [f"{target} exists and is not a run folder: name another with --out"]
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        yield scratch
        mask = os.umask(0)
        os.umask(mask)
        scratch.chmod(0o777 & ~mask)
        if target.exists():
            old = Path(tempfile.mkdtemp(prefix=f".{target.name}-old-", dir=target.parent))
            target.rename(old / "old")
            scratch.rename(target)
            shutil.rmtree(old)
        else:
            scratch.rename(target)
    finally:
        if scratch.exists():
            shutil.rmtree(scratch)
