"""Hours and fees of ports, posts and lines, by the period in which they hold.

What a port stay or a charge is changes within years, so each figure bears the years of its source.
Of several that fit, the one that is told for the direction and the load goes before one told for
all, then the latest that began by the year asked; where all began later, the earliest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from karwan.base.provenance import Figure
from karwan.data.rows.costs import DatedFigureRow
from karwan.data.rows.row import source_of

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog

Quantity = Literal[
    "port_stay", "block_train_border", "transfer_post", "convoy", "road_charge", "ferry_fare"
]
BOX, TRUCK = "box", "truck"
TO_SEA, FROM_SEA = "to_sea", "from_sea"


@dataclass(frozen=True)
class DatedFigures:
    """Looks up the figures of a catalogue that hold in one year."""

    catalog: Catalog
    year: int

    @cached_property
    def _rows(self) -> Mapping[tuple[str, str], Sequence[DatedFigureRow]]:
        by_key: dict[tuple[str, str], list[DatedFigureRow]] = {}
        for row in self.catalog.rows(DatedFigureRow):
            by_key.setdefault((row.quantity, row.target), []).append(row)
        return by_key

    @cached_property
    def begun(self) -> frozenset[str]:
        """The rows that began by the year: with the same, all figures are the same."""
        return frozenset(row.id for rows in self._rows.values() for row in rows if self._has(row))

    def _has(self, row: DatedFigureRow) -> bool:
        return (row.first_year or 0) <= self.year

    def row(self, quantity: Quantity, target: str, *, way: str, load: str) -> DatedFigureRow | None:
        """Return the row to use, or None where nothing is told of the target.

        Parameters
        ----------
        way
            `to_sea`, `from_sea`, `a_to_b` or `b_to_a`.
        load
            `box` or `truck`; other loads are as boxes.
        """
        fitting = [
            row
            for row in self._rows.get((quantity, target), ())
            if row.way in (None, way) and row.load in (None, load)
        ]
        begun = [row for row in fitting if self._has(row)]
        if begun:
            return max(begun, key=lambda row: (_fit(row), row.first_year or 0, row.id))
        return min(fitting, key=lambda row: (row.first_year or 0, row.id), default=None)

    def figure(self, quantity: Quantity, target: str, *, way: str, load: str) -> Figure | None:
        """Return a figure in h, or in USD of its own year; None where none is told."""
        row = self.row(quantity, target, way=way, load=load)
        if row is None:
            return None
        return Figure(
            value=row.value,
            low=row.value_low,
            high=row.value_high,
            unit=row.unit,
            source=source_of(row, row.note),
            basis=_period(row),
            default_id=f"{quantity}:{target}" if row.confidence == "C" else "",
        )


def _fit(row: DatedFigureRow) -> int:
    """Return how closely a row tells of what is asked."""
    return (row.way is not None) + (row.load is not None)


def _period(row: DatedFigureRow) -> str:
    """Return the years that a row is told for.

    Blank where no year is told.
    """
    last = row.last_year
    if row.first_year is None:
        return "" if last is None else f"to {last}"
    return f"from {row.first_year}" if last is None else f"{row.first_year}-{last}"
