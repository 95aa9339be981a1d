"""Which country a position lies in, by the lines of borders as a map has them.

A position lies within a border where a ray from it meets the border's lines an odd number of times;
so lines need no order, but must close. Lines are kept by bands of latitude, so that a position is
held against those of its own band only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from karwan.base.errors import DataError
from karwan.network.shapes import Spot

Floats: TypeAlias = npt.NDArray[np.float64]
BAND_DEG = 0.25
SHOWN = 3


@dataclass(frozen=True, slots=True)
class _Outline:
    """A border's pieces by band of latitude: rows of lat, lon, next lat, next lon."""

    bands: Mapping[int, Floats]

    def holds(self, spots: Floats) -> npt.NDArray[np.bool_]:
        """Return which positions, shape (n, 2), lie within."""
        inside = np.zeros(len(spots), dtype=bool)
        band_of = np.floor(spots[:, 0] / BAND_DEG).astype(int)
        for band in np.unique(band_of):
            lines = self.bands.get(int(band))
            if lines is None:
                continue
            mine = np.flatnonzero(band_of == band)
            lat, lon = spots[mine, 0][:, None], spots[mine, 1][:, None]
            low, high = lines[:, 0][None, :], lines[:, 2][None, :]
            spans = (low <= lat) != (high <= lat)
            rise = np.where(high == low, 1.0, high - low)
            meets = lines[:, 1] + (lat - low) / rise * (lines[:, 3] - lines[:, 1])
            inside[mine] = ((spans & (lon < meets)).sum(axis=1) % 2).astype(bool)
        return inside


@dataclass(frozen=True, slots=True)
class Frontier:
    """Countries by their borders.

    Attributes
    ----------
    otherwise
        Country of what lies in none; None where nobody said.
    """

    outlines: Mapping[str, _Outline]
    otherwise: str | None

    @classmethod
    def of(
        cls,
        lines: Mapping[str, Sequence[tuple[int, ...]]],
        spots: Mapping[int, Spot],
        otherwise: str | None,
    ) -> Frontier:
        """Return the countries whose borders a map has whole.

        Raises
        ------
        DataError
            If no border is there, or one does not close: the map is cut.
        """
        faults = []
        if not lines:
            faults.append(
                "has no border of a country (boundary=administrative, admin_level=2, "
                "ISO3166-1:alpha2): take a map with borders"
            )
        for code, parts in sorted(lines.items()):
            if not _closes(parts) or any(ref not in spots for part in parts for ref in part):
                faults.append(f"the border of {code} does not close: the map is cut")
        if faults:
            where = "the map"
            raise DataError(where, faults)
        return cls({code: _outline(parts, spots) for code, parts in lines.items()}, otherwise)

    def countries(self, refs: Iterable[int], spots: Mapping[int, Spot]) -> dict[int, str]:
        """Return the country of every node.

        Raises
        ------
        DataError
            If one lies in none, and nobody said whose that is.
        """
        wanted = sorted(refs)
        at = np.array([spots[ref] for ref in wanted], dtype=np.float64).reshape(-1, 2)
        codes = np.full(len(wanted), self.otherwise or "", dtype=object)
        for code, outline in sorted(self.outlines.items()):
            codes[outline.holds(at)] = code
        lost = np.flatnonzero(codes == "")
        if lost.size:
            named = ", ".join(f"{at[k][0]:.3f} {at[k][1]:.3f}" for k in lost[:SHOWN])
            where = "the map"
            text = f"{lost.size} nodes lie in no country whose border is there ({named}): "
            raise DataError(where, [text + "take a smaller area, or say whose they are"])
        return dict(zip(wanted, map(str, codes), strict=True))

    def country_at(self, spot: Spot) -> str:
        """Return the country of a position; blank where it lies in none."""
        return self._at(np.array([spot]))

    def _at(self, at: Floats) -> str:
        inside = [code for code, one in sorted(self.outlines.items()) if one.holds(at)[0]]
        return inside[-1] if inside else self.otherwise or ""


def _closes(parts: Sequence[tuple[int, ...]]) -> bool:
    """Return whether every end of a line is met by another."""
    ends = Counter(end for part in parts for end in (part[0], part[-1]))
    return bool(parts) and all(count % 2 == 0 for count in ends.values())


def _outline(parts: Sequence[tuple[int, ...]], spots: Mapping[int, Spot]) -> _Outline:
    pieces = np.array(
        [(*spots[a], *spots[b]) for part in parts for a, b in pairwise(part)],
        dtype=np.float64,
    )
    first = np.floor(pieces[:, [0, 2]].min(axis=1) / BAND_DEG).astype(int)
    last = np.floor(pieces[:, [0, 2]].max(axis=1) / BAND_DEG).astype(int)
    bands = {
        band: pieces[(first <= band) & (band <= last)]
        for band in range(int(first.min()), int(last.max()) + 1)
    }
    return _Outline(bands)
