"""Whose traffic, and which way: the words by which closures, rules and fees are told."""

from __future__ import annotations

from enum import StrEnum


class TrafficClass(StrEnum):
    """Whose traffic a closure stops, as far as it makes a difference to freight.

    Sources name others too, which stop no freight; so a column of classes is no closed list.
    """

    all = "all"
    cargo = "cargo"
    foreign_trucks = "foreign_trucks"
    trailer = "trailer"
    produce = "produce"
    pedestrian = "pedestrian"


class Direction(StrEnum):
    """Which way over a crossing, by its sides in the table."""

    both = "both"
    a_to_b = "a_to_b"
    b_to_a = "b_to_a"


FREIGHT_CLASSES = (TrafficClass.all, TrafficClass.cargo)
"""Classes whose stop is one of freight as a whole, the wider first."""
