"""What is packed comes back equal, and what cannot come back is refused, not guessed."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from karwan.base.cache import VARIABLE
from karwan.base.errors import FitError
from karwan.base.packing import computed_once, fingerprint, pack, unpack


class Colour(StrEnum):
    red = "red"
    blue = "blue"


@dataclass(frozen=True)
class Leaf:
    name: str
    share: float | None
    count: int = 0


@dataclass(frozen=True)
class Tree:
    day: dt.date
    colour: Colour
    leaves: tuple[Leaf, ...]
    by_days: Mapping[int, tuple[float, Leaf]]
    names: list[str] = field(default_factory=list)
    is_tall: bool = False


leaves = st.builds(
    Leaf, st.text(), st.none() | st.floats(allow_nan=False), st.integers(-(2**63), 2**63)
)
trees = st.builds(
    Tree,
    st.dates(),
    st.sampled_from(Colour),
    st.lists(leaves, max_size=3).map(tuple),
    st.dictionaries(st.integers(), st.tuples(st.floats(allow_nan=False), leaves), max_size=3),
    st.lists(st.text(), max_size=3),
    st.booleans(),
)


@given(trees)
def test_a_tree_comes_back_equal_through_json(tree: Tree) -> None:
    again = unpack(Tree, json.loads(json.dumps(pack(tree))))
    assert again == tree
    assert isinstance(again.colour, Colour)
    assert list(again.by_days) == list(tree.by_days)
    assert fingerprint(again) == fingerprint(tree)


def test_numbers_of_numpy_become_numbers_of_python() -> None:
    packed = pack([np.float64(0.1), np.int32(3), np.bool_(True), np.float32(0.5)])
    assert packed == [0.1, 3, True, 0.5]
    assert [type(one) for one in packed] == [float, int, bool, float]


def test_a_set_is_packed_in_one_order() -> None:
    assert pack(frozenset({"b", "a", "c"})) == ["a", "b", "c"]


@pytest.mark.parametrize("value", [object(), {"a": {1: object()}}, np.zeros(3), b"bytes", len])
def test_what_is_not_plain_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="is not plain data"):
        pack(value)


@pytest.mark.parametrize(
    ("kind", "plain"),
    [
        (str, 1),
        (int, "1"),
        (float, "1"),
        (float, True),
        (dt.date, "yesterday"),
        (Colour, "green"),
        (Leaf, ["a", 0.5]),
        (Leaf, ["a", 0.5, 1, 2]),
        (Sequence[int], ["1"]),
        (tuple[int, int], [1]),
        (Mapping[str, int], [["a"]]),
    ],
)
def test_data_of_another_form_is_refused(kind: Any, plain: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        unpack(kind, plain)


@pytest.mark.parametrize(
    "other",
    [Leaf("a", 0.5, 2), Leaf("a", None, 1), Leaf("b", 0.5, 1), Leaf("a", 0.5000000000000001, 1)],
)
def test_what_differs_has_another_fingerprint(other: Leaf) -> None:
    assert fingerprint(other) != fingerprint(Leaf("a", 0.5, 1))


class Counted:
    """Counts how often it was computed."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> Leaf:
        self.count += 1
        return Leaf("a", np.float64(0.1))


def test_a_computation_is_kept_under_its_key_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    compute = Counted()
    told = [computed_once("made", key, Leaf, compute) for key in ("k", "k", "other", None, None)]
    assert told == [Leaf("a", 0.1)] * 5
    assert {type(one.share) for one in told} == {float}
    assert compute.count == 4
    assert sorted(path.name for path in (tmp_path / "made").iterdir()) == ["k", "other"]


def test_an_entry_of_another_form_is_computed_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    computed_once("made", "k", Tree, lambda: Tree(dt.date(2026, 1, 1), Colour.red, (), {}))
    compute = Counted()
    assert [computed_once("made", "k", Leaf, compute) for _ in range(2)] == [Leaf("a", 0.1)] * 2
    assert compute.count == 1


def test_what_a_computation_raises_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))

    def fail() -> Leaf:
        msg = "too thin"
        raise FitError(msg)

    for _ in range(2):
        with pytest.raises(FitError, match="too thin"):
            computed_once("made", "k", Leaf, fail)
    assert list(tmp_path.iterdir()) == []
