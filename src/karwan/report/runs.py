"""The model beside runs that happened, and beside what was claimed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from karwan.analysis.calibration import Calibration, calibrate
from karwan.base.errors import FitError
from karwan.report.view import Section, View

if TYPE_CHECKING:
    from karwan.study.run import StudyResult


def calibration_of(result: StudyResult) -> Calibration | str:
    """Return published runs beside the model, or why there are none."""
    try:
        return calibrate(result.catalog, result.world.network, result.spec.as_of)
    except FitError as error:
        return str(error)


def gather(view: View) -> dict[str, Any]:
    """Return published runs beside the model."""
    return {"calibration": view.calibration}


RUNS = Section("runs", "The model beside runs and claims", "basis", gather)
