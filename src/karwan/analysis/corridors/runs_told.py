"""Runs beside the model in a few figures each: what a page tells of a calibration, computed once.

A calibration prices and searches every published run anew, and follows from the tables and the date
alone. What a page needs of it is plain data and is kept.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from karwan.analysis.corridors.calibration import Beside, calibrate
from karwan.analysis.world.basis import basis_of
from karwan.base.bands import Band, Kind
from karwan.base.packing import computed_once
from karwan.base.reprs import short_repr

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog
    from karwan.network.network import Network


@dataclass(frozen=True, kw_only=True)
class RunTold:
    """A published run beside the model of the same journey.

    Attributes
    ----------
    hours
        Mean, P05 and P95 of the model by the run's clock; None if nothing built joins its ends.
    model_grade, grade
        Of the model's journey, blank without one; of the run.
    """

    origin: str
    destination: str
    project_id: str
    kind: str
    note: str
    reading: str
    run_hours: float | None
    hours: Band | None
    model_grade: str
    source_url: str
    source_date: str
    grade: str


@dataclass(frozen=True, kw_only=True)
class RunsTold:
    """The law chosen, how it did on events it has not seen, and every run beside the model.

    Attributes
    ----------
    coverage
        Share of events within P05 to P95, with its interval.
    tried, others
        Runs on which the law was fitted; those claimed, scheduled or never fitted.
    """

    law: str
    run_count: int
    event_count: int
    median_error_share: float
    coverage: Band
    pilot_ratio: float
    tried: tuple[RunTold, ...]
    others: tuple[RunTold, ...]

    __repr__ = short_repr


def tell_runs(catalog: Catalog, network: Network, as_of: dt.date) -> RunsTold:
    """Return runs known on a date beside the model.

    Raises
    ------
    FitError
        If fewer than three events with hours lie in the network.
    """

    def compute() -> RunsTold:
        calibration = calibrate(catalog, network, as_of)
        chosen = calibration.chosen
        return RunsTold(
            law=chosen.name,
            run_count=calibration.run_count,
            event_count=calibration.event_count,
            median_error_share=chosen.median_error_share,
            coverage=chosen.coverage,
            pilot_ratio=chosen.fitted.pilot_ratio,
            tried=tuple(_told(one) for one in chosen.runs),
            others=tuple(_told(one) for one in calibration.others),
        )

    basis = basis_of(catalog, network, "runs told", as_of.isoformat())
    return computed_once("calibration", basis, RunsTold, compute)


def _told(one: Beside) -> RunTold:
    run, timing = one.run, one.timing
    hours = None
    if timing is not None:
        told = timing.reliability
        hours = Band(told.p05_hours, timing.hours.value, told.p95_hours, Kind.draws)
    return RunTold(
        origin=run.origin,
        destination=run.destination,
        project_id=run.project_id,
        kind=run.kind,
        note=run.note,
        reading=run.reading,
        run_hours=run.run_hours,
        hours=hours,
        model_grade=one.journey.grade if one.journey is not None else "",
        source_url=run.source_url,
        source_date=run.source_date,
        grade=run.grade,
    )
