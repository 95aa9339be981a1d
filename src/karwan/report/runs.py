"""The model beside runs that happened, and beside what was claimed."""

from __future__ import annotations

from typing import Any

from karwan.report.view import Section, View


def gather(view: View) -> dict[str, Any]:
    """Return published runs beside the model."""
    return {"calibration": view.calibration}


RUNS = Section("runs", "The model beside runs and claims", "basis", gather)
