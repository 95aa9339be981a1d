"""The focus pair asked for shippers who differ in goods and unit."""

from __future__ import annotations

from typing import Any

from karwan.report.view import Section, View


def gather(view: View) -> dict[str, Any]:
    """Return the shippers and their answers."""
    return {"audiences": view.audiences}


SHIPPERS = Section("audiences", "For whom", "compare", gather)
