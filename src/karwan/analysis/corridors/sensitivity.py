"""What could turn an order of two routes: each default and each rate, moved alone over its band."""

from __future__ import annotations

from dataclasses import dataclass

from karwan.base.bands import Band, Kind
from karwan.route.tcd import Journey


@dataclass(frozen=True, slots=True)
class Swing:
    """How far one figure moves the margin between two routes.

    Attributes
    ----------
    margin_usd
        (at its low end, at its high end): generalized cost of the second less that of the first;
        the first may be the greater, so this is no band.
    turns
        Whether the second is the cheaper somewhere on the band.
    default_id
        The default it is, if it is none of the published rates and fees.
    """

    what: str
    margin_usd: tuple[float, float]
    turns: bool
    default_id: str = ""

    @property
    def width_usd(self) -> float:
        """How far apart the two margins are."""
        return abs(self.margin_usd[1] - self.margin_usd[0])


def swings(first: Journey, second: Journey) -> list[Swing]:
    """Return the swings of the margin by which the first beats the second, the widest first.

    Defaults move hours and USD; rates and fees move USD. What both routes rest on moves both,
    so that only the difference counts.
    """
    central = second.generalized_cost_usd - first.generalized_cost_usd
    bands = [(journey.default_band_usd(), _rates(journey)) for journey in (first, second)]
    about = {use.id: use.what for journey in (first, second) for use in journey.defaults}
    found = []
    none = Band(0.0, 0.0, 0.0, Kind.inputs)
    for kind in (0, 1):
        ours, theirs = bands[0][kind], bands[1][kind]
        for name in sorted(ours.keys() | theirs.keys()):
            a, b = ours.get(name, none), theirs.get(name, none)
            margins = (
                central + (b.low - b.value) - (a.low - a.value),
                central + (b.high - b.value) - (a.high - a.value),
            )
            if margins != (central, central):
                turned = min(margins) <= 0 < central or max(margins) > 0 >= central
                found.append(
                    Swing(name, margins, turned)
                    if kind
                    else Swing(about[name], margins, turned, name)
                )
    return sorted(found, key=lambda swing: (-swing.width_usd, swing.what, swing.default_id))


def _rates(journey: Journey) -> dict[str, Band]:
    """Return USD by published rate or fee; defaults are counted apart."""
    return {
        width.what: width.usd
        for width in journey.widths
        if not width.default_id and width.usd.low != width.usd.high
    }
