"""Arrays as they come from outside: taken as what they are, or refused with what is wrong.

NumPy turns almost anything into almost anything: 0.5 into 0, a text into a float, 2**64 - 1 into
-1, a flag into a 1, what is masked into what lies under the mask. Here an array of whole numbers
becomes one of 64 bits if nothing is lost by it, and every fault names the first item that has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Array = npt.NDArray[np.generic]

LARGEST_EXACT_FLOAT = 2.0**53
"""From here on a float may stand for another whole number than was meant."""
LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What an array must be.

    Attributes
    ----------
    name
        What the array is called where it is given.
    noun
        What one entry is, with its article.
    axes
        What each axis counts, for naming an entry.
    shape
        Entries along each axis; any number where None.
    least, most
        Bounds of an entry, both allowed; none where None.
    """

    name: str
    noun: str
    axes: tuple[str, ...] = ("arc",)
    shape: tuple[int | None, ...] = (None,)
    least: int | None = None
    most: int | None = None


def read_whole(given: npt.ArrayLike, rule: Rule) -> tuple[Longs, list[str]]:
    """Return whole numbers in 64 bits, and what is wrong; with faults, the numbers mean nothing.

    Examples
    --------
    >>> read_whole([3, 4294967301], Rule(name="label", noun="a label"))
    (array([         3, 4294967301]), [])
    >>> read_whole([1, 0.5], Rule(name="tail", noun="a tail"))[1]
    ['arc 1 has a tail that is not a whole number (1 such)']
    """
    values, faults = _shaped(given, rule, "iuf", "whole numbers of at most 64 bits")
    if faults:
        return _nothing(rule).astype(np.int64), faults
    if values.dtype.kind == "f":
        tests = (
            ("that is not a number", np.isnan(values)),
            ("that is endless", np.isinf(values)),
            ("that is not a whole number", np.isfinite(values) & (np.floor(values) != values)),
            (
                "of 2**53 or more that is given as a float",
                np.isfinite(values) & (np.abs(values) >= LARGEST_EXACT_FLOAT),
            ),
        )
        faults = [text for what, bad in tests for text in _faulty(bad, rule, what)]
        values = np.where(np.any([bad for _, bad in tests], axis=0), 0, values)
    elif values.dtype == np.uint64 and int(values.max(initial=0)) > LARGEST:
        beyond = np.asarray(values > np.uint64(LARGEST))
        faults = _faulty(beyond, rule, "beyond 64 bits")
        values = np.where(beyond, 0, values)
    whole = np.ascontiguousarray(values, dtype=np.int64)
    return whole, [*faults, *_outside(whole, rule)]


def read_figures(given: npt.ArrayLike, rule: Rule) -> tuple[Floats, list[str]]:
    """Return finite numbers, and what is wrong; with faults, the numbers mean nothing.

    Examples
    --------
    >>> read_figures(["0.5"], Rule(name="share", noun="a share of delay"))[1]
    ['share holds values of type <U3; numbers are needed']
    """
    values, faults = _shaped(given, rule, "iuf", "numbers")
    if faults:
        return _nothing(rule), faults
    figures = np.ascontiguousarray(values, dtype=np.float64)
    finite = np.isfinite(figures)
    if not finite.all():
        faults = _faulty(np.isnan(figures), rule, "that is not a number")
        faults += _faulty(np.isinf(figures), rule, "that is endless")
    return figures, [*faults, *_outside(np.where(finite, figures, 0.0), rule)]


def read_flags(given: npt.ArrayLike, rule: Rule) -> tuple[Bools, list[str]]:
    """Return flags, and what is wrong; 0 and 1 do for false and true.

    Examples
    --------
    >>> read_flags([1, 2], Rule(name="guarded", noun="a guard"))[1]
    ['arc 1 has a guard that is neither true nor false (1 such)']
    """
    values, faults = _shaped(given, rule, "biu", "flags")
    if faults:
        return _nothing(rule).astype(bool), faults
    if values.dtype.kind != "b":
        faults = _faulty(
            np.asarray((values != 0) & (values != 1)), rule, "that is neither true nor false"
        )
    return np.ascontiguousarray(values, dtype=bool), faults


def is_whole(value: object) -> bool:
    """Tell whether a value is a whole number; a flag is none."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def number_faults(noun: str, values: Sequence[object], count: int, things: str) -> list[str]:
    """Return a fault for each value that is not the number of one of `count` things.

    Examples
    --------
    >>> number_faults("origin", [0, -1, True], 2, "nodes")
    ['origin -1 is not one of 2 nodes', 'origin True is not one of 2 nodes']
    """
    return [
        f"{noun} {value} is not one of {count} {things}"
        for value in values
        if not (is_whole(value) and 0 <= int(value) < count)  # type: ignore[call-overload]
    ]


def read_numbers(noun: str, given: object, count: int, things: str) -> tuple[Ints, list[str]]:
    """Return numbers of some of `count` things, and what is wrong; with faults, none.

    Examples
    --------
    >>> read_numbers("element", {1}, 2, "elements")
    (array([1], dtype=int32), [])
    >>> read_numbers("element", 1, 2, "elements")[1]
    ['element numbers are given as int; a list of them is needed']
    """
    nothing = np.zeros(0, dtype=np.int32)
    if isinstance(given, np.ndarray):
        values, faults = read_whole(given, Rule(name=f"{noun}s", noun="a number", axes=(noun,)))
        if faults:
            return nothing, faults
        numbers = values.tolist()
    elif isinstance(given, Iterable) and not isinstance(given, Mapping):
        numbers = list(given)
    else:
        kind = type(given).__name__
        return nothing, [f"{noun} numbers are given as {kind}; a list of them is needed"]
    faults = number_faults(noun, numbers, count, things)
    return (nothing if faults else np.array(numbers, dtype=np.int32)), faults


def _shaped(given: npt.ArrayLike, rule: Rule, kinds: str, needed: str) -> tuple[Array, list[str]]:
    """Return an array of the shape and of one of the kinds asked for, and what is wrong."""
    if np.ma.is_masked(given):
        return _nothing(rule), [f"{rule.name} has masked entries; {needed} are needed"]
    try:
        values: Array = np.asarray(given)
    except (ValueError, TypeError, OverflowError):
        return _nothing(rule), [f"{rule.name} is no array; {needed} are needed"]
    if values.ndim != len(rule.axes) or any(
        wanted not in (None, size) for wanted, size in zip(rule.shape, values.shape, strict=True)
    ):
        return values, [_misshapen(values, rule)]
    if values.size and values.dtype.kind not in kinds:
        return values, [f"{rule.name} holds values of type {values.dtype}; {needed} are needed"]
    return values, []


def _misshapen(values: Array, rule: Rule) -> str:
    if values.ndim == 1 == len(rule.axes):
        return f"{rule.name} has {values.size} entries for {rule.shape[0]} {rule.axes[0]}s"
    wanted = ", ".join("any" if size is None else str(size) for size in rule.shape)
    return f"{rule.name} has shape {values.shape}, not ({wanted}) by {', '.join(rule.axes)}"


def _nothing(rule: Rule) -> Floats:
    return np.zeros([size or 0 for size in rule.shape])


def _outside(values: Longs | Floats, rule: Rule) -> list[str]:
    """Return what is wrong with entries out of bounds; in bounds it costs two looks."""
    faults = []
    if rule.least is not None and values.size and values.min() < rule.least:
        faults += _faulty(np.asarray(values < rule.least), rule, f"below {rule.least}")
    if rule.most is not None and values.size and values.max() > rule.most:
        faults += _faulty(np.asarray(values > rule.most), rule, f"beyond {rule.most:,}")
    return faults


def _faulty(bad: Bools, rule: Rule, what: str) -> list[str]:
    """Return one fault that names the first bad entry and counts them, or none."""
    if not bad.any():
        return []
    first = np.argwhere(bad)[0].tolist()
    item = ", ".join(f"{axis} {at}" for axis, at in zip(rule.axes, first, strict=True))
    return [f"{item} has {rule.noun} {what} ({int(bad.sum())} such)"]
