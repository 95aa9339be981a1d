"""List the licence of every package installed here, as its own metadata tells it.

`License-Expression` counts first, then a `License` of one line, then the classifiers; a package
with none of them is *unknown*, and what is unknown is not permissive. A licence that is not on the
list of permissive ones is flagged, for a person to read: nothing is refused here. What users
install (the package with its extras for users, and what that draws in) is told apart from tools.

Examples
--------
python tools/licences.py
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from importlib.metadata import distributions

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

UNKNOWN = "unknown"
LONGEST_NAME = 80
"""Characters; a `License` of more, or of several lines, is a text and not a name."""
OURS = "karwan"
EXTRAS = ("", "export", "report")
PERMISSIVE = {
    "0BSD",
    "Apache 2.0",
    "Apache License 2.0",
    "Apache License, Version 2.0",
    "Apache Software License",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD",
    "BSD License",
    "BSD-2-Clause",
    "BSD 2-Clause License",
    "BSD-3-Clause",
    "BSD 3-Clause",
    "BSD 3-Clause License",
    "CC0-1.0",
    "ISC",
    "ISC License",
    "ISC License (ISCL)",
    "MIT",
    "MIT License",
    "MIT-0",
    "MIT-CMU",
    "PSF-2.0",
    "Python Software Foundation License",
    "The Unlicense (Unlicense)",
    "Unlicense",
    "Zlib",
}


@dataclass(frozen=True, slots=True)
class Licence:
    """A package, what it says its licence is, and who gets it."""

    name: str
    version: str
    licence: str
    is_for_users: bool

    @property
    def is_flagged(self) -> bool:
        """Whether a person has to read it."""
        return not is_permissive(self.licence)


def licence_of(metadata: Message) -> str:
    """Return what a package's metadata says, or that it says nothing.

    Examples
    --------
    >>> described = Message()
    >>> licence_of(described)
    'unknown'
    >>> described["Classifier"] = "License :: OSI Approved :: MIT License"
    >>> licence_of(described)
    'MIT License'
    """
    classifiers = [
        line.rpartition(" :: ")[2]
        for line in metadata.get_all("Classifier", [])
        if line.startswith("License :: ") and line != "License :: OSI Approved"
    ]
    stated = [str(metadata.get(key) or "").strip() for key in ("License-Expression", "License")]
    for told in (*stated, "; ".join(classifiers)):
        is_name = "\n" not in told and (len(told) <= LONGEST_NAME or told == stated[0])
        if told and is_name and told.casefold() not in {UNKNOWN, "dual license"}:
            return told
    return UNKNOWN


def is_permissive(licence: str) -> bool:
    """Whether every licence that is named is on the list, one of several to choose from included.

    Examples
    --------
    >>> is_permissive("BSD-3-Clause AND (MIT OR Apache-2.0)")
    True
    >>> is_permissive("MIT OR GPL-3.0-only"), is_permissive("unknown")
    (False, False)
    """
    if licence in PERMISSIVE:
        return True
    names = re.split(r"\s+(?:AND|OR)\s+|; ", licence)
    return all(name.strip("() ") in PERMISSIVE for name in names)


def drawn_in(asked: Mapping[str, Sequence[str]], root: str, extras: Iterable[str]) -> set[str]:
    """Return the names of all that a package draws in, by its requirements and theirs.

    Parameters
    ----------
    asked
        The requirements of each installed package, by its normal name.
    root
        The package to start from.
    extras
        Its extras that count; the empty one stands for none.
    """
    drawn: set[tuple[str, str]] = set()
    waiting = [(root, extra) for extra in extras]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in drawn or name not in asked:
            continue
        drawn.add((name, extra))
        for requirement in map(Requirement, asked[name]):
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                below = canonicalize_name(requirement.name)
                waiting += [(below, inner) for inner in ("", *requirement.extras)]
    return {name for name, _ in drawn} - {root}


def installed_licences() -> list[Licence]:
    """Return the licence of each package installed here, but our own, sorted by name."""
    installed = {canonicalize_name(one.metadata["Name"]): one for one in distributions()}
    asked: dict[str, list[str]] = {name: one.requires or [] for name, one in installed.items()}
    for_users = drawn_in(asked, OURS, EXTRAS)
    return [
        Licence(name, one.version, licence_of(one.metadata), name in for_users)  # type: ignore[arg-type]
        for name, one in sorted(installed.items())
        if name != OURS
    ]


def table(licences: Sequence[Licence]) -> str:
    """Return a line for each package, flags first, and their counts."""
    lines = [
        f"{'!' if one.is_flagged else ' '} {one.name} {one.version}: {one.licence}"
        f"{'' if one.is_for_users else ' (tool)'}"
        for one in sorted(licences, key=lambda one: (not one.is_flagged, one.name))
    ]
    flagged = [one for one in licences if one.is_flagged]
    unknown = sum(one.licence == UNKNOWN for one in flagged)
    users = sum(one.is_for_users for one in flagged)
    lines.append(
        f"{len(licences)} packages; {len(flagged)} to be read by a person, {users} of them with "
        f"users; {unknown} name no licence."
    )
    return "\n".join(lines)


def main() -> int:
    """Print the list; nothing is refused."""
    print(table(installed_licences()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
