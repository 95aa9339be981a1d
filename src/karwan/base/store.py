"""Write whole files or nothing: what fails half way leaves no half-written result."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any


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


def write_whole(
    path: Path, content: bytes, *, make_folders: bool = False, durable: bool = True
) -> None:
    """Write a file so that it is there whole or not at all, and on the disk when this returns.

    Every writer of the product ends here. A link is written through to what it points at; a pipe
    or a device is written into, since it cannot be replaced.

    Parameters
    ----------
    make_folders
        Make the folders above it that are not there.
    durable
        False for what may be lost with the power: it is whole or absent, and not waited for.

    Raises
    ------
    OSError
        If it cannot be written; what stood there before stands still, and nothing is left beside.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        with path.open("wb") as pipe:
            pipe.write(content)
        return
    target = Path(os.path.realpath(path)) if path.is_symlink() else path
    if make_folders and target == path:
        target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:40]}-", dir=target.parent)
    scratch = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        scratch.chmod(target.stat().st_mode if target.exists() else 0o666 & ~_mask())
        scratch.replace(target)
    finally:
        scratch.unlink(missing_ok=True)


def write_text(path: Path, text: str, *, make_folders: bool = False) -> None:
    """Write a text as UTF-8, whole or not at all; line ends stay as they are."""
    write_whole(path, text.encode("utf-8"), make_folders=make_folders)


def _mask() -> int:
    """Return the mask of file modes, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
