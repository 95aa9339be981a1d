"""What comes from outside is taken as what it is, or refused with the item that is at fault."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from karwan.route.arrays import (
    Rule,
    number_faults,
    read_figures,
    read_flags,
    read_numbers,
    read_whole,
)

LABEL = Rule(name="label", noun="a label", least=-1)
TABLE = Rule(
    name="extra", noun="extra ticks", axes=("scenario", "element"), shape=(None, 2), most=9
)


@pytest.mark.parametrize(
    "given",
    [
        [3, 4294967301],
        (3, 4294967301),
        [3.0, 4294967301.0],
        np.array([3, 4294967301], dtype=np.uint64),
        np.ma.masked_array([3, 4294967301], mask=[False, False]),
    ],
)
def test_whole_numbers_of_any_kind_keep_their_value(given: Any) -> None:
    values, faults = read_whole(given, LABEL)
    assert (values.tolist(), faults) == ([3, 4294967301], [])
    assert values.dtype == np.int64


def test_the_bounds_themselves_are_whole_numbers() -> None:
    values, faults = read_whole([-(2**63), 2**63 - 1], Rule(name="x", noun="a number"))
    assert (values.tolist(), faults) == ([-(2**63), 2**63 - 1], [])
    values, faults = read_whole([2.0**53 - 1, -(2.0**53) + 1], Rule(name="x", noun="a number"))
    assert (values.tolist(), faults) == ([2**53 - 1, -(2**53) + 1], [])
    assert read_whole([-1, 9], Rule(name="x", noun="a number", least=-1, most=9))[1] == []
    assert read_whole([], LABEL)[1] == []


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ([1, 0.5], "arc 1 has a label that is not a whole number (1 such)"),
        ([np.nan, 1], "arc 0 has a label that is not a number (1 such)"),
        ([1, np.inf, -np.inf], "arc 1 has a label that is endless (2 such)"),
        ([1.0, 2.0**53], "arc 1 has a label of 2**53 or more that is given as a float (1 such)"),
        (np.array([1, 2**63], np.uint64), "arc 1 has a label beyond 64 bits (1 such)"),
        ([1, -2, -3], "arc 1 has a label below -1 (2 such)"),
        ([True, False], "label holds values of type bool; whole numbers of at most 64 bits are"),
        ([1, None], "label holds values of type object; whole numbers of at most 64 bits are"),
        ([1, 2**64], "label holds values of type object; whole numbers of at most 64 bits are"),
        (["1", "2"], "label holds values of type <U1; whole numbers of at most 64 bits are needed"),
        ([1j], "label holds values of type complex128; whole numbers of at most 64 bits are"),
        (np.array(["2026-11-22"], "M8[D]"), "label holds values of type datetime64[D]; whole"),
        (np.ma.masked_array([1, 2], mask=[False, True]), "label has masked entries; whole numbers"),
        ([[1], [1, 2]], "label is no array; whole numbers of at most 64 bits are needed"),
        (5, "label has shape (), not (any) by arc"),
        ([[1, 2]], "label has shape (1, 2), not (any) by arc"),
    ],
)
def test_what_is_no_whole_number_of_64_bits_is_named(given: Any, fault: str) -> None:
    _, faults = read_whole(given, LABEL)
    assert len(faults) == 1
    assert faults[0].startswith(fault)


def test_every_fault_is_named_once_each_with_its_first_item() -> None:
    _, faults = read_whole([[np.nan, 1], [0.5, 10], [np.nan, 10]], TABLE)
    assert faults == [
        "scenario 0, element 0 has extra ticks that is not a number (2 such)",
        "scenario 1, element 0 has extra ticks that is not a whole number (1 such)",
        "scenario 1, element 1 has extra ticks beyond 9 (2 such)",
    ]
    assert read_whole([[1, 2, 3]], TABLE)[1] == [
        "extra has shape (1, 3), not (any, 2) by scenario, element"
    ]


def test_figures_are_finite_numbers_within_bounds() -> None:
    share = Rule(name="share", noun="a share", least=0, most=1)
    values, faults = read_figures([0, 0.25, 1], share)
    assert (values.tolist(), faults) == ([0.0, 0.25, 1.0], [])
    assert read_figures([np.nan, -0.5, 1.5, np.inf, -np.inf], share)[1] == [
        "arc 0 has a share that is not a number (1 such)",
        "arc 3 has a share that is endless (2 such)",
        "arc 1 has a share below 0 (1 such)",
        "arc 2 has a share beyond 1 (1 such)",
    ]
    assert read_figures([True], share)[1] == ["share holds values of type bool; numbers are needed"]


def test_flags_are_true_and_false_or_one_and_nought() -> None:
    rule = Rule(name="shut", noun="a flag", axes=("scenario",))
    for given in ([True, False], [1, 0], np.array([1, 0], np.uint8)):
        values, faults = read_flags(given, rule)
        assert (values.tolist(), faults) == ([True, False], [])
    assert read_flags([1, 2, -1], rule)[1] == [
        "scenario 1 has a flag that is neither true nor false (2 such)"
    ]
    assert read_flags([0.0, np.nan], rule)[1] == [
        "shut holds values of type float64; flags are needed"
    ]


def test_numbers_of_things_are_counted_from_nought() -> None:
    assert number_faults("node", [0, np.int32(1), 2, -1, True, 1.0, "1", None], 2, "nodes") == [
        f"node {value} is not one of 2 nodes" for value in (2, -1, True, 1.0, "1", None)
    ]
    for given in (
        [1, 0],
        (1, 0),
        np.array([1, 0], np.uint64),
        np.array([1.0, 0.0]),
        range(1, -1, -1),
    ):
        numbers, faults = read_numbers("node", given, 2, "nodes")
        assert (numbers.tolist(), faults) == ([1, 0], [])
    assert read_numbers("node", {0: 1}, 2, "nodes")[1] == [
        "node numbers are given as dict; a list of them is needed"
    ]
    assert read_numbers("node", None, 2, "nodes")[1] == [
        "node numbers are given as NoneType; a list of them is needed"
    ]
    assert read_numbers("node", np.array([0.5]), 2, "nodes")[1] == [
        "node 0 has a number that is not a whole number (1 such)"
    ]
    assert read_numbers("node", np.array([True]), 2, "nodes")[1] == [
        "nodes holds values of type bool; whole numbers of at most 64 bits are needed"
    ]
