"""What a day waited costs: a box, a truck with its driver, a wagon, and the cargo.

Of rows that say the same the median is taken, with the least and the most beside it; a tariff that
rises with the days is taken step by step. A country without a row has no figure, which is not zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from karwan.base.known import known_from, measured
from karwan.base.provenance import Source, worst_grade
from karwan.data.rows.row import source_of
from karwan.data.rows.traffic import WaitingCostRow

if TYPE_CHECKING:
    import datetime as dt

    from karwan.analysis.world.world import World
    from karwan.network.vehicles import Consignment

PER_CENT = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCost:
    """USD a day that one unit waits.

    Attributes
    ----------
    usd, low_usd, high_usd
        A day beyond free time; of a tariff in steps its first step, with the last as the highest.
    steps_usd, step_days
        A tariff that rises: charge a day by step, and how many days each holds.
    free_days
        Days before the first step.
    """

    kind: str
    country: str
    usd: float
    low_usd: float
    high_usd: float
    rests_on: tuple[str, ...]
    grade: str
    sources: tuple[Source, ...]
    steps_usd: tuple[float, ...] = ()
    step_days: float = 0.0

    def on_day(self, day: float) -> float:
        """Return what a day costs so many days after free time ended, in USD.

        Examples
        --------
        >>> cost = DayCost(
        ...     kind="box", country="IR", usd=3.0, low_usd=3.0, high_usd=12.0, rests_on=(),
        ...     grade="B", sources=(), steps_usd=(3.0, 5.0, 12.0), step_days=10.0,
        ... )
        >>> cost.on_day(0), cost.on_day(10), cost.on_day(500)
        (3.0, 5.0, 12.0)
        """
        if not self.steps_usd:
            return self.usd
        return self.steps_usd[min(int(day // self.step_days), len(self.steps_usd) - 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoilage:
    """Share of its value that cargo loses a day waited."""

    share: float
    low_share: float
    high_share: float
    rests_on: str
    grade: str
    source: Source


@dataclass(frozen=True)
class WaitingCosts:
    """The rows as they are dated in a world."""

    rows: tuple[WaitingCostRow, ...]
    as_of: dt.date
    release: dt.date

    def _known(self, rows: Iterable[WaitingCostRow]) -> tuple[WaitingCostRow, ...]:
        return measured(
            rows, lambda row: known_from(row.source_date, self.release), self.as_of
        ).items

    def day_cost(self, kind: str, country: str, unit_id: str) -> DayCost | None:
        """Return what a day of a unit costs in a country; None where nothing is known."""
        rows = self._known(
            row
            for row in self.rows
            if row.kind == kind and country in row.countries and unit_id in row.unit_ids
        )
        if not rows:
            return None
        tariffs = [row for row in rows if row.steps]
        return _tariff(tariffs[-1], country) if tariffs else _median(rows, kind, country)

    def spoilage(self, cargo_id: str) -> Spoilage | None:
        """Return the share of its value that cargo loses a day; None where nothing is known."""
        rows = self._known(
            row for row in self.rows if row.kind == "spoilage" and cargo_id in row.cargo_ids
        )
        if not rows:
            return None
        row = rows[-1]
        low, high = row.value_low, row.value_high
        return Spoilage(
            share=row.value / PER_CENT,
            low_share=(row.value if low is None else low) / PER_CENT,
            high_share=(row.value if high is None else high) / PER_CENT,
            rests_on=row.cost_id,
            grade=row.confidence,
            source=source_of(row, row.note),
        )

    def abandonment(self) -> tuple[float, Source] | None:
        """Return at how many times the value a party gave up what waited, as it happened."""
        rows = self._known(row for row in self.rows if row.kind == "abandonment")
        return (rows[-1].value, source_of(rows[-1], rows[-1].note)) if rows else None


def waiting_costs(world: World) -> WaitingCosts:
    """Return the costs of waiting as known in a world."""
    catalog = world.catalog
    return WaitingCosts(
        catalog.rows(WaitingCostRow), world.as_of, catalog.released("waiting_costs")
    )


def _tariff(row: WaitingCostRow, country: str) -> DayCost:
    ratio = row.usd_ratio or 1.0
    steps = tuple(ratio * float(step) for step in row.steps)
    return DayCost(
        kind=row.kind,
        country=country,
        usd=steps[0],
        low_usd=min(steps),
        high_usd=max(steps),
        rests_on=(row.cost_id,),
        grade=row.confidence,
        sources=(source_of(row, row.note),),
        steps_usd=steps,
        step_days=row.step_days or 1.0,
    )


def _median(rows: Sequence[WaitingCostRow], kind: str, country: str) -> DayCost:
    ratios = [row.usd_ratio or 1.0 for row in rows]
    values = [ratio * row.value for ratio, row in zip(ratios, rows, strict=True)]
    lows = [
        ratio * (row.value if row.value_low is None else row.value_low)
        for ratio, row in zip(ratios, rows, strict=True)
    ]
    highs = [
        ratio * (row.value if row.value_high is None else row.value_high)
        for ratio, row in zip(ratios, rows, strict=True)
    ]
    return DayCost(
        kind=kind,
        country=country,
        usd=median(values),
        low_usd=min(lows),
        high_usd=max(highs),
        rests_on=tuple(row.cost_id for row in rows),
        grade=worst_grade(row.confidence for row in rows),
        sources=tuple(source_of(row, row.note) for row in rows),
    )


def owner_usd_per_day(consignment: Consignment) -> float:
    """Return what a day costs the owner of the cargo by its value of time, in USD."""
    return consignment.value_usd * consignment.cargo.time_cost_per_day_share
