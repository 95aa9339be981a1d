"""The parameters that an appraisal used, each with its band, grade and source."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from karwan.base.bands import Band, Kind
from karwan.base.errors import DataError
from karwan.data.rows.appraisal import AppraisalParameterRow

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog

ROW = AppraisalParameterRow


@dataclass(frozen=True)
class Assumptions:
    """Parameters by name and by what they apply to; remembers which were asked for."""

    rows: dict[tuple[str, str], AppraisalParameterRow]
    _asked: dict[tuple[str, str], None] = field(default_factory=dict, repr=False)

    def band(self, name: str, applies_to: str) -> Band:
        """Return a parameter with its band.

        Raises
        ------
        DataError
            If the table has no such row, or no value in it.
        """
        band = self.if_known(name, applies_to)
        if band is None:
            fault = f"{name} of {applies_to} has no value: add it, an appraisal needs it"
            where = f"table {ROW.TABLE}"
            raise DataError(where, [fault])
        return band

    def if_known(self, name: str, applies_to: str) -> Band | None:
        """Return a parameter with its band, or None where no value was found."""
        row = self.rows.get((name, applies_to))
        if row is None or row.value is None:
            return None
        self._asked[name, applies_to] = None
        low = row.value if row.value_low is None else row.value_low
        high = row.value if row.value_high is None else row.value_high
        return Band(low, row.value, high, Kind.published)

    def value(self, name: str, applies_to: str) -> float:
        """Return the central value of a parameter."""
        return self.band(name, applies_to).value

    def note(self, name: str, applies_to: str) -> str:
        """Return what a parameter's row says of itself."""
        row = self.rows.get((name, applies_to))
        return "" if row is None else row.note or ""

    @property
    def asked(self) -> tuple[AppraisalParameterRow, ...]:
        """The rows that were asked for, in the order of the table."""
        return tuple(row for key, row in self.rows.items() if key in self._asked)


def read_assumptions(catalog: Catalog) -> Assumptions:
    """Return the parameters of appraisals.

    Examples
    --------
    >>> from karwan.data.catalog import Catalog
    >>> read_assumptions(Catalog()).band("discount_rate", "default").ends
    (0.06, 0.09, 0.12)
    """
    return Assumptions({(row.parameter, row.applies_to): row for row in catalog.rows(ROW)})
