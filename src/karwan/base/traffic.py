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
    transit = "transit"
    relief = "relief"
    empties = "empties"


class Direction(StrEnum):
    """Which way over a crossing, by its sides in the table."""

    both = "both"
    a_to_b = "a_to_b"
    b_to_a = "b_to_a"


FREIGHT_CLASSES = (TrafficClass.all, TrafficClass.cargo)
"""Classes whose stop is one of freight as a whole, the wider first."""
OTHER_WORDS = {"persons": TrafficClass.pedestrian, "perishables": TrafficClass.produce}
"""What users may write for a class in place of its own word."""


def read_traffic(text: str) -> str:
    """Return the word of a class of traffic; one that is not known stays as it is.

    Examples
    --------
    >>> str(read_traffic("persons")), read_traffic("goats")
    ('pedestrian', 'goats')
    """
    return OTHER_WORDS.get(text, text)
