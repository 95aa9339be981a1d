"""The page of a project: what is claimed, and what would have to be true for it to pay.

The sliders read the break-even surface: a plane, so the page moves on it without asking again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from karwan.analysis.appraisal.break_even import DAYS_PER_YEAR, Plane, Point
from karwan.base.errors import KarwanError
from karwan.report.content import number
from karwan.web.sections import Table, table_of
from karwan.words.speech import own_word, say

if TYPE_CHECKING:
    from karwan.web.desks import WarmDesk

CAPEX_TIMES, TONNES_TIMES = 2.5, 12.0
"""How far the sliders reach, as a multiple of the central case."""


@dataclass(frozen=True, kw_only=True)
class PlaneShown:
    """A break-even surface with where its sliders stand.

    Attributes
    ----------
    capex_musd, mt_per_year, open_share
        The point shown.
    """

    plane: Plane
    points: tuple[Point, ...]
    capex_musd: float
    mt_per_year: float
    open_share: float

    @property
    def most_capex_musd(self) -> float:
        """The right end of the slider of cost."""
        told = [point.capex_musd for point in self.points]
        return float(round(max(*told, CAPEX_TIMES * self.plane.capex_musd)))

    @property
    def most_mt(self) -> float:
        """The right end of the slider of tonnes."""
        told = [point.mt_per_year for point in self.points]
        most = max(*told, min(TONNES_TIMES * self.plane.mt_per_year, self.plane.capacity_mt))
        return round(most + 0.05, 1)

    @property
    def enpv_musd(self) -> float:
        """What comes of the point shown."""
        return self.plane.enpv(self.capex_musd, self.mt_per_year, self.open_share)

    @property
    def verdict(self) -> str:
        """What comes of the point shown, in a sentence."""
        value = number(self.enpv_musd)
        if self.enpv_musd >= 0:
            return say("It pays: net present value {value} million USD.", value=value)
        return say("It does not pay: net present value {value} million USD.", value=value)

    @property
    def days_shut(self) -> float:
        """Days shut a year of the point shown."""
        return DAYS_PER_YEAR * (1 - self.open_share)


def project_page(desk: WarmDesk, name: str) -> dict[str, Any]:
    """Return what the page of a project shows.

    Raises
    ------
    UnknownNameError
        With the nearest names.
    """
    shown = desk.region.project.show(name)
    tables: list[Table] = [
        table_of(shown, title=say("What is claimed of it, and what does not fit"))
    ]
    plane, why = None, ""
    try:
        even = desk.appraisal(name).break_even
        at = even.plane
        plane = PlaneShown(
            plane=at,
            points=even.points,
            capex_musd=at.capex_musd,
            mt_per_year=at.mt_per_year,
            open_share=at.open_share,
        )
    except KarwanError as error:
        why = str(error)
    return {
        "title": own_word(desk.world.network.project(name).name),
        "note": say("A claim is not a fact; announced is not built."),
        "tables": tables,
        "shown": plane,
        "why": why,
    }
