"""Troubles of paths and disks, each told in one sentence that names the path.

Whatever opens, reads or writes a file may let its `OSError` pass: the command line turns it into
one message here, so that no command needs a handler of its own.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from karwan.base.errors import DataError

SENTENCES = {
    errno.ENOENT: "is not there; look at its name and its folder",
    errno.ENOTDIR: "cannot be reached: a part of its path is a file, not a folder",
    errno.EISDIR: "is a folder, not a file",
    errno.EEXIST: "is there already",
    errno.ENOTEMPTY: "is a folder with content",
    errno.ENAMETOOLONG: "has a name too long for this disk",
    errno.ELOOP: "cannot be reached: links in its path lead round in a circle",
    errno.EACCES: "may not be read or written by you: no permission",
    errno.EPERM: "may not be changed by you: no permission",
    errno.EINVAL: "is no name that this disk takes",
    errno.ENOSPC: "cannot be written: the disk is full",
    errno.EDQUOT: "cannot be written: your share of the disk is used up",
    errno.EFBIG: "cannot be written: the file is larger than the system allows",
    errno.EROFS: "cannot be written: the disk is read-only",
    errno.EIO: "cannot be read or written: the disk reports a fault",
    errno.EMFILE: "cannot be opened: too many files are open",
    errno.ENFILE: "cannot be opened: too many files are open",
    errno.ENOMEM: "cannot be opened: the memory is used up",
    errno.EBUSY: "is in use by another program",
}
"""What each trouble of a path means, as the end of a sentence that begins with the path."""

OF_THE_MACHINE = frozenset(
    {
        *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO),
        *(errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EBUSY),
    }
)
"""Troubles that naming another path in the question would not show to be its fault."""

LONGEST_SHOWN = 200
"""Characters of a path that is shown whole."""

EMPTY_PATH = "a path is blank; name a file or folder, or `.` for the folder you are in"
NUL_IN_PATH = "a path holds a NUL character, which no disk takes"


def trouble(error: OSError) -> str:
    """Return what is wrong with which path, as one sentence.

    Examples
    --------
    >>> print(trouble(FileNotFoundError(errno.ENOENT, "No such file", "a.csv")))
    a.csv is not there; look at its name and its folder.
    >>> print(trouble(OSError(errno.ENOSPC, "No space left on device")))
    A file cannot be written: the disk is full.
    """
    named = error.filename2 if error.filename2 is not None else error.filename
    subject = os.fsdecode(named) if isinstance(named, (str, bytes)) and named else "A file"
    return f"{_shortened(subject)} {reason(error)}."


def _shortened(path: str) -> str:
    """Return a path with its middle left out where it would fill the screen."""
    return path if len(path) <= LONGEST_SHOWN else f"{path[:60]} … {path[-60:]}"


def reason(error: OSError) -> str:
    """Return what is wrong with a path, as the end of a sentence.

    Examples
    --------
    >>> reason(IsADirectoryError(errno.EISDIR, "Is a directory"))
    'is a folder, not a file'
    """
    told = SENTENCES.get(error.errno) if error.errno is not None else None
    return told or f"cannot be read or written: {error.strerror or error}"


def is_of_the_machine(error: OSError) -> bool:
    """Whether the machine failed, rather than the path being a bad input."""
    return error.errno in OF_THE_MACHINE


def read_utf8(path: Path, where: str) -> str:
    """Return the text of a file in UTF-8, without a byte order mark.

    Parameters
    ----------
    where
        What to call the file in the error.

    Raises
    ------
    DataError
        If the file cannot be read, or is no text in UTF-8; it says why and what to do.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(where, [f"{path} {reason(error)}"]) from error
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DataError(where, [f"{path} is UTF-16; save it as UTF-8"])
    if b"\x00" in content:
        at = content.index(b"\x00")
        raise DataError(where, [f"{path} is no text: byte {at} is NUL"])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        fault = f"{path}: byte {error.start} is not UTF-8; save it as UTF-8"
        raise DataError(where, [fault]) from error


def check_target(path: Path, *, folder: bool = False) -> None:
    """Raise what would keep a file or folder from being written, before the work is done.

    The folders above are made by the writer; here the nearest one that stands is asked.

    Raises
    ------
    OSError
        As the write itself would.
    """
    try:
        is_folder = stat.S_ISDIR(path.stat().st_mode)
    except FileNotFoundError:
        is_folder = folder
        if folder and path.is_symlink():
            raise DataError("output", [f"{path} is a link to nothing"]) from None
    if folder and not is_folder:
        raise DataError("output", [f"{path} is a file, not a folder"])
    if is_folder and not folder:
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    above = path.resolve().parent
    while not above.exists():
        above = above.parent
    if not os.access(above, os.W_OK | os.X_OK):
        # Where the system cannot tell the two apart, it is said that there is no permission.
        is_read_only = hasattr(os, "statvfs") and bool(os.statvfs(above).f_flag & os.ST_RDONLY)
        number = errno.EROFS if is_read_only else errno.EACCES
        raise OSError(number, os.strerror(number), str(above))
