"""What is forgone when freight is not sent, as a share of its value, by what it is.

A class of cargo has a share with a band, all estimates; a figure of trade that names several goods
has the mean of theirs by value, as its mix shares the value out. Goods of a group whose shares
nobody published count alike, and a figure that names none is general cargo.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from karwan.base.bands import Band, Kind
from karwan.data.rows.costs import CargoRow
from karwan.data.rows.traffic import NotSentShareRow
from karwan.network.goods import NO_FREIGHT, read_mix
from karwan.network.vehicles import DEFAULT_CARGO

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Forgone:
    """Shares by class of cargo, and the class of each cargo, by id and alias."""

    shares: Mapping[str, Band]
    classes: Mapping[str, str]

    @classmethod
    def of(cls, catalog: Catalog) -> Forgone:
        """Return the shares of a catalogue."""
        shares = {
            row.value_class: Band(
                row.forgone_low_share, row.forgone_share, row.forgone_high_share, Kind.inputs
            )
            for row in catalog.rows(NotSentShareRow)
        }
        classes = {}
        for row in catalog.rows(CargoRow):
            classes[row.cargo_id] = row.value_class
            if row.alias is not None:
                classes.setdefault(row.alias, row.value_class)
        return cls(shares, classes)

    def by(self, mix: str | None) -> Band:
        """Return the share of a mix of goods; of general cargo where none is named.

        Examples
        --------
        >>> bulk, other = Band(0.0, 0.1, 0.2, Kind.inputs), Band(0.1, 0.3, 0.5, Kind.inputs)
        >>> classes = {"coal": "T1", "cloth": "T2", "general": "T2"}
        >>> forgone = Forgone({"T1": bulk, "T2": other}, classes)
        >>> [round(forgone.by(mix).value, 6) for mix in ("coal:0.5;cloth", "coal|cloth", "")]
        [0.2, 0.2, 0.3]
        """
        parts = [
            (group.value_share, [name for name in group.cargo_ids if name != NO_FREIGHT])
            for group in (read_mix(mix) if mix else ())
        ]
        parts = [part for part in parts if part[1]] or [(None, [DEFAULT_CARGO])]
        known = sum(share for share, _ in parts if share is not None)
        blanks = sum(share is None for share, _ in parts)
        rest = max(0.0, 1.0 - known) / blanks if blanks else 0.0
        weights = [rest if share is None else share for share, _ in parts]
        low = middle = high = 0.0
        for weight, (_, goods) in zip(weights, parts, strict=True):
            for name in goods:
                band = self.shares[self.classes[name]]
                part = weight / sum(weights) / len(goods)
                low += part * band.low
                middle += part * band.value
                high += part * band.high
        return Band(low, middle, high, Kind.inputs)
