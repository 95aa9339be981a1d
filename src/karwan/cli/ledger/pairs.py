"""NAME=VALUE, as `--set` takes them."""

from __future__ import annotations


def read_pairs(given: list[str]) -> dict[str, str]:
    """Return NAME=VALUE pairs.

    Raises
    ------
    DataError
        Names every one that is no pair.
    """
    from karwan.base.errors import DataError

    faults = [f"--set {pair!r} is not NAME=VALUE" for pair in given if "=" not in pair]
    if faults:
        raise DataError("the question", faults)
    return {name.strip(): value.strip() for name, value in (pair.split("=", 1) for pair in given)}
