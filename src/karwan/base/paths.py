"""Paths as users type them: they must name something, and a folder no file."""

from __future__ import annotations

import stat
from pathlib import Path

from karwan.base.troubles import EMPTY_PATH, NUL_IN_PATH


def typed_path(text: str | Path) -> Path:
    """Return a path, which must name something.

    Raises
    ------
    ValueError
        If it is blank, which Python would take for the current folder, or no path at all.
    """
    if not str(text).strip():
        raise ValueError(EMPTY_PATH)
    if "\0" in str(text):
        raise ValueError(NUL_IN_PATH)
    return Path(text)


def typed_folder(text: str | Path) -> Path:
    """Return the path of a folder that is there, or may yet be made.

    Raises
    ------
    ValueError
        If the path is blank, or something that is no folder stands there.
    OSError
        If the system cannot say what stands there.
    """
    path = typed_path(text)
    try:
        is_folder = stat.S_ISDIR(path.stat().st_mode)
    except FileNotFoundError:
        if path.is_symlink():
            msg = f"{path} is a link to nothing; name a folder"
            raise ValueError(msg) from None
        return path
    if not is_folder:
        msg = f"{path} is a file, not a folder"
        raise ValueError(msg)
    return path
